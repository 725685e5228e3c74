"""Requests of authorities to preserve: recorded, looked at, extended, ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from wardline import records
from wardline.errors import InputError, WardlineError
from wardline.pipeline import blind_requests, preserving
from wardline.records import PreservationBasis
from wardline.web import problems
from wardline.web.console import preservation_view as view
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.forms import Fields
from wardline.web.console.paging import paged
from wardline.web.console.rendering import go, page

_RUNNING_SHOWN, _SHOWN = 25, 40
_FIELDS = (
    "basis",
    "agency",
    "reference",
    "contact",
    "received",
    "until",
    "account",
    "platform",
    "cases",
    "items",
)


def requests(desk: Desk) -> Response:
    """List the requests that run, the first to end first, and every request in the order in which they were recorded."""
    store = desk.wardline.parts.store
    after = desk.asked("after")
    found = store.preservations(after=after or None, most=_SHOWN + 1)
    running = paged(store.open_preservations(desk.now), desk.asked("page"), most=_RUNNING_SHOWN)
    running = replace(running, shown=_seen(desk, running.shown))
    seen = _seen(desk, found[:_SHOWN])
    gone = preserving.destroyed_of_several(desk.wardline.parts, [*running.shown, *seen])
    return page(
        desk, "preservations", running=running, found=seen, destroyed={each: len(ids) for each, ids in gone.items()}, more=found[_SHOWN - 1].id if len(found) > _SHOWN else None,
        first=not after, bases=view.BASES, ends=view.ends, manages=desk.user.role in MANAGERS,
    )  # fmt: skip


def new(desk: Desk) -> Response:
    """Ask who wants what preserved, and on what basis."""
    return _new(desk, {})


def record(desk: Desk) -> Response:
    """Record a request, and hold what it is about and is still there."""
    try:
        arrived = view.arrival("received_at", desk.sent("received"), desk.now)
        wanted = preserving.Wanted(
            basis=_basis(desk), asker=asker(desk), received_at=arrived.at, counted_from=arrived.at_the_latest,
            until=view.last_of("until", desk.sent("until")), account=desk.sent("account") or None,
            platform=desk.sent("platform") or None,
            case_ids=view.ids("case", desk.sent("cases")), item_ids=view.ids("item", desk.sent("items")),
        )  # fmt: skip
        made = desk.wardline.preserve(wanted, user=desk.user)
    except WardlineError as error:
        return _new(desk, desk.form, wrong=error)
    return go(f"/preservations/{made.id}")


def show(desk: Desk) -> Response:
    """Show one request: who asked, what it keeps and until when, and what became of it."""
    return _show(desk)


def extend(desk: Desk) -> Response:
    """Give it a later end, with a reason."""
    found = desk.record("preservation")
    try:
        until = view.last_of("until", desk.sent("until"))
        desk.wardline.extend_preservation(found, reason=desk.needed("reason"), until=until, user=desk.user)
    except WardlineError as error:
        return _show(desk, wrong=error)
    return go(f"/preservations/{found}")


def end(desk: Desk) -> Response:
    """End a request that whoever asked has withdrawn."""
    found = desk.record("preservation")
    try:
        desk.wardline.end_preservation(found, why=desk.needed("reason"), user=desk.user)
    except WardlineError as error:
        return _show(desk, wrong=error)
    return go(f"/preservations/{found}")


def asker(desk: Desk) -> records.Asker:
    """Read who asks from a form."""
    return records.Asker(
        agency=desk.sent("agency"), reference=desk.sent("reference"), contact=desk.sent("contact")
    )


def _basis(desk: Desk) -> PreservationBasis:
    chosen = desk.sent("basis")
    if chosen not in set(PreservationBasis):
        raise InputError("basis: none was chosen, expected what the request rests on")
    return PreservationBasis(chosen)


def _new(desk: Desk, form: Fields, *, wrong: WardlineError | None = None) -> Response:
    typed = {name: form.get(name, ("",))[0] for name in _FIELDS}
    status = problems.status_of(wrong) if wrong else 200
    return page(desk, "preservation_new", status=status, typed=typed, wrong=wrong, bases=view.BASES)


def _show(desk: Desk, *, wrong: WardlineError | None = None) -> Response:
    store = desk.wardline.parts.store
    whole = store.preservation(desk.record("preservation"))
    (found,) = _seen(desk, [whole])
    pages = paged((*found.item_ids, *found.gone), desk.asked("page"), most=view.FILES_SHOWN)
    files, is_cut = view.files(desk, pages.shown)
    return page(
        desk, "preservation", status=problems.status_of(wrong) if wrong else 200, found=found, basis=view.BASES[found.basis],
        ends=view.ends(found, desk.now), runs=found.holds_at(desk.now), pages=pages, files=files, cases=found.case_ids,
        # Whose it is would lead from the case that they judge to this page.
        is_kept_from=is_cut or found != whole, names={user.id: user.name for user in store.users()}, wrong=wrong,
        manages=desk.user.role in MANAGERS, names_date=found.basis is not PreservationBasis.US_REQUEST,
    )  # fmt: skip


def _seen(desk: Desk, found: Sequence[records.Preservation]) -> list[records.Preservation]:
    return blind_requests.seen_preservations(desk.wardline.parts, found, desk.user)


PAGES = (
    Page("GET", "/preservations", OVERSEERS, requests),
    Page("GET", "/preservations/new", MANAGERS, new),
    Page("POST", "/preservations", MANAGERS, record),
    Page("GET", "/preservations/{preservation_id}", OVERSEERS, show),
    Page("POST", "/preservations/{preservation_id}/extensions", MANAGERS, extend),
    Page("POST", "/preservations/{preservation_id}/end", MANAGERS, end, grave=True),
)
