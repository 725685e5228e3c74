"""What is read of strikes, appeals, flags and messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wardline import records


class ComplaintReader(Protocol):
    def strikes_of(self, platform: str, account: str) -> list[records.Strike]:
        """Of one account, those that expired or were voided included; oldest first."""
        ...

    def strike_of_decision(self, decision_id: str) -> records.Strike | None: ...

    def old_strikes(self, before: datetime, *, most: int) -> list[records.Strike]:
        """Strikes that expired before then, the first to expire first."""
        ...

    def appeal(self, appeal_id: str) -> records.Appeal: ...

    def appeal_of(self, case_id: str) -> records.Appeal | None:
        """The last one."""
        ...

    def appeals_of(self, case_id: str) -> list[records.Appeal]:
        """All of them, in the order of their numbers."""
        ...

    def appeals(
        self, *, state: records.AppealState | None = None, after: str | None = None, most: int = 100
    ) -> list[records.Appeal]:
        """Oldest first, after the appeal with this id."""
        ...

    def appeals_of_several(self, case_ids: Sequence[str]) -> dict[str, records.Appeal]:
        """The last of each, by case."""
        ...

    def count_appeals(self, state: records.AppealState, *, most: int) -> int:
        """How many stand there, counted up to ``most``."""
        ...

    def late_appeals(self, now: datetime, *, most: int) -> list[records.Appeal]:
        """Those without an answer whose time is over, the first to be due first."""
        ...

    def notice(self, notice_id: str) -> records.Notice: ...

    def notice_about(
        self, item_id: str, *, reason: str, flagger: records.Flagger
    ) -> records.Notice | None: ...

    def notices_of(self, case_id: str) -> list[records.Notice]:
        """Oldest first."""
        ...

    def notices_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Notice]]:
        """By case, oldest first."""
        ...

    def notices(
        self, *, state: records.NoticeState | None = None, after: str | None = None, most: int = 100
    ) -> list[records.Notice]:
        """Oldest first, after the notice with this id."""
        ...

    def late_notices(self, now: datetime, *, most: int) -> list[records.Notice]:
        """Those without an answer whose time is over, the first to be due first."""
        ...

    def message(self, message_id: str) -> records.Message: ...

    def messages_of(self, case_id: str) -> list[records.Message]:
        """Oldest first."""
        ...

    def late_messages(self, now: datetime, *, most: int) -> list[records.Message]:
        """Those that were not delivered and whose time is over, the first to be due first."""
        ...
