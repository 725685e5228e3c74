"""Watching a certificate: false alarms are as rare as said, errors are found, and an alarm stays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from wardline import assurance
from wardline.assurance import Watch
from wardline.errors import InputError
from wardline.kernels import binomial

CAP, LIFE = 0.005, 400


def until_alarm(watch: Watch, outcomes: Iterator[bool], most: int) -> int | None:
    for number in range(1, most + 1):
        watch = assurance.observe(watch, [next(outcomes)])
        if watch.is_alarmed:
            return number
    return None


def outcomes(rng: np.random.Generator, rate: float) -> Iterator[bool]:
    while True:
        yield bool(rng.random() < rate)


def test_what_is_expected_of_the_capital_is_never_more_than_was_put_in() -> None:
    """Over all ways that four items can turn out, at exactly the cap, with the probabilities that they have."""
    expected = 0.0
    for ways in product((True, False), repeat=4):
        watch = assurance.observe(Watch(cap=0.3, life=4), ways)
        expected += watch.evidence * float(np.prod([0.3 if each else 0.7 for each in ways]))
    assert expected == pytest.approx(1.0)


def test_a_cap_that_is_kept_raises_alarms_no_oftener_than_said() -> None:
    rng, runs = np.random.default_rng(1), 400
    alarms = sum(
        until_alarm(Watch(cap=CAP, life=LIFE), outcomes(rng, CAP), LIFE) is not None for _ in range(runs)
    )
    assert float(binomial.lower_limit(alarms, runs, error=0.01)) <= 0.05


@pytest.mark.parametrize("times", [4, 10])
def test_an_error_that_begins_late_is_found(times: int) -> None:
    rng, delays = np.random.default_rng(2), []
    for _ in range(60):
        watch = assurance.observe(Watch(cap=CAP, life=LIFE), [False] * (LIFE // 2))
        delays.append(until_alarm(watch, outcomes(rng, times * CAP), 5000) or 5000)
    assert float(np.median(delays)) <= 2.5 * assurance.wald_limit(CAP, times * CAP)


def test_an_alarm_is_not_taken_back() -> None:
    watch = assurance.observe(Watch(cap=CAP, life=LIFE), [True] * 3)
    assert watch.is_alarmed
    later = assurance.observe(watch, [False] * 2000)
    assert later.evidence < 1
    assert later.is_alarmed


def test_items_one_by_one_are_items_together() -> None:
    ways = [True, False, False, True, False] * 3
    together = assurance.observe(Watch(cap=0.05, life=9), ways)
    one_by_one = Watch(cap=0.05, life=9)
    for each in ways:
        one_by_one = assurance.observe(one_by_one, [each])
    assert one_by_one == together
    assert (together.seen, together.harmed) == (15, 6)
    assert together.is_over


def test_a_cap_near_a_half_is_watched_too() -> None:
    watch = assurance.observe(Watch(cap=0.45, life=50), [True] * 40)
    assert np.isfinite(watch.evidence)
    assert watch.is_alarmed


@pytest.mark.parametrize(
    "values", [{"cap": 0.0}, {"cap": 1.0}, {"life": 0}, {"alarm_level": 0.0}, {"capital": (0.0,)}]
)
def test_a_watch_that_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Watch(**{"cap": CAP, "life": LIFE, **values})  # type: ignore[arg-type]
