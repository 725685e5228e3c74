"""``/v1/audit``: the log, for whoever wants to check it elsewhere."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from wardline.pipeline import Wardline
from wardline.web import access
from wardline.web.api.pages import Limit, Page

router = APIRouter(prefix="/v1/audit", tags=["audit"])

_Wardline = Annotated[Wardline, Depends(access.wardline)]
_Start = Annotated[int, Query(ge=0, le=2**62, alias="cursor", description="Position to start at")]


class EntryBody(BaseModel):
    """One entry as it was hashed."""

    position: int
    leaf: str
    """The leaf's bytes, base64: SHA-256 of 0x00 and these is its hash in the tree."""


class CheckpointBody(BaseModel):
    size: int
    note: str
    """The signed note, to check with the installation's public key."""


@router.get("/entries")
def list_entries(wardline: _Wardline, start: _Start = 0, limit: Limit = 100) -> Page[EntryBody]:
    """List sequenced entries by position."""
    store = wardline.parts.store
    stop = min(start + limit, store.log_size())
    found = [
        EntryBody(position=position, leaf=base64.b64encode(leaf).decode())
        for position, leaf, _ in store.log_entries(start, stop)
    ]
    return Page(items=found, next=str(stop) if stop < store.log_size() else None)


@router.get("/checkpoints")
def last_checkpoint(wardline: _Wardline) -> list[CheckpointBody]:
    """Give the newest checkpoint; empty before the first."""
    last = wardline.parts.store.last_checkpoint()
    return [CheckpointBody(size=last.size, note=last.note)] if last else []
