"""Requests of authorities to destroy evidence: proposed by one person, approved by another, and proved to whoever asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from wardline import records
from wardline.errors import InputError, WardlineError
from wardline.pipeline import blind_requests, destroying, destruction_proof
from wardline.records import DestructionState
from wardline.web import problems
from wardline.web.console import preservation_view as view
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.paging import paged
from wardline.web.console.preservations import asker
from wardline.web.console.rendering import HEADERS, go, page

_SHOWN = 40
_HOLDS_SHOWN = 60
_FIELDS = ("agency", "reference", "contact", "reason", "received", "items")


def destructions(desk: Desk) -> Response:
    """List what was asked to be destroyed, in the order in which it was proposed."""
    after = desk.asked("after")
    found = desk.wardline.parts.store.destructions(after=after or None, most=_SHOWN + 1)
    seen = blind_requests.seen_destructions(desk.wardline.parts, found[:_SHOWN], desk.user)
    return page(
        desk, "destructions", found=seen, more=found[_SHOWN - 1].id if len(found) > _SHOWN else None, first=not after,
        states=view.STATES, manages=desk.user.role in MANAGERS,
    )  # fmt: skip


def new(desk: Desk) -> Response:
    """Ask what is to be destroyed and for whom; filled in from a request to preserve, where one is named."""
    asked = desk.asked("preservation")
    if not asked:
        return _new(desk, {})
    about = desk.wardline.parts.store.preservation(records.require_id("preservation", asked))
    files = [each for each in view.require_seen(desk, about.item_ids) if each.item.sealed]
    typed = {
        "agency": about.asker.agency, "reference": about.asker.reference, "contact": about.asker.contact,
        "items": "\n".join(each.item.id for each in files),
    }  # fmt: skip
    return _new(desk, typed, files=files)


def propose(desk: Desk) -> Response:
    """Propose that files are destroyed for good, once whoever proposes it has seen every hold that runs."""
    typed = {name: desk.sent(name) for name in _FIELDS}
    files: list[view.File] = []
    try:
        item_ids = view.ids("item", typed["items"])
        if not item_ids:
            raise InputError("items: none is named, expected the files that are to be destroyed")
        files = view.require_seen(desk, item_ids)
        running = _running(files)
        if running and (
            desk.sent("known") != "yes" or set(view.ids("hold", desk.sent("despite"))) != set(running)
        ):
            raise InputError(
                f"holds: {len(running)} still run, expected that you know of each of them",
                remedy="Read below what holds these files and why, agree with whoever it is for, and say that you know of it.",
            )
        wanted = destroying.Wanted(
            asker=asker(desk), reason=desk.needed("reason"), item_ids=item_ids, despite=running,
            received_at=view.arrival("received_at", typed["received"], desk.now).at,
        )  # fmt: skip
        made, _ = desk.wardline.propose_destruction(wanted, user=desk.user)
    except WardlineError as error:
        return _new(desk, typed, files=files, wrong=error)
    return go(f"/destructions/{made.id}")


def show(desk: Desk) -> Response:
    """Show one: who asked and why, who decided, and which files are gone."""
    store = desk.wardline.parts.store
    found = blind_requests.require_open(desk.wardline.parts, desk.record("destruction"), desk.user)
    pages = paged(found.item_ids, desk.asked("page"), most=view.FILES_SHOWN)
    files, _ = view.files(desk, pages.shown)
    return page(
        desk, "destruction", found=found, state=view.STATES[found.state], pages=pages, files=files,
        gone={each.item_id: each for each in found.destroyed}, names={user.id: user.name for user in store.users()},
        has_proof=_has_proof(found), waits=found.state is DestructionState.PROPOSED, manages=desk.user.role in MANAGERS,
    )  # fmt: skip


def _has_proof(found: records.Destruction) -> bool:
    stopped_late = found.state is DestructionState.STOPPED and bool(found.destroyed)
    return stopped_late or found.state is DestructionState.DONE


def proof(desk: Desk) -> Response:
    """Give the proof for whoever asked, as a file."""
    found = blind_requests.require_open(desk.wardline.parts, desk.record("destruction"), desk.user)
    made = destruction_proof.prove(desk.wardline.parts, found.id, desk.wardline.prove_entry)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="proof-{found.id}.json"'}
    return Response(json.dumps(made, indent=2) + "\n", media_type="application/json", headers=headers)


def _new(
    desk: Desk,
    typed: Mapping[str, str],
    *,
    files: Sequence[view.File] = (),
    wrong: WardlineError | None = None,
) -> Response:
    running = [(file, hold) for file in files for hold in file.running]
    return page(
        desk, "destruction_new", status=problems.status_of(wrong) if wrong else 200, typed={name: typed.get(name, "") for name in _FIELDS},
        wrong=wrong, running=running[:_HOLDS_SHOWN], more=max(0, len(running) - _HOLDS_SHOWN), despite=" ".join(_running(files)),
    )  # fmt: skip


def _running(files: Sequence[view.File]) -> tuple[str, ...]:
    return tuple(hold.id for file in files for hold in file.running)


PAGES = (
    Page("GET", "/destructions", OVERSEERS, destructions),
    Page("GET", "/destructions/new", MANAGERS, new),
    Page("POST", "/destructions", MANAGERS, propose, grave=True),
    Page("GET", "/destructions/{destruction_id}", OVERSEERS, show),
    Page("GET", "/destructions/{destruction_id}/proof", OVERSEERS, proof),
)
