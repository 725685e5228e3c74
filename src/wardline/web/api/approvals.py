"""``/v1/approvals``: the acts that need two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Annotated

from fastapi import APIRouter, Depends

from wardline import records
from wardline.pipeline import Wardline, blind_requests, vics_export
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller

router = APIRouter(prefix="/v1/approvals", tags=["approvals"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Proven = Annotated[records.User, Depends(access.proven)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownApproval(records.Approval):
    """A proposal, with those cases of an export of which its document lists nothing, by what is decided now; none for every other act."""

    without_files: tuple[str, ...] = ()


@router.get("")
def list_approvals(
    caller: _Caller, wardline: _Wardline, state: records.ApprovalState | None = None
) -> list[ShownApproval]:
    """List proposals and what became of them; without destructions and exports of cases that the caller may have to judge."""
    stored = wardline.parts.store.approvals(state=state)
    return _shown(wardline, blind_requests.seen_approvals(wardline.parts, stored, caller.user))


def _shown(wardline: Wardline, found: Sequence[records.Approval]) -> list[ShownApproval]:
    """Add of which cases nothing goes out, asked once for all."""
    without = vics_export.without_files_of(wardline.parts, found)
    return [
        ShownApproval(
            **{field.name: getattr(each, field.name) for field in fields(each)},
            without_files=without.get(each.id, ()),
        )
        for each in found
    ]


@router.post("/{approval_id}/approve")
def approve(approval_id: str, person: _Proven, wardline: _Wardline) -> ShownApproval:
    """Approve somebody else's proposal; it is carried out in the same commit."""
    return _shown(wardline, [wardline.approve(require_id("approval", approval_id), user=person)])[0]


@router.post("/{approval_id}/refuse")
def refuse(approval_id: str, person: _Proven, wardline: _Wardline) -> ShownApproval:
    """Refuse somebody else's proposal."""
    return _shown(wardline, [wardline.refuse(require_id("approval", approval_id), user=person)])[0]
