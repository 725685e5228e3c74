"""Appeals: who waits for an answer, and until when it was promised. What they say stands on the page of the case."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from wardline import records
from wardline.errors import InputError
from wardline.pipeline import blindness
from wardline.records import AppealState
from wardline.web.console.appeal_view import ACTIONS, STATES
from wardline.web.console.desk import EVERYBODY, REVIEWERS, Desk, Page
from wardline.web.console.rendering import page

_SHOWN = 40
_MOST_COUNTED = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One appeal."""

    appeal: records.Appeal
    action: str
    state: str
    is_late: bool


def show(desk: Desk) -> Response:
    """List appeals, oldest first, a page at a time; those that wait, or all of them."""
    store, after = desk.wardline.parts.store, desk.asked("after") or None
    state = _state(desk.asked("state"))
    found = store.appeals(state=state, after=after, most=_SHOWN)
    rows = [
        Row(
            appeal=each, action=ACTIONS[store.action(each.action_id).kind], state=STATES[each.state],
            is_late=each.answered_at is None and each.due_at <= desk.now,
        )
        for each in blindness.seen_appeals(desk.wardline.parts, found, desk.user)
        if state in (None, each.state)
    ]  # fmt: skip
    waiting = store.count_appeals(AppealState.OPEN, most=_MOST_COUNTED)
    return page(
        desk, "appeals", rows=rows, state=state, waiting=f"{_MOST_COUNTED}+" if waiting == _MOST_COUNTED else str(waiting),
        more=found[-1].id if len(found) == _SHOWN else None, first=after is None, nobody=not found, opens_cases=desk.user.role in REVIEWERS,
    )  # fmt: skip


def _state(asked: str) -> AppealState | None:
    try:
        return AppealState(asked) if asked else None
    except ValueError:
        raise InputError("appeals: unknown state, expected one that an appeal can be in") from None


PAGES = (Page("GET", "/appeals", EVERYBODY, show),)
