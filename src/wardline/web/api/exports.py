"""``/v1/exports``: hashes and categories for law enforcement, proposed by one person and approved by another."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, Field
from starlette.responses import Response

from wardline import records
from wardline.pipeline import Wardline, blind_requests, sessions, vics_export
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller
from wardline.web.api.pages import Cursor, Limit, Page, page

router = APIRouter(prefix="/v1/exports", tags=["exports"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]
_WITHOUT = "Cases of which the document lists nothing: incidents without a file, or nobody graded one"
_Once = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


class ExportRequest(access.ProofBody):
    """What law enforcement asks for."""

    case_ids: tuple[str, ...] = Field(min_length=1, max_length=records.MOST_EXPORTED)
    profile: str = Field(
        min_length=1,
        max_length=100,
        description="What the category numbers mean to them: one of the settings",
    )
    reason: records.ExportReason
    reference: str = Field(
        min_length=1,
        max_length=100,
        description="The asking body's number of its request or order; no name, and nothing about an account",
    )


class ProposedExport(BaseModel):
    """A proposal, and the approval that a second person decides."""

    export: records.Export
    approval: records.Approval
    without_files: tuple[str, ...] = Field(description=_WITHOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExport(records.Export):
    """An export, with those of its cases of which the document lists nothing."""

    without_files: tuple[str, ...]


@router.get("")
def list_exports(
    caller: _Caller, wardline: _Wardline, cursor: Cursor = None, limit: Limit = 100
) -> Page[records.Export]:
    """List what was proposed to be given out, oldest first; without those of cases that the caller may have to judge."""
    found = wardline.parts.store.exports(after=cursor, most=limit)
    full = page(found, limit, [each.id for each in found])
    return Page(items=blind_requests.seen_exports(wardline.parts, found, caller.user), next=full.next)


@router.post("", status_code=201)
def propose(
    asked: ExportRequest, caller: _Caller, wardline: _Wardline, idempotency_key: _Once = None
) -> ProposedExport:
    """Propose that hashes and categories of cases are given out; a second person approves it under `/v1/approvals`, with their password."""
    wanted = vics_export.Wanted(
        case_ids=tuple(require_id("case", each) for each in asked.case_ids), profile=asked.profile,
        cause=records.ExportCause(reason=asked.reason, reference=asked.reference),
    )  # fmt: skip
    person = sessions.confirm(wardline.parts, caller.person, asked.password)
    made, approval = wardline.propose_export(wanted, user=person, once=idempotency_key)
    without = vics_export.without_files(wardline.parts, made.case_ids)
    return ProposedExport(export=made, approval=approval, without_files=without)


@router.get("/{export_id}")
def show(export_id: str, caller: _Caller, wardline: _Wardline) -> ShownExport:
    """Show one: on whose word, who decided, the digest of the document, and of which cases it lists nothing."""
    found = blind_requests.require_open_export(wardline.parts, require_id("export", export_id), caller.user)
    stored = {each.name: getattr(found, each.name) for each in fields(found)}
    return ShownExport(**stored, without_files=vics_export.without_files(wardline.parts, found.case_ids))


@router.post(
    "/{export_id}/document",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {}}}}},
)
def take(export_id: str, body: access.ProofBody, caller: _Caller, wardline: _Wardline) -> Response:
    """Give the document that two people agreed to, for 14 days. The log has who took it. `Wardline-Cases-Without-Files` says of how many cases it lists nothing."""
    found = require_id("export", export_id)
    person = sessions.confirm(wardline.parts, caller.person, body.password)
    made = wardline.take_export(found, user=person)
    headers = {
        "Content-Disposition": f'attachment; filename="{made.name}"',
        "Wardline-Cases-Without-Files": str(len(made.without_files)),
    }
    return Response(made.content, media_type="application/json", headers=headers)
