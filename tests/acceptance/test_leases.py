"""One case, one moderator: who lost the claim decides nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.stories import picture, reveal_all, violation
from wardline import records
from wardline.errors import ConflictError, LeaseLostError
from wardline.pipeline import Showing
from wardline.records import CaseState
from wardline.testing.harness import Line


@pytest.fixture
def case(line: Line) -> records.Case:
    return line.case_of(line.submit(picture(), flag="spam"))


def test_a_second_moderator_takes_over_when_the_lease_ran_out(line: Line, case: records.Case) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    line.wardline.claim(case.id, user=mika.user)
    with pytest.raises(ConflictError, match="claimed by somebody else"):
        line.wardline.claim(case.id, user=noor.user)
    assert line.wardline.next_case(noor.user) is None
    line.clock.advance(line.parts.rules.lease)
    taken = line.wardline.next_case(noor.user)
    assert taken is not None
    assert taken.claimed_by == noor.user.id

    with pytest.raises(LeaseLostError):
        line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
    with pytest.raises(LeaseLostError):
        line.wardline.decide(case.id, user=mika.user, judgement=violation(case))
    with pytest.raises(LeaseLostError):
        line.wardline.return_case(case.id, user=mika.user)
    line.wardline.decide(case.id, user=noor.user, judgement=violation(case))
    assert line.store.case(case.id).state is CaseState.DECIDED


def test_a_lapsed_lease_is_lost_though_nobody_else_came(line: Line, case: records.Case) -> None:
    mika = line.person("mika")
    line.wardline.claim(case.id, user=mika.user)
    line.clock.advance(line.parts.rules.lease)
    with pytest.raises(LeaseLostError):
        line.wardline.decide(case.id, user=mika.user, judgement=violation(case))
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=violation(case))


def test_a_renewed_lease_lasts_longer(line: Line, case: records.Case) -> None:
    mika = line.person("mika")
    line.wardline.claim(case.id, user=mika.user)
    line.clock.advance(line.parts.rules.lease - timedelta(seconds=1))
    line.wardline.claim(case.id, user=mika.user)
    line.clock.advance(line.parts.rules.lease - timedelta(seconds=1))
    line.wardline.decide(case.id, user=mika.user, judgement=violation(case))


def test_a_returned_case_is_free_at_once(line: Line, case: records.Case) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.return_case(case.id, user=mika.user)
    assert line.wardline.next_case(noor.user) is not None


def test_every_case_is_handed_out_once(line: Line) -> None:
    cases = []
    for seed in range(3):
        cases.append(line.case_of(line.submit(picture(seed), flag="spam")).id)
        line.clock.advance(timedelta(seconds=1))
    mika = line.person("mika")
    taken = [line.wardline.next_case(mika.user) for _ in range(4)]
    assert sorted(case.id for case in taken if case) == sorted(cases)
    assert taken[3] is None


def test_nobody_is_shown_a_file_of_another_case_or_a_frame_that_is_not_there(
    line: Line, case: records.Case
) -> None:
    from wardline.errors import InputError, NotFoundError

    mika = line.person("mika")
    other = line.case_of(line.submit(picture(2), flag="spam"))
    line.wardline.claim(case.id, user=mika.user)
    with pytest.raises(NotFoundError):
        line.wardline.reveal(case.id, item_id=other.item_ids[0], user=mika.user)
    with pytest.raises(InputError, match="frame 1 does not exist"):
        line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user, showing=Showing(frame=1))
    assert line.store.reveals_of(case.id) == []
    reveal_all(line, case, mika)
    (shown,) = line.store.reveals_of(case.id)
    assert (shown.user_id, shown.frame, shown.at) == (mika.user.id, 0, line.clock.now())
