"""Preservation: what is kept, until when, and when it is destroyed."""

from wardline.preservation.holds import (
    Periods,
    ends,
    place_after_filing,
    place_provisional,
    redate_after_clearance,
)

__all__ = ["Periods", "ends", "place_after_filing", "place_provisional", "redate_after_clearance"]
