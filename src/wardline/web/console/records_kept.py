"""Holds: what is kept, why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from wardline import records
from wardline.records import HoldBasis, HoldState
from wardline.web.console.desk import MANAGERS, OVERSEERS, REVIEWERS, Desk, Page
from wardline.web.console.rendering import page, span

_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Words:
    """A basis in words."""

    title: str
    means: str


WORDS: dict[HoldBasis, Words] = {
    HoldBasis.PROVISIONAL: Words(
        "Provisional", "Sealed when it went to a person. What is decided sets the end."
    ),
    HoldBasis.REPORTED: Words(
        "Reported to the authority", "One year at least from the receipt (18 USC 2258A(h))."
    ),
    HoldBasis.REQUESTED: Words(
        "Preserved on request", "Somebody asked that it is kept; the request says who, and on what basis."
    ),
}


def holds(desk: Desk) -> Response:
    """List holds, oldest first, a page at a time."""
    after = desk.asked("after")
    found = desk.wardline.parts.store.holds(after=after or None, most=_SHOWN + 1)
    shown = found[:_SHOWN]
    hidden = desk.wardline.hidden_cases([each.case_id for each in shown], user=desk.user)
    return page(
        desk, "holds", holds=[(each, WORDS[each.basis], _ends(each, desk.now)) for each in shown if each.case_id not in hidden], first=not after,
        more=shown[-1].id if len(found) > _SHOWN else None, opens_cases=desk.user.role in REVIEWERS, manages=desk.user.role in MANAGERS,
    )  # fmt: skip


def _ends(hold: records.Hold, now: datetime) -> str:
    """Say when a hold ends, counted from now."""
    if hold.state is HoldState.ENDED:
        return "has ended"
    if now < hold.until:
        return f"in {span(hold.until - now)}"
    return "its time is over; it waits for the decision or for the receipt"


PAGES = (Page("GET", "/holds", OVERSEERS, holds),)
