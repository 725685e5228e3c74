"""A clock that is set back, or runs ahead: what follows is said, nothing is lost or destroyed, and somebody is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import decided_violation, picture, violation
from tests.unit.made import item
from wardline import records, review
from wardline.errors import AppealTooLateError, LeaseLostError, LimitReachedError
from wardline.pipeline import Complaint, Rules, clock_watch
from wardline.pipeline.conclude import conclude
from wardline.records import AlarmKind, CaseState, Outcome, Role
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line

RULES = Rules(reporter=REPORTER, clock_gap=timedelta(days=7), oldest_share=0.0)
DAY, YEARS = timedelta(days=1), timedelta(days=4000)
INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)


class JumpingClock(VirtualClock):
    """One that somebody sets."""

    def jump(self, step: timedelta) -> None:
        """Set it, forwards or back."""
        with self._lock:
            self._now += step


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock(START)


@pytest.fixture
def line_with(tmp_path: Path, clock: JumpingClock) -> Iterator[Callable[..., Line]]:
    lines: list[Line] = []

    def made(**rules: object) -> Line:
        lines.append(Line(tmp_path, clock=clock, rules=replace(RULES, **rules)))  # type: ignore[arg-type]  # fields of the rules
        return lines[-1]

    yield made
    for line in lines:
        line.close()


def told(line: Line) -> list[str]:
    """Give what open alarms say of the clock, after the chores of a minute."""
    line.sequence()
    line.chores.run()
    return [each.subject_id for each in line.store.open_alarms() if each.kind is AlarmKind.CLOCK_JUMPED]


def flagged(line: Line, seed: int = 1) -> records.Case:
    return line.case_of(line.submit(picture(seed), flag="spam", content_reference=f"post-{seed}"))


def test_a_clock_that_is_set_back_keeps_claims_with_their_people_and_a_lead_can_move_them(
    line_with: Callable[..., Line], clock: JumpingClock
) -> None:
    line = line_with()
    mika, noor, lea = (line.person("mika"), line.person("noor"), line.person("lea", Role.LEAD))
    kept, moved = flagged(line, 1), flagged(line, 2)
    for case in (kept, moved):
        line.wardline.claim(case.id, user=mika.user)
    assert told(line) == []
    clock.jump(-2 * DAY)
    assert told(line) == [clock_watch.BACK]
    line.wardline.decide(kept.id, user=mika.user, judgement=INNOCENT)
    line.pass_time(RULES.undo_window)
    assert line.store.case(kept.id).state is CaseState.CLOSED
    given = line.wardline.assign(moved.id, lead=lea.user, to="noor")
    assert given.claimed_by == noor.user.id
    clock.jump(2 * DAY)
    assert told(line) == []


def test_a_clock_that_runs_ahead_ends_claims_and_the_next_person_takes_the_case(
    line_with: Callable[..., Line], clock: JumpingClock
) -> None:
    line = line_with()
    mika, noor, case = line.person("mika"), line.person("noor"), flagged(line)
    line.wardline.claim(case.id, user=mika.user)
    assert told(line) == []
    clock.jump(YEARS)
    assert told(line) == [clock_watch.AHEAD]
    with pytest.raises(LeaseLostError):
        line.wardline.decide(case.id, user=mika.user, judgement=INNOCENT)
    taken = line.wardline.next_case(noor.user)
    assert taken is not None
    assert taken.id == case.id
    clock.jump(-YEARS)
    line.wardline.decide(case.id, user=noor.user, judgement=INNOCENT)
    assert clock_watch.BACK in told(line)


def test_nothing_is_destroyed_by_a_clock_that_runs_ahead_until_somebody_has_looked(
    line_with: Callable[..., Line], clock: JumpingClock
) -> None:
    line = line_with()
    mika = line.person("mika")
    case = flagged(line)
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=INNOCENT)
    line.pass_time(RULES.undo_window)
    assert told(line) == []
    clock.jump(YEARS)
    for _ in range(3):
        assert told(line) == [clock_watch.AHEAD]
        line.run_due()
        clock.advance(timedelta(minutes=1))
    assert line.parts.vault.open(case.item_ids[0], "original") == picture(1)
    assert line.store.case(case.id).account_reference == "account-1"
    # The clock is set right again: everything is as it was.
    clock.jump(-YEARS)
    assert line.store.item(case.item_ids[0]).sealed
    alarm = line.store.open_alarm(AlarmKind.CLOCK_JUMPED, clock_watch.AHEAD)
    assert alarm is not None
    line.wardline.resolve_alarm(alarm.id, user=line.person("lea", Role.LEAD).user)
    line.chores.run()
    assert line.parts.vault.open(case.item_ids[0], "original") == picture(1)


def test_no_account_is_unlinked_by_a_clock_that_jumped_a_moment_ago(
    line_with: Callable[..., Line], clock: JumpingClock
) -> None:
    """Work is begun when its time has come by the clock, which may be before the minute in which the clock is looked at."""
    line = line_with()
    mika, case = line.person("mika"), flagged(line)
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=INNOCENT)
    line.pass_time(RULES.undo_window)
    assert told(line) == []
    clock.jump(YEARS)
    line.run_due()
    line.sequence()
    assert line.store.case(case.id).account_reference == "account-1"
    assert told(line) == [clock_watch.AHEAD]


def test_a_vault_is_swept_again_once_a_clock_that_was_ahead_is_right(
    line_with: Callable[..., Line], clock: JumpingClock
) -> None:
    line, stray = line_with(clock_gap=None), item().id
    clock.jump(3 * DAY)
    line.chores.run()
    clock.jump(-3 * DAY)
    line.parts.vault.seal(stray, "original", picture())
    for _ in range(2):
        clock.advance(timedelta(hours=2))
        line.chores.run()
    assert list(line.parts.vault.inventory()) == []


def test_after_standing_still_for_long_retention_goes_on_once_somebody_said_so(
    line_with: Callable[..., Line], clock: JumpingClock
) -> None:
    line = line_with()
    mika = line.person("mika")
    case = flagged(line)
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=INNOCENT)
    line.pass_time(RULES.undo_window)
    line.sequence()
    # Another process begins after the pause: it knows of the time before from the log alone.
    clock.advance(40 * DAY)
    second = Line(line.folder, clock=clock, rules=RULES, replaced={"store": line.store})
    second.chores.run()
    assert line.parts.vault.open(case.item_ids[0], "original") == picture(1)
    alarm = line.store.open_alarm(AlarmKind.CLOCK_JUMPED, clock_watch.AHEAD)
    assert alarm is not None
    assert "2 Mar 2026, 09:0" in alarm.message
    line.wardline.resolve_alarm(alarm.id, user=line.person("lea", Role.LEAD).user)
    second.chores.run()
    assert not line.store.item(case.item_ids[0]).sealed


def test_a_clock_that_is_set_back_gives_nobody_more_to_look_at(
    line_with: Callable[..., Line], clock: JumpingClock
) -> None:
    line = line_with(wellbeing=review.Limits(most_files=1))
    mika, case, other = line.person("mika"), flagged(line), flagged(line, 2)
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.claim(other.id, user=mika.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
    for step in (-timedelta(minutes=10), -timedelta(hours=5)):
        clock.jump(step)
        with pytest.raises(LimitReachedError):
            line.wardline.reveal(other.id, item_id=other.item_ids[0], user=mika.user)
    assert line.wardline.exposure(mika.user).seconds == 0


def test_an_appeal_counts_whatever_the_clock_does_but_is_refused_and_logged_when_it_runs_ahead(
    line_with: Callable[..., Line], clock: JumpingClock
) -> None:
    line = line_with()
    line.list_of([picture()])
    submission = line.submit(picture(), account="account-9", content_reference="post-9")
    line.run_due()
    case = decided_violation(line, submission, line.person("mika"))
    line.pass_time(RULES.undo_window)
    action = next(each for each in line.store.actions_of(case.id) if each.kind is records.ActionKind.REMOVE_CONTENT)  # fmt: skip
    key, complaint = line.platform_key().record, Complaint(text="It is my garden.", action_id=action.id)
    assert told(line) == []
    clock.jump(YEARS)
    with pytest.raises(AppealTooLateError):
        line.wardline.appeal(complaint, api_key=key)
    assert told(line) == [clock_watch.AHEAD]
    clock.jump(-YEARS - DAY)
    taken = line.wardline.appeal(complaint, api_key=key)
    assert line.store.appeal(taken.id).due_at > clock.now()
    assert line.store.case(case.id).state is CaseState.OPEN


def test_an_undo_window_that_the_clock_cut_short_or_drew_out_decides_once(
    line_with: Callable[..., Line], clock: JumpingClock
) -> None:
    line = line_with()
    mika, case = line.person("mika"), flagged(line)
    line.wardline.claim(case.id, user=mika.user)
    decision = line.wardline.decide(case.id, user=mika.user, judgement=violation(case))
    clock.jump(-DAY)
    line.run_due()
    assert line.store.decision(decision.id).state is records.DecisionState.PENDING
    clock.jump(3 * DAY)
    line.run_due()
    line.run_due()
    assert line.store.decision(decision.id).state is records.DecisionState.EFFECTIVE
    assert len(line.store.referrals(case_id=case.id)) == 1


def test_what_took_effect_counts_for_its_copies_although_the_clock_is_set_back_then(
    line_with: Callable[..., Line], clock: JumpingClock
) -> None:
    line = line_with(audit_share=0.0)
    first, second, copy = (
        line.case_of(line.submit(picture(), flag="spam", content_reference=f"post-{each}"))
        for each in range(3)
    )
    decided = []
    for case, name in ((first, "mika"), (second, "noor")):
        person = line.person(name)
        line.wardline.claim(case.id, user=person.user)
        decided.append(line.wardline.decide(case.id, user=person.user, judgement=violation(case)).id)
    clock.jump(line.parts.rules.undo_window)
    for each in decided:
        conclude(line.parts, each, 0)
    clock.jump(-DAY)
    line.run_due()
    assert {line.store.decision(each).state for each in decided} == {records.DecisionState.EFFECTIVE}
    assert line.store.case(copy.id).state is CaseState.CLOSED
