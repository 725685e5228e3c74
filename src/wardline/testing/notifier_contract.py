"""The contract of ``ports.Notifier``, as tests. Subclass ``NotifierContract`` and give it a notifier whose deliveries can be seen."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime

import pytest

from wardline import ports, records
from wardline.errors import NotifierError

_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def alarm(kind: records.AlarmKind = records.AlarmKind.FILING_FAILED, *, number: int = 0) -> records.Alarm:
    """Make an alarm; the same kind and number give the same one."""
    entropy = (list(records.AlarmKind).index(kind) * 1000 + number).to_bytes(10, "big")
    return records.Alarm(
        id=records.new_id("alarm", _NOW, entropy),
        kind=kind,
        subject_id=records.new_id("referral", _NOW, entropy),
        message="The authority has not answered for an hour. Nothing was lost; filing goes on by itself.",
        raised_at=_NOW,
    )


class NotifierContract(ABC):
    """What every notifier does."""

    @pytest.fixture
    def notifier(self) -> ports.Notifier:
        """Give a notifier that works. Override it."""
        raise NotImplementedError

    @abstractmethod
    def delivered(self) -> list[str]:
        """Give the text of each delivery, as its reader would see it."""

    @abstractmethod
    def fail_next(self) -> None:
        """Let the next delivery fail."""

    @pytest.mark.parametrize("kind", list(records.AlarmKind))
    def test_an_alarm_arrives_with_its_kind_subject_and_message(
        self, notifier: ports.Notifier, kind: records.AlarmKind
    ) -> None:
        raised = alarm(kind)
        notifier.notify(raised)
        (text,) = self.delivered()
        for part in (kind.value, raised.subject_id, raised.id):
            assert part in text
        assert raised.message in " ".join(text.split())

    def test_a_failed_delivery_is_an_error_and_the_next_one_works(self, notifier: ports.Notifier) -> None:
        self.fail_next()
        with pytest.raises(NotifierError):
            notifier.notify(alarm())
        assert not self.delivered()
        notifier.notify(alarm())
        assert len(self.delivered()) == 1

    def test_a_notifier_has_a_name(self, notifier: ports.Notifier) -> None:
        assert notifier.name
