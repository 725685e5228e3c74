from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from wardline import enforcement, records
from wardline.errors import NotifierError, PlatformError, RefusedError
from wardline.pipeline import alarms
from wardline.pipeline.enforce import enforce
from wardline.records import ActionState, AlarmKind, HashListState
from wardline.testing.harness import Line

LISTED = b"a file of which somebody lists the bytes"


class Pager:
    """A notifier that works or does not."""

    def __init__(self, name: str = "pager", *, works: bool = True) -> None:
        self.name = name
        self.works = works
        self.told: list[str] = []

    def notify(self, alarm: records.Alarm) -> None:
        if not self.works:
            raise NotifierError(f"notifier {self.name}: no answer")
        self.told.append(alarm.subject_id)


class Platform:
    """A platform that answers as it is told."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def carry_out(self, action: records.Action) -> None:
        self.asked.append(action.id)
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer

    reverse = carry_out

    def tell(self, message: records.Message) -> None:
        self.asked.append(message.id)


def restricted(line: Line) -> records.Action:
    line.list_of([LISTED])
    (action,) = line.store.actions_of(line.case_of(line.submit(LISTED)).id)
    return action


def test_the_same_alarm_is_raised_once_until_it_is_resolved(line: Line) -> None:
    for _ in range(3):
        alarms.raise_alarm(line.parts, AlarmKind.DISK_FULL, "disk", "full")
    (first,) = line.store.open_alarms()
    closed = alarms.resolve(line.parts, first.id, actor="somebody")
    assert alarms.resolve(line.parts, first.id) == closed
    alarms.raise_alarm(line.parts, AlarmKind.DISK_FULL, "disk", "full")
    (second,) = line.store.open_alarms()
    assert second.id != first.id


def test_every_notifier_is_told_and_only_who_failed_is_told_again(tmp_path: Path) -> None:
    good, bad = Pager("good"), Pager("bad", works=False)
    with Line(tmp_path, notifiers=[good, bad]) as line:
        alarms.raise_alarm(line.parts, AlarmKind.FILING_FAILED, "ncmec", "down")
        line.run_due()
        assert [alarm.undelivered for alarm in line.store.open_alarms()] == [("bad",)]
        bad.works = True
        line.pass_time(timedelta(minutes=1))
        assert [alarm.undelivered for alarm in line.store.open_alarms()] == [()]
        assert (good.told, bad.told) == (["ncmec"], ["ncmec"])


def test_nobody_is_told_of_what_is_over(tmp_path: Path) -> None:
    pager = Pager(works=False)
    with Line(tmp_path, notifiers=[pager]) as line:
        alarms.raise_alarm(line.parts, AlarmKind.DISK_FULL, "disk", "full")
        line.run_due()
        alarms.resolve_about(line.parts, AlarmKind.DISK_FULL, "disk")
        pager.works = True
        line.pass_time(timedelta(days=1))
        assert pager.told == []
        assert line.waiting() == []


def test_a_list_without_news_is_an_alarm_until_it_is_disabled(line: Line) -> None:
    listed = line.list_of([LISTED])
    line.clock.advance(line.parts.rules.list_stale_after)
    alarms.watch(line.parts)
    assert line.store.open_alarms() == []
    line.clock.advance(timedelta(seconds=1))
    alarms.watch(line.parts)
    assert [(alarm.kind, alarm.subject_id) for alarm in line.store.open_alarms()] == [
        (AlarmKind.LIST_STALE, listed.id)
    ]
    assert (
        line.wardline.disable_list(listed.id, user=line.person("lead", records.Role.LEAD).user).state
        is HashListState.DISABLED
    )
    alarms.watch(line.parts)
    assert line.store.open_alarms() == []


def test_an_action_is_tried_until_it_is_taken(tmp_path: Path) -> None:
    platform = Platform(PlatformError("down"), PlatformError("down"), None)
    with Line(tmp_path, platform=platform) as line:
        action = restricted(line)
        line.pass_time(timedelta(minutes=1))
        assert platform.asked == [action.id] * 3
        assert line.store.action(action.id).state is ActionState.DELIVERED
        assert line.store.open_alarms() == []


def test_an_action_for_a_platform_without_a_webhook_waits_under_an_alarm(line: Line) -> None:
    action = restricted(line)
    line.pass_time(timedelta(hours=1))
    waiting = line.store.action(action.id)
    assert waiting.state is ActionState.PENDING
    assert waiting.attempts >= enforcement.ALARM_AFTER_ATTEMPTS
    assert [alarm.kind for alarm in line.store.open_alarms()] == [AlarmKind.WEBHOOK_UNDELIVERED]


def test_a_repeated_task_asks_nothing_twice(tmp_path: Path) -> None:
    platform = Platform()
    with Line(tmp_path, platform=platform) as line:
        action = restricted(line)
        line.run_due()
        enforce(line.parts, action.id, 0)
        assert platform.asked == [action.id]


def test_the_alarm_of_a_refusal_is_raised_though_a_crash_came_between(tmp_path: Path) -> None:
    class KilledError(BaseException):
        """The process ended here."""

    armed = [False]

    def reached(name: str) -> None:
        if armed[0] and name == "store:before-commit:alarm:raised":
            raise KilledError

    with Line(tmp_path, platform=Platform(RefusedError("no")), reached=reached) as line:
        action = restricted(line)
        armed[0] = True
        with pytest.raises(KilledError):
            line.run_due()
        assert line.store.action(action.id).state is ActionState.FAILED
        armed[0] = False
        line.run_due()
        assert [alarm.subject_id for alarm in line.store.open_alarms()] == [action.id]
