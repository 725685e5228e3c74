from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made import NOW, SECOND, case, decision, finding, item, new_id
from wardline import enforcement, records
from wardline.records import ActionKind, ActionState, Outcome


def action_id() -> str:
    return new_id("action")


def after(outcome: Outcome, *, restricted: bool, graded: bool = True) -> tuple[records.Action, ...]:
    first, second = item(), item()
    subject = case(item_ids=(first.id, second.id), restricted=restricted)
    findings = (
        (finding(first.id), finding(second.id, None)) if outcome is Outcome.VIOLATION and graded else ()
    )
    made = decision(case_id=subject.id, outcome=outcome, findings=findings)
    return enforcement.after_decision(made, subject, [first, second], new_id=action_id, now=NOW)


def test_a_case_that_acts_at_once_restricts_each_file() -> None:
    subject = item()
    (action,) = enforcement.at_once(
        case(item_ids=(subject.id,), restricted=True), [subject], new_id=action_id, now=NOW
    )
    assert (action.kind, action.content_reference, action.state) == (
        ActionKind.RESTRICT_CONTENT,
        "post-1",
        ActionState.PENDING,
    )


def test_a_case_for_review_restricts_nothing() -> None:
    assert enforcement.at_once(case(), [item()], new_id=action_id, now=NOW) == ()


def test_a_violation_removes_what_has_a_category_and_suspends_the_account() -> None:
    kinds = [action.kind for action in after(Outcome.VIOLATION, restricted=False)]
    assert kinds == [ActionKind.REMOVE_CONTENT, ActionKind.SUSPEND_ACCOUNT]


def test_a_suspension_is_about_the_account_alone() -> None:
    *_, suspension = after(Outcome.VIOLATION, restricted=False)
    assert (suspension.account_reference, suspension.content_reference) == ("account-1", None)


def test_what_was_restricted_and_is_no_violation_is_restored() -> None:
    assert {action.kind for action in after(Outcome.NOT_VIOLATION, restricted=True)} == {
        ActionKind.RESTORE_CONTENT
    }
    assert after(Outcome.NOT_VIOLATION, restricted=False) == ()


@pytest.mark.parametrize("restricted", [True, False])
def test_cannot_tell_changes_nothing(restricted: bool) -> None:
    assert after(Outcome.CANNOT_TELL, restricted=restricted) == ()


def test_an_action_is_delivered_tried_or_refused() -> None:
    (action, _) = after(Outcome.VIOLATION, restricted=False)
    done = enforcement.delivered(action, NOW + SECOND)
    assert (done.state, done.delivered_at, done.version) == (ActionState.DELIVERED, NOW + SECOND, 2)
    assert (enforcement.tried(action).state, enforcement.tried(action).attempts) == (ActionState.PENDING, 1)
    assert enforcement.refused(action).state is ActionState.FAILED


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_wait_is_between_a_second_and_an_hour(attempts: int, jitter: float) -> None:
    assert timedelta(seconds=1) <= enforcement.retry_delay(attempts, jitter) <= timedelta(hours=1)


@given(st.integers(1, 100), st.floats(0, 1))
def test_the_wait_never_gets_shorter(attempts: int, jitter: float) -> None:
    assert enforcement.retry_delay(attempts, jitter) <= enforcement.retry_delay(attempts + 1, jitter)
