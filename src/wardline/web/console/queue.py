"""The queue: what waits, and the next case."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

from wardline import records
from wardline.web.console.desk import EVERYBODY, REVIEWERS, Desk, Page
from wardline.web.console.rendering import HEADERS, go, page, waiting

_SHOWN = 50


def home(desk: Desk) -> Response:
    """Send everybody to the room they work in."""
    if desk.user.role in REVIEWERS:
        return go("/queue")
    return go("/audit" if desk.user.role is records.Role.AUDITOR else "/alarms")


def show(desk: Desk) -> Response:
    """List what this person may take, oldest first; no pictures."""
    store = desk.wardline.parts.store
    cases = store.waiting_cases(now=desk.now, user_id=desk.user.id, most=_SHOWN)
    return page(desk, "queue", cases=cases, mine=in_hand(desk), waits=waiting(desk))


def count(desk: Desk) -> Response:
    """Give the number of waiting cases alone, for the page that asks each minute."""
    return HTMLResponse(waiting(desk), headers=HEADERS)


def take(desk: Desk) -> Response:
    """Take the next case; one that is in hand already comes first."""
    mine = in_hand(desk)
    case = mine[0] if mine else desk.wardline.next_case(desk.user)
    return go(f"/cases/{case.id}") if case else go("/queue")


def in_hand(desk: Desk) -> list[records.Case]:
    """The cases that this person has claimed."""
    return desk.wardline.parts.store.claimed_cases(user_id=desk.user.id, now=desk.now)


PAGES = (
    Page("GET", "/", EVERYBODY, home),
    Page("GET", "/queue", REVIEWERS, show),
    Page("GET", "/queue/count", REVIEWERS, count),
    Page("POST", "/queue/next", REVIEWERS, take),
)
