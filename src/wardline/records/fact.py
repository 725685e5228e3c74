"""What people know about a case that police need and the platform did not pass: written by a person, sent with the report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.checks import require_text, require_utc
from wardline.records.ids import require_id

LONGEST_FACT = 1000
"""Characters."""


class FactKind(StrEnum):
    DANGER = "danger"
    """Why a child may be in danger now."""
    LOCATION = "location"
    """Where the person may be: a town, a country, a school."""
    IDENTIFIER = "identifier"
    """Another name of the same account or person: a mail address, a telephone number, a name elsewhere."""
    LINKED = "linked-account"
    """Another account that belongs to it."""
    CALL = "call"
    """Somebody telephoned; the text says whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that one person wrote. It goes with the report that is built after it."""

    id: str
    case_id: str
    kind: FactKind
    user_id: str
    at: datetime
    """When it was written."""
    text: str
    """1 to ``LONGEST_FACT`` characters, in one line."""
    happened_at: datetime | None = None
    """When the call was made; None for what is no call."""

    def __post_init__(self) -> None:
        require_id("fact", self.id)
        require_utc("at", self.at)
        require_utc("happened_at", self.happened_at)
        require_text("fact", self.text, most=LONGEST_FACT)
