"""One's own security keys, and one's own accounts at providers."""

from __future__ import annotations

from starlette.responses import Response

from wardline.errors import AlreadyExistsError, InputError, NotAllowedError, WardlineError
from wardline.pipeline import identities, passkeys
from wardline.web import problems
from wardline.web.console import coming_in
from wardline.web.console.coming_in import Doorway
from wardline.web.console.desk import EVERYBODY, Desk, Page
from wardline.web.console.journeys import Following, Purpose, ToKey
from wardline.web.console.rendering import go, page


def new(desk: Desk) -> Response:
    """Ask for a key to be touched, and for its name."""
    return _new(desk)


def add(desk: Desk) -> Response:
    """Register a key. Whoever has one already shows that first: a password alone adds no second one."""
    parts = desk.wardline.parts
    if not desk.session.strong and parts.store.passkeys_of(desk.user.id):
        raise NotAllowedError(
            "security key: this session rests on a password, expected one that a key opened",
            remedy="Sign out, sign in with the key that you have, and register the other one then.",
        )
    try:
        journey = desk.journeys.end(desk.sent("journey"), ToKey, now=desk.now)
        if journey.session_id != desk.session.id:
            raise passkeys.refusal()
        passkeys.register(
            parts, desk.session, desk.user, answer=desk.sent("answer"), challenge=journey.challenge, name=desk.sent("name")
        )  # fmt: skip
    except (InputError, AlreadyExistsError) as error:
        return _new(desk, wrong=error)
    return go("/you?done=key")


def rename(desk: Desk) -> Response:
    """Give one's own key another name."""
    passkeys.rename(desk.wardline.parts, desk.user, desk.record("passkey"), desk.needed("name"))
    return go("/you")


def remove(desk: Desk) -> Response:
    """Take one's own key away."""
    passkeys.remove(desk.wardline.parts, desk.user, desk.record("passkey"))
    return go("/you")


def link(desk: Desk) -> Response:
    """Send the browser to a provider, to link one's account there."""
    return _away(desk, Purpose.LINK)


def prove(desk: Desk) -> Response:
    """Send the browser to a provider, to be asked there who one is before a grave act."""
    return _away(desk, Purpose.PROVE)


def unlink(desk: Desk) -> Response:
    """Take the link to an account at a provider away; sessions that it opened end."""
    identities.unlink(desk.wardline.parts, desk.user, desk.record("identity"), actor=desk.user.id)
    return go("/you")


def _away(desk: Desk, purpose: Purpose) -> Response:
    door = Doorway(desk.wardline, desk.journeys, desk.drafts)
    return coming_in.to_provider(
        door, desk.request, purpose, Following(next="/you"), session_token=desk.token
    )


def _new(desk: Desk, wrong: WardlineError | None = None) -> Response:
    parts = desk.wardline.parts
    if not passkeys.are_on(parts):
        return page(desk, "passkey_new", wrong=None, question="", journey="", typed="")
    challenge = parts.entropy(passkeys.CHALLENGE_BYTES)
    question = passkeys.registration(parts, desk.user, challenge)
    asked = ToKey(challenge=challenge, following=Following(), session_id=desk.session.id)
    return page(
        desk, "passkey_new", status=problems.status_of(wrong) if wrong else 200, wrong=wrong, question=question,
        journey=desk.journeys.begin(asked, now=desk.now), typed=desk.sent("name"),
    )  # fmt: skip


PAGES = (
    Page("GET", "/you/passkeys/new", EVERYBODY, new),
    Page("POST", "/you/passkeys", EVERYBODY, add, grave=True),
    Page("POST", "/you/passkeys/{passkey_id}/name", EVERYBODY, rename),
    Page("POST", "/you/passkeys/{passkey_id}/removal", EVERYBODY, remove, grave=True),
    Page("POST", "/you/accounts/{provider}/link", EVERYBODY, link, grave=True),
    Page("POST", "/you/accounts/{provider}/proof", EVERYBODY, prove),
    Page("POST", "/you/accounts/{identity_id}/unlink", EVERYBODY, unlink, grave=True),
)
