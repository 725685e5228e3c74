"""A complaint that comes at the very moment in which a decision takes effect is answered like any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.acceptance.stories import picture, reveal_all, violation
from tests.acceptance.test_evidence_on_request import After
from wardline import records, review
from wardline.errors import VersionConflictError
from wardline.pipeline import Complaint
from wardline.pipeline.conclude import conclude
from wardline.pipeline.flagging import Flagged
from wardline.records import AppealState, CaseState, KeyTrust, ListTrust, NoticeState, Outcome
from wardline.testing.harness import Line

HARMLESS = review.Judgement(outcome=Outcome.NOT_VIOLATION)


def decided(line: Line, seed: int, *, harmless: bool) -> tuple[records.Case, records.Decision]:
    """Have a listed picture decided, and let its undo window run out, without anything that follows."""
    mika = line.person(f"mika-{seed}")
    line.list_of([picture(seed)], name=f"known-{seed}", trust=ListTrust.VERIFIED)
    case = line.case_of(line.submit(picture(seed), account=f"account-{seed}"))
    claimed = line.wardline.claim(case.id, user=mika.user)
    reveal_all(line, claimed, mika)
    judgement = HARMLESS if harmless else violation(case)
    decision = line.wardline.decide(case.id, user=mika.user, judgement=judgement)
    line.clock.advance(line.parts.rules.undo_window)
    return case, decision


def while_it_takes_effect(
    line: Line, decision: records.Decision, reader: str, nth: int, comes: Callable[[], Any]
) -> bool:
    """Let a decision take effect, and something happen after one of its looks; then all that follows. As durable work does it, again where it was too late."""
    store: Any = After(line.store, reader, nth, comes)
    try:
        conclude(replace(line.parts, store=store), decision.id, 0)
    except VersionConflictError:
        conclude(line.parts, decision.id, 0)
    line.run_due()
    return bool(store.came)


@pytest.mark.parametrize(("reader", "count"), [("case", 1), ("appeal_of", 2), ("notices_of", 1)])
@pytest.mark.parametrize("harmless", [False, True])
def test_an_appeal_that_comes_while_a_decision_takes_effect_is_not_left_lying(
    line: Line, reader: str, count: int, *, harmless: bool
) -> None:
    came = 0
    for nth in range(count):
        case, decision = decided(line, nth, harmless=harmless)
        action = line.store.actions_of(case.id)[0]
        complaint = Complaint(text="It is our garden.", action_id=action.id)
        appeal = partial(line.wardline.appeal, complaint, api_key=line.platform_key().record)
        if while_it_takes_effect(line, decision, reader, nth, appeal):
            came += 1
            taken = line.store.appeal_of(case.id)
            assert taken is not None
            assert taken.state is (AppealState.OVERTURNED if harmless else AppealState.OPEN)
            assert line.store.case(case.id).state is (CaseState.CLOSED if harmless else CaseState.OPEN)
    assert came


@pytest.mark.parametrize("harmless", [False, True])
def test_a_flag_that_comes_while_a_decision_takes_effect_is_answered(line: Line, *, harmless: bool) -> None:
    key, came = line.platform_key(trust=KeyTrust.TRUSTED).record, 0
    for nth in range(3):
        case, decision = decided(line, nth, harmless=harmless)
        flagged = Flagged(reason="spam", item_id=case.item_ids[0])
        flag = partial(line.wardline.flag, flagged, api_key=key)
        if while_it_takes_effect(line, decision, "notices_of", nth, flag):
            came += 1
            (notice,) = line.store.notices_of(case.id)
            assert notice.state is NoticeState.ANSWERED
    assert came


def test_two_appeals_at_the_same_moment_are_one_and_the_other_is_told_so(line: Line) -> None:
    case, decision = decided(line, 0, harmless=False)
    conclude(line.parts, decision.id, 0)
    line.run_due()
    action = line.store.actions_of(case.id)[0]
    complaint = Complaint(text="It is our garden.", action_id=action.id)
    first = partial(
        line.wardline.appeal, complaint, api_key=line.platform_key().record, idempotency_key="one"
    )
    store: Any = After(line.store, "decisions_of", 0, first)
    line.wardline.parts = replace(line.parts, store=store)
    again = first()
    line.wardline.parts = line.parts
    assert store.came
    assert again == line.store.appeal_of(case.id)
    assert again.number == 1
