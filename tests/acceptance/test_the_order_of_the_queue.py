"""Cases are handed out by the harm that is avoided: danger first, then what leads were handed, then the order; now and then the oldest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture, reveal_all
from wardline import records, review
from wardline.pipeline import Rules
from wardline.records import Insert, ListTrust, Replace, Role
from wardline.review import Order
from wardline.testing import pictures
from wardline.testing import store_records as make
from wardline.testing.harness import REPORTER, Line

LineWith = Callable[[float], Line]


@pytest.fixture
def line_with(tmp_path: Path) -> LineWith:
    """Make a line on which so large a share of what is handed out is the oldest case."""
    return lambda share: Line(tmp_path, rules=Rules(reporter=REPORTER, oldest_share=share))


def handed_out(line: Line, user: records.User) -> list[str]:
    """Take cases until there are none."""
    taken = []
    while case := line.wardline.next_case(user):
        taken.append(case.id)
    return taken


def test_the_graver_and_the_more_seen_come_first(line_with: LineWith) -> None:
    with line_with(0) as line:
        line.list_of([picture(1)], name="not checked", trust=ListTrust.UNVERIFIED)
        seen_by_few = line.case_of(line.submit(picture(2), flag="spam"))
        seen_by_many = line.case_of(line.submit(picture(3), flag="spam", views_per_hour=500.0))
        listed = line.case_of(line.submit(picture(1)))
        mika = line.person("mika")
        assert [each.id for each in line.wardline.queue(mika.user)] == [
            seen_by_many.id,
            listed.id,
            seen_by_few.id,
        ]
        assert handed_out(line, mika.user) == [seen_by_many.id, listed.id, seen_by_few.id]


def test_what_was_looked_at_for_long_enough_gives_way_without_a_row_being_written(
    line_with: LineWith,
) -> None:
    with line_with(0) as line:
        brief = line.case_of(line.submit(picture(1), flag="spam", surface="live", views_per_hour=400.0))
        lasting = line.case_of(line.submit(picture(2), flag="spam", surface="avatar", views_per_hour=50.0))
        mika = line.person("mika")
        assert [each.id for each in line.wardline.queue(mika.user)] == [brief.id, lasting.id]
        line.clock.advance(timedelta(hours=24))
        assert [each.id for each in line.wardline.queue(mika.user)] == [lasting.id, brief.id]
        assert [line.store.case(each.id).version for each in (brief, lasting)] == [1, 1]


def test_a_child_in_danger_comes_before_everything_also_before_what_leads_were_handed(
    line_with: LineWith,
) -> None:
    with line_with(1) as line:
        oldest = line.case_of(line.submit(picture(1), flag="spam", views_per_hour=1e6))
        mika, lea = line.person("mika"), line.person("lea", Role.LEAD)
        line.wardline.claim(oldest.id, user=mika.user)
        line.wardline.escalate(oldest.id, user=mika.user, note="please look")
        line.submit(picture(2), flag="spam", views_per_hour=1e6)
        line.clock.advance(timedelta(hours=1))
        danger = line.case_of(line.submit(picture(3), flag=records.IMMINENT_DANGER, views_per_hour=0.0))
        for person in (mika, lea):
            taken = line.wardline.next_case(person.user)
            assert taken is not None
            assert taken.id == danger.id
            line.wardline.return_case(danger.id, user=person.user)
        assert handed_out(line, lea.user)[:2] == [danger.id, oldest.id]


def test_a_share_of_what_is_handed_out_is_the_oldest(line_with: LineWith) -> None:
    with line_with(1) as line:
        oldest = line.case_of(line.submit(picture(1), flag="spam", views_per_hour=0.0))
        line.clock.advance(timedelta(hours=1))
        line.submit(picture(2), flag="spam", views_per_hour=1000.0)
        mika, seen = line.person("mika").user, set[str]()
        for _ in range(20):
            taken = line.wardline.next_case(mika)
            assert taken is not None
            assert taken.drawn is not None
            if taken.drawn is records.Drawn.OLDEST:
                seen.add(taken.id)
            free_again(line, taken)
    assert seen == {oldest.id}


def free_again(line: Line, taken: records.Case) -> None:
    """Put a case back as if nobody had had it, and nothing had been drawn."""
    back = replace(taken, claimed_by=None, lease_until=None, drawn=None, version=taken.version + 1)
    line.store.commit(Replace(back), entries=[make.entry()])


@pytest.mark.parametrize("hidden_long", [False, True])
def test_the_share_of_the_oldest_and_of_lots_is_kept_also_while_much_has_been_hidden_for_too_long(
    line_with: LineWith, *, hidden_long: bool
) -> None:
    with line_with(0.8) as line:
        first = line.case_of(line.submit(picture(1), flag="spam", views_per_hour=50.0))
        others = [
            replace(first, id=make.new_id("case"), restricted=hidden_long, lot=number / 8)
            for number in range(8)
        ]
        line.store.commit(*map(Insert, others), entries=[make.entry()])
        line.clock.advance(timedelta(days=8))
        mika, drawn = line.person("mika").user, Counter[records.Drawn | None]()
        for _ in range(120):
            taken = line.wardline.next_case(mika)
            assert taken is not None
            drawn[taken.drawn] += 1
            free_again(line, taken)
    # Four in ten each, of 120; the interval is three standard deviations.
    for kind in records.Drawn:
        assert 32 <= drawn[kind] <= 64


def test_cases_without_a_place_come_at_the_end_by_their_age(line_with: LineWith) -> None:
    with line_with(0) as line:
        start = line.clock.now()
        old = [make.case(opened_at=start - timedelta(days=days)) for days in (1, 3, 2)]
        line.store.commit(*map(Insert, old), entries=[make.entry()])
        placed = line.case_of(line.submit(picture(1), flag="spam"))
        mika = line.person("mika")
        assert handed_out(line, mika.user) == [placed.id, old[1].id, old[2].id, old[0].id]


def test_many_who_ask_at_once_get_one_each_and_together_the_first_ones(line_with: LineWith) -> None:
    with line_with(0) as line:
        first = line.case_of(line.submit(picture(1), flag="spam"))
        assert first.views_turn is not None
        cases = [
            replace(first, id=make.new_id("case"), views_turn=first.views_turn + (number + 1) / 1000)
            for number in range(60)
        ]
        line.store.commit(*map(Insert, cases), entries=[make.entry()])
        people = [line.person(f"mod {number}").user for number in range(16)]
        with ThreadPoolExecutor(16) as pool:
            taken = [case.id for case in pool.map(line.wardline.next_case, people) if case]
        assert sorted(taken) == sorted([first.id, *(case.id for case in cases[:15])])


def test_a_list_that_grows_moves_a_waiting_case_up(tmp_path: Path) -> None:
    rules = Rules(reporter=REPORTER, oldest_share=0, look_back=timedelta(days=30))
    with Line(tmp_path, rules=rules) as line:
        known = line.case_of(line.submit(picture(1), flag="spam"))
        other = line.case_of(line.submit(picture(2), flag="spam", views_per_hour=100.0))
        mika = line.person("mika")
        assert [each.id for each in line.wardline.queue(mika.user)] == [other.id, known.id]
        line.list_of([picture(1)], name="grows", trust=ListTrust.VERIFIED)
        line.run_due()
        assert [each.id for each in line.wardline.queue(mika.user)] == [known.id, other.id]
        assert line.store.case(other.id).version == 1
        assert list(line.store.drifted()) == []


def test_in_score_order_too_what_a_person_just_saw_is_left_to_others_and_what_is_near_it_comes_first(
    tmp_path: Path,
) -> None:
    with Line(tmp_path, rules=Rules(reporter=REPORTER, oldest_share=0, order=Order.SCORE)) as line:
        pictures_of = [pictures.encode(pictures.scene(1, (320, 240)), quality=each) for each in (85, 85, 40)]
        mika = line.person("mika")

        def flagged(content: bytes, number: int) -> records.Case:
            upload = line.submit(content, flag="spam", account=f"account-{number}")
            line.run_due()
            return line.case_of(upload)

        shown, same = (flagged(each, number) for number, each in enumerate(pictures_of[:2]))
        other, near = flagged(picture(2), 2), flagged(pictures_of[2], 3)
        assert shown.cluster_id == same.cluster_id == near.cluster_id != other.cluster_id
        reveal_all(line, line.wardline.claim(shown.id, user=mika.user), mika)
        innocent = review.Judgement(outcome=records.Outcome.NOT_VIOLATION)
        line.wardline.decide(shown.id, user=mika.user, judgement=innocent)
        assert handed_out(line, mika.user) == [near.id, other.id, same.id]
