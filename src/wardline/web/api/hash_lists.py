"""``/v1/hash-lists``: what is matched against."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from wardline import records
from wardline.pipeline import Wardline
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller

router = APIRouter(prefix="/v1/hash-lists", tags=["hash lists"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


@router.get("")
def list_hash_lists(wardline: _Wardline) -> list[records.HashList]:
    """List the hash lists. Their entries are never shown."""
    return wardline.parts.store.hash_lists()


@router.post("/{list_id}/disable")
def disable(list_id: str, caller: _Caller, wardline: _Wardline) -> records.HashList:
    """Switch a list off at once."""
    return wardline.disable_list(require_id("hash-list", list_id), user=caller.person)


@router.post("/{list_id}/activation", status_code=201)
def propose_activation(list_id: str, caller: _Caller, wardline: _Wardline) -> records.Approval:
    """Propose to switch a list on; a second person approves it."""
    return wardline.propose_activation(require_id("hash-list", list_id), user=caller.person)
