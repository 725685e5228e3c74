"""Platforms' API keys: an administrator makes one, whose secret is shown once, and revokes it."""

from __future__ import annotations

from starlette.responses import Response

from wardline.errors import AlreadyExistsError, InputError
from wardline.pipeline import people
from wardline.records import KeyTrust
from wardline.web import problems
from wardline.web.console.desk import Desk, Page
from wardline.web.console.people import ADMINS, Secret, shown_once
from wardline.web.console.rendering import go, page

TRUSTS = (
    (KeyTrust.LOW, 'Is told "accepted" for every upload and nothing else. Verdicts come by webhook.'),
    (KeyTrust.TRUSTED, "Is told the outcome of its uploads, and may read where they stand."),
)
_MOST_A_MINUTE = 1_000_000
_MOST_NAME_CHARACTERS = 63


def new(desk: Desk) -> Response:
    """Ask what the key is for."""
    return _form(desk)


def make(desk: Desk) -> Response:
    """Make a platform's key and show its secret once."""
    parts = desk.wardline.parts
    try:
        label, platform = _text(desk, "label", most=100), _text(desk, "platform", most=_MOST_NAME_CHARACTERS)
        _require_new(desk, label, platform)
        key, secret = people.create_platform_key(
            parts, label, platform, trust=_trust(desk), requests_per_minute=_number(desk), actor=desk.user.id
        )
    except (InputError, AlreadyExistsError) as error:
        return _form(desk, wrong=error)
    note = "" if platform in parts.platforms else (
        f"wardline.toml names no platform {platform}. Uploads are taken; what they lead to waits until it does."
    )  # fmt: skip
    advice = "Put it where the platform keeps its secrets, not into a message. The key works from now on."
    return shown_once(desk, Secret("An API key", key.label, secret, advice, "/people", note))


def revoke(desk: Desk) -> Response:
    """Switch a key off for good."""
    people.revoke_key(desk.wardline.parts, desk.record("api-key"), actor=desk.user.id)
    return go("/people")


def _form(desk: Desk, wrong: InputError | AlreadyExistsError | None = None) -> Response:
    return page(
        desk, "api_key_new", status=problems.status_of(wrong) if wrong else 200, trusts=TRUSTS, wrong=wrong,
        platforms=sorted(desk.wardline.parts.platforms),
        typed={field: desk.sent(field) for field in ("label", "platform", "trust", "requests_per_minute")},
    )  # fmt: skip


def _text(desk: Desk, field: str, *, most: int) -> str:
    text = desk.sent(field)
    if not 1 <= len(text) <= most or not text.isprintable():
        raise InputError(f"{field}: {len(text)} characters, expected 1 to {most} that can be printed",
                         remedy="Write a short name.")  # fmt: skip
    return text


def _require_new(desk: Desk, label: str, platform: str) -> None:
    """Refuse a second key of one name: reloading the answer would make another key, and nobody would see which is which."""
    valid = [key for key in desk.wardline.parts.store.api_keys() if not key.disabled]
    if any((key.label, key.platform) == (label, platform) for key in valid):
        raise AlreadyExistsError(
            f"label: {platform} has a valid key of this label already, expected another one",
            remedy="Choose another label, or revoke the key that has it. A secret that was lost cannot be shown again.",
        )


def _trust(desk: Desk) -> KeyTrust:
    chosen = desk.sent("trust")
    if chosen not in set(KeyTrust):
        raise InputError("trust: neither was chosen, expected one of the two", remedy="Choose one.")
    return KeyTrust(chosen)


def _number(desk: Desk) -> int:
    sent = desk.sent("requests_per_minute")
    if not (sent.isascii() and sent.isdigit() and len(sent) <= 9 and 1 <= int(sent) <= _MOST_A_MINUTE):
        raise InputError(
            f"requests_per_minute: no number that is in its range, expected 1 to {_MOST_A_MINUTE}",
            remedy="Write a whole number.",
        )
    return int(sent)


PAGES = (
    Page("GET", "/people/keys/new", ADMINS, new),
    Page("POST", "/people/keys", ADMINS, make, grave=True),
    Page("POST", "/people/keys/{api_key_id}/revocation", ADMINS, revoke, grave=True),
)
