"""Security keys and passkeys: registered by their person, shown after the password or alone, and asked for again before grave acts.

The library verifies; here is decided what a verified answer means. A challenge is made by the caller, used once, and forgotten.
Source: W3C, Web Authentication Level 2, sections 7.1 and 7.2.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import bytes_to_base64url, structs
from webauthn.helpers.base64url_to_bytes import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException

from wardline import records
from wardline.errors import (
    AlreadyExistsError,
    InputError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
    VersionConflictError,
    WardlineError,
)
from wardline.pipeline import alarms, people, sessions
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import AlarmKind, Insert, Remove, Replace, Verb
from wardline.records.checks import require_text

CHALLENGE_BYTES = 32
MOST_OF_ONE_PERSON = 10
_MOST_ANSWER_CHARACTERS = 20_000
_MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""What the library raises over an answer that no browser sent."""

Found = tuple[records.User, records.Passkey, VerifiedAuthentication]


def are_on(parts: Parts) -> bool:
    """Say whether the settings name the address that keys are bound to."""
    return bool(parts.rules.accounts.host)


def registration(parts: Parts, user: records.User, challenge: bytes) -> str:
    """Give what the browser needs to register a key, as JSON."""
    known = parts.store.passkeys_of(user.id)
    options = generate_registration_options(
        rp_id=_host(parts), rp_name="Wardline", user_name=user.name, user_id=user.id.encode(), challenge=challenge,
        exclude_credentials=_descriptors(known),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
    )  # fmt: skip
    return options_to_json(options)


def register(
    parts: Parts, session: records.Session, user: records.User, *, answer: str, challenge: bytes, name: str
) -> records.Passkey:
    """Add a key to a person. The session in which they did it rests on that key from then on.

    Raises:
        InputError: The browser's answer is not one to this challenge, or the name is none.
        AlreadyExistsError: The key is registered already, or there are ten.
    """
    require_text("name of the key", name, most=60)
    if len(parts.store.passkeys_of(user.id)) >= MOST_OF_ONE_PERSON:
        raise AlreadyExistsError(
            f"keys of {user.id}: {MOST_OF_ONE_PERSON}, expected fewer",
            remedy="Remove one that you do not use.",
        )
    try:
        verified = verify_registration_response(
            credential=_read(answer), expected_challenge=challenge, expected_rp_id=_host(parts),
            expected_origin=_origin(parts), require_user_verification=False,
        )  # fmt: skip
    except _MALFORMED:
        raise InputError(
            "security key: its answer is not one to this page, expected that of a key that was touched just now",
            remedy="Load the page again and register the key once more.",
        ) from None
    made = records.Passkey(
        id=parts.new_id("passkey"), user_id=user.id, credential_id=bytes_to_base64url(verified.credential_id),
        public_key=bytes_to_base64url(verified.credential_public_key), sign_count=verified.sign_count, name=name,
        added_at=parts.now(),
    )  # fmt: skip
    shown, (_, entries) = sessions.proving(parts, session, "security key registered")
    added = parts.entry(Verb.PASSKEY_ADDED, made.id, actor=user.id)
    parts.store.commit(Insert(made), Replace(replace(shown, strong=True)), entries=[added, *entries])
    return made


def rename(parts: Parts, user: records.User, passkey_id: str, name: str) -> records.Passkey:
    """Give one's own key another name."""
    require_text("name of the key", name, most=60)
    found = _own(parts, user, passkey_id)
    renamed = replace(found, name=name, version=found.version + 1)
    parts.store.commit(Replace(renamed), entries=[parts.entry(Verb.PASSKEY_RENAMED, found.id, actor=user.id)])
    return renamed


def remove(parts: Parts, user: records.User, passkey_id: str) -> None:
    """Take one's own key away. A suspended one only an administrator takes away: somebody may have copied it.

    Raises:
        NotFoundError: It is not this person's.
        NotAllowedError: It is suspended.
    """
    found = _own(parts, user, passkey_id)
    if found.suspended:
        raise NotAllowedError(
            f"{found.id}: suspended, expected one whose counter never went backwards",
            remedy="Ask an administrator to reset your keys.",
        )
    parts.store.commit(
        Remove(records.Passkey, found.id),
        entries=[parts.entry(Verb.PASSKEY_REMOVED, found.id, actor=user.id)],
    )


def reset(parts: Parts, name: str, *, actor: str = SYSTEM) -> int:
    """Take away all keys of somebody who lost theirs, and close their sessions; gives how many keys there were.

    Raises:
        NotFoundError: Nobody has this name.
        NotAllowedError: It is the actor: whoever can still come in removes their keys themselves.
    """
    while True:
        user = people.named(parts, name)
        if user.id == actor:
            raise NotAllowedError(
                f"user {name}: is the one who asks, expected somebody else",
                remedy="Remove your own keys under You.",
            )
        keys = parts.store.passkeys_of(user.id)
        changes, entries = sessions.closing_all(parts, user.id, actor=actor, why="keys reset")
        told = [parts.entry(Verb.PASSKEY_REMOVED, each.id, actor=actor, detail="reset") for each in keys]
        revised = replace(user, version=user.version + 1)
        try:
            parts.store.commit(
                Replace(revised), *[Remove(records.Passkey, each.id) for each in keys], *changes,
                entries=[parts.entry(Verb.USER_FACTORS_RESET, user.id, actor=actor), *told, *entries],
            )  # fmt: skip
        except VersionConflictError:
            continue
        return len(keys)


def question(parts: Parts, challenge: bytes, *, user_id: str | None) -> str:
    """Give what the browser needs to show a key, as JSON.

    Args:
        parts: The installation.
        challenge: 32 random bytes, used once.
        user_id: Whose key it has to be; None: whoever's passkey the browser offers.
    """
    known = parts.store.passkeys_of(user_id) if user_id else []
    wanted = structs.UserVerificationRequirement
    options = generate_authentication_options(
        rp_id=_host(parts), challenge=challenge, allow_credentials=_descriptors(known) or None,
        user_verification=wanted.PREFERRED if user_id else wanted.REQUIRED,
    )  # fmt: skip
    return options_to_json(options)


def sign_in(
    parts: Parts, *, answer: str, challenge: bytes, half: sessions.Half | None
) -> tuple[records.Session, str]:
    """Open a session for whoever shows a key: after a first step, or alone, where the key itself asks for a PIN or a finger.

    Raises:
        NotAuthenticatedError: Unknown, another person's, suspended, not answered just now, or the person is locked out: they look
            alike.
    """
    token = sessions.new_token(parts)
    opened: list[records.Session] = []

    def grant(user: records.User) -> sessions.Commit:
        if half is not None and not _stands(parts, half, user):
            raise refusal()
        session, commit = sessions.opening(
            parts, user, token, strong=True, identity_id=half.identity_id if half else None,
            provider_session=half.provider_session if half else None,
            how="security key" if half else "passkey",
        )  # fmt: skip
        opened.append(session)
        return commit

    _shown(parts, answer, challenge, grant, alone=half is None)
    return opened[-1], token


def prove(parts: Parts, session: records.Session, *, answer: str, challenge: bytes) -> records.Session:
    """Let a person show their key again, before a grave act. Raises as ``sign_in``."""
    proven: list[records.Session] = []

    def grant(user: records.User) -> sessions.Commit:
        if user.id != session.user_id:
            raise refusal()
        found, commit = sessions.proving(parts, session, "security key")
        proven.append(found)
        return commit

    _shown(parts, answer, challenge, grant, alone=True)
    return proven[-1]


def refusal() -> NotAuthenticatedError:
    """Make the one answer to every key that does not let anybody in."""
    return NotAuthenticatedError(
        "security key: not taken, expected one that is registered here and was touched just now",
        remedy="Try again, or sign in with your password. An administrator can reset a key that was lost.",
    )


# --- judging a key ------------------------------------------------------------------------------------------------------------------
def _shown(
    parts: Parts,
    answer: str,
    challenge: bytes,
    grant: Callable[[records.User], sessions.Commit],
    *,
    alone: bool,
) -> None:
    """Judge an answer and commit what it brings about, with the key's new counter and a new version of its person."""
    while True:
        user, passkey, verified = _verified(parts, answer, challenge, alone=alone)
        now = parts.now()
        used = replace(
            passkey, sign_count=verified.new_sign_count, last_used_at=now, version=passkey.version + 1
        )
        admitted = replace(user, version=user.version + 1)
        changes, entries = grant(admitted)
        try:
            parts.store.commit(Replace(admitted), Replace(used), *changes, entries=entries)
        except VersionConflictError:
            continue  # the person was changed, or the key was used, at the same moment
        return


def _verified(parts: Parts, answer: str, challenge: bytes, *, alone: bool) -> Found:
    try:
        credential = _read(answer)
        passkey = parts.store.passkey_named(str(credential["id"]))
        if passkey is None or passkey.suspended:
            raise refusal()
        # Counted from zero: whether the counter went backwards is asked below, where it raises an alarm.
        verified = verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=_host(parts),
            expected_origin=_origin(parts), credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=0, require_user_verification=alone,
        )  # fmt: skip
        user = parts.store.user(passkey.user_id)
    except (*_MALFORMED, InputError):
        raise refusal() from None
    if max(verified.new_sign_count, passkey.sign_count) and verified.new_sign_count <= passkey.sign_count:
        _suspend(parts, passkey)
        raise refusal()
    if user.disabled:
        raise refusal()
    return user, passkey, verified


def _stands(parts: Parts, half: sessions.Half, user: records.User) -> bool:
    """Say whether a first step still counts: no other password since, and the account that vouched is still linked."""
    linked = {each.id for each in parts.store.identities_of(user.id)} | {None}
    return (user.id, user.password_hash) == (half.user_id, half.password_hash) and half.identity_id in linked


def _suspend(parts: Parts, passkey: records.Passkey) -> None:
    """Let a key sign nobody in any more, and end what it may have opened: who has the copy may have been first."""
    while True:
        current, user = parts.store.passkey_named(passkey.credential_id), parts.store.user(passkey.user_id)
        if current is None or current.suspended:
            break
        changes, entries = sessions.closing_all(parts, user.id, actor=SYSTEM, why="security key suspended")
        suspended = parts.entry(Verb.PASSKEY_SUSPENDED, passkey.id, detail=passkey.user_id)
        try:
            parts.store.commit(
                Replace(replace(current, suspended=True, version=current.version + 1)),
                Replace(replace(user, version=user.version + 1)), *changes, entries=[suspended, *entries],
            )  # fmt: skip
        except VersionConflictError:
            continue  # the key was used, or somebody came in, at the same moment
        break
    message = (
        f"The counter of {passkey.id}, a security key of {passkey.user_id}, went backwards: there may be a copy of it. It signs nobody "
        "in any more, and their sessions ended. Talk to its owner, then reset their keys."
    )
    with suppress(WardlineError):  # the refusal stands even when the alarm cannot be raised
        alarms.raise_alarm(parts, AlarmKind.PASSKEY_COPIED, passkey.id, message)


def _own(parts: Parts, user: records.User, passkey_id: str) -> records.Passkey:
    found = next((each for each in parts.store.passkeys_of(user.id) if each.id == passkey_id), None)
    if found is None:
        raise NotFoundError(f"{passkey_id}: no key of yours, expected one of your page")
    return found


def _read(answer: str) -> dict[str, object]:
    if len(answer) > _MOST_ANSWER_CHARACTERS:
        raise ValueError
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError
    return read


def _descriptors(known: Sequence[records.Passkey]) -> list[structs.PublicKeyCredentialDescriptor]:
    return [
        structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id))
        for each in known
        if not each.suspended
    ]


def _origin(parts: Parts) -> str:
    return parts.rules.accounts.address or ""


def _host(parts: Parts) -> str:
    if not are_on(parts):
        raise NotAllowedError(
            "security keys: bound to no address, expected accounts.address in the settings",
            remedy="Ask whoever runs this installation to set accounts.address.",
        )
    return parts.rules.accounts.host
