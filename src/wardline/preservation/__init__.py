"""Preservation: what is kept, until when, and when it is destroyed."""

from wardline.preservation.days import Arrival, arrived_on, over
from wardline.preservation.holds import (
    Periods,
    ends,
    place_after_filing,
    place_before_filing,
    place_provisional,
    redate_after_clearance,
)
from wardline.preservation.packages import Member, manifest_of, write_package
from wardline.preservation.requests import extended, first_end, place, unnamed
from wardline.preservation.sealing import SECRET_BYTES, fingerprint, open_sealed, read_recipient, seal

__all__ = [
    "SECRET_BYTES", "Arrival", "Member", "Periods", "arrived_on", "ends", "extended", "fingerprint", "first_end", "manifest_of", "open_sealed", "over", "place", "place_after_filing",
    "place_before_filing", "place_provisional", "read_recipient", "redate_after_clearance", "seal", "unnamed", "write_package",
]  # fmt: skip
