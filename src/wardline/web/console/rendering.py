"""From a template to an answer: the frame around every page, and the headers that keep it to itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jinja2
from starlette.responses import HTMLResponse, RedirectResponse, Response

from wardline import __version__, records
from wardline.pipeline import sessions
from wardline.records import ReferralState
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


def _when(moment: datetime | None) -> str:
    """Write a time in UTC, British style."""
    return f"{moment.day} {moment:%b %Y, %H:%M}" if moment else ""


def _short(record_id: str) -> str:
    """The last six characters of an id: enough to tell two apart on a page."""
    return record_id[-6:].upper()


_LIST_ID = re.compile(r"hash-list-[0-9a-z]{26}")


def _named(reason: str, lists: Mapping[str, str]) -> str:
    """Write the names of hash lists where a reason has their ids."""
    return _LIST_ID.sub(lambda found: lists.get(found.group(), found.group()), reason)


_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("wardline.web.console"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_TEMPLATES.filters.update(ago=_ago, named=_named, when=_when, short=_short, span=span)


def page(desk: Desk, template: str, *, status: int = 200, **values: Any) -> Response:
    """Render a page for a person who is signed in."""
    text = _TEMPLATES.get_template(f"{template}.html.jinja").render(
        me=desk.user, csrf=sessions.csrf_token(desk.token), now=desk.now, version=__version__, theme=theme_of(desk.request.cookies),
        rooms=_rooms(desk), lists=_lists(desk), **values,
    )  # fmt: skip
    return HTMLResponse(text, status_code=status, headers=HEADERS)


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


def _rooms(desk: Desk) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The navigation: only what this person may open. Groups of (address, name, count)."""
    role = desk.user.role
    work = [("/queue", "Queue", waiting(desk))] if role in REVIEWERS else []
    work += (
        [("/referrals", "Referrals", _referrals(desk)), ("/holds", "Holds", "")] if role in OVERSEERS else []
    )
    lists = (
        [("/hash-lists", "Hash lists", ""), ("/approvals", "Approvals", _approvals(desk))]
        if role in OVERSEERS
        else []
    )
    watch = [
        ("/alarms", "Alarms", _alarms(desk)),
        ("/audit", "Audit log", ""),
        ("/statistics", "Statistics", ""),
    ]
    people = [("/people", "People and keys", "")] if role in MANAGERS else []
    groups = [
        ("Work", work),
        ("Assurance", [*lists, *(watch if role in OVERSEERS else [])]),
        ("House", people),
    ]
    return [(name, rooms) for name, rooms in groups if rooms]


def waiting(desk: Desk) -> str:
    """How many cases this person could take, as text; an honest "500+" instead of counting for long."""
    store = desk.wardline.parts.store
    return _counted(len(store.waiting_cases(now=desk.now, user_id=desk.user.id, most=_MOST_COUNTED)))


def _lists(desk: Desk) -> dict[str, str]:
    return {each.id: each.name for each in desk.wardline.parts.store.hash_lists()}


def _counted(count: int) -> str:
    return f"{_MOST_COUNTED}+" if count >= _MOST_COUNTED else str(count)


def _referrals(desk: Desk) -> str:
    found = desk.wardline.parts.store.referrals(most=_MOST_COUNTED)
    return str(sum(each.state is ReferralState.NEEDS_HUMAN for each in found)) if found else ""


def _approvals(desk: Desk) -> str:
    return str(len(desk.wardline.parts.store.approvals(state=records.ApprovalState.PROPOSED)))


def _alarms(desk: Desk) -> str:
    return str(len(desk.wardline.parts.store.open_alarms()))
