"""What comes in wrong or is missing: said clearly, nothing lost, and somebody told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import decided_violation, picture
from wardline import records, review
from wardline.errors import NotAllowedError, NotTakenNowError
from wardline.pipeline import Complaint, Rules
from wardline.records import AlarmKind, CaseState, Outcome, Replace, Role
from wardline.testing import store_records as make
from wardline.testing.harness import REPORTER, Line

OTHER = review.Judgement(outcome=Outcome.OTHER_RULE)
INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)
LineWith = Callable[..., Line]


@pytest.fixture
def line_with(tmp_path: Path) -> LineWith:
    return lambda **rules: Line(tmp_path, rules=Rules(**{"reporter": REPORTER, "oldest_share": 0.0, **rules}))


# --- a reviewer who is a party -----------------------------------------------------------------------------------------------------------
def test_whoever_names_the_account_of_a_case_in_their_hands_neither_looks_nor_decides(
    line_with: LineWith,
) -> None:
    with line_with() as line:
        mika, noor = line.person("mika").user, line.person("noor").user
        case = line.case_of(line.submit(picture(), flag="spam", account="mika-at-home"))
        line.wardline.claim(case.id, user=mika)
        # As if the case had come into their hands at the very moment.
        mika = replace(mika, accounts=("mika-at-home",), version=mika.version + 1)
        line.store.commit(Replace(mika), entries=[make.entry()])
        with pytest.raises(NotAllowedError, match="account of this person's own"):
            line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika)
        with pytest.raises(NotAllowedError, match="account of this person's own"):
            line.wardline.decide(case.id, user=mika, judgement=INNOCENT)
        assert line.store.reveals_of(case.id) == []
        assert line.store.case(case.id).state is CaseState.OPEN
        line.wardline.return_case(case.id, user=mika)
        taken = line.wardline.next_case(noor)
        assert taken is not None
        assert taken.id == case.id


def test_a_lead_gives_a_party_nothing_and_does_not_learn_that_it_is_one(line_with: LineWith) -> None:
    with line_with() as line:
        lea, mika = line.person("lea", Role.LEAD).user, line.person("mika").user
        line.wardline.declare_accounts(["mika-at-home"], user=mika)
        case = line.case_of(line.submit(picture(), flag="spam", account="mika-at-home"))
        with pytest.raises(NotTakenNowError, match="not handed to mika at present") as refused:
            line.wardline.assign(case.id, lead=lea, to="mika")
        assert "account" not in str(refused.value)
        assert line.store.case(case.id).claimed_by is None


# --- probabilities that are missing ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("order", [review.Order.SCORE, review.Order.HARM])
def test_cases_without_probabilities_are_handed_out_all_the_same(
    line_with: LineWith, order: review.Order
) -> None:
    with line_with(order=order) as line:
        mika = line.person("mika").user
        cases = [
            line.case_of(line.submit(picture(seed), flag="spam", content_reference=f"post-{seed}"))
            for seed in (1, 2, 3)
        ]
        bare = [
            replace(
                each, score_turn=None, urgency=None, lane=None, views_turn=None, delay_turn=None, lot=None, version=each.version + 1
            )
            for each in cases[:2]
        ]  # fmt: skip
        line.store.commit(*map(Replace, bare), entries=[make.entry()])
        taken = []
        while case := line.wardline.next_case(mika):
            taken.append(case.id)
        assert sorted(taken) == sorted(each.id for each in cases)


# --- an appeal after destruction --------------------------------------------------------------------------------------------------------------
def test_a_person_hears_when_the_file_is_gone_and_there_is_no_lead_for_the_appeal(
    line_with: LineWith,
) -> None:
    with line_with() as line:
        mika = line.person("mika")
        line.person("noor")
        line.list_of([picture()])
        submission = line.submit(picture(), account="account-9", content_reference="post-9")
        line.run_due()
        case = line.wardline.claim(line.case_of(submission).id, user=mika.user)
        line.wardline.decide(case.id, user=mika.user, judgement=OTHER)
        line.pass_time(timedelta(days=40))
        assert not line.store.item(case.item_ids[0]).sealed
        action = next(each for each in line.store.actions_of(case.id) if each.kind is records.ActionKind.REMOVE_CONTENT)  # fmt: skip
        line.wardline.appeal(
            Complaint(text="It is my garden.", action_id=action.id), api_key=line._own_key.record
        )
        line.run_due()
        assert line.store.case(case.id).state is CaseState.OPEN
        assert line.store.open_alarm(AlarmKind.CASE_STUCK, case.id) is not None


# --- a queue with nobody skilled for it -----------------------------------------------------------------------------------------------------------
def test_a_queue_that_nobody_may_take_from_keeps_its_cases_until_somebody_may(line_with: LineWith) -> None:
    rule = review.QueueRule(name="german", languages=("de",), skills=("german",))
    with line_with(queues=(rule,)) as line:
        mika = line.person("mika").user
        case = line.case_of(line.submit(picture(), flag="spam", language="de"))
        assert line.wardline.next_case(mika) is None
        line.chores.run()
        alarm = line.store.open_alarm(AlarmKind.QUEUE_UNSTAFFED, "german")
        assert alarm is not None
        assert "german" in alarm.message
        assert line.store.case(case.id) == case


# --- a decision after an appeal ----------------------------------------------------------------------------------------------------------------------
def test_an_appeal_that_comes_while_a_decision_may_still_be_undone_waits_for_it_and_is_answered(
    line_with: LineWith,
) -> None:
    with line_with() as line:
        mika = line.person("mika")
        line.person("noor")
        line.list_of([picture()])
        submission = line.submit(picture(), account="account-9", content_reference="post-9")
        line.run_due()
        case = decided_violation(line, submission, mika)
        (action,) = line.store.actions_of(case.id)
        appeal = line.wardline.appeal(
            Complaint(text="It is my garden.", action_id=action.id), api_key=line._own_key.record
        )
        assert appeal.state is records.AppealState.WAITING
        line.pass_time(Rules().undo_window)
        opened = line.store.appeal(appeal.id)
        assert opened.state is records.AppealState.OPEN
        assert opened.decision_id is not None
        assert mika.user.id in line.store.case(case.id).passed_by
