"""Fifty of the demo's open cases, by keyboard alone: three moderators, files that look alike, blind opinions, and an appeal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import keys
from tests.browser.chromium import Visitors
from tests.browser.moderating import Moderator
from tests.browser.shift import MANY, Shift, work
from tests.browser.working import CATEGORIES
from wardline import records
from wardline.cli import logging_setup
from wardline.cli.demo.story import Story
from wardline.cli.demo.world import WORKED, World, world
from wardline.records import (
    AppealState,
    CaseState,
    Category,
    DecisionState,
    OpinionReason,
    Outcome,
    Verb,
)
from wardline.testing import write_points

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.long

SCENES, SHARE_WORKED = 70, 0.2
"""A small demo, of which much is left open."""
LEAST = 50


@pytest.fixture(scope="module")
def thread() -> Iterator[ThreadPoolExecutor]:
    """A thread for the demo: in one where Playwright runs, durable work cannot be started or asked."""
    with ThreadPoolExecutor(1, thread_name_prefix="demo") as pool:
        yield pool


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, thread: ThreadPoolExecutor) -> Iterator[World]:
    """A demo that was played, and that waits for somebody."""
    folder = tmp_path_factory.mktemp("demo")
    thread.submit(_play, folder).result()
    ending = ExitStack()
    there = partial(world, folder, reached=write_points.from_environment(), manner=WORKED)
    yield thread.submit(lambda: ending.enter_context(there())).result()
    thread.submit(ending.close).result()


def _play(folder: Path) -> None:
    logging_setup.configure(logging_setup.WARNING)
    with world(folder, reached=write_points.from_environment()) as running:
        Story(running, SCENES, worked=SHARE_WORKED).play()


@pytest.fixture(scope="module")
def shift(browser: Browser, demo: World, thread: ThreadPoolExecutor) -> Iterator[Shift]:
    """The shift, when it is over: everything that could be worked was."""
    visitors = Visitors(browser, demo.api, "")
    store, wardline = demo.installation.wardline.parts.store, demo.installation.wardline
    people = []
    for name in ("moderator-1", "moderator-2", "moderator-3"):
        user = store.user_named(name)
        assert user is not None
        page = visitors.page()
        keys.sign_in(page, name, demo.passwords[name])
        people.append(Moderator(page, user))
    thread.submit(demo.durable.settle_log).result()
    (newest,) = wardline.newest_entries(1)
    before = {case.id for case in store.cases(state=CaseState.OPEN, most=MANY)}
    made = Shift(demo, thread, people, before, wardline.parts.now(), newest[0])
    work(made)
    made.settle()
    thread.submit(demo.durable.settle_log).result()
    yield made
    assert visitors.close() == []


def _own(shift: Shift, person: Moderator, case_id: str) -> list[records.Decision]:
    """What a person decided in this shift, and did not take back."""
    return [
        each
        for each in shift.store.decisions_of(case_id)
        if each.user_id == person.user.id
        and each.at >= shift.began
        and each.state is not DecisionState.UNDONE
    ]


def test_fifty_open_cases_of_the_demo_are_decided_by_keyboard_and_each_as_its_key_says(shift: Shift) -> None:
    worked = {case_id for person in shift.people for case_id in person.decided} & shift.open_before
    assert len(worked) >= LEAST
    for person in shift.people:
        for case_id, digit in person.decided.items():
            (decision,) = _own(shift, person, case_id)
            chosen = CATEGORIES[digit]
            if chosen in set(Category):
                assert decision.outcome is Outcome.VIOLATION
                assert {finding.category for finding in decision.findings} == {chosen}
            else:
                assert decision.outcome == chosen


def test_nothing_is_left_that_one_of_them_could_take(shift: Shift) -> None:
    ids = {person.user.id for person in shift.people}
    left = shift.store.cases(state=CaseState.OPEN, most=MANY)
    assert [case.id for case in left if case.escalated_by is None and not ids <= set(case.passed_by)] == []


def test_a_file_that_two_people_judged_decides_its_copies_and_nobody_looks_at_those(shift: Shift) -> None:
    alike = shift.about("post-alike-")
    of_digest = defaultdict(list)
    for case_id in alike:
        of_digest[shift.digest(case_id)].append(case_id)
    same = max(of_digest.values(), key=len)
    by_hand = [case_id for case_id in same if any(case_id in person.decided for person in shift.people)]
    spread = [case_id for case_id in same if case_id not in by_hand]
    assert spread
    for case_id in spread:
        case = shift.store.case(case_id)
        assert case.state is CaseState.CLOSED
        assert case.decision_id is not None
        decision = shift.store.decision(case.decision_id)
        voices = {shift.store.decision(each).user_id for each in decision.spread_from}
        assert len(voices) == 2
        assert voices <= {person.user.id for person in shift.people}
        assert shift.store.reveals_of(case_id) == []
    member = shift.store.cluster_member(same[0])
    assert member is not None
    stands = shift.store.standing_spread(member.file_id)
    assert stands is not None
    assert stands.decided == len(spread)


def test_nobody_is_shown_the_same_picture_twice(shift: Shift) -> None:
    for person in shift.people:
        shown = [
            (shift.digest(case.id), each.case_id)
            for case in shift.store.cases(most=MANY)
            for each in shift.store.reveals_of(case.id)
            if each.user_id == person.user.id and each.at >= shift.began
        ]
        assert Counter(case_id for _, case_id in shown) == Counter(person.looked)
        twice = [digest for digest, count in Counter(digest for digest, _ in shown).items() if count > 1]
        assert twice == []


def test_whatever_was_revealed_is_in_the_log_under_the_name_of_who_saw_it(shift: Shift) -> None:
    wardline = shift.running.installation.wardline
    assert wardline.verify_audit().ok
    written = Counter(
        (entry.actor, entry.subject_id)
        for position, entry in wardline.newest_entries(MANY)
        if position > shift.position and entry.verb is Verb.CASE_REVEALED
    )
    expected = Counter(
        {
            (person.user.id, case_id): count
            for person in shift.people
            for case_id, count in person.looked.items()
        }
    )
    assert expected.total() > 0
    assert written == expected


def test_second_opinions_are_asked_of_the_gravest_by_lot_and_at_a_wish(shift: Shift) -> None:
    opinions = [each for case in shift.store.cases(most=MANY) for each in shift.store.opinions_of(case.id)]
    given = [each for each in opinions if each.at >= shift.began]
    # The demo asks no detector, so that nothing is audited there.
    assert {each.reason for each in given} == set(OpinionReason) - {OpinionReason.AUDIT}
    by_case = defaultdict(list)
    for each in opinions:
        by_case[each.case_id].append(each.user_id)
    assert all(len(set(people)) == len(people) for people in by_case.values())


def test_where_two_differ_a_third_decides_between_them(shift: Shift) -> None:
    (in_demo,) = shift.about("post-differing")
    for case_id in (shift.disputed, in_demo):
        opinions = shift.store.opinions_of(case_id)
        assert len({each.user_id for each in opinions}) == 3
        assert len({each.settled for each in opinions}) == 1
        assert shift.store.case(case_id).state is CaseState.CLOSED
    assert {each.settled for each in shift.store.opinions_of(shift.disputed)} == {"violation B1"}


def test_an_appeal_is_decided_by_somebody_else(shift: Shift) -> None:
    (case_id,) = shift.about("post-advertised")
    appeal = shift.store.appeal_of(case_id)
    assert appeal is not None
    assert appeal.decision_id is not None
    assert appeal.answer_id is not None
    assert appeal.state is AppealState.OVERTURNED
    answer, former = shift.store.decision(appeal.answer_id), shift.store.decision(appeal.decision_id)
    assert answer.user_id in {person.user.id for person in shift.people}
    assert answer.user_id != former.user_id


def test_a_decision_is_taken_back_and_given_anew(shift: Shift) -> None:
    assert shift.undone
    states = [
        each.state
        for each in shift.store.decisions_of(shift.undone)
        if each.user_id == shift.people[0].user.id
    ]
    assert states.count(DecisionState.UNDONE) == 1
    assert len(states) == 2


def test_what_was_passed_on_or_dropped_is_decided_by_others_or_later(shift: Shift) -> None:
    assert shift.passed not in shift.people[1].decided
    for case_id in (shift.passed, shift.stopped):
        assert any(case_id in person.decided for person in shift.people)
