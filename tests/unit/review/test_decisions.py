from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.made import NOW, SECOND, case, finding, new_id
from wardline import records, review
from wardline.errors import ConflictError, InputError, LeaseLostError, NotAllowedError
from wardline.records import CaseState, DecisionState, Outcome
from wardline.review import Judgement

MIKA, NOOR = new_id("user"), new_id("user")
LEASE, WINDOW = timedelta(minutes=15), timedelta(seconds=60)


def claimed() -> records.Case:
    return review.claim(case(), MIKA, now=NOW, lease=LEASE)


def decide(
    subject: records.Case, judgement: Judgement, now: timedelta = timedelta()
) -> tuple[records.Case, records.Decision]:
    return review.decide(
        subject, judgement, decision_id=new_id("decision"), user_id=MIKA, now=NOW + now, undo_window=WINDOW
    )


def violation(subject: records.Case) -> Judgement:
    return Judgement(outcome=Outcome.VIOLATION, findings=(finding(subject.item_ids[0]),))


def test_a_decision_waits_for_its_undo_window() -> None:
    subject = claimed()
    decided, decision = decide(subject, violation(subject))
    assert (decided.state, decided.claimed_by, decided.decision_id) == (CaseState.DECIDED, None, decision.id)
    assert (decision.state, decision.undo_until) == (DecisionState.PENDING, NOW + WINDOW)


def test_cannot_tell_takes_effect_at_once_and_frees_the_case() -> None:
    freed, decision = decide(claimed(), Judgement(outcome=Outcome.CANNOT_TELL))
    assert (freed.state, freed.passed_by) == (CaseState.OPEN, (MIKA,))
    assert decision.state is DecisionState.EFFECTIVE


def test_only_who_holds_the_case_decides() -> None:
    with pytest.raises(LeaseLostError):
        decide(case(), Judgement(outcome=Outcome.NOT_VIOLATION))
    with pytest.raises(LeaseLostError):
        decide(claimed(), Judgement(outcome=Outcome.NOT_VIOLATION), now=LEASE)


def test_findings_fit_the_files_of_the_case() -> None:
    subject = claimed()
    twice = (finding(subject.item_ids[0]), finding(subject.item_ids[0]))
    for findings in ((finding(new_id("item")),), twice):
        with pytest.raises(InputError, match="findings do not fit its files"):
            decide(subject, Judgement(outcome=Outcome.VIOLATION, findings=findings))


def test_a_violation_has_a_category_and_nothing_else_has_one() -> None:
    subject = claimed()
    with pytest.raises(InputError, match="without a category"):
        decide(subject, Judgement(outcome=Outcome.VIOLATION))
    for outcome in (Outcome.NOT_VIOLATION, Outcome.CANNOT_TELL):
        with pytest.raises(InputError, match="belong to a violation"):
            decide(subject, Judgement(outcome=outcome, findings=(finding(subject.item_ids[0]),)))


def test_an_escalation_is_a_text_of_at_most_3000_characters() -> None:
    subject = claimed()
    for escalation in ("", "x" * 3001):
        with pytest.raises(InputError, match="escalation"):
            decide(
                subject,
                Judgement(
                    outcome=Outcome.VIOLATION, findings=(finding(subject.item_ids[0]),), escalation=escalation
                ),
            )


@pytest.mark.parametrize("outcome", [Outcome.NOT_VIOLATION, Outcome.OTHER_RULE, Outcome.CANNOT_TELL])
def test_danger_is_not_written_where_nobody_would_read_it(outcome: Outcome) -> None:
    with pytest.raises(InputError, match="of which no report comes") as refused:
        review.require_fitting(Judgement(outcome=outcome, escalation="They meet today."), [])
    assert "Mark the case as danger" in refused.value.advice
    review.require_fitting(Judgement(outcome=outcome), [])


def test_undoing_gives_the_case_back_to_its_decider() -> None:
    subject = claimed()
    decided, decision = decide(subject, violation(subject))
    reopened, undone = review.undo(decided, decision, user_id=MIKA, now=NOW + WINDOW - SECOND, lease=LEASE)
    assert (reopened.state, reopened.claimed_by, reopened.decision_id) == (CaseState.OPEN, MIKA, None)
    assert undone.state is DecisionState.UNDONE
    assert review.conclude(reopened, undone, now=NOW + WINDOW) is None


def test_undoing_ends_with_the_window_and_is_for_the_decider() -> None:
    subject = claimed()
    decided, decision = decide(subject, violation(subject))
    with pytest.raises(NotAllowedError):
        review.undo(decided, decision, user_id=NOOR, now=NOW, lease=LEASE)
    with pytest.raises(ConflictError, match="has taken effect"):
        review.undo(decided, decision, user_id=MIKA, now=NOW + WINDOW, lease=LEASE)


def test_a_decision_takes_effect_once_and_not_before_its_window_ends() -> None:
    subject = claimed()
    decided, decision = decide(subject, violation(subject))
    with pytest.raises(ConflictError, match="may still be undone"):
        review.conclude(decided, decision, now=NOW + WINDOW - SECOND)
    done = review.conclude(decided, decision, now=NOW + WINDOW)
    assert done is not None
    assert (done[0].state, done[1].state) == (CaseState.CLOSED, DecisionState.EFFECTIVE)
    assert review.conclude(*done, now=NOW + WINDOW) is None


def test_a_decision_that_another_replaced_never_takes_effect() -> None:
    subject = claimed()
    decided, first = decide(subject, violation(subject))
    reopened, _ = review.undo(decided, first, user_id=MIKA, now=NOW, lease=LEASE)
    again, _ = decide(reopened, violation(reopened))
    assert review.conclude(again, first, now=NOW + WINDOW) is None
