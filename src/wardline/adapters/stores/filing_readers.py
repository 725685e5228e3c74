"""Reports on their way, over SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.reading import SqlReading
from wardline.adapters.stores.tables.line import DUE, UNCHECKED

_REFERRALS = tables.referrals
_UNOPENED = tuple(each.value for each in (records.ReferralState.DRAFT, records.ReferralState.OPENING))


class SqlFiling(SqlReading):
    """Clocks and checks have an index each, of those alone that still run."""

    def facts_of(self, case_id: str) -> list[records.Fact]:
        table = tables.facts
        chosen = sa.select(table).where(table.c.case_id == case_id)
        return self._all(records.Fact, chosen.order_by(table.c.at, table.c.id))

    def due_referrals(self, priority: records.Priority, *, most: int) -> list[records.Referral]:
        table = _REFERRALS
        chosen = sa.select(table).where(DUE, table.c.priority == priority.value)
        return self._all(records.Referral, chosen.order_by(table.c.due_at, table.c.id).limit(most))

    def unchecked_referrals(self, *, most: int) -> list[records.Referral]:
        table = _REFERRALS
        chosen = sa.select(table).where(UNCHECKED)
        return self._all(records.Referral, chosen.order_by(table.c.check_by, table.c.id).limit(most))

    def referrals_known_as(
        self, authority: str, environment: str, *, remote_id: str, reference: str
    ) -> list[records.Referral]:
        table = _REFERRALS
        chosen = sa.select(table).where(
            table.c.authority == authority, table.c.environment == environment, table.c.joined.is_(None)
        )
        # Each half has an index of its own.
        by_id, by_reference = (
            chosen.where(column == value)
            for column, value in ((table.c.remote_id, remote_id), (table.c.reference, reference))
        )
        found = [
            *self._all(records.Referral, by_id),
            *self._all(records.Referral, by_reference),
        ]
        return sorted({each.id: each for each in found}.values(), key=lambda each: each.id)

    def completeness_of(self, since: datetime, until: datetime) -> Mapping[int, int]:
        finished, completeness = _REFERRALS.c.finished_at, _REFERRALS.c.completeness
        counted = (
            sa.select(completeness, sa.func.count().label("referrals"))
            .where(
                finished >= since,
                finished < until,
                completeness.is_not(None),
                _REFERRALS.c.corrects.is_(None),
            )
            .group_by(completeness)
        )
        return {int(row["completeness"]): int(row["referrals"]) for row in self._rows(counted)}

    def unopened_copies(self, file_id: str, *, most: int) -> list[records.Referral]:
        table, members = _REFERRALS, tables.cluster_members
        is_copy = sa.exists().where(members.c.case_id == table.c.case_id, members.c.file_id == file_id)
        chosen = sa.select(table).where(
            table.c.state.in_(_UNOPENED), table.c.joined.is_(None), table.c.corrects.is_(None), is_copy
        )
        return self._all(records.Referral, chosen.order_by(table.c.created_at, table.c.id).limit(most))
