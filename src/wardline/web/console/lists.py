"""Hash lists: the page of all of them, and what may be done about one."""

from __future__ import annotations

from starlette.responses import Response

from wardline.records import ApprovalState
from wardline.web.console import list_view, list_words
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.paging import paged
from wardline.web.console.rendering import go, page

_LISTS_SHOWN = 15


def hash_lists(desk: Desk) -> Response:
    """List the hash lists, a page at a time; their entries are never shown."""
    parts = desk.wardline.parts
    known = parts.store.hash_lists()
    shown = paged(known, desk.asked("page"), most=_LISTS_SHOWN)
    beside = list_view.around(desk)
    return page(
        desk, "hash_lists", shown=shown, rows=[list_view.row_of(desk, each, beside) for each in shown.shown],
        old=sum(list_words.is_stale(desk, each) for each in known), stale_after=parts.rules.list_stale_after, days=list_view.DAYS,
        surfaces=list_words.surfaces, held=sum(beside.held.values()),
    )  # fmt: skip


def disable(desk: Desk) -> Response:
    """Switch a list off at once."""
    disabled = desk.wardline.disable_list(desk.record("hash-list"), user=desk.user)
    return go(f"/hash-lists/{disabled.id}")


def preview(desk: Desk) -> Response:
    """Have a list looked up and counted at once, without any effect on an upload."""
    previewed = desk.wardline.preview_list(desk.record("hash-list"), user=desk.user)
    return go(f"/hash-lists/{previewed.id}")


def activate(desk: Desk) -> Response:
    """Propose to switch a list on."""
    proposed = desk.wardline.propose_activation(desk.record("hash-list"), user=desk.user)
    return go(list_view.place_of(proposed, desk.wardline.parts.store.approvals(state=ApprovalState.PROPOSED)))


def let_change(desk: Desk) -> Response:
    """Propose that the next sync of a list may change as much as it likes."""
    proposed = desk.wardline.propose_list_change(desk.record("hash-list"), user=desk.user)
    return go(list_view.place_of(proposed, desk.wardline.parts.store.approvals(state=ApprovalState.PROPOSED)))


def sync(desk: Desk) -> Response:
    """Ask for a list to be fetched from its exchange now."""
    asked = desk.wardline.ask_for_sync(desk.record("hash-list"), user=desk.user)
    return go(f"/hash-lists/{asked.list_id}#syncs")


def release(desk: Desk) -> Response:
    """Let a held entry count again."""
    released = desk.wardline.release_entry(desk.record("held-entry"), user=desk.user)
    return go(f"/hash-lists/{released.list_id}#held")


PAGES = (
    Page("GET", "/hash-lists", OVERSEERS, hash_lists),
    Page("POST", "/hash-lists/{hash_list_id}/disable", MANAGERS, disable),
    Page("POST", "/hash-lists/{hash_list_id}/preview", MANAGERS, preview),
    Page("POST", "/hash-lists/{hash_list_id}/activation", MANAGERS, activate),
    Page("POST", "/hash-lists/{hash_list_id}/change", MANAGERS, let_change),
    Page("POST", "/hash-lists/{hash_list_id}/sync", MANAGERS, sync),
    Page("POST", "/held-entries/{held_entry_id}/release", MANAGERS, release),
)
