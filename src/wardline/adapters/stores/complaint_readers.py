"""Strikes, appeals, flags and messages, over SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.several import SqlSeveral
from wardline.records import AppealState, MessageState, NoticeState

_UNANSWERED = (AppealState.WAITING.value, AppealState.OPEN.value)


class SqlComplaints(SqlSeveral):
    """What people complain of, and what they are told."""

    def strikes_of(self, platform: str, account: str) -> list[records.Strike]:
        table = tables.strikes
        chosen = sa.select(table).where(table.c.platform == platform, table.c.account_reference == account)
        return self._all(records.Strike, chosen.order_by(table.c.given_at, table.c.id))

    def strike_of_decision(self, decision_id: str) -> records.Strike | None:
        table = tables.strikes
        return self._first(records.Strike, sa.select(table).where(table.c.decision_id == decision_id))

    def old_strikes(self, before: datetime, *, most: int) -> list[records.Strike]:
        table = tables.strikes
        chosen = sa.select(table).where(table.c.expires_at < before)
        return self._all(records.Strike, chosen.order_by(table.c.expires_at, table.c.id).limit(most))

    def appeal(self, appeal_id: str) -> records.Appeal:
        return self._one(records.Appeal, appeal_id)

    def appeal_of(self, case_id: str) -> records.Appeal | None:
        return self.appeals_of_several([case_id]).get(case_id)

    def appeals_of(self, case_id: str) -> list[records.Appeal]:
        table = tables.appeals
        chosen = sa.select(table).where(table.c.case_id == case_id)
        return self._all(records.Appeal, chosen.order_by(table.c.number))

    def appeals(
        self, *, state: AppealState | None = None, after: str | None = None, most: int = 100
    ) -> list[records.Appeal]:
        table = tables.appeals
        chosen = sa.select(table).where(self._after(table.c.received_at, after))
        if state is not None:
            chosen = chosen.where(table.c.state == state.value)
        return self._all(records.Appeal, chosen.order_by(table.c.received_at, table.c.id).limit(most))

    def appeals_of_several(self, case_ids: Sequence[str]) -> dict[str, records.Appeal]:
        table = tables.appeals
        return {
            each.case_id: each
            for each in self._with(records.Appeal, table.c.case_id, case_ids, table.c.number)
        }

    def count_appeals(self, state: AppealState, *, most: int) -> int:
        table = tables.appeals
        return self._count(sa.select(table.c.id).where(table.c.state == state.value), most=most)

    def late_appeals(self, now: datetime, *, most: int) -> list[records.Appeal]:
        table = tables.appeals
        chosen = sa.select(table).where(table.c.state.in_(_UNANSWERED), table.c.due_at <= now)
        return self._all(records.Appeal, chosen.order_by(table.c.due_at, table.c.id).limit(most))

    def notice(self, notice_id: str) -> records.Notice:
        return self._one(records.Notice, notice_id)

    def notice_about(self, item_id: str, *, reason: str, flagger: records.Flagger) -> records.Notice | None:
        table = tables.notices
        same = (table.c.item_id == item_id, table.c.reason == reason, table.c.flagger == flagger.value)
        return self._first(records.Notice, sa.select(table).where(*same))

    def notices_of(self, case_id: str) -> list[records.Notice]:
        return self.notices_of_several([case_id]).get(case_id, [])

    def notices_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Notice]]:
        table = tables.notices
        found: dict[str, list[records.Notice]] = defaultdict(list)
        for each in self._with(records.Notice, table.c.case_id, case_ids, table.c.received_at, table.c.id):
            found[each.case_id].append(each)
        return found

    def notices(
        self, *, state: NoticeState | None = None, after: str | None = None, most: int = 100
    ) -> list[records.Notice]:
        table = tables.notices
        chosen = sa.select(table).where(self._after(table.c.received_at, after))
        if state is not None:
            chosen = chosen.where(table.c.state == state.value)
        return self._all(records.Notice, chosen.order_by(table.c.received_at, table.c.id).limit(most))

    def late_notices(self, now: datetime, *, most: int) -> list[records.Notice]:
        table = tables.notices
        chosen = sa.select(table).where(table.c.state == NoticeState.OPEN.value, table.c.due_at <= now)
        return self._all(records.Notice, chosen.order_by(table.c.due_at, table.c.id).limit(most))

    def message(self, message_id: str) -> records.Message:
        return self._one(records.Message, message_id)

    def messages_of(self, case_id: str) -> list[records.Message]:
        table = tables.messages
        chosen = sa.select(table).where(table.c.case_id == case_id)
        return self._all(records.Message, chosen.order_by(table.c.created_at, table.c.id))

    def late_messages(self, now: datetime, *, most: int) -> list[records.Message]:
        table = tables.messages
        chosen = sa.select(table).where(table.c.state == MessageState.PENDING.value, table.c.due_at <= now)
        return self._all(records.Message, chosen.order_by(table.c.due_at, table.c.id).limit(most))
