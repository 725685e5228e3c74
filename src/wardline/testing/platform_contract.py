"""The contract of ``ports.Platform``, as tests. Subclass ``PlatformContract`` and give it a platform whose effects can be seen."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime

import pytest

from wardline import ports, records
from wardline.errors import PlatformError, RefusedError

_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def action(
    kind: records.ActionKind = records.ActionKind.RESTRICT_CONTENT, *, number: int = 0
) -> records.Action:
    """Make an action; the same kind and number give the same one."""
    entropy = (list(records.ActionKind).index(kind) * 1000 + number).to_bytes(10, "big")
    on_account = kind in (records.ActionKind.SUSPEND_ACCOUNT, records.ActionKind.WARN_ACCOUNT)
    return records.Action(
        id=records.new_id("action", _NOW, entropy),
        case_id=records.new_id("case", _NOW, entropy),
        kind=kind,
        platform="example",
        account_reference="account-17",
        content_reference=None if on_account else "post-42",
        created_at=_NOW,
    )


def message(*, account: str | None = "account-17") -> records.Message:
    """Make a message; the same account gives the same one."""
    entropy = len(account or "").to_bytes(10, "big")
    return records.Message(
        id=records.new_id("message", _NOW, entropy), kind=records.MessageKind.APPEAL_RECEIVED,
        subject_id=records.new_id("appeal", _NOW, entropy), case_id=records.new_id("case", _NOW, entropy), platform="example",
        account_reference=account, content_reference="post-42", text="We received it.\nSomebody looks.", created_at=_NOW, due_at=_NOW,
    )  # fmt: skip


class PlatformContract(ABC):
    """What every platform does."""

    @pytest.fixture
    def platform(self) -> ports.Platform:
        """Give a platform that works. Override it."""
        raise NotImplementedError

    @abstractmethod
    def effects(self) -> list[tuple[str, records.ActionKind, bool]]:
        """Give what took effect at the far end, once each: id, kind, and whether it was a reversal."""

    @abstractmethod
    def told(self) -> list[tuple[str, str | None, str]]:
        """Give the messages that arrived at the far end, once each: id, account, text."""

    @abstractmethod
    def fail_next(self) -> None:
        """Let the next call fail for the moment."""

    @abstractmethod
    def lose_next_answer(self) -> None:
        """Let the next call take effect and its answer get lost."""

    @abstractmethod
    def refuse_next(self) -> None:
        """Let the next call be refused for good."""

    @pytest.mark.parametrize("kind", list(records.ActionKind))
    def test_an_action_takes_effect_at_the_platform(
        self, platform: ports.Platform, kind: records.ActionKind
    ) -> None:
        wanted = action(kind)
        platform.carry_out(wanted)
        assert self.effects() == [(wanted.id, kind, False)]

    def test_a_repeated_action_takes_effect_once(self, platform: ports.Platform) -> None:
        for _ in range(3):
            platform.carry_out(action())
        assert len(self.effects()) == 1

    def test_a_reversal_is_told_apart_from_its_action(self, platform: ports.Platform) -> None:
        wanted = action()
        platform.carry_out(wanted)
        for _ in range(2):
            platform.reverse(wanted)
        assert self.effects() == [(wanted.id, wanted.kind, False), (wanted.id, wanted.kind, True)]

    @pytest.mark.parametrize("account", ["account-17", None])
    def test_a_message_arrives_once_and_as_it_was_written(
        self, platform: ports.Platform, account: str | None
    ) -> None:
        wanted = message(account=account)
        for _ in range(2):
            platform.tell(wanted)
        assert self.told() == [(wanted.id, account, wanted.text)]
        assert not self.effects()

    def test_a_message_whose_answer_was_lost_arrives_once(self, platform: ports.Platform) -> None:
        self.lose_next_answer()
        with pytest.raises(PlatformError):
            platform.tell(message())
        platform.tell(message())
        assert len(self.told()) == 1

    def test_a_message_that_is_refused_for_good_is_told_apart_from_one_that_may_be_sent_again(
        self, platform: ports.Platform
    ) -> None:
        self.fail_next()
        with pytest.raises(PlatformError):
            platform.tell(message())
        self.refuse_next()
        with pytest.raises(RefusedError):
            platform.tell(message())
        assert not self.told()

    def test_a_failure_of_the_moment_may_be_tried_again(self, platform: ports.Platform) -> None:
        self.fail_next()
        with pytest.raises(PlatformError):
            platform.carry_out(action())
        assert not self.effects()
        platform.carry_out(action())
        assert len(self.effects()) == 1

    def test_an_action_whose_answer_was_lost_is_not_carried_out_twice(self, platform: ports.Platform) -> None:
        self.lose_next_answer()
        with pytest.raises(PlatformError):
            platform.carry_out(action())
        platform.carry_out(action())
        assert len(self.effects()) == 1

    def test_a_refusal_for_good_is_told_apart_from_a_failure(self, platform: ports.Platform) -> None:
        self.refuse_next()
        with pytest.raises(RefusedError):
            platform.carry_out(action())
        assert not self.effects()

    def test_errors_name_no_account_and_no_content(self, platform: ports.Platform) -> None:
        for provoke in (self.fail_next, self.refuse_next):
            provoke()
            with pytest.raises((PlatformError, RefusedError)) as caught:
                platform.carry_out(action())
            assert "account-17" not in str(caught.value)
            assert "post-42" not in str(caught.value)
