"""``/v1/holds/{hold_id}/export``: a held file, taken out for an authority with its chain of custody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import Response

from wardline import records
from wardline.pipeline import Wardline, custody, sessions
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller

router = APIRouter(prefix="/v1", tags=["referrals and holds"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]
_LONGEST_KEY = 2_000


class HoldExportBody(access.ProofBody):
    """For whom a file is sealed, and on whose word."""

    recipient_key: str = Field(
        min_length=1,
        max_length=_LONGEST_KEY,
        description="PEM of the X25519 public key of whoever gets it; nobody else can open the file",
    )
    reason: records.ExportReason
    reference: str = Field(
        min_length=1,
        max_length=100,
        description="The asking body's number of its request or order; no name, and nothing about an account",
    )


@router.post(
    "/holds/{hold_id}/export",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
def export(hold_id: str, body: HoldExportBody, caller: _Caller, wardline: _Wardline) -> Response:
    """Give one held file, sealed for its receiver, with every entry of the log about it. The log has it before the file is opened."""
    found = require_id("hold", hold_id)
    recipient = custody.recipient_of(body.recipient_key)
    cause = records.ExportCause(reason=body.reason, reference=body.reference)
    person = sessions.confirm(wardline.parts, caller.person, body.password)
    made = wardline.export_hold(found, recipient=recipient, cause=cause, user=person)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type="application/zip", headers=headers)
