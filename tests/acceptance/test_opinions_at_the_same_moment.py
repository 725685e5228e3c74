"""Opinions that are counted at the very same moment, or several at once, come to what they come to one after the other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import violation
from tests.acceptance.test_evidence_on_request import After
from tests.acceptance.test_files_that_look_alike import HARMLESS, NOBODY_SAMPLED, flagged, like, now, say
from wardline import records, review
from wardline.errors import VersionConflictError
from wardline.pipeline import Rules, clusters
from wardline.pipeline.conclude import conclude
from wardline.pipeline.standing_alone import due
from wardline.records import CaseState, Category, DecisionState, Outcome, Stage
from wardline.testing.harness import REPORTER, Line, Person


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=NOBODY_SAMPLED)


@pytest.fixture
def people(line: Line) -> list[Person]:
    return [line.person(name) for name in ("mika", "noor", "otto")]


def in_effect(line: Line, case: records.Case, person: Person, judgement: review.Judgement) -> records.Decision:  # fmt: skip
    """Have a decision take effect that is not counted for its cluster yet."""
    decision = line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.clock.advance(line.parts.rules.undo_window)
    conclude(line.parts, decision.id, 0)
    return decision


def spreads(line: Line, case: records.Case) -> list[records.Spread]:
    member = line.store.cluster_member(case.id)
    assert member is not None
    found = (line.store.standing_spread(target) for target in (member.file_id, member.cluster_id))
    return [each for each in found if each is not None]


def beside(line: Line, reader: str, nth: int, comes: Callable[[], None]) -> tuple[Any, Any]:
    """Give the parts of another thread, to which something happens after one of its looks; and what tells whether it did."""
    store: Any = After(line.store, reader, nth, comes)
    return replace(line.parts, store=store), store


@pytest.mark.parametrize(
    ("reader", "count"), [("cluster", 3), ("voices", 8), ("standing_spread", 3), ("decisions_of", 1)]
)
def test_who_differs_at_the_very_moment_in_which_two_agree_lets_nothing_spread(
    line: Line, people: list[Person], reader: str, count: int
) -> None:
    came = 0
    for nth in range(count):
        cases = [flagged(line, like(seed=nth + 1), f"{nth}-{n}") for n in range(3)]
        for case, person in zip(cases, people, strict=True):
            line.wardline.claim(case.id, user=person.user)
        said = [violation(cases[0]), violation(cases[1]), HARMLESS]
        first, second, third = map(partial(in_effect, line), cases, people, said)
        clusters.weigh(line.parts, first.id, 0)
        parts, store = beside(line, reader, nth, partial(clusters.weigh, line.parts, third.id, 0))
        clusters.weigh(parts, second.id, 0)
        came += store.came
        if store.came:
            assert spreads(line, cases[0]) == []
    assert came


@pytest.mark.parametrize(("reader", "count"), [("cluster_vote", 1), ("cluster", 2), ("voices", 8)])
def test_a_decision_that_falls_at_the_very_moment_in_which_it_agrees_with_another_spreads_nothing(
    line: Line, people: list[Person], reader: str, count: int
) -> None:
    came = 0
    for nth in range(count):
        cases = [flagged(line, like(seed=nth + 1), f"{nth}-{n}") for n in range(2)]
        for case, person in zip(cases, people, strict=False):
            line.wardline.claim(case.id, user=person.user)
        first, second = (
            in_effect(line, *each, violation(each[0])) for each in zip(cases, people, strict=False)
        )
        clusters.weigh(line.parts, first.id, 0)
        parts, store = beside(line, reader, nth, partial(clusters.withdraw, line.parts, first.id))
        clusters.weigh(parts, second.id, 0)
        came += store.came
        if store.came:
            assert spreads(line, cases[0]) == []
    assert came


@pytest.mark.parametrize("reader", ["cluster_vote", "spreads_of"])
def test_a_decision_that_falls_while_another_comes_to_agree_with_it_spreads_nothing(
    line: Line, people: list[Person], reader: str
) -> None:
    cases = [flagged(line, like(), f"a{n}") for n in range(2)]
    for case, person in zip(cases, people, strict=False):
        line.wardline.claim(case.id, user=person.user)
    first, second = (in_effect(line, *each, violation(each[0])) for each in zip(cases, people, strict=False))
    clusters.weigh(line.parts, first.id, 0)
    parts, store = beside(line, reader, 0, partial(clusters.weigh, line.parts, second.id, 0))
    clusters.withdraw(parts, first.id)
    assert store.came
    assert spreads(line, cases[0]) == []


def test_who_was_outvoted_in_one_case_ends_what_rested_on_the_whole_cluster(
    line: Line, people: list[Person]
) -> None:
    """The opinions about that case are counted together, when it is settled."""
    mika, noor, otto = people
    seen, near, other = (flagged(line, like(q), f"a{q}") for q in (85, 20, 60))
    line.wardline.claim(other.id, user=otto.user)
    say(line, seen, mika, violation(seen))
    say(line, near, noor, violation(near))
    assert flagged(line, like(), "copy").state is CaseState.CLOSED
    doubted = review.Judgement(outcome=Outcome.NOT_VIOLATION, second_opinion=True)
    say(line, other, otto, doubted, looks=False)
    for person in (mika, noor):
        say(line, other, person, violation(other))
    assert now(line, other).state is CaseState.CLOSED
    assert flagged(line, like(), "later").state is CaseState.OPEN
    assert spreads(line, seen) == []


def test_two_who_differ_at_the_same_moment_end_what_rested_on_the_whole_cluster(
    line: Line, people: list[Person]
) -> None:
    mika, noor, otto = people
    pia = line.person("pia")
    seen, near, *others = (flagged(line, like(q), f"a{q}") for q in (85, 20, 60, 40))
    for case, person in zip(others, (otto, pia), strict=True):
        line.wardline.claim(case.id, user=person.user)
    say(line, seen, mika, violation(seen))
    say(line, near, noor, violation(near))
    both = [in_effect(line, case, person, HARMLESS) for case, person in zip(others, (otto, pia), strict=True)]
    parts, store = beside(line, "cluster", 0, partial(clusters.weigh, line.parts, both[1].id, 0))
    clusters.weigh(parts, both[0].id, 0)
    assert store.came
    assert spreads(line, seen) == []


@pytest.fixture
def gravest(make_line: MakeLine) -> Line:
    return make_line(rules=Rules(reporter=REPORTER, opinions=review.SecondOpinions(gravest=True)))


def in_force(line: Line, case: records.Case) -> list[str]:
    decisions = line.store.decisions_of(case.id)
    return [each.id for each in decisions if each.state is DecisionState.EFFECTIVE]


def two_who_differ(line: Line) -> tuple[records.Case, records.Decision, records.Decision]:
    """Have two people call a file violations of different categories, so that a third is asked."""
    case = line.case_of(line.submit(like(), flag="spam"))
    mika, noor, _otto = (line.person(name) for name in ("mika", "noor", "otto"))
    first = say(line, case, mika, violation(case, Category.A1))
    second = say(line, case, noor, violation(case, Category.A2))
    assert now(line, case).stage is Stage.ADJUDICATION
    return case, first, second


def test_of_two_opinions_whose_time_is_over_at_the_same_moment_one_takes_effect(gravest: Line) -> None:
    """As after a night in which nothing ran: both are due, and are worked on side by side."""
    case, first, second = two_who_differ(gravest)
    gravest.clock.advance(gravest.parts.rules.opinions.most_wait)
    parts, store = beside(gravest, "opinions_of", 0, partial(due, gravest.parts, second.id, 0))
    with suppress(VersionConflictError):
        due(parts, first.id, 0)
    assert store.came
    gravest.run_due()
    assert in_force(gravest, case) == [second.id]
    assert len(gravest.store.referrals(case_id=case.id)) == 1


def test_an_opinion_whose_time_is_over_while_a_further_one_takes_effect_at_once_is_not_in_effect_beside_it(
    gravest: Line,
) -> None:
    case = gravest.case_of(gravest.submit(like(), flag="spam"))
    mika, noor, _otto = (gravest.person(name) for name in ("mika", "noor", "otto"))
    first = say(gravest, case, mika, violation(case, Category.A1))
    gravest.wardline.claim(case.id, user=noor.user)
    urgent = replace(violation(case, Category.A2), escalation="there was a threat to meet today")
    second = gravest.wardline.decide(case.id, user=noor.user, judgement=urgent)
    gravest.clock.advance(gravest.parts.rules.opinions.most_wait)
    parts, store = beside(gravest, "opinions_of", 0, partial(due, gravest.parts, first.id, 0))
    with suppress(VersionConflictError):
        conclude(parts, second.id, 0)
    assert store.came
    gravest.run_due()
    assert in_force(gravest, case) == [first.id]
    # The danger is told besides, in a report that names the first.
    assert [
        each.decision_id for each in gravest.store.referrals(case_id=case.id) if each.corrects is None
    ] == [first.id]
