"""The state machine, rule by rule. The simulation under tests/property tries them together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.referral.samples import NOW, new_id, referral_in
from wardline import errors, records, referral
from wardline.records import ReferralState as State

DESCRIBED = tuple(
    records.ReferralFile(item_id=new_id("item", n), remote_file_id=f"f{n}", described=True) for n in range(2)
)
CALLS: dict[State, referral.Call] = {
    State.OPENING: referral.Submit(),
    State.OPENED: referral.Attach("77", new_id("item", 0)),
    State.FINISHING: referral.Finish("77"),
    State.RETRACTING: referral.Retract("77"),
}


def standing(state: State, **fields: Any) -> records.Referral:
    remote_id = None if state is State.OPENING else "77"
    files = {"files": DESCRIBED} if state is State.FINISHING else {}
    return referral_in(state, **{"remote_id": remote_id, **files, **fields})


def answer(remote_id: str | None = "77") -> records.AuthorityAnswer:
    return records.AuthorityAnswer(remote_id=remote_id, request_id="r", body=b"answer")


def failed(state: State, error: errors.AuthorityError, **fields: Any) -> records.Referral:
    before = standing(state, **fields)
    after = referral.on_error(before, CALLS[state], error, NOW)
    assert after.version == before.version + 1
    return after


def test_a_draft_is_opening_before_anything_is_sent() -> None:
    step = referral.next_step(referral_in(State.DRAFT), resumed=False)
    assert isinstance(step, referral.Move)
    assert step.referral.state is State.OPENING
    assert referral.next_step(step.referral, resumed=False) == referral.Submit()


def test_the_whole_way_without_trouble() -> None:
    filing = referral.begin(referral_in(State.DRAFT))
    filing = referral.on_answer(filing, referral.Submit(), answer("77"), NOW)
    assert (filing.state, filing.remote_id) == (State.OPENED, "77")
    for number in range(2):
        step = referral.next_step(filing, resumed=False)
        assert step == referral.Attach("77", new_id("item", number))
        filing = referral.on_answer(filing, step, answer(f"f{number}"), NOW)
    move = referral.next_step(filing, resumed=False)
    assert isinstance(move, referral.Move)
    assert move.referral.state is State.FINISHING
    finished = referral.on_answer(move.referral, referral.Finish("77"), answer("77"), NOW)
    assert (finished.state, finished.finished_at) == (State.FINISHED, NOW)
    assert [file.remote_file_id for file in finished.files] == ["f0", "f1"]
    assert referral.next_step(finished, resumed=True) == referral.Done()
    receipt = referral.build_receipt(new_id("receipt", 1), finished, answer("77"), NOW)
    assert (receipt.body, receipt.original, receipt.remote_id) == (b"answer", True, "77")


def test_a_restart_while_opening_logs_an_orphan_and_opens_another() -> None:
    step = referral.next_step(standing(State.OPENING), resumed=True)
    assert isinstance(step, referral.Move)
    assert step.referral.orphans == (referral.UNKNOWN_ORPHAN,)
    assert referral.next_step(step.referral, resumed=False) == referral.Submit()


@pytest.mark.parametrize("state", [State.OPENED, State.FINISHING])
def test_a_restart_with_an_open_report_withdraws_it_first(state: State) -> None:
    step = referral.next_step(standing(state), resumed=True)
    assert isinstance(step, referral.Move)
    assert (step.referral.state, step.referral.problem) == (State.RETRACTING, None)
    assert referral.next_step(step.referral, resumed=False) == referral.Retract("77")


def test_a_restart_after_every_answer_is_stored_goes_on_to_finish() -> None:
    step = referral.next_step(standing(State.OPENED, files=DESCRIBED), resumed=True)
    assert isinstance(step, referral.Move)
    assert step.referral.state is State.FINISHING


@pytest.mark.parametrize("gone", [True, False])
def test_a_withdrawn_report_is_an_orphan_and_another_is_opened(gone: bool) -> None:
    if gone:
        after = failed(State.RETRACTING, errors.ReportGoneError("x"))
    else:
        after = referral.on_answer(standing(State.RETRACTING), CALLS[State.RETRACTING], answer(), NOW)
    assert (after.state, after.remote_id, after.orphans) == (State.OPENING, None, ("77",))
    assert not any(file.described for file in after.files)
    assert after.attempts == 1


def test_each_report_that_was_given_up_makes_the_next_wait_longer() -> None:
    after = failed(State.RETRACTING, errors.ReportGoneError("x"), orphans=("1", "2", "3"))
    assert after.attempts == 4


def test_a_refusal_to_withdraw_a_finished_report_confirms_it() -> None:
    error = errors.ReportFinishedError("x", body=b"<refusal/>")
    after = failed(State.RETRACTING, error, files=DESCRIBED)
    assert (after.state, after.remote_id, after.finished_at) == (State.FINISHED, "77", NOW)
    receipt = referral.build_receipt(new_id("receipt", 1), after, error, NOW)
    assert (receipt.body, receipt.original) == (b"<refusal/>", False)


def test_a_report_that_somebody_else_finished_without_every_file_goes_to_a_person() -> None:
    after = failed(State.RETRACTING, errors.ReportFinishedError("x", body=b""))
    assert after.state is State.NEEDS_HUMAN
    assert isinstance(referral.next_step(after, resumed=False), referral.AskHuman)


@pytest.mark.parametrize("state", list(CALLS))
@pytest.mark.parametrize("error", [errors.AuthorityUnreachableError("x"), errors.AuthorityDeniedError("x")])
def test_a_call_without_effect_is_made_again_later(state: State, error: errors.AuthorityError) -> None:
    after = failed(state, error, attempts=3)
    assert (after.state, after.attempts) == (state, 4)
    assert referral.next_step(after, resumed=False) == CALLS[state]


def test_an_uncertain_submit_leaves_an_orphan_and_is_made_again() -> None:
    after = failed(State.OPENING, errors.AuthorityUncertainError("x"))
    assert (after.state, after.orphans, after.attempts) == (State.OPENING, (referral.UNKNOWN_ORPHAN,), 1)


@pytest.mark.parametrize("state", [State.OPENED, State.FINISHING])
def test_an_uncertain_call_on_an_open_report_withdraws_it(state: State) -> None:
    after = failed(state, errors.AuthorityUncertainError("x"))
    assert (after.state, after.problem, after.remote_id) == (State.RETRACTING, None, "77")


@pytest.mark.parametrize("state", [State.OPENED, State.FINISHING])
def test_a_report_that_expired_is_opened_anew(state: State) -> None:
    after = failed(state, errors.ReportGoneError("x"))
    assert (after.state, after.orphans) == (State.OPENING, ("77",))


@pytest.mark.parametrize("state", [State.OPENED, State.FINISHING])
def test_after_a_rejection_the_open_report_is_withdrawn_and_a_person_looks(state: State) -> None:
    rejected = failed(state, errors.AuthorityRejectedError("x"))
    assert rejected.state is State.RETRACTING
    assert rejected.problem
    unreachable = referral.on_error(
        rejected, CALLS[State.RETRACTING], errors.AuthorityUnreachableError("x"), NOW
    )
    after = referral.on_answer(unreachable, CALLS[State.RETRACTING], answer(), NOW)
    assert (after.state, after.problem, after.remote_id) == (State.NEEDS_HUMAN, rejected.problem, None)


def test_a_rejected_submit_goes_to_a_person_at_once() -> None:
    assert failed(State.OPENING, errors.AuthorityRejectedError("x")).state is State.NEEDS_HUMAN


def test_a_person_can_let_it_go_on() -> None:
    waiting = referral_in(State.NEEDS_HUMAN, problem="the authority rejected the report")
    again = referral.refile(waiting)
    assert (again.state, again.problem) == (State.OPENING, None)


def test_going_on_withdraws_a_report_that_may_still_be_open() -> None:
    again = referral.refile(referral_in(State.NEEDS_HUMAN, remote_id="77", problem="the authority refused"))
    assert (again.state, again.problem) == (State.RETRACTING, None)


def test_a_person_can_withdraw_what_is_under_way() -> None:
    withdrawn = referral.withdraw(standing(State.OPENED), "withdrawn by an administrator")
    assert withdrawn.state is State.RETRACTING
    after = referral.on_answer(withdrawn, CALLS[State.RETRACTING], answer(), NOW)
    assert (after.state, after.problem) == (State.NEEDS_HUMAN, "withdrawn by an administrator")
    with pytest.raises(errors.ConflictError):
        referral.withdraw(referral_in(State.FINISHED, remote_id="77"), "too late")


def test_an_answer_in_another_state_is_not_acted_on() -> None:
    with pytest.raises(errors.ConflictError):
        referral.on_answer(standing(State.RETRACTING), referral.Finish("77"), answer(), NOW)
    with pytest.raises(errors.ConflictError):
        referral.begin(standing(State.OPENING))


def test_success_without_a_report_id_is_uncertain() -> None:
    after = referral.on_answer(standing(State.OPENING), referral.Submit(), answer(None), NOW)
    assert (after.state, after.orphans) == (State.OPENING, (referral.UNKNOWN_ORPHAN,))


def test_a_record_that_lost_its_report_id_stops_the_line() -> None:
    with pytest.raises(errors.IntegrityError):
        referral.next_step(replace(standing(State.FINISHING), remote_id=None), resumed=False)


@given(attempts=st.integers(1, 10_000), jitter=st.floats(0, 1))
def test_the_wait_grows_from_two_seconds_to_an_hour(attempts: int, jitter: float) -> None:
    wait = referral.retry_delay(attempts, jitter)
    assert timedelta(seconds=2) <= wait <= timedelta(hours=1)
    assert referral.retry_delay(attempts) <= referral.retry_delay(attempts + 1)


def test_the_wait_is_nothing_at_first_and_doubles() -> None:
    waits = [referral.retry_delay(attempts).total_seconds() for attempts in (0, 1, 2, 3, 11, 12, 13)]
    assert waits == [0, 2, 4, 8, 2048, 3600, 3600]
