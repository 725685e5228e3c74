"""The small readers of the rooms, over dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from wardline import records
from wardline.adapters.stores import figures
from wardline.adapters.stores.memory_lists import MemoryListReaders
from wardline.adapters.stores.memory_queue import MemoryQueue
from wardline.adapters.stores.memory_sign_in import MemorySignIn
from wardline.adapters.stores.memory_targets import MemoryTargets
from wardline.errors import NotFoundError

R = TypeVar("R")


class MemoryReaders(MemoryListReaders, MemoryQueue, MemorySignIn, MemoryTargets):
    """Every reader but the log's."""

    # --- intake -----------------------------------------------------------------------------------------------------------------
    def item(self, item_id: str) -> records.Item:
        return self._one(records.Item, item_id)

    def items_since(self, since: datetime, *, after: str | None = None, most: int) -> list[records.Item]:
        found = self._all(records.Item, _received, lambda each: each.received_at >= since)
        return self._following(records.Item, found, _received, after)[:most]

    def remembered(self, key_digest: str) -> records.Remembered | None:
        with self._gate:
            return self._remembered.get(key_digest)

    def expired_keys(self, now: datetime, *, most: int) -> list[str]:
        with self._gate:
            expired = [key for key in self._remembered.values() if key.expires_at <= now]
        return [key.key_digest for key in sorted(expired, key=lambda key: key.expires_at)[:most]]

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
        found = self._all(
            records.Case,
            _opened,
            lambda case: state in (None, case.state) and account in (None, case.account_reference),
        )
        return self._following(records.Case, found, _opened, after)[:most]

    def cases_of_account(self, account: str, *, before: str | None = None, most: int) -> list[records.Case]:
        found = self._all(records.Case, _opened, lambda case: case.account_reference == account)
        return self._preceding(records.Case, found, _opened, before)[:most]

    def held_cases(self, *, now: datetime, most: int) -> list[records.Case]:
        def held(case: records.Case) -> bool:
            return (
                case.state is records.CaseState.OPEN and case.held_until is not None and case.held_until > now
            )

        return self._all(records.Case, lambda case: (case.held_until, case.id), held)[:most]

    def claimed_cases(self, *, user_id: str, now: datetime) -> list[records.Case]:
        def held(case: records.Case) -> bool:
            runs = case.lease_until is not None and case.lease_until > now
            return case.state is records.CaseState.OPEN and case.claimed_by == user_id and runs

        return self._all(records.Case, _opened, held)

    def reveals_of(self, case_id: str) -> list[records.Reveal]:
        return self._all(records.Reveal, _at, lambda found: found.case_id == case_id)

    def reveals_to(self, user_id: str, *, since: datetime) -> list[records.Reveal]:
        return self._all(records.Reveal, _at, lambda found: found.user_id == user_id and found.at >= since)

    def coverings_by(self, user_id: str, *, since: datetime) -> list[records.Covering]:
        return self._all(records.Covering, _at, lambda found: found.user_id == user_id and found.at >= since)

    def notes_of(self, case_id: str) -> list[records.Note]:
        return self._all(records.Note, _at, lambda found: found.case_id == case_id)

    def decisions_of(self, case_id: str) -> list[records.Decision]:
        return self._all(records.Decision, _at, lambda found: found.case_id == case_id)

    def decision(self, decision_id: str) -> records.Decision:
        return self._one(records.Decision, decision_id)

    # --- enforcement ------------------------------------------------------------------------------------------------------------
    def action(self, action_id: str) -> records.Action:
        return self._one(records.Action, action_id)

    def actions_of(self, case_id: str) -> list[records.Action]:
        return self._all(
            records.Action, lambda found: (found.created_at, found.id), lambda found: found.case_id == case_id
        )

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
        found = self._all(
            records.Referral,
            _created,
            lambda referral: case_id in (None, referral.case_id) and state in (None, referral.state),
        )
        return self._following(records.Referral, found, _created, after)[:most]

    def newest_referrals(
        self, *, state: records.ReferralState | None = None, before: str | None = None, most: int
    ) -> list[records.Referral]:
        found = self._all(records.Referral, _created, lambda referral: state in (None, referral.state))
        return self._preceding(records.Referral, found, _created, before)[:most]

    def count_referrals(self, state: records.ReferralState, *, most: int) -> int:
        return len(self.referrals(state=state, most=most))

    def receipt_of(self, referral_id: str) -> records.Receipt | None:
        return _only(
            self._all(records.Receipt, lambda found: found.id, lambda found: found.referral_id == referral_id)
        )

    # --- preservation -----------------------------------------------------------------------------------------------------------
    def hold(self, hold_id: str) -> records.Hold:
        return self._one(records.Hold, hold_id)

    def holds_of(self, item_id: str) -> list[records.Hold]:
        return self._all(records.Hold, _placed, lambda found: found.item_id == item_id)

    def holds(self, *, after: str | None = None, most: int = 100) -> list[records.Hold]:
        return self._following(records.Hold, self._all(records.Hold, _placed), _placed, after)[:most]

    def ended_holds(self, now: datetime, *, most: int) -> list[records.Hold]:
        return self._all(
            records.Hold,
            lambda found: (found.until, found.id),
            lambda found: found.state is records.HoldState.ACTIVE and found.until <= now,
        )[:most]

    def sealed_items(self, item_ids: Sequence[str]) -> set[str]:
        with self._gate:
            items = self._table(records.Item)
            return {item_id for item_id in item_ids if item_id in items and items[item_id].sealed}

    # --- people -----------------------------------------------------------------------------------------------------------------
    def user(self, user_id: str) -> records.User:
        return self._one(records.User, user_id)

    def user_named(self, name: str) -> records.User | None:
        return _only(self._all(records.User, lambda found: found.id, lambda found: found.name == name))

    def users(self) -> list[records.User]:
        return self._all(records.User, lambda found: found.name)

    def session_by_digest(self, token_digest: str) -> records.Session | None:
        return _only(
            self._all(
                records.Session, lambda found: found.id, lambda found: found.token_digest == token_digest
            )
        )

    def sessions_of(self, user_id: str) -> list[records.Session]:
        return self._all(
            records.Session,
            lambda found: (found.opened_at, found.id),
            lambda found: found.user_id == user_id,
        )

    def sessions_at_provider(self, provider_session: str) -> list[records.Session]:
        return self._all(
            records.Session,
            lambda found: (found.opened_at, found.id),
            lambda found: found.provider_session == provider_session,
        )

    def expired_sessions(self, now: datetime, *, most: int) -> list[records.Session]:
        return self._all(
            records.Session,
            lambda found: (found.expires_at, found.id),
            lambda found: found.expires_at <= now,
        )[:most]

    def api_key_by_digest(self, secret_digest: str) -> records.ApiKey | None:
        return _only(
            self._all(
                records.ApiKey, lambda found: found.id, lambda found: found.secret_digest == secret_digest
            )
        )

    def api_key_at_once(self, secret_digest: str) -> records.ApiKey | None:
        return self.api_key_by_digest(secret_digest)

    def api_keys(self) -> list[records.ApiKey]:
        return self._all(records.ApiKey, lambda found: (found.created_at, found.id))

    def approval(self, approval_id: str) -> records.Approval:
        return self._one(records.Approval, approval_id)

    def approvals(self, *, state: records.ApprovalState | None = None) -> list[records.Approval]:
        return self._all(
            records.Approval,
            lambda found: (found.proposed_at, found.id),
            lambda found: state in (None, found.state),
        )

    def decided_approvals(self, *, most: int) -> list[records.Approval]:
        return self._all(
            records.Approval,
            lambda found: (found.proposed_at, found.id),
            lambda found: found.state is not records.ApprovalState.PROPOSED,
        )[::-1][:most]

    def count_approvals(self, state: records.ApprovalState, *, most: int) -> int:
        return min(len(self.approvals(state=state)), most)

    # --- alarms -----------------------------------------------------------------------------------------------------------------
    def open_alarms(self) -> list[records.Alarm]:
        return self._all(
            records.Alarm, lambda found: (found.raised_at, found.id), lambda found: found.resolved_at is None
        )

    def count_open_alarms(self, *, most: int) -> int:
        return min(len(self.open_alarms()), most)

    def open_alarm(self, kind: records.AlarmKind, subject_id: str) -> records.Alarm | None:
        return _only(
            [alarm for alarm in self.open_alarms() if (alarm.kind, alarm.subject_id) == (kind, subject_id)]
        )

    def alarm(self, alarm_id: str) -> records.Alarm:
        return self._one(records.Alarm, alarm_id)

    # --- statistics -------------------------------------------------------------------------------------------------------------
    def counts(self, first: date, last: date) -> list[records.StepCount]:
        with self._gate:
            chosen = sorted(item for item in self._counts.items() if first <= item[0][0] <= last)
        return [records.StepCount(day=day, step=step, count=count) for (day, step), count in chosen]

    def durations(self, first: date, last: date) -> dict[str, list[float]]:
        start, end = figures.period(first, last)
        with self._gate:
            measured = {
                figures.OPENED_TO_DECIDED: list(self._decided()),
                figures.DECISION_TO_DELIVERED: list(self._delivered()),
                figures.DECISION_TO_RECEIPT: list(self._received()),
            }
        times = {
            name: figures.seconds(step for step in steps if start <= step[1] < end)
            for name, steps in measured.items()
        }
        return {name: found for name, found in times.items() if found}

    def _standing(self, case: records.Case | None) -> records.Decision | None:
        decision = self._table(records.Decision).get((case and case.decision_id) or "")
        if decision is None or decision.state in figures.WITHOUT_EFFECT:
            return None
        golden = {each.case_id for each in self._table(records.GoldenCase).values()}
        return None if case is None or case.id in golden else decision

    def _decided(self) -> Iterator[tuple[datetime, datetime]]:
        for case in self._table(records.Case).values():
            decision = self._standing(case)
            if decision is not None and decision.outcome is not records.Outcome.CANNOT_TELL:
                yield case.opened_at, decision.at

    def _delivered(self) -> Iterator[tuple[datetime, datetime]]:
        for action in self._table(records.Action).values():
            decision = self._standing(self._table(records.Case).get(action.case_id))
            if decision is not None and action.delivered_at is not None and action.created_at >= decision.at:
                yield decision.at, action.delivered_at

    def _received(self) -> Iterator[tuple[datetime, datetime]]:
        for receipt in self._table(records.Receipt).values():
            referral = self._table(records.Referral).get(receipt.referral_id)
            decision = self._table(records.Decision).get(referral.decision_id) if referral else None
            if decision is not None:
                yield decision.at, receipt.received_at

    def _following(
        self, record_type: type[R], found: list[R], order: Callable[[R], Any], after: str | None
    ) -> list[R]:
        if after is None:
            return found
        last = order(self._cursor(record_type, after))
        return [record for record in found if order(record) > last]

    def _preceding(
        self, record_type: type[R], found: list[R], order: Callable[[R], Any], before: str | None
    ) -> list[R]:
        if before is not None:
            first = order(self._cursor(record_type, before))
            found = [record for record in found if order(record) < first]
        return found[::-1]

    def _cursor(self, record_type: type[R], record_id: str) -> R:
        with self._gate:
            last = self._table(record_type).get(record_id)
        if last is None:
            raise NotFoundError("cursor: its record is gone, expected the id of an existing one")
        return last


def _at(found: records.Reveal | records.Covering | records.Note | records.Decision) -> tuple[datetime, str]:
    return found.at, found.id


def _received(item: records.Item) -> tuple[datetime, str]:
    return item.received_at, item.id


def _opened(case: records.Case) -> tuple[datetime, str]:
    return case.opened_at, case.id


def _created(referral: records.Referral) -> tuple[datetime, str]:
    return referral.created_at, referral.id


def _placed(hold: records.Hold) -> tuple[datetime, str]:
    return hold.placed_at, hold.id


def _only(found: Sequence[R]) -> R | None:
    return next(iter(found), None)
