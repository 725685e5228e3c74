"""The scale that files are graded on."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """The industry classification scale: the letter is the age group, the digit the kind.

    Source: CyberTipline Reporting API, ``industryClassification``.
    """

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
