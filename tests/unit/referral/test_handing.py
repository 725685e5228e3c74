"""A finish that only made a pack finishes nothing; only a person's word does."""

from __future__ import annotations

import pytest

from tests.unit.referral.samples import NOW
from tests.unit.referral.test_moving import answer, standing
from wardline import errors, records, referral
from wardline.records import ReferralState as State

MADE = records.AuthorityAnswer(remote_id="77", request_id=None, body=b"manifest", awaits_filing=True)
WHOLE = errors.ReportFinishedError("whole", body=b"manifest", awaits_filing=True)


def made() -> records.Referral:
    return referral.on_answer(standing(State.FINISHING), referral.Finish("77"), MADE, NOW)


def test_what_is_made_waits_for_a_person_and_is_asked_of_them() -> None:
    assert referral.awaits(made())
    assert made().finished_at is None
    assert referral.next_step(made(), resumed=True) == referral.AskHuman(referral.TO_FILE)


def test_an_answer_that_was_lost_comes_to_the_same() -> None:
    lost = referral.next_step(standing(State.FINISHING), resumed=True)
    assert isinstance(lost, referral.Move)
    assert referral.awaits(referral.on_error(lost.referral, referral.Retract("77"), WHOLE, NOW))


def test_one_that_is_overturned_while_it_is_finishing_is_unwanted_and_stays_so() -> None:
    fallen = referral.cancel(standing(State.FINISHING))
    fallen = referral.on_error(fallen, referral.Retract("77"), WHOLE, NOW)
    assert (fallen.state, fallen.problem) == (State.NEEDS_HUMAN, referral.UNWANTED)
    assert referral.cancel(fallen) is fallen
    assert referral.cancel(made()).problem == referral.UNWANTED
    assert referral.remade(fallen).state is State.WITHDRAWN


def test_only_one_that_waits_is_recorded_or_made_anew() -> None:
    for state in (State.DRAFT, State.OPENED, State.FINISHED, State.WITHDRAWN):
        with pytest.raises(errors.ConflictError):
            referral.recorded(standing(state), "A-1", NOW)
        with pytest.raises(errors.ConflictError):
            referral.remade(standing(state))
    with pytest.raises(errors.ConflictError):
        referral.refile(made())


def test_a_receiver_that_takes_reports_itself_is_finished_as_before() -> None:
    assert (
        referral.on_answer(standing(State.FINISHING), referral.Finish("77"), answer(), NOW).state
        is State.FINISHED
    )
