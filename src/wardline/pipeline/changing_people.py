"""What becomes of people: another role, other skills, their own accounts, a new password, locked out for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from wardline import records, review
from wardline.errors import ConflictError, InputError, NotAllowedError, VersionConflictError
from wardline.pipeline import passing, passwords, people, sessions
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import Replace, Role, Verb

MOST_ACCOUNTS = 20
"""Of one person's own on the platforms."""


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
    One that is in their hands goes on to somebody else.

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

    user = _revise(parts, name, changed)
    for case in parts.store.claimed_cases(user_id=user.id, now=parts.now()):
        if review.is_party(case, user):
            with suppress(ConflictError):  # it left their hands at this moment
                passing.pass_on(parts, case.id, user)
    return user


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Revision:
    """What becomes of a person, and what is committed with it."""

    user: records.User
    told: records.Entry
    also: sessions.Commit = ((), ())


def _revise(parts: Parts, name: str, revise: Callable[[records.User], _Revision | None]) -> records.User:
    """Commit a new version of a person; none when nothing is to change."""
    while True:
        user = people.named(parts, name)
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
    if not people.administers(user) or people.administers(revised):
        return []
    others = (each for each in parts.store.users() if people.administers(each) and each.id != user.id)
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
