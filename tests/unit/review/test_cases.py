from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.unit.made import NOW, SECOND, case, item, new_id
from wardline import records, review
from wardline.errors import ConflictError, InputError, LeaseLostError, NotAllowedError
from wardline.records import CaseState, Role

MIKA, NOOR = new_id("user"), new_id("user")
LEASE = timedelta(minutes=15)


def test_a_case_is_opened_with_the_reasons_of_its_route() -> None:
    subject = item()
    opened = review.open_case(new_id("case"), subject, route=records.Review(reasons=("a", "b")), now=NOW)
    assert (opened.item_ids, opened.reasons, opened.restricted) == ((subject.id,), ("a", "b"), False)
    assert opened.account_reference == subject.account_reference


def test_acting_at_once_makes_a_restricted_case() -> None:
    assert review.open_case(new_id("case"), item(), route=records.Act(reasons=("a",)), now=NOW).restricted


def test_a_claim_has_a_holder_and_an_end() -> None:
    claimed = review.claim(case(), MIKA, now=NOW, lease=LEASE)
    assert (claimed.claimed_by, claimed.lease_until, claimed.version) == (MIKA, NOW + LEASE, 2)


def test_a_running_claim_keeps_others_out_until_the_moment_it_ends() -> None:
    claimed = review.claim(case(), MIKA, now=NOW, lease=LEASE)
    with pytest.raises(ConflictError, match="claimed by somebody else"):
        review.claim(claimed, NOOR, now=NOW + LEASE - SECOND, lease=LEASE)
    assert review.claim(claimed, NOOR, now=NOW + LEASE, lease=LEASE).claimed_by == NOOR


@pytest.mark.parametrize("state", [CaseState.DECIDED, CaseState.CLOSED])
def test_what_is_decided_cannot_be_claimed(state: CaseState) -> None:
    with pytest.raises(ConflictError, match="expected open"):
        review.claim(case(state=state), MIKA, now=NOW, lease=LEASE)


def test_who_could_not_tell_does_not_get_it_again() -> None:
    with pytest.raises(ConflictError, match="could not tell before"):
        review.claim(case(passed_by=(MIKA,)), MIKA, now=NOW, lease=LEASE)


def test_renewing_needs_a_running_claim() -> None:
    claimed = review.claim(case(), MIKA, now=NOW, lease=LEASE)
    assert review.renew(claimed, MIKA, now=NOW + SECOND, lease=LEASE).lease_until == NOW + SECOND + LEASE
    for user, now in ((NOOR, NOW), (MIKA, NOW + LEASE)):
        with pytest.raises(LeaseLostError):
            review.renew(claimed, user, now=now, lease=LEASE)


def test_a_lapsed_claim_can_be_returned_but_not_another_persons() -> None:
    claimed = review.claim(case(), MIKA, now=NOW, lease=LEASE)
    with pytest.raises(LeaseLostError):
        review.return_to_queue(claimed, NOOR)
    returned = review.return_to_queue(claimed, MIKA)
    assert (returned.claimed_by, returned.lease_until) == (None, None)
    with pytest.raises(LeaseLostError):
        review.return_to_queue(returned, MIKA)


def test_the_reveal_log_is_read_by_person_and_file() -> None:
    subject, other = item(), item()
    shown = [
        records.Reveal(
            id=new_id("reveal"), case_id=new_id("case"), item_id=each.id, user_id=user, at=NOW, frame=frame
        )
        for each, user, frame in (
            (subject, MIKA, 0),
            (subject, MIKA, 2),
            (subject, NOOR, 1),
            (other, NOOR, 0),
        )
    ]
    assert review.viewed_frames(subject.id, shown) == {MIKA: {0, 2}, NOOR: {1}}


def test_a_file_that_could_not_be_decoded_has_no_frames() -> None:
    assert review.frames_of(item(picture=None)) == 0
    with pytest.raises(InputError, match="does not exist"):
        review.require_frame(item(picture=None), 0)


@pytest.mark.parametrize("frame", [-1, 1])
def test_a_still_picture_has_frame_0_only(frame: int) -> None:
    review.require_frame(item(), 0)
    with pytest.raises(InputError, match="does not exist"):
        review.require_frame(item(), frame)


def test_what_is_set_aside_is_free_of_its_holder_and_comes_back_when_it_is_taken() -> None:
    claimed = review.claim(case(), MIKA, now=NOW, lease=LEASE)
    aside = review.set_aside(claimed, MIKA, now=NOW, until=NOW + LEASE)
    assert (aside.claimed_by, aside.held_until, aside.state) == (None, NOW + LEASE, CaseState.OPEN)
    assert review.claim(aside, NOOR, now=NOW + SECOND, lease=LEASE).held_until is None


@pytest.mark.parametrize("until", [NOW, NOW + review.LONGEST_SET_ASIDE + SECOND])
def test_a_case_is_set_aside_until_a_time_of_the_next_week_only(until: datetime) -> None:
    claimed = review.claim(case(), MIKA, now=NOW, lease=LEASE)
    with pytest.raises(InputError, match="set aside"):
        review.set_aside(claimed, MIKA, now=NOW, until=until)


def test_only_who_holds_a_case_sets_it_aside_or_hands_it_to_the_leads() -> None:
    claimed = review.claim(case(), MIKA, now=NOW, lease=LEASE)
    for user, now in ((NOOR, NOW), (MIKA, NOW + LEASE)):
        with pytest.raises(LeaseLostError):
            review.set_aside(claimed, user, now=now, until=now + LEASE)
        with pytest.raises(LeaseLostError):
            review.escalate(claimed, user, now=now)


def test_what_was_handed_to_the_leads_is_taken_by_leads_only() -> None:
    handed = review.escalate(review.claim(case(), MIKA, now=NOW, lease=LEASE), MIKA, now=NOW)
    assert (handed.claimed_by, handed.escalated_by) == (None, MIKA)
    with pytest.raises(NotAllowedError, match="handed to the leads"):
        review.claim(handed, MIKA, now=NOW, lease=LEASE)
    assert review.claim(handed, NOOR, now=NOW, lease=LEASE, role=Role.LEAD).claimed_by == NOOR
