"""How urgent a report is, its clock, and how long it may wait for a second person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from wardline import records, referral
from wardline.errors import ConflictError, SecondPersonError
from wardline.records import FactKind, FileAnnotation, Priority, ReferralState, ReportAnnotation
from wardline.referral import Approval, Clocked, Clocks
from wardline.testing import store_records as make
from wardline.testing.store_records import NOON

HOUR = timedelta(hours=1)
BOTH = Approval(second=True, third=True)


def decided(**values: Any) -> records.Decision:
    finding = records.Finding(item_id="item-1", category=records.Category.A2)
    return make.decision(**{"annotations": (), "findings": (finding,), **values})


def draft(priority: Priority, approval: Approval = BOTH, **values: Any) -> records.Referral:
    made = make.referral(created_at=NOON)
    given = {"since": NOON, "now": NOON, "rules": Clocked(), "approval": approval}
    return referral.clocked(made, priority, **{**given, **values})


def of_a_file(annotation: FileAnnotation) -> records.Decision:
    finding = records.Finding(item_id="item-1", category=records.Category.B1, annotations=(annotation,))
    return decided(findings=(finding,))


def test_a_reason_a_fact_or_a_mark_of_danger_is_priority_1() -> None:
    assert referral.assign(decided(escalation="a live threat")) is Priority.FIRST
    assert referral.assign(decided(), [make.fact(kind=FactKind.DANGER)]) is Priority.FIRST
    assert referral.assign(decided(), is_imminent=True) is Priority.FIRST
    assert referral.assign(decided(), [make.fact(kind=FactKind.LOCATION)]) is Priority.THIRD


def test_what_goes_on_is_priority_2_and_everything_else_3() -> None:
    assert referral.assign(decided(annotations=(ReportAnnotation.SEXTORTION,))) is Priority.SECOND
    assert referral.assign(of_a_file(FileAnnotation.LIVE_STREAMING)) is Priority.SECOND
    assert referral.assign(of_a_file(FileAnnotation.VIRAL)) is Priority.THIRD
    assert referral.assign(decided(annotations=(ReportAnnotation.SPAM,))) is Priority.THIRD


def test_a_clock_is_the_shortest_of_the_regions_and_runs_from_the_decision() -> None:
    rules = Clocked(regions={"GB": Clocks(third_hours=24), "SE": Clocks(third_hours=240)})
    made = draft(Priority.THIRD, rules=rules, regions=["SE", "GB", "FR"], since=NOON - HOUR)
    assert made.clock_from == NOON - HOUR
    assert made.due_at == NOON - HOUR + timedelta(hours=24)
    assert draft(Priority.THIRD, rules=rules, regions=["FR"]).due_at == NOON + timedelta(hours=72)
    # One that has no hours of its own is not without any.
    assert draft(Priority.THIRD, rules=rules, regions=["SE", "FR"]).due_at == NOON + timedelta(hours=72)
    assert draft(Priority.THIRD, rules=rules, regions=["SE"]).due_at == NOON + timedelta(hours=240)


def test_priority_1_never_waits_and_is_checked_afterwards() -> None:
    made = draft(Priority.FIRST)
    assert made.waits_until is None
    assert made.check_by == NOON + timedelta(hours=24)


def test_the_others_wait_only_where_the_settings_say_so_and_never_beyond_their_clock() -> None:
    assert draft(Priority.SECOND, Approval()).waits_until is None
    assert draft(Priority.SECOND).waits_until == NOON + 2 * HOUR
    short = Clocked(everywhere=Clocks(second_hours=1))
    assert draft(Priority.SECOND, rules=short).waits_until == NOON + HOUR
    assert draft(Priority.SECOND, rules=short, since=NOON - 2 * HOUR).waits_until is None


def test_a_correction_waits_for_nobody_and_is_checked_by_nobody() -> None:
    made = draft(Priority.FIRST, corrects=True)
    assert (made.waits_until, made.check_by) == (None, None)
    assert made.due_at is not None


def test_raising_ends_the_waiting_and_never_lengthens_a_clock() -> None:
    waiting = draft(Priority.THIRD)
    raised = referral.raised(waiting, now=NOON + HOUR, rules=Clocked(), approval=BOTH)
    assert raised.priority is Priority.FIRST
    assert raised.waits_until is None
    assert raised.due_at == NOON + 2 * HOUR
    late = referral.raised(waiting, now=NOON + timedelta(hours=80), rules=Clocked(), approval=BOTH)
    assert late.due_at == waiting.due_at
    assert late.check_by == NOON + timedelta(hours=104)


def test_a_report_is_released_at_its_cap_and_not_before() -> None:
    waiting = draft(Priority.SECOND)
    assert referral.release(waiting, now=NOON + HOUR, approval=BOTH) is None
    released = referral.release(waiting, now=NOON + 2 * HOUR, approval=BOTH)
    assert released is not None
    assert not referral.waits(released)
    assert released.check_by == NOON + timedelta(hours=26)
    assert referral.release(released, now=NOON + 9 * HOUR, approval=BOTH) is None


def test_the_second_person_is_never_the_one_who_decided_and_looks_once() -> None:
    waiting = draft(Priority.SECOND)
    with pytest.raises(SecondPersonError):
        referral.seconded(waiting, user_id="user-1", deciders={"user-1"}, now=NOON)
    looked = referral.seconded(waiting, user_id="user-2", deciders={"user-1"}, now=NOON)
    assert (looked.second_by, looked.second_at, looked.waits_until) == ("user-2", NOON, None)
    with pytest.raises(ConflictError):
        referral.seconded(looked, user_id="user-3", deciders={"user-1"}, now=NOON)


def test_what_is_being_filed_is_checked_once_it_is_filed() -> None:
    made = replace(draft(Priority.FIRST), state=ReferralState.OPENED)
    with pytest.raises(ConflictError):
        referral.seconded(made, user_id="user-2", deciders=(), now=NOON)
    filed = replace(made, state=ReferralState.FINISHED)
    assert referral.seconded(filed, user_id="user-2", deciders=(), now=NOON).second_by == "user-2"
    with pytest.raises(ConflictError):
        referral.seconded(replace(filed, check_by=None), user_id="user-2", deciders=(), now=NOON)


def test_the_part_of_a_clock_that_is_over_goes_from_0_past_1() -> None:
    made = draft(Priority.SECOND)
    parts = [referral.part_over(made, now=NOON + timedelta(hours=hours)) for hours in (0, 12, 24, 48)]
    assert parts == [0.0, 0.5, 1.0, 2.0]
    assert referral.part_over(make.referral(), now=NOON) == 0.0


@pytest.mark.parametrize("one", [None, *Priority])
@pytest.mark.parametrize("other", list(Priority))
def test_of_two_priorities_the_graver_one_holds(one: Priority | None, other: Priority) -> None:
    found = referral.graver(one, other)
    assert found <= other
    assert one is None or found <= one
    assert found in (one, other)
