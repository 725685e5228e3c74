"""``/v1/approvals``: the acts that need two people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from wardline import records
from wardline.pipeline import Wardline, blind_requests
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller

router = APIRouter(prefix="/v1/approvals", tags=["approvals"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Proven = Annotated[records.User, Depends(access.proven)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


@router.get("")
def list_approvals(
    caller: _Caller, wardline: _Wardline, state: records.ApprovalState | None = None
) -> list[records.Approval]:
    """List proposals and what became of them; without destructions of cases that the caller may have to judge."""
    return blind_requests.seen_approvals(
        wardline.parts, wardline.parts.store.approvals(state=state), caller.user
    )


@router.post("/{approval_id}/approve")
def approve(approval_id: str, person: _Proven, wardline: _Wardline) -> records.Approval:
    """Approve somebody else's proposal; it is carried out in the same commit."""
    return wardline.approve(require_id("approval", approval_id), user=person)


@router.post("/{approval_id}/refuse")
def refuse(approval_id: str, person: _Proven, wardline: _Wardline) -> records.Approval:
    """Refuse somebody else's proposal."""
    return wardline.refuse(require_id("approval", approval_id), user=person)
