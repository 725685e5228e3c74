"""What a platform tells of an incident that has no file: what happened, when, and what was said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from wardline.errors import InputError
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.report_incidents import IncidentKind
from wardline.records.report_people import LONGEST_TEXT

LONGEST_ACCOUNT = 20_000
"""Characters of what happened, in the platform's words."""
LONGEST_SAID = 10_000
"""Characters of one message."""
MOST_SAID = 1_000
"""Messages of one incident."""
KIND_WORDS = {
    IncidentKind.ENTICEMENT: "online enticement", IncidentKind.UNSOLICITED: "something sent to a child unasked",
    IncidentKind.TRAFFICKING: "trafficking", IncidentKind.MOLESTATION: "abuse outside the internet", IncidentKind.TOURISM: "travel for abuse",
    IncidentKind.MISLEADING_WORDS: "misleading words or pictures", IncidentKind.MISLEADING_DOMAIN: "a misleading domain name",
}  # fmt: skip
"""The kinds that an incident without a file can be of, in neutral words."""
_BREAK = re.compile("[\n\u2028\u2029]")
_NO_PROSE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Everything that is no text, but line breaks and tabs: what no document of an authority can carry must not be lost on the way to it."""
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
"""Marks that cannot be seen: in a name they could make it read as another one, or turn round what stands after it."""
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Of these the marks that turn round what stands after them. Text in Arabic or Hebrew reads well without."""


def require_prose(field: str, value: str, *, most: int) -> None:
    """Require 1 to ``most`` characters of text, which may have lines."""
    if not value or len(value) > most:
        raise InputError(f"{field}: {len(value)} characters, expected 1 to {most}")
    if not value.strip():
        raise InputError(f"{field}: blank, expected text")
    if _NO_PROSE.search(value):
        raise InputError(
            f"{field}: holds control characters, expected text with line breaks and tabs at most"
        )


def require_told(field: str, kind: IncidentKind) -> None:
    """Require a kind that an incident without a file can be of."""
    if kind not in KIND_WORDS:
        raise InputError(f"{field}: {kind}, expected one of {', '.join(KIND_WORDS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a conversation."""

    by: str
    """Who wrote it, as the platform knows them: an id or a screen name, 1 to 255 characters."""
    text: str
    """What was written, 1 to 10,000 characters."""
    at: datetime | None = None
    """Aware UTC: when; None where the platform does not know."""

    def __post_init__(self) -> None:
        require_text("message by", self.by, most=255)
        if _NO_PROSE.search(self.by) or _BREAK.search(self.by):
            raise InputError("message by: holds control characters, expected a name in one line")
        require_prose("message text", self.text, most=LONGEST_SAID)
        require_utc("message at", self.at)

    @property
    def line(self) -> str:
        """The message as it stands in an excerpt. Its further lines are set in, and marks in its name that cannot be seen are written out, so that
        no message can look like another one, or like another's."""
        text, by = _BREAK.sub(r"\g<0>    ", self.text), _plainly(self.by)
        return f"{_moment(self.at)} {by}: {text}" if self.at is not None else f"{by}: {text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An incident as it was told. Sealed as it is, it is evidence; nothing of it is in any other record."""

    kind: IncidentKind
    """What the platform takes it for; people decide."""
    account_reference: str
    """Whom it is about."""
    reference: str
    """The platform's own id of the incident."""
    surface: str
    happened_at: datetime
    """Aware UTC: when it happened, or began."""
    what_happened: str
    """In the platform's words, 1 to 20,000 characters."""
    ended_at: datetime | None = None
    """Aware UTC, where it lasted."""
    said: tuple[Said, ...] = ()
    """An excerpt of the conversation, in its order."""

    def __post_init__(self) -> None:
        require_told("kind", self.kind)
        require_utc("happened_at", self.happened_at)
        require_utc("ended_at", self.ended_at)
        if self.ended_at is not None and self.ended_at < self.happened_at:
            raise InputError("ended_at: before happened_at, expected a time after it")
        require_prose("what_happened", self.what_happened, most=LONGEST_ACCOUNT)
        require_range("messages", len(self.said), 0, MOST_SAID)
        if len(self.excerpt or "") > LONGEST_TEXT:
            raise InputError(f"messages: over {LONGEST_TEXT} characters together, expected a shorter excerpt")

    @property
    def excerpt(self) -> str | None:
        """The conversation, a message a line, with who wrote it and when; None where none was told."""
        return "\n".join(each.line for each in self.said) or None

    @property
    def words(self) -> str:
        """All of it, as a person reads it."""
        until = f" to {_moment(self.ended_at)}" if self.ended_at is not None else ""
        lines = [
            f"Told as: {KIND_WORDS[self.kind]}", f"Account: {_plainly(self.account_reference)}",
            f"Where: {_plainly(self.surface)}, {_plainly(self.reference)}",
            f"When: {_moment(self.happened_at)}{until}", "", "What happened:", self.what_happened,
        ]  # fmt: skip
        return "\n".join([*lines, *(["", "Messages:", self.excerpt] if self.excerpt is not None else [])])


def unturned(text: str) -> str:
    """Write out the marks that make text read otherwise than it was written, for whoever reads it on a page: ``[U+202E]``."""
    return _TURNING.sub(_written_out, text)


def _written_out(mark: re.Match[str]) -> str:
    return f"[U+{ord(mark[0]):04X}]"


def _plainly(name: str) -> str:
    """Write out what cannot be seen in a name: ``[U+202E]``."""
    return _UNSEEN.sub(_written_out, name)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
