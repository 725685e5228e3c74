"""Users and API keys: who may do what."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from wardline import records
from wardline.errors import (
    AlreadyExistsError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
)
from wardline.pipeline import passwords
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import Insert, KeyTrust, Replace, Role, Scope, Verb

_SECRET_BYTES = 32
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
