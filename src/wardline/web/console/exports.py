"""Hashes and categories for law enforcement: proposed by one person, approved by another, then given out."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from wardline import records
from wardline.errors import WardlineError
from wardline.pipeline import appeal_looks, blind_requests, vics_export
from wardline.records import ExportState
from wardline.web import problems
from wardline.web.console import preservation_view
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.hold_export import REASONS, cause
from wardline.web.console.rendering import HEADERS, go, page, span

_SHOWN = 40
_CASES_SHOWN = 60
_FIELDS = ("reason", "reference", "profile", "cases")
STATES = {
    ExportState.PROPOSED: "Waits for a second person",
    ExportState.APPROVED: "Approved",
    ExportState.REFUSED: "Refused: nothing goes out",
}


def exports(desk: Desk) -> Response:
    """List what was proposed to be given out, in the order in which it was proposed."""
    after = desk.asked("after")
    found = desk.wardline.parts.store.exports(after=after or None, most=_SHOWN + 1)
    seen = blind_requests.seen_exports(desk.wardline.parts, found[:_SHOWN], desk.user)
    return page(
        desk, "exports", found=[(each, _stands(each, desk)) for each in seen], more=found[_SHOWN - 1].id if len(found) > _SHOWN else None,
        first=not after, reasons=REASONS, manages=desk.user.role in MANAGERS,
    )  # fmt: skip


def new(desk: Desk) -> Response:
    """Ask which cases, what the numbers mean to whoever gets them, and on whose word."""
    return _new(desk, {"cases": desk.asked("case")})


def propose(desk: Desk) -> Response:
    """Propose an export. What it would hold is made and checked at once, and kept nowhere."""
    typed = {name: desk.sent(name) for name in _FIELDS}
    try:
        wanted = vics_export.Wanted(
            case_ids=preservation_view.ids("case", typed["cases"]), profile=typed["profile"], cause=cause(desk)
        )  # fmt: skip
        made, _ = desk.wardline.propose_export(wanted, user=desk.user)
    except WardlineError as error:
        return _new(desk, typed, wrong=error)
    return go(f"/exports/{made.id}")


def show(desk: Desk) -> Response:
    """Show one: on whose word, which cases, who decided; and the way to the document."""
    export_id = desk.record("export")
    if _appealed(desk, export_id):
        return page(
            desk, "standing_aside", back="/exports", act=f"/exports/{export_id}/standing-aside", what="This export of hashes"
        )  # fmt: skip
    found = blind_requests.require_open_export(desk.wardline.parts, export_id, desk.user)
    names = {user.id: user.name for user in desk.wardline.parts.store.users()}
    without = vics_export.without_files(desk.wardline.parts, found.case_ids)
    return page(
        desk, "export", without=without[:_CASES_SHOWN], without_words=vics_export.without_files_words(len(without), len(found.case_ids)), found=found, stands=_stands(found, desk), reason=REASONS[found.cause.reason][0], names=names,
        cases=found.case_ids[:_CASES_SHOWN], more=max(0, len(found.case_ids) - _CASES_SHOWN), waits=found.state is ExportState.PROPOSED,
        can_take=found.state is ExportState.APPROVED and not _is_over(found, desk), manages=desk.user.role in MANAGERS,
    )  # fmt: skip


def take(desk: Desk) -> Response:
    """Give the document. The log has it first."""
    made = desk.wardline.take_export(desk.record("export"), user=desk.user)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type="application/json", headers=headers)


def stand_aside(desk: Desk) -> Response:
    """Leave the appeals of the cases in an export to others; then it is open."""
    export_id = desk.record("export")
    desk.wardline.leave_appeals(_appealed(desk, export_id), user=desk.user, about=export_id)
    return go(f"/exports/{export_id}")


def _appealed(desk: Desk, export_id: str) -> list[str]:
    """Name those cases of an export whose appeal this person could answer; none where it is kept from them for another reason."""
    found = desk.wardline.parts.store.export(export_id)
    if not blind_requests.seen_exports(desk.wardline.parts, [found], desk.user):
        return []
    return [each.id for each in appeal_looks.may_answer(desk.wardline.parts, found.case_ids, desk.user)]


def _is_over(found: records.Export, desk: Desk) -> bool:
    return found.decided_at is not None and desk.now >= found.decided_at + vics_export.LASTS


def _stands(found: records.Export, desk: Desk) -> str:
    """Say where one stands, in words."""
    if found.state is not ExportState.APPROVED or found.decided_at is None:
        return STATES[found.state]
    if _is_over(found, desk):
        return "Its time is over: it has to be proposed again"
    return f"Approved; can be taken for {span(found.decided_at + vics_export.LASTS - desk.now)}"


def _new(desk: Desk, typed: Mapping[str, str], *, wrong: WardlineError | None = None) -> Response:
    return page(
        desk, "export_new", status=problems.status_of(wrong) if wrong else 200, typed={name: typed.get(name, "") for name in _FIELDS},
        wrong=wrong, reasons=REASONS, profiles=sorted(desk.wardline.parts.category_profiles),
    )  # fmt: skip


PAGES = (
    Page("GET", "/exports", OVERSEERS, exports),
    Page("GET", "/exports/new", MANAGERS, new),
    Page("POST", "/exports", MANAGERS, propose, grave=True),
    Page("GET", "/exports/{export_id}", OVERSEERS, show),
    Page("POST", "/exports/{export_id}/document", MANAGERS, take, grave=True),
    Page("POST", "/exports/{export_id}/standing-aside", MANAGERS, stand_aside),
)
