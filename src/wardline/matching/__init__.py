"""Matching: which entries of the hash lists are near an item."""

from wardline.matching import contents, ledger
from wardline.matching.catalogue import Catalogue
from wardline.matching.copies import Columns, Copied, Copies, ListCopy, NearIndex
from wardline.matching.findings import Findings
from wardline.matching.lookup import FAST_ERROR_BITS, MIN_PDQ_QUALITY, lookup

__all__ = [
    "FAST_ERROR_BITS",
    "MIN_PDQ_QUALITY",
    "Catalogue",
    "Columns",
    "Copied",
    "Copies",
    "Findings",
    "ListCopy",
    "NearIndex",
    "contents",
    "ledger",
    "lookup",
]
