"""Files with a known answer come between ordinary cases, and nothing follows from them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture
from wardline import records, review
from wardline.errors import NotFoundError, RefusedError
from wardline.pipeline import Rules
from wardline.records import CaseState, Outcome
from wardline.testing.harness import REPORTER, Line
from wardline.testing.platform_sandbox import PlatformSandbox

ALWAYS = Rules(reporter=REPORTER, golden_share=1.0)
INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=ALWAYS)


def handed_out(line: Line, user: records.User) -> records.Case:
    case = line.wardline.next_case(user)
    assert case is not None
    return case


def counts(line: Line) -> dict[records.Step, int]:
    day = line.clock.now().date()
    return {each.step: each.count for each in line.store.counts(day, day)}


def test_it_looks_like_a_case_is_answered_and_leaves_nothing_but_what_was_learnt(
    line: Line, platform: PlatformSandbox
) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    golden = line.wardline.add_golden(picture(7))
    waiting = line.case_of(line.submit(picture(), flag="spam"))
    before = counts(line)
    case = handed_out(line, mika.user)
    assert case.id != waiting.id
    assert case.account_reference != waiting.account_reference
    assert line.store.cases_of_account(case.account_reference, most=9) == [case]
    with pytest.raises(NotFoundError):
        line.wardline.known_answer(case.id, user=mika.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
    assert line.wardline.exposure(mika.user).files == 1
    decision = line.wardline.decide(case.id, user=mika.user, judgement=INNOCENT)
    assert decision.state is records.DecisionState.EFFECTIVE
    learnt = line.wardline.known_answer(case.id, user=mika.user)
    assert (learnt.known, learnt.agrees) == (Outcome.NOT_VIOLATION, True)
    with pytest.raises(NotFoundError):
        line.wardline.known_answer(case.id, user=noor.user)
    line.pass_time(ALWAYS.undo_window)
    assert line.store.case(case.id).state is CaseState.CLOSED
    assert counts(line) == before
    assert line.store.durations(line.clock.now().date(), line.clock.now().date()) == {}
    assert platform.actions() == []
    assert line.store.referrals() == []
    with pytest.raises(NotFoundError):
        line.parts.vault.open(case.item_ids[0], "original")
    assert line.store.golden_items() == [golden]
    # The same person gets the ordinary case now: everything with a known answer was theirs once.
    assert handed_out(line, mika.user).id == waiting.id


def test_it_is_not_known_by_when_it_came_or_is_due(line: Line) -> None:
    mika = line.person("mika")
    line.wardline.add_golden(picture(7))
    waiting = line.case_of(line.submit(picture(), flag="spam"))
    line.pass_time(timedelta(hours=30))
    case = handed_out(line, mika.user)
    assert case.id != waiting.id
    assert waiting.opened_at <= case.opened_at <= line.clock.now()
    assert (case.target, case.queue) == (waiting.target, waiting.queue)
    assert case.due_at is not None
    assert waiting.due_at is not None
    assert case.due_at - case.opened_at == waiting.due_at - waiting.opened_at
    mine, theirs = (line.store.item(each.item_ids[0]) for each in (case, waiting))
    assert mine.context is not None
    assert theirs.context is not None
    assert case.opened_at - mine.received_at == waiting.opened_at - theirs.received_at
    assert case.opened_at - mine.context.uploaded_at == waiting.opened_at - theirs.context.uploaded_at
    line.wardline.decide(case.id, user=mika.user, judgement=INNOCENT)
    line.pass_time(timedelta(days=8))
    (kept,) = line.wardline.team().lines
    assert (kept.month.of, kept.month.kept) == (1, 0)  # the one that waits, and is past its target


def test_a_wrong_answer_is_told_and_does_nothing_either(line: Line, platform: PlatformSandbox) -> None:
    mika = line.person("mika")
    line.wardline.add_golden(picture(7))
    line.submit(picture(), flag="spam")
    case = handed_out(line, mika.user)
    finding = records.Finding(item_id=case.item_ids[0], category=records.Category.A1)
    wrong = review.Judgement(outcome=Outcome.VIOLATION, findings=(finding,))
    line.wardline.decide(case.id, user=mika.user, judgement=wrong)
    assert not line.wardline.known_answer(case.id, user=mika.user).agrees
    line.pass_time(ALWAYS.undo_window)
    assert platform.actions() == []
    assert line.store.actions_of(case.id) == []
    assert line.store.referrals() == []


def test_it_is_retired_and_destroyed_when_everybody_had_it(line: Line) -> None:
    people = [line.person(name) for name in ("mika", "noor")]
    golden = line.wardline.add_golden(picture(7))
    line.submit(picture(), flag="spam")
    for person in people:
        case = handed_out(line, person.user)
        line.wardline.decide(case.id, user=person.user, judgement=INNOCENT)
    assert line.store.golden_items() == []
    assert line.store.golden_item(golden.id).retired_at is not None
    with pytest.raises(NotFoundError):
        line.parts.vault.open(golden.item_id, "original")


def test_it_comes_neither_before_danger_nor_when_nothing_waits(line: Line) -> None:
    mika = line.person("mika")
    line.wardline.add_golden(picture(7))
    assert line.wardline.next_case(mika.user) is None
    urgent = line.case_of(line.submit(picture(), flag=records.IMMINENT_DANGER))
    assert handed_out(line, mika.user).id == urgent.id


def test_nothing_near_a_hash_list_is_used_for_practice(line: Line) -> None:
    line.list_of([picture(7)])
    with pytest.raises(RefusedError, match="hash list"):
        line.wardline.add_golden(picture(7))
    assert line.store.golden_items() == []


def test_the_sealed_file_is_no_orphan(line: Line) -> None:
    golden = line.wardline.add_golden(picture(7))
    line.pass_time(3 * ALWAYS.periods.provisional)
    assert line.parts.vault.open(golden.item_id, "original") == picture(7)
