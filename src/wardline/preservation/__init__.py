"""Preservation: what is kept, until when, and when it is destroyed."""

from wardline.preservation.holds import (
    Periods,
    ends,
    place_after_filing,
    place_before_filing,
    place_provisional,
    redate_after_clearance,
)
from wardline.preservation.requests import extended, first_end, place, unnamed

__all__ = [
    "Periods", "ends", "extended", "first_end", "place", "place_after_filing", "place_before_filing", "place_provisional",
    "redate_after_clearance", "unnamed",
]  # fmt: skip
