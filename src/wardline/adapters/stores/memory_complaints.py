"""Strikes, appeals, flags and messages, over dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wardline import records
from wardline.adapters.stores.memory_several import MemorySeveral
from wardline.records import AppealState, MessageState, NoticeState


class MemoryComplaints(MemorySeveral):
    """What people complain of, and what they are told."""

    def strikes_of(self, platform: str, account: str) -> list[records.Strike]:
        return self._all(
            records.Strike,
            lambda each: (each.given_at, each.id),
            lambda each: (each.platform, each.account_reference) == (platform, account),
        )

    def strike_of_decision(self, decision_id: str) -> records.Strike | None:
        found = self._all(records.Strike, lambda each: each.id, lambda each: each.decision_id == decision_id)
        return found[0] if found else None

    def old_strikes(self, before: datetime, *, most: int) -> list[records.Strike]:
        return self._all(
            records.Strike, lambda each: (each.expires_at, each.id), lambda each: each.expires_at < before
        )[:most]

    def appeal(self, appeal_id: str) -> records.Appeal:
        return self._one(records.Appeal, appeal_id)

    def appeal_of(self, case_id: str) -> records.Appeal | None:
        return self.appeals_of_several([case_id]).get(case_id)

    def appeals_of(self, case_id: str) -> list[records.Appeal]:
        return self._all(records.Appeal, lambda each: each.number, lambda each: each.case_id == case_id)

    def appeals(
        self, *, state: AppealState | None = None, after: str | None = None, most: int = 100
    ) -> list[records.Appeal]:
        found = self._all(records.Appeal, _received, lambda each: state in (None, each.state))
        return self._following(records.Appeal, found, _received, after)[:most]

    def appeals_of_several(self, case_ids: Sequence[str]) -> dict[str, records.Appeal]:
        asked = set(case_ids)
        found = self._all(records.Appeal, lambda each: each.number, lambda each: each.case_id in asked)
        return {each.case_id: each for each in found}

    def count_appeals(self, state: AppealState, *, most: int) -> int:
        return len(self.appeals(state=state, most=most))

    def late_appeals(self, now: datetime, *, most: int) -> list[records.Appeal]:
        return self._all(
            records.Appeal,
            lambda each: (each.due_at, each.id),
            lambda each: each.state in (AppealState.WAITING, AppealState.OPEN) and each.due_at <= now,
        )[:most]

    def notice(self, notice_id: str) -> records.Notice:
        return self._one(records.Notice, notice_id)

    def notice_about(self, item_id: str, *, reason: str, flagger: records.Flagger) -> records.Notice | None:
        found = self._all(
            records.Notice,
            _noticed,
            lambda each: (each.item_id, each.reason, each.flagger) == (item_id, reason, flagger),
        )
        return found[0] if found else None

    def notices_of(self, case_id: str) -> list[records.Notice]:
        return self._all(records.Notice, _noticed, lambda each: each.case_id == case_id)

    def notices_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Notice]]:
        return {case_id: found for case_id in case_ids if (found := self.notices_of(case_id))}

    def notices(
        self, *, state: NoticeState | None = None, after: str | None = None, most: int = 100
    ) -> list[records.Notice]:
        found = self._all(records.Notice, _noticed, lambda each: state in (None, each.state))
        return self._following(records.Notice, found, _noticed, after)[:most]

    def late_notices(self, now: datetime, *, most: int) -> list[records.Notice]:
        return self._all(
            records.Notice,
            lambda each: (each.due_at, each.id),
            lambda each: each.state is NoticeState.OPEN and each.due_at <= now,
        )[:most]

    def message(self, message_id: str) -> records.Message:
        return self._one(records.Message, message_id)

    def messages_of(self, case_id: str) -> list[records.Message]:
        return self._all(
            records.Message, lambda each: (each.created_at, each.id), lambda each: each.case_id == case_id
        )

    def late_messages(self, now: datetime, *, most: int) -> list[records.Message]:
        return self._all(
            records.Message,
            lambda each: (each.due_at, each.id),
            lambda each: each.state is MessageState.PENDING and each.due_at <= now,
        )[:most]


def _received(appeal: records.Appeal) -> tuple[datetime, str]:
    return appeal.received_at, appeal.id


def _noticed(notice: records.Notice) -> tuple[datetime, str]:
    return notice.received_at, notice.id
