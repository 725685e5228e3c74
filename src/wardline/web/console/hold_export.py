"""A held file, taken out for an authority: who asks and on what paper, for whose key it is sealed; then the package."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from wardline import records
from wardline.errors import InputError, WardlineError
from wardline.pipeline import appeal_looks, custody
from wardline.records import ExportReason
from wardline.web import problems
from wardline.web.console import records_kept
from wardline.web.console.desk import MANAGERS, Desk, Page
from wardline.web.console.rendering import HEADERS, go, page

REASONS = {
    ExportReason.POLICE_REQUEST: ("Police ask for it", "A request of theirs, with a number."),
    ExportReason.COURT_ORDER: ("An order", "Of a court, or of another authority that may give one."),
    ExportReason.PARTNER_REQUEST: ("A body that the law names asks", "Such as one that keeps hash lists."),
}
_FIELDS = ("reason", "reference", "recipient_key")


def ask(desk: Desk) -> Response:
    """Ask for whom the package is, and on whose word. Nothing is opened by it."""
    return _ask(desk, {})


def export(desk: Desk) -> Response:
    """Give the package. The log has it before the file is opened."""
    typed = {name: desk.sent(name) for name in _FIELDS}
    hold_id = desk.record("hold")
    try:
        made = desk.wardline.export_hold(
            hold_id, recipient=custody.recipient_of(desk.needed("recipient_key")), cause=cause(desk), user=desk.user
        )  # fmt: skip
    except InputError as error:
        return _ask(desk, typed, wrong=error)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type="application/zip", headers=headers)


def stand_aside(desk: Desk) -> Response:
    """Leave the appeals of the cases that the package tells of to others; then it can be made."""
    hold_id = desk.record("hold")
    cases = custody.cases_of(desk.wardline.parts, hold_id, desk.user)
    appealed = appeal_looks.may_answer(desk.wardline.parts, cases, desk.user)
    desk.wardline.leave_appeals([each.id for each in appealed], user=desk.user, about=hold_id)
    return go(f"/holds/{hold_id}/export")


def cause(desk: Desk) -> records.ExportCause:
    """Read on whose word something is taken out."""
    if desk.sent("reason") not in set(ExportReason):
        raise InputError("reason: none was chosen, expected one of the page")
    return records.ExportCause(reason=ExportReason(desk.sent("reason")), reference=desk.sent("reference"))


def _ask(desk: Desk, typed: Mapping[str, str], *, wrong: WardlineError | None = None) -> Response:
    hold_id = desk.record("hold")
    cases = custody.cases_of(desk.wardline.parts, hold_id, desk.user)
    if appeal_looks.may_answer(desk.wardline.parts, cases, desk.user):
        return page(
            desk, "standing_aside", back="/holds", act=f"/holds/{hold_id}/standing-aside", what="This export of a held file"
        )  # fmt: skip
    hold, item = custody.require_exportable(desk.wardline.parts, hold_id, desk.user)
    return page(
        desk, "hold_export", status=problems.status_of(wrong) if wrong else 200, hold=hold, item=item, basis=records_kept.WORDS[hold.basis],
        typed={name: typed.get(name, "") for name in _FIELDS}, wrong=wrong, reasons=REASONS,
    )  # fmt: skip


PAGES = (
    Page("GET", "/holds/{hold_id}/export", MANAGERS, ask),
    Page("POST", "/holds/{hold_id}/export", MANAGERS, export, grave=True),
    Page("POST", "/holds/{hold_id}/standing-aside", MANAGERS, stand_aside),
)
