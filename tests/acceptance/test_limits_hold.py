"""Limits are capacity: who has reached one is handed nothing that needs a look, nobody is pushed past, and others are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stories import picture, violation
from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.errors import LimitReachedError, NotTakenNowError
from wardline.pipeline import Rules
from wardline.ports import LOOKED_AT
from wardline.records import IMMINENT_DANGER, AlarmKind, Category, Grade, Insert, ListTrust, Outcome, Role
from wardline.review import Judgement, Limits, Reached
from wardline.testing import store_records as make
from wardline.testing.harness import REPORTER, Line, Person

MakeLine = Callable[..., Line]
FEW = Limits(most_files=3, files_before_break=2, most_seconds=None, time_before_break=None)
LOOK_SECONDS = timedelta(seconds=10)


@pytest.fixture(params=[databases.SQLITE, databases.POSTGRES])
def line_with(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeLine]:
    """Make lines over one database: a second one is a second server."""
    address = databases.new_database(request.param, tmp_path)
    lines: list[Line] = []

    def made(limits: Limits = FEW) -> Line:
        store = stores.SqlStore(
            databases.open_engine(request.param, address), enqueue=lambda _connection, _task: None
        )
        clock = lines[0].clock if lines else None
        rules = Rules(reporter=REPORTER, oldest_share=0, wellbeing=limits)
        lines.append(Line(tmp_path, rules=rules, clock=clock, seed=len(lines), replaced={"store": store}))
        return lines[-1]

    yield made
    for line in lines:
        line.close()


def look(line: Line, person: Person, case: records.Case) -> None:
    """Reveal the file of a case, and cover it."""
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=person.user)
    line.clock.advance(LOOK_SECONDS)
    line.wardline.cover_again(user=person.user)


def flagged(line: Line, seed: int, flag: str = "spam", **context: Any) -> records.Case:
    """Open a case of which nothing is known."""
    return line.case_of(line.submit(picture(seed), flag=flag, account=f"account-{seed}", **context))


def work(line: Line, person: Person, count: int) -> list[records.Case]:
    """Take, look at and return to nobody so many cases."""
    done = []
    for _ in range(count):
        case = line.wardline.next_case(person.user)
        assert case is not None
        look(line, person, case)
        done.append(case)
    return done


def test_at_a_limit_the_case_stays_no_picture_comes_and_deciding_goes_on(line_with: MakeLine) -> None:
    with line_with() as line:
        mika = line.person("mika")
        cases = [flagged(line, seed) for seed in range(1, 5)]
        mine = work(line, mika, 2)
        assert line.wardline.capacity(mika.user).reached is Reached.BREAK
        with pytest.raises(LimitReachedError):
            line.wardline.reveal(mine[1].id, item_id=mine[1].item_ids[0], user=mika.user)
        assert line.store.case(mine[1].id).claimed_by == mika.user.id
        line.wardline.claim(mine[1].id, user=mika.user)  # keeping it longer is no new case
        line.wardline.decide(mine[1].id, user=mika.user, judgement=Judgement(outcome=Outcome.NOT_VIOLATION))
        assert line.wardline.next_case(mika.user) is None
        assert line.wardline.queue(mika.user) == []
        other = next(case for case in cases if case.id not in {each.id for each in mine})
        with pytest.raises(LimitReachedError):
            line.wardline.claim(other.id, user=mika.user)
        line.clock.advance(timedelta(minutes=10))
        assert line.wardline.next_case(mika.user) is not None


def test_what_needs_no_look_comes_also_at_a_limit(line_with: MakeLine) -> None:
    with line_with() as line:
        mika = line.person("mika")
        for seed in (1, 2):
            flagged(line, seed, views_per_hour=1e6)
        work(line, mika, 2)
        flagged(line, 3)
        line.list_of([picture(9)], category=Category.A1)
        listed = line.case_of(line.submit(picture(9)))
        assert [case.id for case in line.wardline.queue(mika.user)] == [listed.id]
        taken = line.wardline.next_case(mika.user)
        assert taken is not None
        assert taken.id == listed.id
        line.wardline.decide(listed.id, user=mika.user, judgement=violation(listed, Category.A1))


def test_what_needs_no_look_is_found_behind_very_many_that_need_one(line_with: MakeLine) -> None:
    with line_with() as line:
        mika, noor = line.person("mika"), line.person("noor")
        first = flagged(line, 1, views_per_hour=1e6)
        flagged(line, 2, views_per_hour=1e6)
        work(line, mika, 2)
        assert first.views_turn is not None
        crowd = [
            replace(first, id=make.new_id("case", first.opened_at - timedelta(hours=number)), views_turn=first.views_turn - number,
                    opened_at=first.opened_at - timedelta(hours=number))
            for number in range(1, 2 * LOOKED_AT)
        ]  # fmt: skip
        line.store.commit(*map(Insert, crowd), entries=[make.entry()])
        line.list_of([picture(9)], category=Category.A1)
        listed = line.case_of(line.submit(picture(9)))
        assert [case.id for case in line.wardline.queue(mika.user)] == [listed.id]
        line.wardline.choose(lambda now: replace(now, grades=(Grade.UNKNOWN,)), user=mika.user)
        taken = line.wardline.next_case(mika.user)
        assert taken is not None
        assert taken.id == listed.id
        assert line.wardline.next_case(mika.user) is None
        assert line.wardline.next_case(noor.user) is not None


def test_danger_pushes_nobody_past_a_limit_and_an_alarm_asks_for_others(line_with: MakeLine) -> None:
    with line_with() as line:
        mika = line.person("mika")
        for seed in (1, 2):
            flagged(line, seed)
        work(line, mika, 2)
        danger = flagged(line, 3, flag=IMMINENT_DANGER)
        assert line.wardline.next_case(mika.user) is None
        line.chores.run()
        (alarm,) = [each for each in line.store.open_alarms() if each.kind is AlarmKind.DANGER_UNATTENDED]
        assert danger.id in alarm.message
        assert mika.user.id not in alarm.message
        noor = line.person("noor")
        line.chores.run()
        assert [each for each in line.store.open_alarms() if each.kind is AlarmKind.DANGER_UNATTENDED] == []
        taken = line.wardline.next_case(noor.user)
        assert taken is not None
        assert taken.id == danger.id


def test_the_limit_of_a_shift_is_over_with_the_shift_and_not_with_a_break(line_with: MakeLine) -> None:
    with line_with() as line:
        mika = line.person("mika")
        for seed in range(1, 6):
            flagged(line, seed)
        work(line, mika, 2)
        line.clock.advance(timedelta(minutes=11))
        work(line, mika, 1)
        line.clock.advance(timedelta(minutes=11))
        assert line.wardline.capacity(mika.user).reached is Reached.FILES
        assert line.wardline.next_case(mika.user) is None
        line.clock.advance(timedelta(hours=6))
        assert line.wardline.capacity(mika.user).files_left == 2
        assert line.wardline.next_case(mika.user) is not None


def test_tabs_on_two_servers_show_together_no_more_than_one_would(line_with: MakeLine) -> None:
    limits = replace(FEW, files_before_break=None)
    with line_with(limits) as one, line_with(limits) as two:
        mika = one.person("mika")
        cases = [one.wardline.claim(flagged(one, seed).id, user=mika.user) for seed in range(1, 9)]

        def tab(place: int) -> bool:
            line, case = (one, two)[place % 2], cases[place % len(cases)]
            try:
                line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
            except LimitReachedError:
                return False
            return True

        with ThreadPoolExecutor(16) as tabs:
            shown = list(tabs.map(tab, range(16)))
        reveals = one.store.reveals_to(mika.user.id, since=one.clock.now() - timedelta(hours=1))
        assert len({each.item_id for each in reveals}) == limits.most_files
        assert sum(shown) == len(reveals)
        assert sorted(each.number or 0 for each in reveals) == list(range(1, len(reveals) + 1))
        assert one.verify().ok


def test_after_several_severe_ones_others_come_first_but_danger_before_all(line_with: MakeLine) -> None:
    limits = replace(FEW, most_files=None, files_before_break=None, severe_before_rotation=2)
    with line_with(limits) as line:
        mika = line.person("mika")
        line.list_of(
            [picture(seed) for seed in range(1, 5)], category=Category.A1, trust=ListTrust.UNVERIFIED
        )
        severe = [line.case_of(line.submit(picture(seed), account=f"account-{seed}")) for seed in range(1, 5)]
        unknown = flagged(line, 9, views_per_hour=0.0)
        assert {case.id for case in work(line, mika, 2)} < {case.id for case in severe}
        danger = line.case_of(line.submit(picture(2), flag=IMMINENT_DANGER, account="account-20"))
        taken = [line.wardline.next_case(mika.user) for _ in range(3)]
        assert [case.id for case in taken if case][:2] == [danger.id, unknown.id]
        assert taken[2] is not None
        assert taken[2].id in {case.id for case in severe}


def test_what_a_person_does_not_take_does_not_come_and_counts_at_once(line_with: MakeLine) -> None:
    with line_with() as line:
        mika, noor = line.person("mika"), line.person("noor")
        line.list_of([picture(1)], category=Category.A1)
        listed, unknown = line.case_of(line.submit(picture(1))), flagged(line, 2)
        line.wardline.choose(lambda now: replace(now, grades=(Grade.A,)), user=mika.user)
        assert [case.id for case in line.wardline.queue(mika.user)] == [unknown.id]
        assert {case.id for case in line.wardline.queue(noor.user)} == {listed.id, unknown.id}
        taken = line.wardline.next_case(mika.user)
        assert taken is not None
        assert taken.id == unknown.id
        assert line.wardline.next_case(mika.user) is None
        line.wardline.choose(lambda now: replace(now, grades=()), user=mika.user)
        assert [case.id for case in line.wardline.queue(mika.user)] == [listed.id]


def test_if_nobody_is_left_for_a_kind_an_alarm_names_the_kind_and_nobody(line_with: MakeLine) -> None:
    with line_with() as line:
        people = [line.person(name, role) for name, role in (("mika", Role.MODERATOR), ("lea", Role.LEAD))]
        line.list_of([picture(1)], category=Category.B2)
        line.submit(picture(1))
        for person in people:
            line.wardline.choose(lambda now: replace(now, grades=(Grade.B,)), user=person.user)
        line.chores.run()
        (alarm,) = [each for each in line.store.open_alarms() if each.kind is AlarmKind.KIND_UNTAKEN]
        assert alarm.subject_id == "general B"
        assert not any(
            person.user.id in alarm.message or person.user.name in alarm.message for person in people
        )
        line.wardline.choose(lambda now: replace(now, grades=()), user=people[0].user)
        line.chores.run()
        assert [each for each in line.store.open_alarms() if each.kind is AlarmKind.KIND_UNTAKEN] == []


def test_a_case_behind_many_that_a_person_does_not_take_is_found(line_with: MakeLine) -> None:
    with line_with() as line:
        mika = line.person("mika")
        first = flagged(line, 1)
        assert first.urgency is not None
        assert first.views_turn is not None
        graver = replace(first.urgency, category=Category.A1)
        crowd = [
            replace(first, id=make.new_id("case"), urgency=graver, views_turn=first.views_turn - 1 - number / 1000)
            for number in range(600)
        ]  # fmt: skip
        line.store.commit(*map(Insert, crowd), entries=[make.entry()])
        line.wardline.choose(lambda now: replace(now, grades=(Grade.A,)), user=mika.user)
        taken = line.wardline.next_case(mika.user)
        assert taken is not None
        assert taken.id == first.id


def test_the_log_says_that_choices_changed_and_neither_which_nor_how(line_with: MakeLine) -> None:
    with line_with() as line:
        mika = line.person("mika")
        line.wardline.choose(lambda now: replace(now, grades=(Grade.A,)), user=mika.user)
        line.wardline.choose(lambda now: replace(now, hold=True), user=mika.user)
        line.sequence()
        newest = [entry for _, entry in line.wardline.newest_entries(2)]
        assert {(entry.verb, entry.detail) for entry in newest} == {(records.Verb.CHOICES_CHANGED, "")}
        assert line.verify().ok


def test_a_lead_gives_nobody_a_case_beyond_their_limit_and_is_not_told_why(line_with: MakeLine) -> None:
    line = line_with()
    lea, noor, mika = line.person("lea", Role.LEAD), line.person("noor"), line.person("mika")
    for seed in range(1, 4):
        flagged(line, seed)
    work(line, mika, 2)
    left = flagged(line, 9)
    with pytest.raises(NotTakenNowError) as limit:
        line.wardline.assign(left.id, lead=lea.user, to="mika")
    assert line.store.case(left.id).claimed_by is None
    line.wardline.choose(lambda now: replace(now, grades=(Grade.UNKNOWN,)), user=noor.user)
    with pytest.raises(NotTakenNowError) as choice:
        line.wardline.assign(left.id, lead=lea.user, to="noor")
    assert str(limit.value).replace("mika", "X") == str(choice.value).replace("noor", "X")
    # Whoever holds it already keeps it; and after the break it may be given.
    line.clock.advance(FEW.break_length)
    given = line.wardline.assign(left.id, lead=lea.user, to="mika")
    assert given.claimed_by == mika.user.id
    look(line, mika, given)
    again = line.wardline.assign(left.id, lead=lea.user, to="mika")
    assert again.claimed_by == mika.user.id


def test_what_needs_no_look_may_be_given_at_a_limit(line_with: MakeLine) -> None:
    line = line_with(Limits(most_files=1))
    lea, mika = line.person("lea", Role.LEAD), line.person("mika")
    flagged(line, 1)
    work(line, mika, 1)
    line.list_of([picture(5)], trust=ListTrust.VERIFIED, category=Category.A2)
    listed = line.case_of(line.submit(picture(5), account="account-5"))
    assert line.wardline.assign(listed.id, lead=lea.user, to="mika").claimed_by == mika.user.id
