"""What is measured of decided cases and used for the next ones: handling times, and whether probabilities are what they say."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np

from wardline import ports, review
from wardline.review import Calibration, Handling, Order

_MEASURE_AGAIN = timedelta(hours=1)
_MOST_OPINIONS, _MOST_TIMES = 2_000, 2_000
_SEED = 20


class Rules(Protocol):
    """The settings that measuring needs."""

    @property
    def order(self) -> Order:
        """What was chosen."""
        ...

    @property
    def calibration(self) -> review.CalibrationLimits:
        """When that is not done."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of it."""

    at: datetime
    calibration: Calibration | None
    """None while no case that was drawn by lot is decided."""
    handling: Mapping[str, Handling]
    """By queue; those with too few decisions are left out."""


class Measures:
    """Measures once an hour in every process, from the same decisions, so that all come to the same. Safe to call from many threads."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._measured: Measured | None = None

    def newest(self, store: ports.Store, now: datetime) -> Measured:
        """Give what was measured an hour ago at most."""
        with self._gate:
            if self._measured is None or abs(now - self._measured.at) >= _MEASURE_AGAIN:
                self._measured = Measured(
                    at=now, calibration=_calibration(store),
                    handling=review.handling(store.handling_times(most=_MOST_TIMES)),
                )  # fmt: skip
            return self._measured

    def handling_hours(self, queue: str) -> float:
        """Give the expected work on each file of a case of this queue, as measured last. An upload that is kept asks this, and must not
        take longer for it than others; so nothing is measured here."""
        measured = self._measured
        found = None if measured is None else measured.handling.get(queue)
        return review.HANDLING_HOURS if found is None else found.hours_a_file

    def order(self, store: ports.Store, now: datetime, rules: Rules) -> Order:
        """Say which order holds now: the one of the settings, or score order while the probabilities are poor."""
        return Order.SCORE if self.falls_back(store, now, rules) else rules.order

    def falls_back(self, store: ports.Store, now: datetime, rules: Rules) -> bool:
        """Say whether the order that was chosen may not be used, for it rests on probabilities that are not what they say."""
        found = self.newest(store, now).calibration
        return rules.order is Order.HARM and found is not None and found.is_poor(rules.calibration)


def _calibration(store: ports.Store) -> Calibration | None:
    # The seed is fixed: all processes must come to the same order.
    opinions = store.opinions_by_lot(most=_MOST_OPINIONS)
    return review.calibration(opinions, chance=np.random.default_rng(_SEED))
