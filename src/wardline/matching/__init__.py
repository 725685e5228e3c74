"""Matching: which entries of the hash lists are near an item."""

from wardline.matching import contents
from wardline.matching.catalogue import Catalogue
from wardline.matching.lookup import CERTAIN_BITS, FAST_RADIUS_BITS, MIN_PDQ_QUALITY, RADIUS_BITS, lookup
from wardline.matching.volume import NearIndex

__all__ = [
    "CERTAIN_BITS",
    "FAST_RADIUS_BITS",
    "MIN_PDQ_QUALITY",
    "RADIUS_BITS",
    "Catalogue",
    "NearIndex",
    "contents",
    "lookup",
]
