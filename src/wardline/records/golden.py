"""Golden items: files with a known answer, given to people between ordinary cases for their training."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wardline.records.case import Outcome
from wardline.records.checks import require_utc
from wardline.records.ids import require_id


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenItem:
    """One harmless file of the operator's own, sealed in the vault, whose answer is known."""

    id: str
    item_id: str
    """The sealed file. It belongs to no account and to no case."""
    outcome: Outcome
    """The known answer."""
    added_at: datetime
    added_by: str
    """User id, or ``"system"``."""
    retired_at: datetime | None = None
    """From here on it is given to nobody: everybody had it, or somebody took it out."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("golden-item", self.id)
        require_utc("added_at", self.added_at)
        require_utc("retired_at", self.retired_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenCase:
    """One showing of a golden item: a case like any other on the outside, with a copy of the file and no account behind it."""

    id: str
    golden_id: str
    case_id: str
    made_for: str
    """User id of the person to whom it was handed first."""
    made_at: datetime
    user_id: str | None = None
    """Who answered; None until somebody did."""
    outcome: Outcome | None = None
    """What that person said."""
    answered_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        require_id("golden-case", self.id)
        require_utc("made_at", self.made_at)
        require_utc("answered_at", self.answered_at)
