"""An account, as far as cases tell of it. Its address names a case, so that no account stands in addresses, histories and proxies' logs."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from wardline import records
from wardline.errors import NotFoundError
from wardline.records import ActionKind, ActionState, HoldState
from wardline.web.console.case_view import OUTCOMES
from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.rendering import page

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One case of the account."""

    case: records.Case
    decision: records.Decision | None
    referrals: tuple[records.Referral, ...]
    suspended: records.Action | None
    held: tuple[records.Hold, ...]
    """Active holds of its files, the longest last."""


def show(desk: Desk) -> Response:
    """Show the cases of the account that a case is about, newest first."""
    store = desk.wardline.parts.store
    case = store.case(desk.record("case"))
    if not case.account_reference:
        raise NotFoundError(f"{case.id}: its account was unlinked after the decision, expected one")
    found = store.cases_of_account(case.account_reference, before=desk.asked("before") or None, most=_SHOWN)
    rows = [_row(desk, each) for each in found]
    return page(
        desk, "account", case=case, rows=rows, outcomes=OUTCOMES, platforms=sorted(_platforms(desk, found)),
        more=found[-1].id if len(found) == _SHOWN else None, newest=not desk.asked("before"),
        suspended=next((row.suspended for row in rows if row.suspended), None),
        open_cases=sum(row.case.state is records.CaseState.OPEN for row in rows),
        violations=sum(row.decision is not None and row.decision.outcome is records.Outcome.VIOLATION for row in rows),
        reported=sum(len(row.referrals) for row in rows),
    )  # fmt: skip


def _row(desk: Desk, case: records.Case) -> Row:
    store = desk.wardline.parts.store
    actions = store.actions_of(case.id)
    holds = [
        hold
        for item_id in case.item_ids
        for hold in store.holds_of(item_id)
        if hold.state is HoldState.ACTIVE
    ]
    suspensions = [
        action
        for action in actions
        if action.kind is ActionKind.SUSPEND_ACCOUNT and action.state is ActionState.DELIVERED
    ]
    return Row(
        case=case,
        decision=store.decision(case.decision_id) if case.decision_id else None,
        referrals=tuple(store.referrals(case_id=case.id)),
        suspended=suspensions[-1] if suspensions else None,
        held=tuple(sorted(holds, key=lambda hold: hold.until)),
    )


def _platforms(desk: Desk, cases: list[records.Case]) -> set[str]:
    return {desk.wardline.parts.store.item(case.item_ids[0]).platform for case in cases}


PAGES = (Page("GET", "/cases/{case_id}/account", REVIEWERS, show),)
