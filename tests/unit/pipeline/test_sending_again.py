from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.pipeline.test_alarms import LISTED, Platform
from wardline import enforcement, records
from wardline.errors import ConflictError, NotAllowedError, RefusedError
from wardline.pipeline import reversing
from wardline.records import ActionState, AlarmKind, MessageState, Replace, ReversalState, Role
from wardline.testing.harness import Line


class Shy(Platform):
    """A platform that refuses messages too, as it is told."""

    def tell(self, message: records.Message) -> None:
        self.carry_out(message)  # type: ignore[arg-type]  # both have an id


def refused(line: Line) -> tuple[records.Action, records.Alarm]:
    line.list_of([LISTED])
    (action,) = line.store.actions_of(line.case_of(line.submit(LISTED)).id)
    line.run_due()
    (alarm,) = line.store.open_alarms()
    assert alarm.subject_id == action.id
    return line.store.action(action.id), alarm


def test_what_a_platform_refused_is_sent_again_and_its_alarm_is_closed(tmp_path: Path) -> None:
    platform = Platform(RefusedError("no such address"))
    with Line(tmp_path, platform=platform) as line:
        action, alarm = refused(line)
        line.wardline.send_again(alarm.id, user=line.person("lead", Role.LEAD).user)
        assert line.store.open_alarms() == []
        line.run_due()
        assert platform.asked == [action.id] * 2
        assert line.store.action(action.id).state is ActionState.DELIVERED
        assert line.wardline.verify_audit().ok


def test_what_is_refused_again_comes_back_and_can_be_sent_once_more(tmp_path: Path) -> None:
    platform = Platform(RefusedError("no"), RefusedError("no"))
    with Line(tmp_path, platform=platform) as line:
        action, alarm = refused(line)
        lead = line.person("lead", Role.LEAD).user
        line.wardline.send_again(alarm.id, user=lead)
        line.run_due()
        (again,) = line.store.open_alarms()
        assert (again.kind, again.subject_id) == (AlarmKind.WEBHOOK_UNDELIVERED, action.id)
        line.wardline.send_again(again.id, user=lead)
        line.run_due()
        assert platform.asked == [action.id] * 3
        assert line.store.action(action.id).state is ActionState.DELIVERED


def test_an_action_that_fell_or_was_overtaken_is_not_sent_again(tmp_path: Path) -> None:
    for change in ("reversed", "overtaken"):
        (tmp_path / change).mkdir()
        with Line(tmp_path / change, platform=Platform(RefusedError("no"))) as line:
            action, alarm = refused(line)
            if change == "reversed":
                reversing.asked(line.parts, enforcement.reverse(action), actor="system").commit(line.parts)
            else:
                newer = records.Action(
                    id=line.parts.new_id("action"), case_id=action.case_id, kind=records.ActionKind.RESTORE_CONTENT, platform=action.platform,
                    account_reference=action.account_reference, content_reference=action.content_reference,
                    created_at=line.clock.now() + line.parts.rules.undo_window,
                )  # fmt: skip
                told = line.parts.entry(records.Verb.ACTION_TAKEN, newer.id)
                line.store.commit(records.Insert(newer), entries=[told])
            with pytest.raises(ConflictError, match="still stands"):
                line.wardline.send_again(alarm.id, user=line.person("lead", Role.LEAD).user)
            assert line.store.open_alarms() == [alarm]


def test_a_reversal_that_was_refused_is_sent_again_as_one(tmp_path: Path) -> None:
    platform = Platform(None, RefusedError("no"))
    with Line(tmp_path, platform=platform) as line:
        line.list_of([LISTED])
        (action,) = line.store.actions_of(line.case_of(line.submit(LISTED)).id)
        line.run_due()
        taken_back = enforcement.reverse(line.store.action(action.id))
        reversing.asked(line.parts, taken_back, actor="system").commit(line.parts)
        line.run_due()
        (alarm,) = line.store.open_alarms()
        line.wardline.send_again(alarm.id, user=line.person("lead", Role.LEAD).user)
        line.run_due()
        assert platform.asked == [action.id] * 3
        assert line.store.action(action.id).reversal is ReversalState.DELIVERED


def test_a_message_is_sent_again_and_one_of_a_forgotten_account_is_not(tmp_path: Path) -> None:
    platform = Shy(RefusedError("no"))
    with Line(tmp_path, platform=platform) as line:
        case = line.case_of(line.submit(b"flagged by somebody", flag="abuse"))
        line.run_due()
        (alarm,) = line.store.open_alarms()
        (message,) = line.store.messages_of(case.id)
        lead = line.person("lead", Role.LEAD).user
        bare = Replace(_without_names(message))
        line.store.commit(bare, entries=[line.parts.entry(records.Verb.ACCOUNT_UNLINKED, message.id)])
        with pytest.raises(ConflictError, match="forgotten"):
            line.wardline.send_again(alarm.id, user=lead)
        kept = _without_names(line.store.message(message.id), content=message.content_reference)
        line.store.commit(
            Replace(kept), entries=[line.parts.entry(records.Verb.ACCOUNT_UNLINKED, message.id)]
        )
        line.wardline.send_again(alarm.id, user=lead)
        line.run_due()
        assert line.store.message(message.id).state is MessageState.DELIVERED
        assert line.store.open_alarms() == []


def _without_names(message: records.Message, *, content: str | None = None) -> records.Message:
    from dataclasses import replace

    return replace(message, account_reference=None, content_reference=content, version=message.version + 1)


def test_only_an_alarm_about_one_request_is_sent_again_and_not_by_a_moderator(tmp_path: Path) -> None:
    with Line(tmp_path, platform=Platform(RefusedError("no"))) as line:
        _, alarm = refused(line)
        lead, moderator = line.person("lead", Role.LEAD).user, line.person("mo", Role.MODERATOR).user
        with pytest.raises(NotAllowedError):
            line.wardline.send_again(alarm.id, user=moderator)
        line.wardline.resolve_alarm(alarm.id, user=lead)
        with pytest.raises(ConflictError, match="not open"):
            line.wardline.send_again(alarm.id, user=lead)
