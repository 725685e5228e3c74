"""Targets are watched, what is hidden does not stay so unseen, chance draws its share, and poor probabilities lose the order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stories import picture
from wardline import records
from wardline.pipeline import Rules
from wardline.records import (
    ActionKind,
    AlarmKind,
    CaseState,
    Drawn,
    Insert,
    ListTrust,
    Outcome,
    Role,
    Stage,
    Target,
    Verb,
)
from wardline.review import CalibrationLimits, Judgement, Order
from wardline.testing import store_records as make
from wardline.testing.harness import REPORTER, Line

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LineWith = Callable[..., Line]
NEAR = "Near a file that two people found to be a violation of category A2"


@pytest.fixture
def line_with(tmp_path: Path) -> LineWith:
    return lambda **rules: Line(
        tmp_path, rules=Rules(**{"reporter": REPORTER, "oldest_share": 0.0, "restricted_share": 0.0, **rules})
    )


def upload(line: Line, number: int, **given: Any) -> records.Case:
    return line.case_of(line.submit(picture(number), **{"flag": "spam", **given}))


def innocent() -> Judgement:
    return Judgement(outcome=Outcome.NOT_VIOLATION)


def put(line: Line, *cases: Any) -> None:
    line.store.commit(*map(Insert, cases), entries=[make.entry()])


def told(line: Line) -> set[tuple[AlarmKind, str]]:
    """Give the open alarms; without those about messages, for no durable work runs here that would send them."""
    open_alarms = line.store.open_alarms()
    return {(each.kind, each.subject_id) for each in open_alarms if each.kind is not AlarmKind.COMPLAINT_LATE}


def test_targets_are_told_of_at_half_at_four_fifths_and_past_once_each_and_resolved(
    line_with: LineWith,
) -> None:
    with line_with() as line:
        mika, first = line.person("mika").user, upload(line, 1)
        line.clock.advance(HOUR)
        second = upload(line, 2)
        near, past = AlarmKind.TARGET_NEAR, AlarmKind.TARGET_PAST
        line.clock.advance(82 * HOUR)
        line.chores.run()
        assert told(line) == set()
        line.clock.advance(2 * HOUR)
        line.chores.run()
        assert told(line) == {(near, "other:half")}
        line.clock.advance(50 * HOUR)
        line.chores.run()
        assert told(line) == {(near, "other:half"), (near, "other:four-fifths")}
        line.clock.advance(34 * HOUR)
        line.chores.run()
        assert told(line) == {(near, "other:half"), (near, "other:four-fifths"), (past, "other:past")}
        late = line.store.open_alarm(past, "other:past")
        assert late is not None
        assert late.message.startswith(
            f"2 cases of the class anything else are past their target. The first is {first.id}, "
        )
        assert re.search(r"due at [1-9]\d? [A-Z][a-z]{2} 20\d\d, \d\d:\d\d UTC\. ", late.message)
        for case in (first, second):
            line.wardline.claim(case.id, user=mika)
            line.wardline.decide(case.id, user=mika, judgement=innocent())
        line.chores.run()
        assert told(line) == set()


def test_clocks_that_jumped_break_nothing(line_with: LineWith) -> None:
    with line_with() as line:
        lea, ends = (
            line.person("lea", Role.LEAD).user,
            (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)),
        )
        cases = [
            make.case(opened_at=line.clock.now(), target=Target.A, due_at=at, lot=0.5, claimed_at=at)
            for at in ends
        ]
        put(line, *cases, make.case(opened_at=ends[1], lot=0.1), make.case(opened_at=ends[0], lot=0.1))
        line.chores.run()
        assert (AlarmKind.TARGET_PAST, "a:past") in told(line)
        assert {each.past for each in line.wardline.team().lines if each.target is Target.A} == {1}
        taken = []
        while case := line.wardline.next_case(lea):
            taken.append(case.id)
        assert len(taken) == 4


def test_what_has_been_hidden_for_too_long_goes_first_and_leads_hear_of_it(line_with: LineWith) -> None:
    with line_with(restricted_share=1.0) as line:
        line.list_of([picture(1)])
        hidden = line.case_of(line.submit(picture(1)))
        assert hidden.restricted
        mika = line.person("mika").user
        line.clock.advance(7 * DAY)
        upload(line, 2, flag="spam", views_per_hour=1e6)
        line.chores.run()
        assert (AlarmKind.RESTRICTED_LONG, "restricted") not in told(line)
        line.clock.advance(timedelta(minutes=1))
        line.chores.run()
        alarm = line.store.open_alarm(AlarmKind.RESTRICTED_LONG, "restricted")
        assert alarm is not None
        assert hidden.id in alarm.message
        taken = line.wardline.next_case(mika)
        assert taken is not None
        assert taken.id == hidden.id
        line.wardline.decide(hidden.id, user=mika, judgement=innocent())
        line.chores.run()
        assert (AlarmKind.RESTRICTED_LONG, "restricted") not in told(line)


@pytest.mark.parametrize("allowed", [False, True])
def test_only_what_no_verified_list_knows_is_shown_again_by_itself_and_only_where_that_is_allowed(
    line_with: LineWith, *, allowed: bool
) -> None:
    with line_with(restore_unverified=allowed) as line:
        line.list_of([picture(1)])
        verified = line.case_of(line.submit(picture(1)))
        match = make.item().matches[0]
        items = [
            make.item(matches=(replace(match, trust=trust),), platform="example")
            for trust in (ListTrust.UNVERIFIED, ListTrust.VERIFIED)
        ]
        spread = [make.case(item_ids=(item.id,), opened_at=line.clock.now()) for item in items]
        put(line, *items, *spread)
        line.clock.advance(8 * DAY)
        line.chores.run()
        shown = {each.id for each in (verified, *spread) if not line.store.case(each.id).restricted}
        assert shown == ({spread[0].id} if allowed else set())
        actions = [each.kind for each in line.store.actions_of(spread[0].id)]
        assert actions == ([ActionKind.RESTORE_CONTENT] if allowed else [])
        assert line.store.case(spread[0].id).state is CaseState.OPEN
        line.sequence()
        verbs = [entry.verb for _, entry in line.wardline.entries_about(spread[0].id, 9)]
        assert (Verb.CASE_RESTORED in verbs) is allowed
        assert line.verify().ok


def test_no_machine_shows_again_what_a_person_found_in_it_or_in_a_file_like_it(line_with: LineWith) -> None:
    with line_with(restore_unverified=True) as line:
        match = replace(make.item().matches[0], trust=ListTrust.UNVERIFIED)
        said: tuple[dict[str, Any], ...] = (
            {"stage": Stage.APPEAL, "decision_id": make.new_id("decision")}, {"stage": Stage.SECOND}, {"stage": Stage.ADJUDICATION},
            {"stage": Stage.AUDIT}, {"reasons": (NEAR,)}, {"imminent_since": line.clock.now()}, {},
        )  # fmt: skip
        items = [make.item(matches=(match,), platform="example") for _ in said]
        cases = [
            make.case(item_ids=(item.id,), opened_at=line.clock.now(), **values)
            for item, values in zip(items, said, strict=True)
        ]
        put(line, *items, *cases)
        line.clock.advance(8 * DAY)
        line.chores.run()
        assert [line.store.case(each.id).restricted for each in cases] == [True] * 6 + [False]


def test_an_appeal_about_an_old_case_is_nothing_that_is_hidden_without_a_decision(
    line_with: LineWith,
) -> None:
    with line_with(restricted_share=1.0) as line:
        appeals = [
            make.case(opened_at=line.clock.now() - 90 * DAY, stage=Stage.APPEAL, decision_id=make.new_id("decision"), lot=0.5)
            for _ in range(9)
        ]  # fmt: skip
        put(line, *appeals)
        mika, seen = line.person("mika").user, upload(line, 1, views_per_hour=1e6)
        line.chores.run()
        assert (AlarmKind.RESTRICTED_LONG, "restricted") not in told(line)
        taken = line.wardline.next_case(mika)
        assert taken is not None
        assert taken.id == seen.id
        line.wardline.return_case(seen.id, user=mika)
        hidden = make.case(opened_at=line.clock.now() - 8 * DAY, lot=0.5)
        put(line, hidden)
        line.chores.run()
        assert (AlarmKind.RESTRICTED_LONG, "restricted") in told(line)
        taken = line.wardline.next_case(mika)
        assert taken is not None
        assert taken.id == hidden.id


def test_half_of_the_share_is_the_oldest_and_half_is_drawn_evenly_among_all(line_with: LineWith) -> None:
    with line_with(oldest_share=1.0) as line:
        cases = [make.case(opened_at=line.clock.now() + timedelta(seconds=n), urgency=None) for n in range(6)]
        cases = [replace(case, lot=(place + 0.5) / 6, score_turn=-0.5) for place, case in enumerate(cases)]
        put(line, *cases)
        mika, counted = line.person("mika").user, Counter[tuple[str, str]]()
        for _ in range(600):
            taken = line.wardline.next_case(mika)
            assert taken is not None
            counted["oldest" if taken.drawn is not Drawn.LOT else "lot", taken.id] += 1
            forgotten = replace(
                taken, claimed_by=None, lease_until=None, drawn=None, version=taken.version + 1
            )
            line.store.commit(records.Replace(forgotten), entries=[make.entry()])
        assert {case_id for word, case_id in counted if word == "oldest"} == {cases[0].id}
        lots = [counted["lot", case.id] for case in cases]
        assert 230 <= sum(lots) <= 370
        assert min(lots) >= 25
        assert max(lots) <= 85


def test_a_case_that_was_drawn_by_lot_stays_so_whoever_takes_it_next(line_with: LineWith) -> None:
    with line_with(oldest_share=1.0) as line:
        case = replace(upload(line, 1), drawn=Drawn.LOT, version=2)
        line.store.commit(records.Replace(case), entries=[make.entry()])
        taken = line.wardline.next_case(line.person("mika").user)
        assert taken is not None
        assert taken.drawn is Drawn.LOT


def decided_by_lot(line: Line, count: int, *, said: float, violations: int) -> None:
    for number in range(count):
        is_violation = number < violations
        decision = make.decision() if is_violation else make.decision(
            outcome=Outcome.NOT_VIOLATION, findings=(), annotations=(), answers=()
        )  # fmt: skip
        case = make.case(
            state=CaseState.CLOSED, drawn=Drawn.LOT, score_turn=-said, decision_id=decision.id, opened_at=line.clock.now(), lot=0.5,
        )  # fmt: skip
        put(line, replace(decision, case_id=case.id), case)


def test_poor_probabilities_lose_the_order_and_get_it_back(line_with: LineWith) -> None:
    with line_with(calibration=CalibrationLimits(least_decisions=50)) as line:
        mika = line.person("mika").user
        likely = upload(line, 1, views_per_hour=0.0)
        line.list_of([picture(3)], name="x", trust=ListTrust.UNVERIFIED, category=None)
        listed = line.case_of(line.submit(picture(3), views_per_hour=0.0))
        seen = upload(line, 2, views_per_hour=1e6)
        decided_by_lot(line, 49, said=0.9, violations=2)
        line.chores.run()
        assert line.wardline.order() is Order.HARM
        assert line.wardline.queue(mika)[0].id == seen.id
        decided_by_lot(line, 2, said=0.9, violations=0)
        line.clock.advance(HOUR)
        line.chores.run()
        assert line.wardline.order() is Order.SCORE
        assert line.wardline.queue(mika)[0].id == listed.id
        assert (AlarmKind.CALIBRATION_POOR, "order") in told(line)
        taken = line.wardline.next_case(mika)
        assert taken is not None
        assert taken.id == listed.id
        decided_by_lot(line, 2000, said=0.9, violations=1800)
        line.clock.advance(HOUR)
        line.chores.run()
        assert line.wardline.order() is Order.HARM
        assert (AlarmKind.CALIBRATION_POOR, "order") not in told(line)
        assert likely.score_turn == pytest.approx(-0.211)


def test_the_order_may_be_chosen(line_with: LineWith) -> None:
    with line_with(order=Order.SCORE) as line:
        seen, listed = upload(line, 1, views_per_hour=1e6), upload(line, 2, views_per_hour=0.0)
        likeliest = replace(listed, score_turn=-0.9, version=2)
        line.store.commit(records.Replace(likeliest), entries=[make.entry()])
        mika = line.person("mika").user
        assert [each.id for each in line.wardline.queue(mika)] == [listed.id, seen.id]


def test_measured_handling_times_take_the_place_of_the_assumed_one(line_with: LineWith) -> None:
    with line_with() as line:
        before = upload(line, 1)
        for number in range(31):
            at = line.clock.now() - timedelta(minutes=number)
            decision = make.decision(at=at)
            seconds = 300 if number else 90_000
            case = make.case(
                state=CaseState.CLOSED,
                decision_id=decision.id,
                claimed_at=at - timedelta(seconds=seconds),
                lot=0.5,
            )
            put(line, replace(decision, case_id=case.id), case)
        line.chores.run()
        after = upload(line, 1)
        assert before.views_turn is not None
        assert after.views_turn is not None
        assert after.views_turn - before.views_turn == pytest.approx(
            1.609, abs=0.001
        )  # five minutes are five times a minute
        found = line.wardline.team().measured.handling["general"]
        assert (found.decisions, round(3600 * found.hours_a_file)) == (31, 300)


def test_the_teams_figures_say_what_waits_what_is_late_and_what_was_kept(line_with: LineWith) -> None:
    with line_with() as line:
        mika = line.person("mika").user
        kept, missed = upload(line, 1), upload(line, 2)
        line.wardline.claim(kept.id, user=mika)
        line.wardline.decide(kept.id, user=mika, judgement=innocent())
        line.pass_time(7 * DAY)
        soon = upload(line, 3)
        line.pass_time(timedelta(minutes=2))
        team = line.wardline.team()
        (found,) = team.lines
        assert (found.queue, found.target, found.waiting, found.past, found.soon) == (
            "general",
            Target.OTHER,
            2,
            1,
            0,
        )
        assert (found.week.kept, found.week.of, found.month.of) == (1, 2, 2)
        assert [each.id for each in team.longest] == [missed.id, soon.id]
        assert (team.waiting, team.opened, team.decided) == (2, 3, 1)
        assert {each.id for each in team.first} == {missed.id, soon.id}
        line.clock.advance(6 * DAY)
        (later,) = line.wardline.team().lines
        assert (later.soon, later.past) == (1, 1)
