"""What the page of a case tells of an appeal: first what the person says, and what was decided only once one's own decision is in effect.

Blind first, then compare: whoever knows what a colleague found, finds it more easily, and an appeal that only confirms is none. Afterwards
both stand side by side, so that whoever sees them can learn from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wardline import records
from wardline.pipeline import blindness
from wardline.records import ActionKind, AppealState, CaseState, Flagger, Stage
from wardline.web.console.desk import Desk

ACTIONS = {
    ActionKind.RESTRICT_CONTENT: "The content was hidden", ActionKind.REMOVE_CONTENT: "The content was removed",
    ActionKind.RESTORE_CONTENT: "The content was restored", ActionKind.SUSPEND_ACCOUNT: "The account was suspended",
    ActionKind.WARN_ACCOUNT: "The account was warned",
}  # fmt: skip
STATES = {
    AppealState.WAITING: "waits for the first decision", AppealState.OPEN: "waits for a decision", AppealState.UPHELD: "upheld",
    AppealState.OVERTURNED: "overturned",
}  # fmt: skip
FLAGGERS = {
    Flagger.USER: "users",
    Flagger.TRUSTED_FLAGGER: "trusted flaggers",
    Flagger.POLICE: "an authority",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An appeal, as far as it may be shown now."""

    appeal: records.Appeal
    action: str
    """What was done, in words."""
    state: str
    former: records.Decision | None
    """What is appealed against; None while somebody is to decide without it."""
    note: str
    """What was written with it; empty where nothing was, or it may not be shown."""


def is_blind(case: records.Case) -> bool:
    """Say whether a case is to be decided without knowing what was decided before: also while that may still be taken back."""
    return case.stage is Stage.APPEAL and case.state is not CaseState.CLOSED


def values(desk: Desk, case: records.Case) -> dict[str, Any]:
    """Give what the case's template asks for: its appeal and its flags."""
    parts = desk.wardline.parts
    appeal = parts.store.appeal_of(case.id)
    seen = blindness.seen_appeals(parts, [appeal], desk.user) if appeal else []
    return {
        "appeal": shown(desk, case, seen[0]) if seen else None,
        "is_blind": is_blind(case),
        "flags": blindness.seen_notices(parts, parts.store.notices_of(case.id), desk.user),
        "flaggers": FLAGGERS,
    }


def shown(desk: Desk, case: records.Case, appeal: records.Appeal) -> Shown:
    """Put together what may be shown of an appeal."""
    store = desk.wardline.parts.store
    compares = not is_blind(case) and appeal.answer_id is not None
    former = store.decision(appeal.decision_id) if appeal.decision_id and compares else None
    wrote = (
        [each.text for each in store.notes_of(case.id) if each.user_id == former.user_id] if former else []
    )
    return Shown(
        appeal=appeal, action=ACTIONS[store.action(appeal.action_id).kind], state=STATES[appeal.state], former=former,
        note=wrote[-1] if wrote else "",
    )  # fmt: skip


def visible_actions(desk: Desk, case: records.Case) -> list[records.Action]:
    """Give the actions of a case; of one that is decided blind, only the one that is appealed and what came before anybody decided."""
    actions = desk.wardline.seen_actions(case.id, user=desk.user)
    if not is_blind(case):
        return actions
    appeal = desk.wardline.parts.store.appeal_of(case.id)
    appealed = appeal.action_id if appeal else None
    return [each for each in actions if each.id == appealed or each.kind is ActionKind.RESTRICT_CONTENT]
