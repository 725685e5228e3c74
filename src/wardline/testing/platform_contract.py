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
    on_account = kind is records.ActionKind.SUSPEND_ACCOUNT
    return records.Action(
        id=records.new_id("action", _NOW, entropy),
        case_id=records.new_id("case", _NOW, entropy),
        kind=kind,
        platform="example",
        account_reference="account-17",
        content_reference=None if on_account else "post-42",
        created_at=_NOW,
    )


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
