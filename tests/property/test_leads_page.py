"""What leads are told of their queues is what a plain reading of all cases says, on every store."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.stores import databases
from wardline import records, review
from wardline.adapters import stores
from wardline.adapters.stores import tables
from wardline.pipeline import Parts, Rules
from wardline.pipeline.handing_out import HandingOut
from wardline.pipeline.nobody_takes import LeftAlone, Untaken
from wardline.pipeline.taking import Takers
from wardline.pipeline.targets import MOST, due_by
from wardline.pipeline.team import MONTH, WEEK, TeamFigures
from wardline.records import CaseState, Category, DecisionState, Grade, Insert, Lane, Outcome, Role, Target
from wardline.review import QueueRule
from wardline.testing import store_records as make
from wardline.testing.harness import REPORTER, Line

_RULES = Rules(
    reporter=REPORTER,
    queues=(
        QueueRule(name="german", skills=("german",)),
        QueueRule(name="grave", categories=(records.Letter.A,)),
    ),
)
_QUEUES = ("general", "german", "grave", "of long ago")
_KINDS = [
    None,
    *(
        records.Urgency(odds=records.Odds(a=a, b=b, other=other), category=category, views_per_hour=1.0, views_known=True)
        for a, b, other, category in ((0.0, 0.9, 0.0, Category.B2), (0.9, 0.0, 0.0, Category.A1), (0.0, 0.0, 0.5, None), (0.1, 0.1, 0.1, None))
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with Line(tmp_path_factory.mktemp("line"), rules=_RULES) as made:
        yield made


@pytest.fixture(params=["memory", databases.SQLITE, databases.POSTGRES], scope="module")
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[stores.SqlStore | None]:
    """A database, or None for a store in memory that is new each time."""
    if request.param == "memory":
        yield None
        return
    folder: Path = tmp_path_factory.mktemp("team")
    opened = stores.SqlStore(
        databases.open_engine(request.param, databases.new_database(request.param, folder))
    )
    yield opened
    opened.close()


class _Drawn:
    """Cases, decisions and people, drawn by chance."""

    def __init__(self, chance: random.Random, now: datetime) -> None:
        self._chance, self._now = chance, now
        self.cases: list[records.Case] = []
        self.decisions: dict[str, records.Decision] = {}
        for _ in range(chance.randint(0, 40)):
            self._case()
        self.people: list[Any] = []
        for _ in range(chance.randint(0, 3)):
            skills = ("german",) if chance.random() < 0.5 else ()
            user = make.user(
                name=make.new_id("user"), role=chance.choice((Role.MODERATOR, Role.LEAD)), skills=skills
            )
            self.people.append(user)
            if chance.random() < 0.7:
                queues, grades = (
                    chance.choice(((), ("grave",))),
                    tuple(chance.sample([Grade.A, Grade.B], chance.randint(0, 2))),
                )
                self.people.append(make.viewing_choices(user_id=user.id, queues=queues, grades=grades))

    def _case(self) -> None:
        chance, now = self._chance, self._now
        edges = [now - MONTH, now - WEEK, now]
        tick = timedelta(microseconds=1)
        due = chance.choice([
            None, *edges, *(each - tick for each in edges), *(each + tick for each in edges), now + timedelta(hours=chance.randrange(200)),
            now - timedelta(hours=chance.randrange(900)),
        ])  # fmt: skip
        target = None if due is None else chance.choice((None, *Target))
        state = chance.choice((CaseState.OPEN, CaseState.OPEN, CaseState.CLOSED, CaseState.DECIDED))
        case = make.case(
            queue=chance.choice(_QUEUES), due_at=due, target=target, state=state, urgency=chance.choice(_KINDS),
            opened_at=now - timedelta(hours=chance.randrange(900)), lane=chance.choice((None, Lane.DAYS, Lane.HOURS)),
            views_turn=chance.choice((None, 1.0, -2.0)), escalated_by=chance.choice((None, None, "user-3")), lot=0.5,
            imminent_since=chance.choice((None, None, None, now)),
        )  # fmt: skip
        if state is not CaseState.OPEN and chance.random() < 0.9:
            outcome = chance.choice([*Outcome])
            of_violation = {} if outcome is Outcome.VIOLATION else {"findings": (), "annotations": ()}
            at = (due or now) + chance.choice((-tick, timedelta(0), tick))
            decision = make.decision(
                case_id=case.id,
                at=at,
                undo_until=at,
                outcome=outcome,
                state=chance.choice([*DecisionState]),
                **of_violation,
            )
            case = replace(case, decision_id=decision.id)
            self.decisions[decision.id] = decision
        self.cases.append(case)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_leads_page_says_what_a_plain_reading_says(
    line: Line, kept: stores.SqlStore | None, seed: int
) -> None:
    store: Any = kept or stores.MemoryStore()
    now = line.clock.now()
    drawn = _Drawn(random.Random(seed), now)
    every = [*drawn.cases, *drawn.decisions.values(), *drawn.people]
    if every:
        store.commit(*map(Insert, every), entries=[make.entry()])
    try:
        parts = replace(line.parts, store=store)
        takers = Takers(parts)
        team = TeamFigures(parts, takers, HandingOut(parts, takers), LeftAlone(parts)).newest()
        plain = _plain(parts, takers.every().queues, drawn, now)
        assert {
            (each.queue, each.target): (
                each.waiting, each.first_due.id if each.first_due else None, each.soon, each.past,
                (each.week.kept, each.week.of), (each.month.kept, each.month.of),
            )
            for each in team.lines
        } == plain  # fmt: skip
        open_cases = [case for case in drawn.cases if case.state is CaseState.OPEN]
        assert team.waiting == len(open_cases)
        oldest = sorted(open_cases, key=lambda case: (case.opened_at, case.id))
        assert [case.id for case in team.longest] == [case.id for case in oldest[:25]]
        assert sorted(team.untaken, key=str) == sorted(_plainly_untaken(parts), key=str)
    finally:
        if kept is not None:
            with kept.engine.begin() as connection:
                for table in (tables.cases, tables.decisions, tables.users, tables.viewing_choices):
                    connection.execute(table.delete())


def _plain(parts: Parts, queues: Sequence[str], drawn: _Drawn, now: datetime) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for queue in queues:
        for target in (*Target, None):
            alike = [case for case in drawn.cases if (case.queue, case.target) == (queue, target)]
            waiting = [case for case in alike if case.state is CaseState.OPEN]
            week, month = (_share(alike, drawn, now - long, now) for long in (WEEK, MONTH))
            if not waiting and not (target and month[1]):
                continue
            if target is None:
                found[queue, target] = (len(waiting), None, 0, 0, (0, 0), (0, 0))
                continue
            due = [(case.due_at, case.id) for case in waiting if case.due_at is not None]
            by = due_by(parts, queue, target, MOST, now)
            soon = sum(now < at <= by for at, _ in due)
            past = sum(at <= now for at, _ in due)
            found[queue, target] = (len(waiting), min(due)[1] if due else None, soon, past, week, month)
    return found


def _share(cases: Sequence[records.Case], drawn: _Drawn, since: datetime, until: datetime) -> tuple[int, int]:
    due = [case for case in cases if case.due_at is not None and since <= case.due_at < until]
    kept = 0
    for case in due:
        decision = drawn.decisions.get(case.decision_id or "")
        stands = (
            decision is not None and decision.outcome is not Outcome.CANNOT_TELL and decision.state is not DecisionState.UNDONE
        )  # fmt: skip
        if stands and decision is not None and case.due_at is not None:
            kept += case.state is not CaseState.OPEN and decision.at <= case.due_at
    return kept, len(due)


def _plainly_untaken(parts: Parts) -> list[Untaken]:
    """Find the same from whole cases: every one that waits is read, and each is asked of everybody."""
    store = parts.store
    cases = [
        case for case in store.cases(state=CaseState.OPEN, most=1000)
        if case.held_until is None and case.lease_until is None
    ]  # fmt: skip
    named = {"general", *(rule.name for rule in parts.rules.queues)}
    reviewers = [user for user in store.users() if user.role in (Role.MODERATOR, Role.LEAD)]
    chosen = {each.user_id: each for each in store.all_choices()}
    found: list[Untaken] = []
    kinds: Counter[tuple[str, Grade]] = Counter((case.queue, review.grade_of_case(case)) for case in cases)
    for queue in sorted({case.queue for case in cases}):
        able = [
            user for user in reviewers
            if queue not in named or queue in review.taken_with(user.skills, parts.rules.queues)
        ]  # fmt: skip
        here = {grade: number for (name, grade), number in kinds.items() if name == queue}
        if not able:
            found.append(Untaken(queue=queue, grade=None, cases=sum(here.values()), is_all=True))
            continue
        for grade, number in here.items():
            choices = [chosen.get(user.id) for user in able]
            if all(each is not None and (queue in each.queues or grade in each.grades) for each in choices):
                found.append(Untaken(queue=queue, grade=grade, cases=number, is_all=True))
    return found
