"""Working on files that look alike in one go: near ones first while they are worth it, what was seen already last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wardline import records, review
from wardline.records import Lane
from wardline.testing import store_records as make

_HOUR = timedelta(hours=1)
_WHEN: dict[str, Any] = {"now": make.later(60), "look_ahead": 24 * _HOUR}


def _cases(*delays: float) -> list[records.Case]:
    return [make.case(lane=Lane.DAYS, delay_turn=delay) for delay in delays]


def test_a_case_that_is_alike_comes_first_while_it_avoids_half_the_harm() -> None:
    best, half, little = _cases(0.0, 0.6, 2.0)
    for alike, first in ((half, half), (little, best)):
        found = review.alike_first([best, half, little], alike={alike.id}, seen=(), **_WHEN)
        assert found[0] == first
        assert set(found) == {best, half, little}


def test_what_this_person_saw_comes_last_however_grave() -> None:
    seen, other, near = _cases(0.0, 5.0, 9.0)
    found = review.alike_first([seen, near, other], alike={near.id}, seen={seen.id}, **_WHEN)
    assert found == (other, near, seen)


def test_without_a_cluster_the_order_is_that_of_the_queue() -> None:
    cases = [*_cases(3.0, 1.0, 2.0), make.case()]
    ordered = review.in_order(cases, **_WHEN)
    assert review.alike_first(cases, alike=(), seen=(), **_WHEN) == ordered
    assert review.alike_first([], alike={"case-1"}, seen=(), **_WHEN) == ()


def test_by_score_too_what_is_alike_comes_first_while_it_is_half_as_likely_and_what_was_seen_comes_last() -> (
    None
):
    best, half, little, seen = (make.case(score_turn=-each) for each in (0.8, 0.45, 0.3, 0.9))
    cases = [seen, best, half, little]
    for alike, order in ((half, (half, best, little, seen)), (little, (best, half, little, seen))):
        assert review.alike_first_by_score(cases, alike={alike.id}, seen={seen.id}) == order
    without = make.case(score_turn=None)
    assert review.alike_first_by_score([without], alike={without.id}, seen=()) == (without,)
    assert review.alike_first_by_score([], alike=(), seen=()) == ()
