"""Why records are taken out of an installation, for the log; and what is to be taken out once two people agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.ids import require_id

MOST_EXPORTED = 1_000
"""Cases that one export may be about; more are exported in parts."""


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


class ExportState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    """Two people agreed; it can be taken for a while."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Hashes and categories of some cases, for law enforcement. Two people decide: one proposes it, another approves that very document."""

    id: str
    case_ids: tuple[str, ...]
    profile: str
    """The name that the settings give what the category numbers mean."""
    cause: ExportCause
    media: int
    """Files that the document lists, 0 or more."""
    sha256: str
    """Of the document, in hexadecimal. It holds hashes of evidence itself, so that it is kept nowhere: whoever takes it gets it made anew."""
    proposed_by: str
    proposed_at: datetime
    state: ExportState = ExportState.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        require_id("export", self.id)
        require_range("cases", len(self.case_ids), 1, MOST_EXPORTED)
        require_text("export profile", self.profile, most=100)
        require_range("media", self.media, 0, 2**31)
        if len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef"):
            raise InputError("sha256: malformed, expected 64 hexadecimal digits")
        require_utc("proposed_at", self.proposed_at)
        require_utc("decided_at", self.decided_at)
