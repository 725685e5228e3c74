"""Strikes: what an account has on record for breaking a rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.ids import require_id

HEAVIEST_STRIKE = 1000
"""No strike weighs more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """One decision counts against one account, until it expires or the decision falls."""

    id: str
    platform: str
    """Accounts of different platforms never meet."""
    account_reference: str
    """The platform's id of the account, 1 to 255 characters."""
    case_id: str
    decision_id: str
    """The decision that gave it; one strike each."""
    weight: int
    """1 to ``HEAVIEST_STRIKE``."""
    given_at: datetime
    expires_at: datetime
    """From here on it does not count."""
    voided_by: str | None = None
    """The decision or the spread for which the decision that gave it was taken back; from then on it never counted."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("strike", self.id)
        require_text("account_reference", self.account_reference, most=255)
        require_range("weight", self.weight, 1, HEAVIEST_STRIKE)
        require_utc("given_at", self.given_at)
        require_utc("expires_at", self.expires_at)

    def counts(self, at: datetime) -> bool:
        """Say whether it counts at a moment."""
        return self.voided_by is None and self.given_at <= at < self.expires_at
