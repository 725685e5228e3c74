"""Why records are taken out of an installation, for the log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wardline.records.checks import require_text


class ExportReason(StrEnum):
    POLICE_REQUEST = "police-request"
    """Police ask for it."""
    COURT_ORDER = "court-order"
    """A court, or another authority that may, orders it."""
    PARTNER_REQUEST = "partner-request"
    """A body that the law names for it asks, such as one that keeps hash lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCause:
    """On whose word an export is made. It stands in the log and in what is exported."""

    reason: ExportReason
    reference: str
    """The asking body's number of its request or order, 1 to 100 characters in one line: no name, and nothing about an account."""

    def __post_init__(self) -> None:
        require_text("export reference", self.reference, most=100)

    @property
    def words(self) -> str:
        """Give both in one phrase."""
        return f"{self.reason} {self.reference}"
