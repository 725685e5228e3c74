"""The queue: what waits, and the next case."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from starlette.responses import Response

from wardline import records, review, triage
from wardline.errors import InputError
from wardline.pipeline.taking import has_skills
from wardline.records import Outcome, Role, Stage
from wardline.web.console.desk import EVERYBODY, REVIEWERS, Desk, Page
from wardline.web.console.rendering import go, page, part, waiting
from wardline.web.console.viewing import viewing_of
from wardline.web.console.your_choices import GRADES

_SHOWN = 25
_COUNTED = 500
_LOOKED_AT = 200


def home(desk: Desk) -> Response:
    """Send everybody to the room they work in."""
    if desk.user.role in REVIEWERS:
        return go("/queue")
    return go("/audit" if desk.user.role is Role.AUDITOR else "/alarms")


def show(desk: Desk) -> Response:
    """List what this person may take, in the order in which it is handed out, or by age; no pictures. Leads also see what was handed to them."""
    view, after = desk.asked("view") or "all", desk.asked("after") or None
    page_of_all = _cases(desk, view, after)
    # What is handed to others is not listed either: a list of them would tell whose accounts are looked at.
    waiting_cases = [each for each in page_of_all if not review.is_party(each, desk.user)]
    asked = _could_not_tell(desk, waiting_cases)
    cases = desk.wardline.seen_cases(waiting_cases, user=desk.user)
    mine = desk.wardline.seen_cases(in_hand(desk), user=desk.user) if after is None and view == "all" else []
    return page(
        desk, "queue", view=view, cases=[case for case in cases if case not in mine], mine=mine, waits=waiting(desk), after=after,
        handed=_handed(desk), more=page_of_all[-1].id if len(page_of_all) == _SHOWN and view in ("oldest", "leads") else None,
        asked=asked, passed_on={each.id for each in (*waiting_cases, *in_hand(desk)) if each.declined_by}, viewing=viewing_of(desk), choices=desk.wardline.choices(desk.user), shift=desk.wardline.exposure(desk.user),
        limits=desk.wardline.parts.rules.wellbeing, is_full=len(page_of_all) == _SHOWN, factors=review.factors, is_told=triage.is_told, near_copies=defaultdict(int, desk.wardline.near_copies([*mine, *cases])), oldest_percent=round(100 * desk.wardline.parts.rules.oldest_share),
        **_around(desk),
    )  # fmt: skip


def _could_not_tell(desk: Desk, cases: list[records.Case]) -> set[str]:
    """Give the cases of which somebody said that they could not tell. Others keep people apart, too: whoever is a party, or judged it before new flags."""
    said = {each.decision_id: each.id for each in cases if each.decision_id and each.stage is Stage.FIRST}
    decisions = desk.wardline.parts.store.several_decisions(list(said))
    return {said[each.id] for each in decisions.values() if each.outcome is Outcome.CANNOT_TELL}


def count(desk: Desk) -> Response:
    """Give the number of waiting cases alone, for the page that asks each minute."""
    return part(desk, "count", waits=waiting(desk))


def news(desk: Desk) -> Response:
    """Say whether more waits than when the page was shown. The rows stay where they are until the person asks for others."""
    known = desk.asked("known").removesuffix("+")
    if not known.isascii() or not known.isdigit() or len(known) > 9:
        raise InputError("known: no number, expected how many cases the page shows")
    now = waiting(desk)
    return part(
        desk, "news", known=desk.asked("known"), more=int(now.removesuffix("+")) - int(known), waits=now
    )


def take(desk: Desk) -> Response:
    """Take the next case; one that is in hand already comes first."""
    mine = in_hand(desk)
    case = mine[0] if mine else desk.wardline.next_case(desk.user)
    return go(f"/cases/{case.id}") if case else go("/queue")


def in_hand(desk: Desk) -> list[records.Case]:
    """The cases that this person has claimed."""
    return desk.wardline.parts.store.claimed_cases(user_id=desk.user.id, now=desk.now)


def keys(desk: Desk) -> Response:
    """List the keys."""
    return page(desk, "keys")


def _cases(desk: Desk, view: str, after: str | None) -> list[records.Case]:
    store, now, me = desk.wardline.parts.store, desk.now, desk.user
    taker = desk.wardline.takers.of(me)
    match view:
        case "all":
            return desk.wardline.queue(me, most=_SHOWN)
        case "oldest":
            return store.waiting_cases(now=now, taker=taker, most=_SHOWN, after=after)
        case "leads" if me.role is Role.LEAD:
            return store.waiting_cases(now=now, taker=taker, most=_SHOWN, after=after, escalated=True)
        case "held":
            held = store.held_cases(now=now, most=_LOOKED_AT)
            # What is set aside of other queues is not listed either.
            return [each for each in held if has_skills(desk.wardline.parts, each, me)][:_SHOWN]
        case _:
            raise InputError("view: unknown, expected all, oldest, held, or for leads leads")


def _around(desk: Desk) -> dict[str, Any]:
    """Give what the page says of the order and of other queues: what waits there is counted, not listed."""
    wardline, store = desk.wardline, desk.wardline.parts.store
    order, chosen = wardline.order(), wardline.parts.rules.order
    others = store.count_waiting(now=desk.now, taker=wardline.takers.others(desk.user), most=_COUNTED)
    return {
        "order": order, "falls_back": order is not chosen, "elsewhere": others, "has_queues": bool(wardline.parts.rules.queues),
        "untaken": wardline.untaken() if desk.user.role is Role.LEAD else (), "grades": GRADES,
    }  # fmt: skip


def _handed(desk: Desk) -> int | None:
    """How many cases were handed to the leads; None for those whom it does not concern."""
    if desk.user.role is not Role.LEAD:
        return None
    return desk.wardline.parts.store.count_waiting(
        now=desk.now, taker=desk.wardline.takers.of(desk.user), most=100, escalated=True
    )


PAGES = (
    Page("GET", "/", EVERYBODY, home),
    Page("GET", "/queue", REVIEWERS, show),
    Page("GET", "/queue/count", REVIEWERS, count),
    Page("GET", "/queue/news", REVIEWERS, news),
    Page("POST", "/queue/next", REVIEWERS, take),
    Page("GET", "/keys", EVERYBODY, keys),
)
