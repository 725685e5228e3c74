"""What overseers watch: hash lists and approvals, alarms, the audit log, statistics."""

from __future__ import annotations

from datetime import date, timedelta

from starlette.responses import Response

from wardline.errors import InputError
from wardline.records import ApprovalState, Step
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.rendering import go, page

_SHOWN = 100
_DAYS = timedelta(days=30)


def hash_lists(desk: Desk) -> Response:
    """List the hash lists; their entries are never shown."""
    return page(
        desk, "hash_lists", known=desk.wardline.parts.store.hash_lists(), manages=desk.user.role in MANAGERS
    )


def disable(desk: Desk) -> Response:
    """Switch a list off at once."""
    desk.wardline.disable_list(desk.record("hash-list"), user=desk.user)
    return go("/hash-lists")


def activate(desk: Desk) -> Response:
    """Propose to switch a list on."""
    desk.wardline.propose_activation(desk.record("hash-list"), user=desk.user)
    return go("/approvals")


def approvals(desk: Desk) -> Response:
    """List proposals: the open ones first, then what was decided lately."""
    store = desk.wardline.parts.store
    found = store.approvals()
    waiting = [each for each in found if each.state is ApprovalState.PROPOSED]
    decided = [each for each in found if each.state is not ApprovalState.PROPOSED][-_SHOWN:][::-1]
    names = {user.id: user.name for user in store.users()}
    return page(
        desk, "approvals", waiting=waiting, decided=decided, names=names, manages=desk.user.role in MANAGERS
    )


def approve(desk: Desk) -> Response:
    """Approve somebody else's proposal."""
    desk.wardline.approve(desk.record("approval"), user=desk.user)
    return go("/approvals")


def refuse(desk: Desk) -> Response:
    """Refuse somebody else's proposal."""
    desk.wardline.refuse(desk.record("approval"), user=desk.user)
    return go("/approvals")


def alarms(desk: Desk) -> Response:
    """List the open alarms."""
    return page(
        desk, "alarms", alarms=desk.wardline.parts.store.open_alarms(), manages=desk.user.role in MANAGERS
    )


def resolve(desk: Desk) -> Response:
    """Close an alarm that a person dealt with."""
    desk.wardline.resolve_alarm(desk.record("alarm"), user=desk.user)
    return go("/alarms")


def audit(desk: Desk) -> Response:
    """Show the newest entries, and how far they are signed."""
    store = desk.wardline.parts.store
    size = store.log_size()
    names = {user.id: user.name for user in store.users()}
    entries = desk.wardline.newest_entries(_SHOWN)
    return page(
        desk,
        "audit",
        size=size,
        entries=entries,
        names=names,
        checkpoint=store.last_checkpoint(),
        verdict=None,
    )


def verify(desk: Desk) -> Response:
    """Check the whole log and every record against it, now."""
    store = desk.wardline.parts.store
    return page(
        desk, "audit", size=store.log_size(), entries=[], names={}, checkpoint=store.last_checkpoint(),
        verdict=desk.wardline.verify_audit(),
    )  # fmt: skip


def statistics(desk: Desk) -> Response:
    """Count a period; the last 30 days when none is asked for."""
    today = desk.now.date()
    last = _day(desk.asked("to")) or today
    first = _day(desk.asked("from")) or last - _DAYS
    figures = desk.wardline.statistics(first, last)
    days = sorted({count.day for count in figures.counts}, reverse=True)
    counts = {(count.day, count.step): count.count for count in figures.counts}
    return page(desk, "statistics", figures=figures, steps=list(Step), days=days, counts=counts)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("statistics: malformed day, expected year-month-day") from None


PAGES = (
    Page("GET", "/hash-lists", OVERSEERS, hash_lists),
    Page("POST", "/hash-lists/{hash_list_id}/disable", MANAGERS, disable),
    Page("POST", "/hash-lists/{hash_list_id}/activation", MANAGERS, activate),
    Page("GET", "/approvals", OVERSEERS, approvals),
    Page("POST", "/approvals/{approval_id}/approve", MANAGERS, approve),
    Page("POST", "/approvals/{approval_id}/refuse", MANAGERS, refuse),
    Page("GET", "/alarms", OVERSEERS, alarms),
    Page("POST", "/alarms/{alarm_id}/resolve", MANAGERS, resolve),
    Page("GET", "/audit", OVERSEERS, audit),
    Page("POST", "/audit/verification", OVERSEERS, verify),
    Page("GET", "/statistics", OVERSEERS, statistics),
)
