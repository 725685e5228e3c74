"""Scopes: where detectors are asked, and what a score alone leads to. Without a certificate it only ever adds work for people."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from wardline import records


class ScopeMode(StrEnum):
    """What happens to what comes into a scope."""

    WATCH = "watch"
    """A score from a threshold on opens a case; what is below is released as it would be without a detector."""
    REVIEW_ALL = "review_all"
    """Everything goes to a person."""


def pointing(
    signals: Sequence[records.Signal], *, mode: ScopeMode, opens_case_from: float
) -> list[records.Signal]:
    """Leave out scores that do not point at anything: low ones in a scope that is watched."""
    return [
        each
        for each in signals
        if not isinstance(each, records.Score)
        or mode is ScopeMode.REVIEW_ALL
        or each.probability >= opens_case_from
    ]


def for_people(signals: Sequence[records.Signal]) -> list[records.Signal]:
    """Leave out scores where anything else points at an item: whoever judges it must not learn, from a reason or from its place in the
    queue, what a machine said of it."""
    others: list[records.Signal] = [each for each in signals if not isinstance(each, records.Score)]
    return others or list(signals)
