"""Golden items: files with a known answer, given to people between ordinary cases for their training."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wardline.errors import InputError
from wardline.records.case import Outcome
from wardline.records.category import Category
from wardline.records.checks import require_utc
from wardline.records.ids import require_id


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenItem:
    """One file whose answer is known: a harmless one of the operator's own, or evidence of a case that is beyond doubt."""

    id: str
    item_id: str
    """The sealed file. It belongs to no account and to no case, unless ``case_id`` names the one whose evidence it is."""
    outcome: Outcome
    """The known answer."""
    added_at: datetime
    added_by: str
    """User id, or ``"system"``."""
    retired_at: datetime | None = None
    """From here on it is given to nobody: everybody had it, or somebody took it out."""
    version: int = 1
    case_id: str | None = None
    """The case whose evidence it is. It is not ours to destroy then, and is shown only while that case and its hold stand."""
    decision_id: str | None = None
    """The decision of that case from which the known answer comes."""
    category: Category | None = None
    """The known category, of a violation."""

    def __post_init__(self) -> None:
        require_id("golden-item", self.id)
        if (self.case_id is None) != (self.decision_id is None):
            raise InputError(f"{self.id}: names a case or a decision alone, expected both or neither")
        if (self.outcome is Outcome.VIOLATION) != (self.category is not None):
            raise InputError(
                f"{self.id}: {self.outcome} and its category do not fit, expected one for a violation only"
            )
        if self.outcome is Outcome.VIOLATION and self.case_id is None:
            raise InputError(f"{self.id}: a violation of no case, expected the case whose evidence it is")
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
    category: Category | None = None
    """The category that person gave the file, if any."""

    def __post_init__(self) -> None:
        require_id("golden-case", self.id)
        require_utc("made_at", self.made_at)
        require_utc("answered_at", self.answered_at)
