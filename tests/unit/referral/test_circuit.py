"""When a receiver is spared, and when it is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline import errors, referral
from wardline.records import Priority
from wardline.referral import circuit
from wardline.testing import store_records as make

NOW = make.NOON
AWAY = errors.AuthorityUnreachableError("away")
_ANSWERS = (
    None,
    errors.AuthorityRejectedError("no"),
    errors.ReportGoneError("gone"),
    errors.ReportFinishedError("done", body=b""),
)
_SILENCE = (AWAY, errors.AuthorityUncertainError("nonsense"), errors.AuthorityDeniedError("denied"))


def opened() -> referral.Circuit:
    found = referral.Circuit()
    for _ in range(circuit.FAILURES):
        found = referral.after(found, AWAY, NOW)
    return found


def test_five_failures_in_a_row_open_it_and_four_do_not() -> None:
    found = referral.Circuit()
    for _ in range(circuit.FAILURES - 1):
        found = referral.after(found, AWAY, NOW)
    assert not found.is_open
    assert referral.after(found, AWAY, NOW).is_open


@pytest.mark.parametrize("answer", _ANSWERS)
def test_any_answer_closes_it_also_one_that_refuses_a_report(answer: errors.AuthorityError | None) -> None:
    assert referral.after(opened(), answer, NOW) == referral.Circuit()


def test_while_it_is_open_one_report_a_period_may_try() -> None:
    found = opened()
    assert referral.lets(found, Priority.THIRD, NOW)[0] is False
    later = NOW + circuit.PERIOD
    may, found = referral.lets(found, Priority.THIRD, later)
    assert may
    assert referral.lets(found, Priority.SECOND, later)[0] is False
    assert referral.lets(found, Priority.SECOND, later + circuit.PERIOD)[0]


@given(st.lists(st.sampled_from([*_ANSWERS, *_SILENCE]), max_size=30), st.integers(0, 10_000))
def test_priority_1_is_always_tried_and_nobody_waits_longer_than_a_period_for_a_try(
    calls: list[errors.AuthorityError | None], seconds: int
) -> None:
    found = referral.Circuit()
    for call in calls:
        found = referral.after(found, call, NOW)
    at = NOW + timedelta(seconds=seconds)
    assert referral.lets(found, Priority.FIRST, at) == (True, found)
    assert referral.lets(found, None, max(at, NOW + circuit.PERIOD))[0]
    assert found.is_open == (
        len(calls) >= circuit.FAILURES and all(each in _SILENCE for each in calls[-circuit.FAILURES :])
    )
