"""Judging a password: each wrong one is counted, and too many lock its person out for a while.

An answer to a password is given only once it is committed against the version of the person that it was judged by. However many
attempts run at the same time, they are counted one after the other, and what comes after the fifth wrong one finds the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import NotFoundError, VersionConflictError
from wardline.pipeline import passwords
from wardline.pipeline.parts import Parts
from wardline.records import Replace, Verb

FAILURES_BEFORE_LOCK = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
_MOST_NAME_CHARACTERS = 64

Commit = tuple[Sequence[records.Change], Sequence[records.Entry]]
Grant = Callable[[records.User], Commit]
"""What a right password brings about; gets the person as they will be stored."""


def admit(
    parts: Parts,
    find: Callable[[], records.User | None],
    password: str,
    grant: Grant,
    *,
    new_hash: str | None = None,
) -> records.User:
    """Judge a password and commit the outcome with it: what a right one brings about, or one failure more."""
    judged: tuple[str, bool] | None = None
    while True:
        user = find()
        if user is None or not _may_try(user, parts.now()):
            if judged is None:
                passwords.fits(parts, None, password)
            raise passwords.refusal()
        if judged is None or judged[0] != user.password_hash:
            judged = user.password_hash, passwords.fits(parts, user, password)
        try:
            if not judged[1]:
                _count_failure(parts, user)
                raise passwords.refusal()
            return _let_in(parts, user, new_hash or passwords.renewed_hash(parts, user, password), grant)
        except VersionConflictError:
            # Another attempt was counted first, or the person was changed. Each round means that somebody else got on.
            continue


def _may_try(user: records.User, now: datetime) -> bool:
    return not user.disabled and (user.locked_until is None or user.locked_until <= now)


def _let_in(parts: Parts, user: records.User, password_hash: str, grant: Grant) -> records.User:
    # A new version even when nothing is set back: the commit must conflict with a lock that came meanwhile.
    admitted = replace(
        user, failed_sign_ins=0, locked_until=None, password_hash=password_hash, version=user.version + 1
    )
    changes, entries = grant(admitted)
    parts.store.commit(Replace(admitted), *changes, entries=entries)
    return admitted


def _count_failure(parts: Parts, user: records.User) -> None:
    failures = user.failed_sign_ins + 1
    entries = [parts.entry(Verb.USER_SIGN_IN_FAILED, user.id)]
    failed = replace(user, failed_sign_ins=failures, locked_until=None, version=user.version + 1)
    if failures % FAILURES_BEFORE_LOCK == 0:
        period = lock_period(failures // FAILURES_BEFORE_LOCK)
        failed = replace(failed, locked_until=parts.now() + period)
        entries.append(
            parts.entry(Verb.USER_LOCKED, user.id, detail=f"{period // timedelta(minutes=1)} minutes")
        )
    parts.store.commit(Replace(failed), entries=entries)


def lock_period(locks: int) -> timedelta:
    """Give how long the n-th lock since the last right password lasts, counted from 1."""
    enough = (LONGEST_LOCK // FIRST_LOCK).bit_length()
    doublings = min(locks - 1, enough)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def named(parts: Parts, name: str) -> records.User | None:
    # What can be no name is not asked for: databases refuse some of it, which would be another answer than that to an unknown one.
    if len(name) > _MOST_NAME_CHARACTERS or any(
        ord(each) < 32 or 0xD800 <= ord(each) < 0xE000 for each in name
    ):
        return None
    return parts.store.user_named(name)


def with_id(parts: Parts, user_id: str) -> records.User | None:
    try:
        return parts.store.user(user_id)
    except NotFoundError:
        return None
