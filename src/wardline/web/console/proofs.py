"""Who somebody is, asked again: before a grave act, and of whoever has no security key yet where their role requires one."""

from __future__ import annotations

import inspect
from dataclasses import replace

from starlette.responses import Response

from wardline.errors import ConflictError, NotAllowedError, NotAuthenticatedError, WardlineError
from wardline.pipeline import passkeys, sessions
from wardline.web import problems
from wardline.web.console.desk import Desk, Page
from wardline.web.console.forms import first
from wardline.web.console.journeys import Following, ToKey
from wardline.web.console.rendering import page

PASSWORD, ANSWER, JOURNEY = "proof_password", "proof_answer", "proof_journey"
_PROOFS = frozenset({PASSWORD, ANSWER, JOURNEY})
_BEFORE_KEYS = frozenset({"/you", "/you/passkeys/new", "/you/passkeys", "/pause"})
"""What somebody may open who has to register a key first. Not the accounts at providers: to link one would be a way around the key."""


def required(wanted: Page, desk: Desk, *, back: str) -> Desk | Response:
    """Give the desk when the page may be had now, with the session as it is; otherwise a page that says what is missing.

    Args:
        wanted: The page.
        desk: Of whoever wants it.
        back: Where they go who change their mind.
    """
    if sessions.lacks_key(desk.wardline.parts, desk.user, desk.session) and wanted.path not in _BEFORE_KEYS:
        has_keys = bool(desk.wardline.parts.store.passkeys_of(desk.user.id))
        return page(desk, "key_first", status=403, has_keys=has_keys)
    if not wanted.grave or sessions.is_fresh(desk.wardline.parts, desk.session):
        return desk
    try:
        return _proven(desk) or _ask(wanted, desk, back)
    except (NotAuthenticatedError, NotAllowedError, ConflictError) as error:
        return _ask(wanted, desk, back, error)


def _proven(desk: Desk) -> Desk | None:
    parts = desk.wardline.parts
    if desk.sent(ANSWER):
        journey = desk.journeys.end(desk.sent(JOURNEY), ToKey, now=desk.now)
        if journey.session_id != desk.session.id:
            raise passkeys.refusal()
        proven = passkeys.prove(parts, desk.session, answer=desk.sent(ANSWER), challenge=journey.challenge)
        return replace(desk, session=proven)
    if first(desk.form, PASSWORD):
        return replace(desk, session=sessions.prove(parts, desk.session, first(desk.form, PASSWORD)))
    return None


def _ask(wanted: Page, desk: Desk, back: str, wrong: WardlineError | None = None) -> Response:
    """Say what is about to be done, and show what was sent once more, with a question beside it. Nothing has been done."""
    parts = desk.wardline.parts
    sent = [
        (name, value)
        for name, values in desk.form.items()
        for value in values
        if name not in _PROOFS | {"csrf"}
    ]
    question = journey = ""
    if any(not each.suspended for each in parts.store.passkeys_of(desk.user.id)) and passkeys.are_on(parts):
        challenge = parts.entropy(passkeys.CHALLENGE_BYTES)
        question = passkeys.question(parts, challenge, user_id=desk.user.id)
        asked = ToKey(challenge=challenge, following=Following(), session_id=desk.session.id)
        journey = desk.journeys.begin(asked, now=desk.now)
    linked = {each.issuer for each in parts.store.identities_of(desk.user.id)}
    return page(
        desk, "proof", act=inspect.getdoc(wanted.handler) or "", about=list(desk.request.path_params.values()), back=back, status=problems.status_of(wrong) if wrong else 403, wrong=wrong, action=desk.request.url.path, sent=sent,
        question=question, journey=journey, minutes=round(parts.rules.accounts.proof.total_seconds() / 60),
        providers=[(each.name, each.label) for each in parts.providers.values() if each.issuer in linked],
    )  # fmt: skip
