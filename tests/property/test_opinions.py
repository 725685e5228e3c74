"""Whatever several people say in whatever order: it ends, nobody is asked twice, nothing is lost, and at most one decision is in effect."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wardline import records, review
from wardline.adapters.stores import MemoryStore
from wardline.pipeline import Rules
from wardline.records import CaseState, Category, DecisionState, Insert, Outcome, Role, Stage
from wardline.testing import store_records as make
from wardline.testing.harness import REPORTER, Line

RULES = Rules(reporter=REPORTER, opinions=review.SecondOpinions(gravest=True, random_share=0.5))
WORDS = st.sampled_from(["A1", "A2", "B1", "not-a-violation", "other-rule", "cannot-tell"])
STEPS = st.lists(
    st.tuples(st.integers(0, 4), WORDS, st.booleans(), st.booleans(), st.sampled_from([1, 60, 50_000])), max_size=9
)  # fmt: skip


def judgement(case: records.Case, word: str, *, asks: bool, urgent: bool) -> review.Judgement:
    if word in set(Category):
        findings = (records.Finding(item_id=case.item_ids[0], category=Category(word)),)
        said = review.Judgement(
            outcome=Outcome.VIOLATION, findings=findings, escalation="danger" if urgent else None
        )
    else:
        said = review.Judgement(outcome=Outcome(word))
    return replace(said, second_opinion=asks and case.stage is Stage.FIRST)


def open_a_case(line: Line) -> records.Case:
    item = make.item(received_at=line.clock.now())
    case = make.case(opened_at=line.clock.now(), item_ids=(item.id,), restricted=False)
    line.store.commit(Insert(item), Insert(case), entries=[make.entry(subject_id=case.id)])
    return case


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.integers(1, 5))
def test_opinions_in_any_order_end_and_lose_nothing(
    steps: list[tuple[int, str, bool, bool, int]], staff: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, Line(Path(folder), rules=RULES) as line:
        people = [
            line.person(f"person-{n}", Role.LEAD if n == 0 else Role.MODERATOR).user for n in range(staff)
        ]
        case = open_a_case(line)
        for number, word, asks, urgent, seconds in steps:
            user = people[number % staff]
            taken = line.wardline.next_case(user)
            if taken is not None:
                assert user.id not in taken.passed_by
                line.wardline.decide(
                    case.id, user=user, judgement=judgement(taken, word, asks=asks, urgent=urgent)
                )
            line.pass_time(timedelta(seconds=seconds))
            _holds_together(line, case)
        line.pass_time(RULES.opinions.most_wait + RULES.undo_window)
        _holds_together(line, case)
        _is_not_held_back(line, case)
        assert line.verify().ok


def _holds_together(line: Line, case: records.Case) -> None:
    assert isinstance(line.store, MemoryStore)
    now, opinions = line.store.case(case.id), line.store.opinions_of(case.id)
    decisions = {each.id: each for each in line.store.decisions_of(case.id)}
    assert len({each.user_id for each in opinions}) == len(opinions) <= 4
    assert sum(each.in_effect for each in opinions) <= 1
    effective = [
        each
        for each in decisions.values()
        if each.state is DecisionState.EFFECTIVE and each.outcome is not Outcome.CANNOT_TELL
    ]
    assert len(effective) <= 1
    day = line.clock.now().date()
    counted = line.store.counts(day - timedelta(days=30), day)
    decided = sum(each.count for each in counted if each.step is records.Step.CASES_DECIDED)
    assert decided <= 1
    if now.state is CaseState.CLOSED:
        assert [each.id for each in effective] == [now.decision_id]
        assert decided == 1
        assert all(each.settled_at is not None for each in opinions)
    elif now.state is CaseState.OPEN and opinions and now.claimed_by is None:
        waits = any(each.id == case.id for each in line.store.cases(state=CaseState.OPEN))
        assert waits
        assert now.stage in (Stage.SECOND, Stage.ADJUDICATION)
    assert {each.decision_id for each in opinions} <= set(decisions)


def _is_not_held_back(line: Line, case: records.Case) -> None:
    """A violation that somebody found is in effect, unless others decided otherwise."""
    now, opinions = line.store.case(case.id), line.store.opinions_of(case.id)
    if now.state is not CaseState.CLOSED and any(review.is_violation(each.answer) for each in opinions):
        held = [each for each in opinions if each.in_effect]
        assert held
        assert review.is_violation(held[0].answer)
