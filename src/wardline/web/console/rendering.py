"""From a template to an answer: the frame around every page, and the headers that keep it to itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import jinja2
from starlette.responses import HTMLResponse, RedirectResponse, Response

from wardline import __version__, records, review
from wardline.errors import (
    ConflictError,
    InputError,
    LeaseLostError,
    NotFoundError,
    VersionConflictError,
    WardlineError,
)
from wardline.pipeline import sessions
from wardline.pipeline.people import may_review
from wardline.records import AppealState, ApprovalState, ReferralState, Role
from wardline.web.console import static_files
from wardline.web.console.desk import MANAGERS, OVERSEERS, REVIEWERS, Desk

HEADERS = {
    "Cache-Control": "no-store",
    # Not "no-referrer": browsers would then send every form with the origin "null".
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
}
THEMES = ("system", "light", "dark")
THEME_COOKIE = "wardline_theme"
KEYS_COOKIE = "wardline_keys"
_MOST_COUNTED = 500


def _ago(moment: datetime, now: datetime) -> str:
    """Say how long ago in words: ``"4 min"``, ``"3 h 20"``, ``"2 days"``."""
    return span(now - moment)


def span(length: timedelta) -> str:
    """Say a length of time in words."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "under a minute"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d}"
    days = minutes // (24 * 60)
    return f"{days} day{'s' if days != 1 else ''}"


def _due(case: records.Case, now: datetime) -> str:
    """Say when a case shall be decided, in words: ``"due in 3 h 20"``, ``"4 min past target"``; nothing where there is no target."""
    if case.due_at is None:
        return ""
    left = case.due_at - now
    return f"due in {span(left)}" if left > timedelta(0) else f"{span(-left)} past target"


def _when(moment: datetime | None) -> str:
    """Write a time in UTC, British style."""
    return f"{moment.day} {moment:%b %Y, %H:%M}" if moment else ""


def _short(record_id: str) -> str:
    """The last six characters of an id: enough to tell two apart on a page."""
    return record_id[-6:].upper()


def _stands(state: str) -> str:
    """Say where a referral stands, in words."""
    return "waits for a person" if state == ReferralState.NEEDS_HUMAN else state.replace("-", " ")


_CHANGED = (
    "Something new came in, or somebody was quicker: perhaps you, in another window. Look at it as it is now."
)
_ADVICE: Mapping[type[WardlineError], str] = {
    InputError: "Correct it, and send it again.",
    NotFoundError: "It may have been destroyed, for nothing is kept for longer than it has to be; or the address is incomplete.",
    ConflictError: _CHANGED,
    VersionConflictError: _CHANGED,
    LeaseLostError: "Take the case again; if a colleague has it by now, take the next one.",
}
"""What to do next, to whoever sits at a page: where an error gives no advice of its own, that of its class speaks to programs."""


def _advised(error: WardlineError) -> str:
    """Give what somebody at a page does next."""
    return _ADVICE.get(type(error), error.advice) if error.advice == error.remedy else error.advice


def _worded(error: WardlineError) -> str:
    """Give what is wrong. What happens to everybody who thinks for long is said without a record's id and what it is not."""
    if isinstance(error, LeaseLostError):
        return "Your time with this case is over, or a colleague was given it"
    return error.message[:1].upper() + error.message[1:]


_LIST_ID = re.compile(r"hash-list-[0-9a-z]{26}")


def _named(reason: str, lists: Mapping[str, str]) -> str:
    """Write the names of hash lists where a reason has their ids."""
    return _LIST_ID.sub(lambda found: lists.get(found.group(), found.group()), reason)


_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("wardline.web.console"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_TEMPLATES.globals["static"] = static_files.address
_TEMPLATES.filters.update(
    advised=_advised,
    ago=_ago,
    due=_due,
    named=_named,
    when=_when,
    worded=_worded,
    short=_short,
    span=span,
    stands=_stands,
)


def _unturned(value: object) -> object:
    """Let no name or text that somebody uploaded turn round what stands on a page."""
    return records.unturned(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


_TELLING = frozenset({"account", "case", "case_record", "officer", "referral"})
"""Pages that show what accounts are called and what was written. Others give back what people typed, unchanged."""
_OF_WHAT_WAS_TOLD = _TEMPLATES.overlay(finalize=_unturned)


def page(desk: Desk, template: str, *, status: int = 200, **values: Any) -> Response:
    """Render a page for a person who is signed in."""
    templates = _OF_WHAT_WAS_TOLD if template in _TELLING else _TEMPLATES
    text = templates.get_template(f"{template}.html.jinja").render(
        me=desk.user, csrf=sessions.csrf_token(desk.token), now=desk.now, version=__version__, theme=theme_of(desk.request.cookies),
        rooms=_rooms(desk), lists=_lists(desk), place=_place(desk), exposure=_exposure(desk),
        keys_on=keys_on(desk.request.cookies), log_badge=desk.wardline.log_badge(), **values,
    )  # fmt: skip
    return HTMLResponse(text, status_code=status, headers=HEADERS)


def part(desk: Desk, template: str, **values: Any) -> Response:
    """Render a part of a page, for htmx to put in its place."""
    text = _TEMPLATES.get_template(f"_{template}.html.jinja").render(
        csrf=sessions.csrf_token(desk.token), now=desk.now, **values
    )
    return HTMLResponse(text, headers=HEADERS)


def _place(desk: Desk) -> str:
    """Say where reports go while that is not the authority itself."""
    authority = desk.wardline.parts.authority
    if authority is None:
        return "No receiver is set up"
    return "" if authority.environment == "production" else f"Referrals go to the {authority.environment}"


def _exposure(desk: Desk) -> review.Exposure | None:
    """What this person was shown in their shift; None for those who are shown nothing."""
    return desk.wardline.glance(desk.user) if desk.user.role in REVIEWERS else None


def bare(template: str, *, status: int = 200, theme: str = "system", **values: Any) -> Response:
    """Render a page without the frame: before somebody signed in, or when nothing else may fail."""
    text = _TEMPLATES.get_template(f"{template}.html.jinja").render(
        version=__version__, theme=theme, **values
    )
    return HTMLResponse(text, status_code=status, headers=HEADERS)


def go(address: str) -> Response:
    """Send the browser to another page with a GET, so that reloading repeats nothing."""
    return RedirectResponse(address, status_code=303, headers=HEADERS)


def theme_of(cookies: dict[str, str]) -> str:
    """Read the preference for light or dark."""
    chosen = cookies.get(THEME_COOKIE, "system")
    return chosen if chosen in THEMES else "system"


def keys_on(cookies: dict[str, str]) -> bool:
    """Say whether single keys do something: they do unless the person switched them off."""
    return cookies.get(KEYS_COOKIE, "on") != "off"


def _rooms(desk: Desk) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The navigation: only what this person may open. Groups of (address, name, count)."""
    role = desk.user.role
    work = (
        [("/queue", "Queue", waiting(desk)), *_in_hand(desk), ("/search", "Search", "")]
        if role in REVIEWERS
        else []
    )
    work.append(("/appeals", "Appeals", _appeals(desk)))
    work += (
        [
            ("/referrals", "Referrals", _referrals(desk)),
            ("/holds", "Holds", ""),
            ("/preservations", "Requests", ""),
        ]
        if role in OVERSEERS
        else []
    )
    lists = (
        [("/hash-lists", "Hash lists", ""), ("/approvals", "Approvals", _approvals(desk))]
        if role in OVERSEERS
        else []
    )
    if role in OVERSEERS:
        lists.append(("/automation", "Automation", ""))
    else:
        work.append(("/automation/public", "Automation", ""))
    watch = [
        ("/alarms", "Alarms", _alarms(desk)),
        ("/audit", "Audit log", ""),
        ("/statistics", "Statistics", ""),
    ]
    team = [("/team", "Team", "")] if role is Role.LEAD else []
    people = team + ([("/people", "People and keys", "")] if role in MANAGERS else [])
    people += [("/training", "Training", "")] if role is Role.LEAD else []
    people += [("/wellbeing", "Wellbeing", "")] if role is Role.LEAD else []
    people.append(("/you", "You", ""))
    groups = [
        ("Work", work),
        ("Assurance", [*lists, *(watch if role in OVERSEERS else [])]),
        ("House", people),
    ]
    return [(name, rooms) for name, rooms in groups if rooms]


def _in_hand(desk: Desk) -> list[tuple[str, str, str]]:
    mine = desk.wardline.parts.store.claimed_cases(user_id=desk.user.id, now=desk.now)
    return [(f"/cases/{mine[0].id}", "Case in hand", str(len(mine)))] if mine else []


def waiting(desk: Desk) -> str:
    """How many cases this person could take, as text; an honest "500+" instead of counting for long."""
    known: str | None = getattr(desk.request.state, "waiting", None)
    if known is not None:
        return known  # the page says it, and so does the navigation beside it
    taker = desk.wardline.takers.of(desk.user)
    count = partial(desk.wardline.parts.store.count_waiting, now=desk.now, taker=taker)
    handed = count(most=_MOST_COUNTED, escalated=True) if desk.user.role is Role.LEAD else 0
    counted = _counted(handed + count(most=_MOST_COUNTED - handed))
    desk.request.state.waiting = counted
    return counted


def _lists(desk: Desk) -> dict[str, str]:
    return {each.id: each.name for each in desk.wardline.parts.store.hash_lists()}


def _counted(count: int) -> str:
    return f"{_MOST_COUNTED}+" if count >= _MOST_COUNTED else str(count)


def _referrals(desk: Desk) -> str:
    """How many wait for a person."""
    store = desk.wardline.parts.store
    return _counted(store.count_referrals(ReferralState.NEEDS_HUMAN, most=_MOST_COUNTED))


def _appeals(desk: Desk) -> str:
    """How many wait for a decision."""
    return _counted(desk.wardline.parts.store.count_appeals(AppealState.OPEN, most=_MOST_COUNTED))


def _approvals(desk: Desk) -> str:
    store = desk.wardline.parts.store
    return _counted(store.count_approvals(ApprovalState.PROPOSED, most=_MOST_COUNTED))


def _alarms(desk: Desk) -> str:
    """How many are open, as far as this person is told of them: the number alone could tell the rest."""
    count = desk.wardline.parts.store.count_open_alarms(most=_MOST_COUNTED)
    if 0 < count < _MOST_COUNTED and may_review(desk.user):
        count = len(desk.wardline.open_alarms(user=desk.user))
    return _counted(count)
