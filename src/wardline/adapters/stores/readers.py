"""The small readers of the rooms, over SQL. Every query has its index; they stay quick with 100,000 cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.columns import UtcTime
from wardline.adapters.stores.list_readers import SqlListReaders
from wardline.adapters.stores.quick_reads import QuickReads
from wardline.adapters.stores.reading import MOST_VALUES
from wardline.adapters.stores.sign_in_readers import SqlSignIn
from wardline.adapters.stores.target_readers import SqlTargets

# What every upload asks: made once, for making a statement takes longer than to run it.
_API_KEY = (
    sa.select(tables.api_keys).where(tables.api_keys.c.secret_digest == sa.bindparam("digest")).limit(1)
)
_REMEMBERED = (
    sa.select(tables.remembered).where(tables.remembered.c.key_digest == sa.bindparam("digest")).limit(1)
)


@cache
def _of_person(table: sa.Table) -> sa.Select[Any]:
    """Make the statement that reads what one person was shown, or covered, from a time on: every hand-out asks it."""
    about = (
        table.c.user_id == sa.bindparam("user", type_=sa.Text()),
        table.c.at >= sa.bindparam("since", type_=UtcTime()),
    )
    return sa.select(table).where(*about).order_by(table.c.at, table.c.id)


class SqlReaders(SqlListReaders, SqlTargets, SqlSignIn):
    """Intake, review, enforcement, referral, preservation, people and alarms."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        # PostgreSQL is asked over a connection that may keep one waiting, and answers alike in any process.
        self._quick = QuickReads(engine) if engine.dialect.name == "sqlite" else None

    # --- intake -----------------------------------------------------------------------------------------------------------------
    def item(self, item_id: str) -> records.Item:
        return self._one(records.Item, item_id)

    def items_since(self, since: datetime, *, after: str | None = None, most: int) -> list[records.Item]:
        table = tables.items
        chosen = sa.select(table).where(table.c.received_at >= since, self._after(table.c.received_at, after))
        return self._all(records.Item, chosen.order_by(table.c.received_at, table.c.id).limit(most))

    def remembered(self, key_digest: str) -> records.Remembered | None:
        return self._only(records.Remembered, _REMEMBERED, digest=key_digest)

    def expired_keys(self, now: datetime, *, most: int) -> list[str]:
        table = tables.remembered
        expired = sa.select(table.c.key_digest).where(table.c.expires_at <= now)
        return [row["key_digest"] for row in self._rows(expired.order_by(table.c.expires_at).limit(most))]

    # --- review -----------------------------------------------------------------------------------------------------------------
    def case(self, case_id: str) -> records.Case:
        return self._one(records.Case, case_id)

    def cases(
        self,
        *,
        state: records.CaseState | None = None,
        account: str | None = None,
        after: str | None = None,
        most: int = 100,
    ) -> list[records.Case]:
        table = tables.cases
        chosen = sa.select(table).where(self._after(table.c.opened_at, after))
        if state is not None:
            chosen = chosen.where(table.c.state == state.value)
        if account is not None:
            chosen = chosen.where(table.c.account_reference == account)
        return self._all(records.Case, chosen.order_by(table.c.opened_at, table.c.id).limit(most))

    def cases_of_account(self, account: str, *, before: str | None = None, most: int) -> list[records.Case]:
        table = tables.cases
        chosen = sa.select(table).where(
            table.c.account_reference == account, self._before(table.c.opened_at, before)
        )
        return self._all(
            records.Case, chosen.order_by(table.c.opened_at.desc(), table.c.id.desc()).limit(most)
        )

    def held_cases(self, *, now: datetime, most: int) -> list[records.Case]:
        table = tables.cases
        chosen = sa.select(table).where(
            table.c.state == records.CaseState.OPEN.value, table.c.held_until > now
        )
        return self._all(records.Case, chosen.order_by(table.c.held_until, table.c.id).limit(most))

    def claimed_cases(self, *, user_id: str, now: datetime) -> list[records.Case]:
        table = tables.cases
        chosen = sa.select(table).where(
            table.c.claimed_by == user_id,
            table.c.state == records.CaseState.OPEN.value,
            table.c.lease_until > now,
        )
        return self._all(records.Case, chosen.order_by(table.c.opened_at, table.c.id))

    def reveals_of(self, case_id: str) -> list[records.Reveal]:
        table = tables.reveals
        chosen = sa.select(table).where(table.c.case_id == case_id)
        return self._all(records.Reveal, chosen.order_by(table.c.at, table.c.id))

    def reveals_to(self, user_id: str, *, since: datetime) -> list[records.Reveal]:
        return self._all(records.Reveal, _of_person(tables.reveals), user=user_id, since=since)

    def coverings_by(self, user_id: str, *, since: datetime) -> list[records.Covering]:
        return self._all(records.Covering, _of_person(tables.coverings), user=user_id, since=since)

    def notes_of(self, case_id: str) -> list[records.Note]:
        table = tables.notes
        return self._all(
            records.Note, sa.select(table).where(table.c.case_id == case_id).order_by(table.c.at, table.c.id)
        )

    def decisions_of(self, case_id: str) -> list[records.Decision]:
        table = tables.decisions
        return self._all(
            records.Decision,
            sa.select(table).where(table.c.case_id == case_id).order_by(table.c.at, table.c.id),
        )

    def decision(self, decision_id: str) -> records.Decision:
        return self._one(records.Decision, decision_id)

    # --- enforcement ------------------------------------------------------------------------------------------------------------
    def action(self, action_id: str) -> records.Action:
        return self._one(records.Action, action_id)

    def actions_of(self, case_id: str) -> list[records.Action]:
        table = tables.actions
        chosen = sa.select(table).where(table.c.case_id == case_id)
        return self._all(records.Action, chosen.order_by(table.c.created_at, table.c.id))

    # --- referral ---------------------------------------------------------------------------------------------------------------
    def referral(self, referral_id: str) -> records.Referral:
        return self._one(records.Referral, referral_id)

    def referrals(
        self,
        *,
        case_id: str | None = None,
        state: records.ReferralState | None = None,
        after: str | None = None,
        most: int = 100,
    ) -> list[records.Referral]:
        table = tables.referrals
        chosen = sa.select(table).where(self._after(table.c.created_at, after))
        if state is not None:
            chosen = chosen.where(table.c.state == state.value)
        if case_id is not None:
            chosen = chosen.where(table.c.case_id == case_id)
        return self._all(records.Referral, chosen.order_by(table.c.created_at, table.c.id).limit(most))

    def newest_referrals(
        self, *, state: records.ReferralState | None = None, before: str | None = None, most: int
    ) -> list[records.Referral]:
        table = tables.referrals
        chosen = sa.select(table).where(self._before(table.c.created_at, before))
        if state is not None:
            chosen = chosen.where(table.c.state == state.value)
        return self._all(
            records.Referral, chosen.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(most)
        )

    def count_referrals(self, state: records.ReferralState, *, most: int) -> int:
        table = tables.referrals
        return self._count(sa.select(table.c.id).where(table.c.state == state.value), most=most)

    def receipt_of(self, referral_id: str) -> records.Receipt | None:
        table = tables.receipts
        return self._first(records.Receipt, sa.select(table).where(table.c.referral_id == referral_id))

    # --- preservation -----------------------------------------------------------------------------------------------------------
    def hold(self, hold_id: str) -> records.Hold:
        return self._one(records.Hold, hold_id)

    def holds_of(self, item_id: str) -> list[records.Hold]:
        table = tables.holds
        chosen = sa.select(table).where(table.c.item_id == item_id)
        return self._all(records.Hold, chosen.order_by(table.c.placed_at, table.c.id))

    def holds(self, *, after: str | None = None, most: int = 100) -> list[records.Hold]:
        table = tables.holds
        chosen = sa.select(table).where(self._after(table.c.placed_at, after))
        return self._all(records.Hold, chosen.order_by(table.c.placed_at, table.c.id).limit(most))

    def ended_holds(self, now: datetime, *, most: int) -> list[records.Hold]:
        table = tables.holds
        chosen = sa.select(table).where(table.c.state == records.HoldState.ACTIVE.value, table.c.until <= now)
        return self._all(records.Hold, chosen.order_by(table.c.until, table.c.id).limit(most))

    def sealed_items(self, item_ids: Sequence[str]) -> set[str]:
        table = tables.items
        found: set[str] = set()
        for start in range(0, len(item_ids), MOST_VALUES):
            asked = item_ids[start : start + MOST_VALUES]
            chosen = sa.select(table.c.id).where(table.c.id.in_(asked), table.c.sealed.is_(True))
            found.update(row["id"] for row in self._rows(chosen))
        return found

    # --- people -----------------------------------------------------------------------------------------------------------------
    def user(self, user_id: str) -> records.User:
        return self._one(records.User, user_id)

    def user_named(self, name: str) -> records.User | None:
        return self._first(records.User, sa.select(tables.users).where(tables.users.c.name == name))

    def users(self) -> list[records.User]:
        return self._all(records.User, sa.select(tables.users).order_by(tables.users.c.name))

    def session_by_digest(self, token_digest: str) -> records.Session | None:
        table = tables.sessions
        return self._first(records.Session, sa.select(table).where(table.c.token_digest == token_digest))

    def sessions_of(self, user_id: str) -> list[records.Session]:
        table = tables.sessions
        chosen = sa.select(table).where(table.c.user_id == user_id)
        return self._all(records.Session, chosen.order_by(table.c.opened_at, table.c.id))

    def sessions_at_provider(self, provider_session: str) -> list[records.Session]:
        table = tables.sessions
        chosen = sa.select(table).where(table.c.provider_session == provider_session)
        return self._all(records.Session, chosen.order_by(table.c.opened_at, table.c.id))

    def expired_sessions(self, now: datetime, *, most: int) -> list[records.Session]:
        table = tables.sessions
        chosen = sa.select(table).where(table.c.expires_at <= now)
        return self._all(records.Session, chosen.order_by(table.c.expires_at, table.c.id).limit(most))

    def api_key_by_digest(self, secret_digest: str) -> records.ApiKey | None:
        row = self._quick.key_row(secret_digest) if self._quick is not None else None
        if self._quick is None or row is None:
            return self._only(records.ApiKey, _API_KEY, digest=secret_digest)
        key = self._quick.key_of(secret_digest, row) or self._only(
            records.ApiKey, _API_KEY, digest=secret_digest
        )
        if key is not None:
            self._quick.keep_key(secret_digest, row, key)
        return key

    def api_key_at_once(self, secret_digest: str) -> records.ApiKey | None:
        row = self._quick.key_row(secret_digest) if self._quick is not None else None
        return self._quick.key_of(secret_digest, row) if self._quick is not None and row is not None else None

    def api_keys(self) -> list[records.ApiKey]:
        table = tables.api_keys
        return self._all(records.ApiKey, sa.select(table).order_by(table.c.created_at, table.c.id))

    def approval(self, approval_id: str) -> records.Approval:
        return self._one(records.Approval, approval_id)

    def approvals(self, *, state: records.ApprovalState | None = None) -> list[records.Approval]:
        table = tables.approvals
        chosen = sa.select(table) if state is None else sa.select(table).where(table.c.state == state.value)
        return self._all(records.Approval, chosen.order_by(table.c.proposed_at, table.c.id))

    def decided_approvals(self, *, most: int) -> list[records.Approval]:
        table = tables.approvals
        chosen = sa.select(table).where(table.c.state != records.ApprovalState.PROPOSED.value)
        newest = chosen.order_by(table.c.proposed_at.desc(), table.c.id.desc())
        return self._all(records.Approval, newest.limit(most))

    def count_approvals(self, state: records.ApprovalState, *, most: int) -> int:
        table = tables.approvals
        return self._count(sa.select(table.c.id).where(table.c.state == state.value), most=most)

    # --- alarms -----------------------------------------------------------------------------------------------------------------
    def open_alarms(self) -> list[records.Alarm]:
        table = tables.alarms
        chosen = sa.select(table).where(table.c.resolved_at.is_(None))
        return self._all(records.Alarm, chosen.order_by(table.c.raised_at, table.c.id))

    def count_open_alarms(self, *, most: int) -> int:
        table = tables.alarms
        return self._count(sa.select(table.c.id).where(table.c.resolved_at.is_(None)), most=most)

    def open_alarm(self, kind: records.AlarmKind, subject_id: str) -> records.Alarm | None:
        table = tables.alarms
        chosen = sa.select(table).where(
            table.c.kind == kind.value, table.c.subject_id == subject_id, table.c.resolved_at.is_(None)
        )
        return self._first(records.Alarm, chosen)

    def alarm(self, alarm_id: str) -> records.Alarm:
        return self._one(records.Alarm, alarm_id)
