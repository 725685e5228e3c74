"""Accounts at providers: who they are here, and what the provider's word counts for.

A name is never enough: a person is found by issuer and subject, which somebody linked. Nobody is linked to a person who was here before
because a name or an address happens to be the same.
"""

from __future__ import annotations

from dataclasses import replace

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
from wardline.pipeline import changing_people, passwords, people, sessions
from wardline.pipeline.account_rules import Provider
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.ports import Claims, SignedOut
from wardline.records import Insert, Remove, Replace, Role, Verb


def sign_in(parts: Parts, provider: Provider, claims: Claims) -> tuple[records.Session, str] | sessions.Half:
    """Open a session for the person whom a provider's account is linked to, or say that a security key is asked for as well.

    Where the settings map a claim to roles, the person has that role from now on, lower or higher.

    Raises:
        NotAuthenticatedError: Nobody is linked and nobody is made, the claim names no role, or the person is locked out: they look
            alike.
    """
    role = _role(provider, claims)
    token = sessions.new_token(parts)
    while True:
        identity = parts.store.identity_of(claims.issuer, claims.subject)
        if identity is None:
            _made(parts, provider, claims, role)
            continue
        user = parts.store.user(identity.user_id)
        if user.disabled:
            raise refusal()
        if role is not None and role is not user.role:
            _change_role(parts, user, role)
            continue
        admitted = replace(user, version=user.version + 1)
        try:
            if not provider.covers_second_factor and sessions.asks_for_key(parts, user):
                first = parts.entry(Verb.USER_FIRST_STEP, user.id, actor=user.id, detail=identity.id)
                parts.store.commit(Replace(admitted), entries=[first])
                return sessions.Half(user.id, user.password_hash, identity.id, claims.session)
            session, (changes, entries) = sessions.opening(
                parts, admitted, token, strong=provider.covers_second_factor, identity_id=identity.id, provider_session=claims.session, how=identity.id
            )  # fmt: skip
            parts.store.commit(Replace(admitted), *changes, entries=entries)
        except VersionConflictError:
            continue
        return session, token


def link(parts: Parts, user: records.User, claims: Claims) -> records.Identity:
    """Link a provider's account to a person who is signed in. Linked to them already, it stays so.

    Raises:
        ConflictError: It is somebody else's.
    """
    made = _identity(parts, user, claims)
    linked = parts.entry(Verb.IDENTITY_LINKED, made.id, actor=user.id, detail=user.id)
    try:
        parts.store.commit(Insert(made), entries=[linked])
    except AlreadyExistsError:
        found = parts.store.identity_of(claims.issuer, claims.subject)
        if found is not None and found.user_id == user.id:
            return found
        raise ConflictError(
            "account at the provider: linked to somebody else here, expected one that nobody has",
            remedy="Sign out at the provider, then sign in there as yourself.",
        ) from None
    return made


def unlink(parts: Parts, user: records.User, identity_id: str, *, actor: str = SYSTEM) -> None:
    """Take a link away, and close the sessions that were opened by it.

    Raises:
        NotFoundError: It is not this person's.
    """
    while True:
        found = next((each for each in parts.store.identities_of(user.id) if each.id == identity_id), None)
        if found is None:
            raise NotFoundError(f"{identity_id}: no account linked to {user.id}, expected one that is")
        # A new version of the person, too: whoever comes in by this account at the same moment conflicts with it, and no session slips through.
        current = parts.store.user(user.id)
        revised = replace(current, version=current.version + 1)
        opened = [each for each in parts.store.sessions_of(user.id) if each.identity_id == identity_id]
        changes, entries = sessions.closing(parts, opened, actor=actor, why="account unlinked")
        unlinked = parts.entry(Verb.IDENTITY_UNLINKED, identity_id, actor=actor, detail=user.id)
        try:
            parts.store.commit(
                Replace(revised),
                Remove(records.Identity, identity_id),
                *changes,
                entries=[unlinked, *entries],
            )
        except VersionConflictError:
            continue
        return


def sign_out(parts: Parts, ended: SignedOut) -> int:
    """End the sessions here of whom a provider says that they signed out there; gives how many.

    With a session of the provider's, those that rest on it, and those of its subject of which nobody knows on which they rest; without one, all
    that the subject's account opened. What was opened by a password or a passkey alone stays, and what was opened after they had signed out.
    """
    store = parts.store
    of_subject = store.identity_of(ended.issuer, ended.subject) if ended.subject is not None else None
    found = {each.id: each for each in store.sessions_at_provider(ended.session)} if ended.session else {}
    if of_subject is not None:
        found |= {each.id: each for each in store.sessions_of(of_subject.user_id) if each.provider_session is None or not ended.session}  # fmt: skip
    mine = [
        each for each in found.values() if each.opened_at <= ended.until and _rests_on(parts, each, ended)
    ]
    if mine:
        changes, entries = sessions.closing(parts, mine, actor=SYSTEM, why="signed out at the provider")
        parts.store.commit(*changes, entries=entries)
    return len(mine)


def _rests_on(parts: Parts, session: records.Session, ended: SignedOut) -> bool:
    """Say whether a session was opened by the account that a provider speaks of."""
    known = {each.id: each for each in parts.store.identities_of(session.user_id)}
    identity = known.get(session.identity_id or "")
    if identity is None or identity.issuer != ended.issuer:
        return False
    return ended.subject is None or identity.subject == ended.subject


def prove(parts: Parts, session: records.Session, claims: Claims) -> records.Session:
    """Take a provider's word, given anew, that the person of a session is there.

    Raises:
        NotAuthenticatedError: It is not their account.
    """
    identity = parts.store.identity_of(claims.issuer, claims.subject)
    if identity is None or identity.user_id != session.user_id:
        raise refusal()
    proven, (changes, entries) = sessions.proving(parts, session, identity.id)
    parts.store.commit(*changes, entries=entries)
    return proven


def refusal() -> NotAuthenticatedError:
    """Make the one answer to everybody whom a provider vouches for and who does not come in here."""
    return NotAuthenticatedError(
        "account at the provider: nobody's here, expected one that a person of this installation linked",
        remedy="Sign in with your password and link the account under You, or ask an administrator.",
    )


def _role(provider: Provider, claims: Claims) -> Role | None:
    """Give the role that the claim names; None where roles are given here."""
    if provider.roles is None:
        return None
    named = {role for value, role in provider.roles.items() if value in claims.roles}
    if len(named) != 1:
        # Roles are no ladder: whoever is in two groups gets neither, until somebody has decided which.
        raise refusal()
    return named.pop()


def _change_role(parts: Parts, user: records.User, role: Role) -> None:
    try:
        changing_people.change_role(parts, user.name, role)
    except (NotAllowedError, ConflictError, NotFoundError):
        # The last administrator, or locked out meanwhile: not with a role that the provider no longer gives.
        raise refusal() from None


def _made(parts: Parts, provider: Provider, claims: Claims, role: Role | None) -> None:
    """Make a person of the provider's account where the settings allow it. No password is theirs until an administrator gives one."""
    if provider.create_as is None or claims.name is None:
        raise refusal()
    try:
        user = people.new_user(parts, claims.name, role or provider.create_as, passwords.generate(parts))
        made = _identity(parts, user, claims)
        created = parts.entry(Verb.USER_CREATED, user.id, detail=user.role)
        linked = parts.entry(Verb.IDENTITY_LINKED, made.id, detail=user.id)
        parts.store.commit(Insert(user), Insert(made), entries=[created, linked])
    except (InputError, AlreadyExistsError):
        if (
            parts.store.identity_of(claims.issuer, claims.subject) is None
        ):  # otherwise made at the same moment by another request of the same browser
            raise refusal() from None


def _identity(parts: Parts, user: records.User, claims: Claims) -> records.Identity:
    return records.Identity(
        id=parts.new_id("identity"), user_id=user.id, issuer=claims.issuer, subject=claims.subject, linked_at=parts.now()
    )  # fmt: skip
