"""How long cases take: measured, and of use once there are enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

LEAST_HANDLED = 30
"""Of fewer decisions of a queue no handling time is computed."""
_TRIMMED = 0.1
"""So much is left out at both ends: a case that was left open over lunch, and one that was recorded in a second."""
_HOUR_SECONDS = 3600.0
_LEAST_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How long the cases of one queue take."""

    hours_a_file: float
    """Trimmed mean of the hours from claim to decision, for each file."""
    decisions: int
    """How many it was measured on."""


def handling(times: Iterable[tuple[str, int, float]]) -> Mapping[str, Handling]:
    """Measure the handling time of every queue that has ``LEAST_HANDLED`` decisions.

    Args:
        times: Queue, number of files, and seconds from the claim to the decision.
    """
    by_queue: dict[str, list[float]] = defaultdict(list)
    for queue, files, seconds in times:
        by_queue[queue].append(max(seconds, _LEAST_SECONDS) / max(files, 1))
    return {
        queue: Handling(hours_a_file=_trimmed(found) / _HOUR_SECONDS, decisions=len(found))
        for queue, found in by_queue.items()
        if len(found) >= LEAST_HANDLED
    }


def _trimmed(values: list[float]) -> float:
    ordered = np.sort(np.array(values))
    left_out = int(_TRIMMED * len(ordered))
    return float(ordered[left_out : len(ordered) - left_out].mean())
