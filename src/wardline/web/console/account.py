"""An account, as far as cases tell of it. Its address names a case, so that no account stands in addresses, histories and proxies' logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from wardline import enforcement, records
from wardline.errors import NotFoundError
from wardline.pipeline import blindness, like_accounts, seeing
from wardline.records import ActionKind, ActionState, HoldState
from wardline.web.console.appeal_view import FLAGGERS, STATES, is_blind
from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.opinion_view import OUTCOMES
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
    is_blind: bool
    """Somebody decides on an appeal without knowing what was decided: neither is it told here."""
    is_told: bool
    """False while this person may have to judge the case: then nothing is said of what came of it."""


def show(desk: Desk) -> Response:
    """Show the cases of the account that a case is about, newest first."""
    store = desk.wardline.parts.store
    case = store.case(desk.record("case"))
    if not case.account_reference:
        raise NotFoundError(f"{case.id}: its account was unlinked after the decision, expected one")
    seeing.require(desk.wardline.parts, case.id, desk.user)
    found = store.cases_of_account(case.account_reference, before=desk.asked("before") or None, most=_SHOWN)
    rows = _rows(desk, found)
    platforms = _platforms(desk, found)
    return page(
        desk, "account", case=case, rows=rows, outcomes=OUTCOMES, incident_words=records.KIND_WORDS, platforms=sorted(platforms),
        more=found[-1].id if len(found) == _SHOWN else None, newest=not desk.asked("before"),
        suspended=next((row.suspended for row in rows if row.suspended and not row.is_blind), None),
        **_record(desk, case.account_reference, platforms, rows),
        like=like_accounts.seen(desk.wardline.parts, found, desk.user),
        open_cases=sum(row.case.state is records.CaseState.OPEN for row in rows),
        violations=sum(_is_violation(row) for row in rows), reported=sum(len(row.referrals) for row in rows),
    )  # fmt: skip


def _rows(desk: Desk, cases: list[records.Case]) -> list[Row]:
    """Read what belongs to the cases: all of them at once, for each question to the store takes its time."""
    store, case_ids = desk.wardline.parts.store, [case.id for case in cases]
    decisions = store.several_decisions([case.decision_id for case in cases if case.decision_id])
    referrals = store.referrals_of_several(case_ids)
    actions = store.actions_of_several(case_ids)
    holds = store.holds_of_several([item_id for case in cases for item_id in case.item_ids])
    known = {each.id for each in cases} - desk.wardline.hidden_cases(case_ids, user=desk.user)
    return [
        Row(
            case=case,
            decision=decisions.get(case.decision_id or "") if _is_told(desk, case, decisions) else None,
            referrals=() if is_blind(case) else tuple(referrals.get(case.id, ())) if case.id in known else (),
            suspended=_suspension(actions.get(case.id, ())) if case.id in known else None,
            is_blind=is_blind(case),
            held=_active([hold for item_id in case.item_ids for hold in holds.get(item_id, ())]),
            is_told=case.id in known,
        )
        for case in cases
    ]


def _record(desk: Desk, account: str, platforms: set[str], rows: Sequence[Row]) -> dict[str, Any]:
    """Read what stands against the account, and what was said: strikes, flags and appeals of the cases that are shown."""
    parts, case_ids = desk.wardline.parts, [row.case.id for row in rows]
    store = parts.store
    strikes = _strikes(desk, [each for name in sorted(platforms) for each in store.strikes_of(name, account)])
    found = store.appeals_of_several(case_ids)
    appeals = blindness.seen_appeals(parts, [found[each] for each in case_ids if each in found], desk.user)
    notices = store.notices_of_several(case_ids)
    flags = [notice for each in case_ids for notice in notices.get(each, ())]
    return {
        "strikes": strikes, "strike_sum": enforcement.total(strikes, desk.now), "ladder": desk.wardline.parts.rules.ladder,
        "appeals": appeals, "appeal_states": STATES, "flags": blindness.seen_notices(parts, flags, desk.user), "flaggers": FLAGGERS,
    }  # fmt: skip


def _strikes(desk: Desk, every: Sequence[records.Strike]) -> list[records.Strike]:
    """Leave out the strikes of cases that are to be judged without knowing that there was one, however long ago they were opened."""
    case_ids = list({each.case_id: None for each in every})
    hidden = desk.wardline.hidden_cases(case_ids, user=desk.user)
    hidden |= {
        case_id
        for case_id, case in desk.wardline.parts.store.several_cases(case_ids).items()
        if is_blind(case)
    }
    return [each for each in every if each.case_id not in hidden]


def _is_violation(row: Row) -> bool:
    return not row.is_blind and row.decision is not None and row.decision.outcome is records.Outcome.VIOLATION


def _is_told(desk: Desk, case: records.Case, decisions: Mapping[str, records.Decision]) -> bool:
    """Say whether a decision may be told: one's own, or of a closed case."""
    decision = decisions.get(case.decision_id or "")
    return case.state is records.CaseState.CLOSED or (
        decision is not None and decision.user_id == desk.user.id
    )


def _suspension(actions: Sequence[records.Action]) -> records.Action | None:
    delivered = [
        each
        for each in actions
        if each.kind is ActionKind.SUSPEND_ACCOUNT and each.state is ActionState.DELIVERED and each.stands
    ]
    return delivered[-1] if delivered else None


def _active(holds: Sequence[records.Hold]) -> tuple[records.Hold, ...]:
    active = [hold for hold in holds if hold.state is HoldState.ACTIVE]
    return tuple(sorted(active, key=lambda hold: hold.until))


def _platforms(desk: Desk, cases: list[records.Case]) -> set[str]:
    items = desk.wardline.parts.store.several_items([case.item_ids[0] for case in cases])
    return {item.platform for item in items.values()}


PAGES = (Page("GET", "/cases/{case_id}/account", REVIEWERS, show),)
