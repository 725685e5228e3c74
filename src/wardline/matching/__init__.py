"""Matching: which entries of the hash lists are near an item."""

from wardline.matching.catalogue import Catalogue, NearIndex
from wardline.matching.lookup import CERTAIN_BITS, FAST_RADIUS_BITS, MIN_PDQ_QUALITY, RADIUS_BITS, lookup

__all__ = [
    "CERTAIN_BITS",
    "FAST_RADIUS_BITS",
    "MIN_PDQ_QUALITY",
    "RADIUS_BITS",
    "Catalogue",
    "NearIndex",
    "lookup",
]
