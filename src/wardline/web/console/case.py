"""A case: why it is here, a cover for each file, and the decision."""

from __future__ import annotations

from starlette.responses import Response

from wardline import records
from wardline.errors import WardlineError
from wardline.web import problems
from wardline.web.console import case_view
from wardline.web.console.desk import REVIEWERS, Desk, Page
from wardline.web.console.forms import Fields
from wardline.web.console.rendering import page, part


def show(desk: Desk) -> Response:
    """Show a case. Every file is covered, but one that was revealed a moment ago and not fetched yet."""
    case_id = desk.record("case")
    draft = desk.asked("draft")
    filled = desk.drafts.give_back(draft, session_id=desk.session.id, case_id=case_id, now=desk.now)
    return show_with(desk, case_id, filled, draft=draft if filled else "")


def show_with(
    desk: Desk, case_id: str, filled: Fields, *, draft: str = "", problem: WardlineError | None = None
) -> Response:
    """Show a case with its form as far as it was filled in, and what was wrong with it."""
    case = case_view.seen(desk, desk.wardline.parts.store.case(case_id))
    looks = _looks(desk, case)
    return page(
        desk, "case", status=problems.status_of(problem) if problem else 200, draft=draft, problem=problem,
        sent_to=desk.request.url.path.rpartition("/")[2], taken_back=desk.asked("taken-back") == "1", **case_view.values_of(desk, case, looks, filled),
    )  # fmt: skip


def lease(desk: Desk) -> Response:
    """Give the line about the lease alone, for the page that asks each minute."""
    case = desk.wardline.parts.store.case(desk.record("case"))
    return part(desk, "lease", swap_version=False, **case_view.lease_values(desk, case))


def _looks(desk: Desk, case: records.Case) -> list[case_view.Look]:
    """Cover everything, but what this name on the shelf is of: an address that was put together otherwise shows nothing."""
    name, item_id = desk.asked("shown"), desk.asked("item")
    if not name or item_id not in case.item_ids:
        return case_view.looks_of(desk, case)
    # Words are given with the page itself, once: loading it again shows them covered.
    words = desk.shelf.take_words(name, of=item_id, session_id=desk.session.id, now=desk.now)
    if words is not None:
        return case_view.looks_of(desk, case, revealed=item_id, words=words)
    if not desk.shelf.has_picture(name, of=item_id, session_id=desk.session.id, now=desk.now):
        return case_view.looks_of(desk, case)
    return case_view.looks_of(
        desk, case, revealed=item_id, picture=f"/pictures/{name}", frame=case_view.frame_of(desk.asked("frame")),
        showing={"show": desk.asked("show"), "size": desk.asked("size")},
    )  # fmt: skip


PAGES = (
    Page("GET", "/cases/{case_id}", REVIEWERS, show),
    Page("GET", "/cases/{case_id}/lease", REVIEWERS, lease),
)
