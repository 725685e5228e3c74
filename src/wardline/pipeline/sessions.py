"""People's sign-in: sessions that are opened, proven again, used, and that end. Passwords are judged in ``admitting``."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wardline import records
from wardline.errors import (
    InputError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
    VersionConflictError,
)
from wardline.pipeline import admitting, passwords
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import Insert, Remove, Replace, SecondFactor, Verb

_TOKEN_BYTES = 32
_EXPIRED_AT_ONCE = 1000
_TOUCHES = 4
"""So often in each idle time the store hears that a session is in use: an entry for every request would drown the log."""

Commit = admitting.Commit


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody who has shown a right password, or a provider's word, and has yet to show a security key."""

    user_id: str
    password_hash: str
    """Of that moment: a password that was changed meanwhile makes the first step worth nothing."""
    identity_id: str | None = None
    """The account at a provider that vouched, if one did."""
    provider_session: str | None = None
    """What that provider calls its session."""


def sign_in(parts: Parts, name: str, password: str) -> tuple[records.Session, str]:
    """Open a session for somebody who needs nothing but a password. Gives the record and its token, which is kept nowhere here.

    Raises:
        NotAuthenticatedError: As ``begin``, and when a security key is asked for as well.
    """
    begun = begin(parts, name, password)
    if isinstance(begun, Half):
        raise passwords.refusal()
    return begun


def begin(parts: Parts, name: str, password: str) -> tuple[records.Session, str] | Half:
    """Judge a password: open a session, or say that a security key is asked for as well.

    Five wrong passwords lock the person out for 15 minutes, five more for twice as long, and so on up to 24 hours; a right one
    sets the count back.

    Raises:
        NotAuthenticatedError: Unknown name, another password, disabled, or locked: they look alike and take alike long.
    """
    token = new_token(parts)
    outcome: list[tuple[records.Session, str] | Half] = []

    def grant(user: records.User) -> Commit:
        if asks_for_key(parts, user):
            outcome.append(Half(user.id, user.password_hash))
            return [], [parts.entry(Verb.USER_FIRST_STEP, user.id, actor=user.id, detail="password")]
        session, commit = opening(parts, user, token)
        outcome.append((session, token))
        return commit

    admitting.admit(parts, lambda: admitting.named(parts, name), password, grant)
    return outcome[-1]


def asks_for_key(parts: Parts, user: records.User) -> bool:
    """Say whether this person shows a security key after the first step: their role's setting, and whether they have one."""
    wanted = parts.rules.accounts.second_factor[user.role]
    return wanted is not SecondFactor.OFF and bool(parts.store.passkeys_of(user.id))


def lacks_key(parts: Parts, user: records.User, session: records.Session) -> bool:
    """Say whether this person has to register a security key, or come in with theirs, before anything else."""
    return parts.rules.accounts.second_factor[user.role] is SecondFactor.REQUIRED and not session.strong


def new_token(parts: Parts) -> str:
    """Make what a session is known by: 256 random bits."""
    return base64.urlsafe_b64encode(parts.entropy(_TOKEN_BYTES)).decode().rstrip("=")


def opening(
    parts: Parts,
    user: records.User,
    token: str,
    *,
    strong: bool = False,
    identity_id: str | None = None,
    provider_session: str | None = None,
    how: str = "",
) -> tuple[records.Session, Commit]:
    """Give a new session and what opens it, to be committed with a new version of its person. The oldest over the limit close."""
    now, rules = parts.now(), parts.rules.accounts
    session = records.Session(
        id=parts.new_id("session"), user_id=user.id, token_digest=_digest(token), opened_at=now, expires_at=now + rules.lifetime,
        seen_at=now, proven_at=now, strong=strong, identity_id=identity_id, provider_session=provider_session,
    )  # fmt: skip
    running = [each for each in parts.store.sessions_of(user.id) if is_open(parts, each)]
    surplus = running[: max(0, len(running) + 1 - rules.most_sessions)]
    changes, entries = closing(parts, surplus, actor=user.id, why="too many at once")
    opened = parts.entry(Verb.SESSION_OPENED, session.id, actor=user.id, detail=how)
    return session, ([Insert(session), *changes], [opened, *entries])


def is_open(parts: Parts, session: records.Session) -> bool:
    """Say whether neither of a session's times is over."""
    now, seen = parts.now(), session.seen_at or session.opened_at
    return now < session.expires_at and now < seen + parts.rules.accounts.idle


def used(parts: Parts, session: records.Session) -> records.Session:
    """Note that a person uses their session, now and then; gives it as it is stored."""
    now, seen = parts.now(), session.seen_at or session.opened_at
    if now < seen + parts.rules.accounts.idle / _TOUCHES:
        return session
    touched = replace(session, seen_at=now, version=session.version + 1)
    try:
        parts.store.commit(
            Replace(touched), entries=[parts.entry(Verb.SESSION_USED, session.id, actor=session.user_id)]
        )
    except VersionConflictError:
        return session  # another request of the same person was first, or it was closed: the next request finds out
    return touched


def is_fresh(parts: Parts, session: records.Session) -> bool:
    """Say whether its person showed who they are lately enough for a grave act."""
    return parts.now() < (session.proven_at or session.opened_at) + parts.rules.accounts.proof


def prove(parts: Parts, session: records.Session, password: str) -> records.Session:
    """Let a person show their password again. A wrong one counts like one at sign-in.

    Raises:
        NotAuthenticatedError: Wrong, or the person is locked.
    """
    proven: list[records.Session] = []

    def grant(_user: records.User) -> Commit:
        found, commit = proving(parts, session, "password")
        proven.append(found)
        return commit

    admitting.admit(parts, lambda: admitting.with_id(parts, session.user_id), password, grant)
    return proven[-1]


def confirm(parts: Parts, user: records.User, password: str) -> records.User:
    """Let the person behind a key show their password for one grave act over HTTP. A wrong one counts like one at sign-in.

    A key has no session that could be fresh, so it is asked each time. Whoever signs in with a security key, or has to, cannot show that
    here: a password alone would be less than the console asks of them.

    Raises:
        NotAllowedError: This person needs a security key as well.
        NotAuthenticatedError: Wrong, or the person is locked.
    """
    wants_key = parts.rules.accounts.second_factor[user.role] is SecondFactor.REQUIRED
    if wants_key or asks_for_key(parts, user):
        raise NotAllowedError(
            f"{user.id}: signs in with a security key, expected the console for a grave act",
            remedy="Do it in the console, where the key can be shown.",
        )
    told = parts.entry(Verb.USER_PROVEN, user.id, actor=user.id, detail="password")
    return admitting.admit(
        parts, lambda: admitting.with_id(parts, user.id), password, lambda _user: ([], [told])
    )


def proving(parts: Parts, session: records.Session, how: str) -> tuple[records.Session, Commit]:
    """Give a session as it is once its person has shown who they are, and what is committed for it."""
    current = parts.store.session_by_digest(session.token_digest)
    if current is None:
        raise _no_session()
    now = parts.now()
    proven = replace(current, proven_at=now, seen_at=now, version=current.version + 1)
    entry = parts.entry(Verb.SESSION_PROVEN, session.id, actor=session.user_id, detail=how)
    return proven, ([Replace(proven)], [entry])


def open_session_of(parts: Parts, token: str) -> tuple[records.Session, records.User]:
    """Find the session that a token belongs to, and its person as they are now: a changed role counts from the next request on.

    Raises:
        NotAuthenticatedError: Unknown, closed, expired, unused for too long, or its person is disabled: they look alike.
    """
    session = parts.store.session_by_digest(_digest(token))
    if session is None or not is_open(parts, session):
        raise _no_session()
    try:
        user = parts.store.user(session.user_id)
    except NotFoundError:
        raise _no_session() from None
    if user.disabled:
        raise _no_session()
    return session, user


def sign_out(parts: Parts, session: records.Session) -> None:
    """Close a session. One that is closed already stays so."""
    if parts.store.session_by_digest(session.token_digest) is not None:
        changes, entries = closing(parts, [session], actor=session.user_id, why="signed out")
        parts.store.commit(*changes, entries=entries)


def close_all(parts: Parts, user: records.User, *, actor: str = SYSTEM) -> int:
    """Close every session of a person; gives how many."""
    found = parts.store.sessions_of(user.id)
    if found:
        changes, entries = closing(parts, found, actor=actor, why="all closed")
        parts.store.commit(*changes, entries=entries)
    return len(found)


def close_others(parts: Parts, keep: records.Session) -> int:
    """Close every session of a person but one of them; gives how many."""
    changes, entries = closing_all(
        parts, keep.user_id, actor=keep.user_id, why="closed by the person", keep=keep
    )
    if changes:
        parts.store.commit(*changes, entries=entries)
    return len(changes)


def close_expired(parts: Parts) -> None:
    """Remove the sessions whose time is over."""
    while old := parts.store.expired_sessions(parts.now(), most=_EXPIRED_AT_ONCE):
        changes, entries = closing(parts, old, actor=SYSTEM, why="expired")
        parts.store.commit(*changes, entries=entries)
    for user in parts.store.users():
        idle = [each for each in parts.store.sessions_of(user.id) if not is_open(parts, each)]
        if idle:
            changes, entries = closing(parts, idle, actor=SYSTEM, why="unused")
            parts.store.commit(*changes, entries=entries)


def closing_all(
    parts: Parts, user_id: str, *, actor: str, why: str, keep: records.Session | None = None
) -> Commit:
    """Give what closes a person's sessions, to be committed with the reason for it.

    Commit it together with a new version of the person: whoever signs in meanwhile makes that commit conflict, so that no session
    slips through.
    """
    others = [each for each in parts.store.sessions_of(user_id) if keep is None or each.id != keep.id]
    return closing(parts, others, actor=actor, why=why)


def change_password(
    parts: Parts, user: records.User, old: str, new: str, *, keep: records.Session | None = None
) -> records.User:
    """Give a person another password, and close their sessions.

    Args:
        parts: The installation.
        user: Whose password it is.
        old: The password until now. A wrong one counts like one at sign-in.
        new: 12 to 1024 characters, not the old one.
        keep: The session in which they do it; it stays open.

    Raises:
        InputError: The new password does not do.
        NotAuthenticatedError: The old one is wrong, or the person is locked.
    """
    if hmac.compare_digest(_encoded(old), _encoded(new)):
        raise InputError("password: the same as before, expected another one", remedy="Choose another one.")
    new_hash = passwords.hash_new(parts, new)

    def grant(admitted: records.User) -> Commit:
        changes, entries = closing_all(
            parts, admitted.id, actor=admitted.id, why="password changed", keep=keep
        )
        return changes, [parts.entry(Verb.USER_PASSWORD_CHANGED, admitted.id, actor=admitted.id), *entries]

    return admitting.admit(parts, lambda: admitting.with_id(parts, user.id), old, grant, new_hash=new_hash)


def csrf_token(token: str) -> str:
    """Make what a session's forms must send along: a keyed digest of its token, hexadecimal, which does not give the token away."""
    return hmac.new(_encoded(token), b"wardline csrf", hashlib.sha256).hexdigest()


def require_csrf(token: str, sent: str) -> None:
    """Raise ``NotAllowedError`` unless a form of this session was sent."""
    if not token or not hmac.compare_digest(_encoded(csrf_token(token)), _encoded(sent)):
        raise NotAllowedError(
            "form: not of this session, expected one that it was given",
            remedy="Reload the page and send the form again.",
        )


# --- sessions -----------------------------------------------------------------------------------------------------------------------
def closing(parts: Parts, closed: Sequence[records.Session], *, actor: str, why: str) -> Commit:
    """Give what closes some sessions, to be committed with the reason for it."""
    return (
        [Remove(records.Session, each.id) for each in closed],
        [parts.entry(Verb.SESSION_CLOSED, each.id, actor=actor, detail=why) for each in closed],
    )


def _no_session() -> NotAuthenticatedError:
    return NotAuthenticatedError(
        "session: unknown, closed or expired, expected an open one", remedy="Sign in again."
    )


def _digest(token: str) -> str:
    # A fast hash is right here: the token has 256 random bits, so there is nothing to guess.
    return hashlib.sha256(_encoded(token)).hexdigest()


def _encoded(sent: str) -> bytes:
    """Give the bytes of anything that a browser may send, also of what is no valid Unicode."""
    return sent.encode("utf-8", "surrogatepass")
