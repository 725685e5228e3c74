"""Users and API keys: who may do what."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from wardline import records
from wardline.errors import (
    AlreadyExistsError,
    ConflictError,
    InputError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
    VersionConflictError,
)
from wardline.pipeline import passwords, sessions
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import Insert, KeyTrust, Replace, Role, Scope, Verb

_SECRET_BYTES = 32
MOST_ACCOUNTS = 20
"""Of one person's own on the platforms."""
_ROLE_SCOPES: dict[Role, set[Scope]] = {
    Role.MODERATOR: {Scope.CASES},
    Role.LEAD: {Scope.CASES, Scope.MANAGE},
    Role.ADMIN: {Scope.MANAGE},
    Role.AUDITOR: {Scope.AUDIT},
}
"""What a person's key may hold. An administrator sees no pictures, an auditor changes nothing: least role."""


def may_review(user: records.User) -> bool:
    """Say whether a person may take cases at all."""
    return not user.disabled and Scope.CASES in _ROLE_SCOPES[user.role]


def administers(user: records.User) -> bool:
    """Say whether a person makes and changes others."""
    return user.role is Role.ADMIN and not user.disabled


def create_user(parts: Parts, name: str, role: Role, password: str, *, actor: str = SYSTEM) -> records.User:
    """Add a person. The password is kept as argon2id only.

    Raises:
        InputError: The name is none, or the password has fewer than 12 characters or more than 1024.
        AlreadyExistsError: The name is taken.
    """
    user = new_user(parts, name, role, password)
    parts.store.commit(
        Insert(user), entries=[parts.entry(Verb.USER_CREATED, user.id, actor=actor, detail=role)]
    )
    return user


def new_user(parts: Parts, name: str, role: Role, password: str) -> records.User:
    """Make the record of a person, to be committed with its entry. Raises as ``create_user`` does."""
    user = records.User(
        id=parts.new_id("user"),
        name=name,
        role=role,
        password_hash=passwords.hash_new(parts, password),
        created_at=parts.now(),
    )
    if parts.store.user_named(name) is not None:
        raise AlreadyExistsError(f"user {name}: exists already, expected another name")
    return user


def check_password(parts: Parts, name: str, password: str) -> records.User:
    """Find the person who signs in with a name and a password.

    For the command line, whose user has the database in hand: failures are not counted and a lock after others' does not bind.
    ``sessions.sign_in`` is for everybody else.

    Raises:
        NotAuthenticatedError: Unknown, disabled, or another password: the three look alike and take alike long.
    """
    user = parts.store.user_named(name)
    if not passwords.fits(parts, user, password) or user is None or user.disabled:
        raise passwords.refusal()
    return user


def require_scope(user: records.User, scope: Scope) -> None:
    """Raise ``NotAllowedError`` unless the person's role allows this."""
    if scope not in _ROLE_SCOPES[user.role]:
        allowed = sorted(role for role, scopes in _ROLE_SCOPES.items() if scope in scopes)
        raise NotAllowedError(f"{user.id}: not for the role {user.role}, expected {' or '.join(allowed)}")


def disable_user(parts: Parts, name: str, *, actor: str = SYSTEM) -> records.User:
    """Lock a person out for good; their sessions and keys end with it. Doing it again changes nothing.

    Raises:
        NotFoundError: Nobody has this name.
        NotAllowedError: It is the actor, or the last administrator who is left.
    """

    def disabled(user: records.User) -> _Revision | None:
        if user.disabled:
            return None
        _require_another(user, actor, "Ask another administrator.")
        return _Revision(
            user=replace(user, disabled=True),
            told=parts.entry(Verb.USER_DISABLED, user.id, actor=actor),
            also=sessions.closing_all(parts, user.id, actor=actor, why="disabled"),
        )

    return _revise(parts, name, disabled)


def change_role(parts: Parts, name: str, role: Role, *, actor: str = SYSTEM) -> records.User:
    """Give a person another role. It counts from their next request on, for their keys too. The same role changes nothing.

    A case that they hold stays theirs until its lease ends, like that of anybody who goes home; what they may do with it is what the
    new role allows.

    Raises:
        NotFoundError: Nobody has this name.
        NotAllowedError: It is the actor, or the last administrator who is left.
        ConflictError: The person is locked out for good.
    """

    def changed(user: records.User) -> _Revision | None:
        _require_another(user, actor, "Ask another administrator.")
        _require_able(user)
        if user.role is role:
            return None
        told = parts.entry(Verb.USER_ROLE_CHANGED, user.id, actor=actor, detail=f"{user.role} to {role}")
        return _Revision(user=replace(user, role=role), told=told)

    return _revise(parts, name, changed)


def change_skills(parts: Parts, name: str, skills: Iterable[str], *, actor: str = SYSTEM) -> records.User:
    """Say which skills a person has: exactly these. The same ones change nothing.

    A case that they hold stays theirs. What waits in queues that need other skills does not come to them from then on.

    Raises:
        NotFoundError: Nobody has this name.
        InputError: A skill that no queue of the settings asks for, and that the person did not have.
        ConflictError: The person is locked out for good.
    """
    wanted = tuple(sorted(set(skills)))
    known = {skill for rule in parts.rules.queues for skill in rule.skills}

    def changed(user: records.User) -> _Revision | None:
        _require_able(user)
        for skill in wanted:
            if skill not in known and skill not in user.skills:
                raise InputError(f"skill {skill[:64]}: no queue asks for it, expected {' or '.join(sorted(known)) or 'none'}")  # fmt: skip
        if wanted == user.skills:
            return None
        told = parts.entry(
            Verb.USER_SKILLS_CHANGED, user.id, actor=actor, detail=(", ".join(wanted) or "none")[:500]
        )
        return _Revision(user=replace(user, skills=wanted), told=told)

    return _revise(parts, name, changed)


def declare_accounts(
    parts: Parts, name: str, references: Sequence[str], *, actor: str = SYSTEM
) -> records.User:
    """Say which accounts on the platforms are a person's own, in place of what was said before: they are never handed cases about them.

    Raises:
        InputError: More than ``MOST_ACCOUNTS``, or one that is empty or longer than 255 characters.
        NotFoundError: Nobody has this name.
    """
    own = tuple(dict.fromkeys(each.strip() for each in references if each.strip()))
    if len(own) > MOST_ACCOUNTS:
        raise InputError(f"own accounts: {len(own)}, expected at most {MOST_ACCOUNTS}")

    def changed(user: records.User) -> _Revision | None:
        if user.accounts == own:
            return None
        told = parts.entry(Verb.USER_ACCOUNTS_DECLARED, user.id, actor=actor, detail=f"{len(own)} accounts")
        return _Revision(user=replace(user, accounts=own), told=told)

    return _revise(parts, name, changed)


def reset_password(parts: Parts, name: str, password: str, *, actor: str = SYSTEM) -> records.User:
    """Give somebody who forgot it a new password. Closes their sessions and ends a lock after failed tries.

    Raises:
        InputError: Fewer than 12 characters, or more than 1024.
        NotFoundError: Nobody has this name.
        NotAllowedError: It is the actor: whoever knows their password changes it themselves.
        ConflictError: The person is locked out for good.
    """
    password_hash = passwords.hash_new(parts, password)

    def reset(user: records.User) -> _Revision:
        _require_another(user, actor, "Change your own password under You.")
        _require_able(user)
        return _Revision(
            user=replace(user, password_hash=password_hash, failed_sign_ins=0, locked_until=None),
            told=parts.entry(Verb.USER_PASSWORD_CHANGED, user.id, actor=actor, detail="reset"),
            also=sessions.closing_all(parts, user.id, actor=actor, why="password reset"),
        )

    return _revise(parts, name, reset)


def unlock(parts: Parts, name: str, *, actor: str = SYSTEM) -> records.User:
    """Let somebody try again who was locked after failed tries. Who was not is left as they are.

    Raises:
        NotFoundError: Nobody has this name.
        ConflictError: The person is locked out for good.
    """

    def unlocked(user: records.User) -> _Revision | None:
        _require_able(user)
        if not user.failed_sign_ins and user.locked_until is None:
            return None
        return _Revision(
            user=replace(user, failed_sign_ins=0, locked_until=None),
            told=parts.entry(Verb.USER_UNLOCKED, user.id, actor=actor),
        )

    return _revise(parts, name, unlocked)


def named(parts: Parts, name: str) -> records.User:
    """Find a person by name."""
    user = parts.store.user_named(name)
    if user is None:
        raise NotFoundError(f"user {name}: unknown, expected a name from `wardline user list`")
    return user


def create_platform_key(
    parts: Parts, label: str, platform: str, *, trust: KeyTrust, requests_per_minute: int, actor: str = SYSTEM
) -> tuple[records.ApiKey, str]:
    """Make a key for a platform's uploads. Gives the record and the secret, which is shown once and kept nowhere."""
    made = new_platform_key(parts, label, platform, trust=trust, requests_per_minute=requests_per_minute)
    return _commit_key(parts, made, actor)


def create_person_key(
    parts: Parts, label: str, user: records.User, scopes: Sequence[Scope] = (), *, actor: str = SYSTEM
) -> tuple[records.ApiKey, str]:
    """Make a key that acts in a person's name, with all the scopes of the role or some of them."""
    return _commit_key(parts, new_person_key(parts, label, user, scopes), actor)


def new_platform_key(
    parts: Parts, label: str, platform: str, *, trust: KeyTrust, requests_per_minute: int
) -> tuple[records.ApiKey, str]:
    """Make the record of a platform's key and its secret, to be committed with its entry."""
    scopes = (Scope.ITEMS_WRITE, Scope.ITEMS_READ) if trust is KeyTrust.TRUSTED else (Scope.ITEMS_WRITE,)
    return _new_key(
        parts,
        label,
        scopes,
        trust=trust,
        platform=platform,
        user_id=None,
        requests_per_minute=requests_per_minute,
    )


def new_person_key(
    parts: Parts, label: str, user: records.User, scopes: Sequence[Scope] = ()
) -> tuple[records.ApiKey, str]:
    """Make the record of a person's key and its secret, to be committed with its entry."""
    allowed = _ROLE_SCOPES[user.role]
    if set(scopes) - allowed:
        raise NotAllowedError(
            f"{user.id}: scopes beyond the role {user.role}, expected {', '.join(sorted(allowed))}"
        )
    return _new_key(
        parts, label, tuple(scopes) or tuple(sorted(allowed)), trust=KeyTrust.TRUSTED, platform=None, user_id=user.id,
        requests_per_minute=6000,
    )  # fmt: skip


def scopes_of(key: records.ApiKey, user: records.User | None) -> frozenset[Scope]:
    """Give what a key may do now: a person's never more than the role allows, whatever it held when it was made."""
    return frozenset(key.scopes) if user is None else frozenset(key.scopes) & _ROLE_SCOPES[user.role]


def revoke_key(parts: Parts, key_id: str, *, actor: str = SYSTEM) -> records.ApiKey:
    """Switch a key off for good."""
    for key in parts.store.api_keys():
        if key.id == key_id:
            revoked = replace(key, disabled=True, version=key.version + 1)
            parts.store.commit(
                Replace(revoked), entries=[parts.entry(Verb.API_KEY_REVOKED, key_id, actor=actor)]
            )
            return revoked
    raise NotFoundError(f"{key_id}: unknown, expected an id from `wardline api-key list`")


def authenticate(parts: Parts, secret: str) -> tuple[records.ApiKey, records.User | None]:
    """Find the key that a secret belongs to, and the person behind it.

    Raises:
        NotAuthenticatedError: Unknown, revoked, or its person is locked out: the three look alike from outside.
    """
    key = parts.store.api_key_by_digest(digest_of(secret))
    if key is None or key.disabled:
        raise NotAuthenticatedError("api key: unknown or revoked, expected a valid key")
    if key.user_id is None:
        return key, None
    user = parts.store.user(key.user_id)
    if user.disabled:
        raise NotAuthenticatedError("api key: unknown or revoked, expected a valid key")
    return key, user


@dataclass(frozen=True, slots=True, kw_only=True)
class _Revision:
    """What becomes of a person, and what is committed with it."""

    user: records.User
    told: records.Entry
    also: sessions.Commit = ((), ())


def _revise(parts: Parts, name: str, revise: Callable[[records.User], _Revision | None]) -> records.User:
    """Commit a new version of a person; none when nothing is to change."""
    while True:
        user = named(parts, name)
        revision = revise(user)
        if revision is None:
            return user
        revised = replace(revision.user, version=user.version + 1)
        changes, entries = revision.also
        witnesses = _witnesses(parts, user, revised)
        try:
            parts.store.commit(
                Replace(revised), *map(Replace, witnesses), *changes, entries=[revision.told, *entries]
            )
        except VersionConflictError:
            # Somebody tries to sign in by this name at this very moment; that must not keep it from being changed.
            continue
        return revised


def _witnesses(parts: Parts, user: records.User, revised: records.User) -> list[records.User]:
    """Find an administrator who stays when one goes, as a new version to be committed with it.

    Two administrators who demote each other at the same moment then conflict, and one of them stays.
    """
    if not administers(user) or administers(revised):
        return []
    others = (each for each in parts.store.users() if administers(each) and each.id != user.id)
    other = next(others, None)
    if other is None:
        raise NotAllowedError(
            f"user {user.name}: the last administrator who is not locked out, expected another one to stay",
            remedy="Make another administrator first.",
        )
    return [replace(other, version=other.version + 1)]


def _require_another(user: records.User, actor: str, remedy: str) -> None:
    if user.id == actor:
        raise NotAllowedError(f"user {user.name}: is the one who asks, expected somebody else", remedy=remedy)


def _require_able(user: records.User) -> None:
    if user.disabled:
        raise ConflictError(
            f"user {user.name}: locked out for good, expected somebody who is not",
            remedy="Add the person again, under another name.",
        )


def _new_key(
    parts: Parts, label: str, scopes: tuple[Scope, ...], *, trust: KeyTrust, platform: str | None, user_id: str | None,
    requests_per_minute: int,
) -> tuple[records.ApiKey, str]:  # fmt: skip
    secret = "wl_" + base64.urlsafe_b64encode(parts.entropy(_SECRET_BYTES)).decode().rstrip("=")
    key = records.ApiKey(
        id=parts.new_id("api-key"), label=label, secret_digest=digest_of(secret), scopes=scopes, trust=trust, platform=platform,
        user_id=user_id, requests_per_minute=requests_per_minute, created_at=parts.now(),
    )  # fmt: skip
    return key, secret


def _commit_key(parts: Parts, made: tuple[records.ApiKey, str], actor: str) -> tuple[records.ApiKey, str]:
    key, _ = made
    parts.store.commit(Insert(key), entries=[parts.entry(Verb.API_KEY_CREATED, key.id, actor=actor)])
    return made


def digest_of(secret: str) -> str:
    """Give what is stored of a key's secret. A fast hash is right here: the secret has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
