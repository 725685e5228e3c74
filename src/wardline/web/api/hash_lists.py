"""``/v1/hash-lists`` and ``/v1/held-entries``: what is matched against, and the entries of it that are doubted."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from wardline import records
from wardline.pipeline import Wardline
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller
from wardline.web.api.pages import Limit

router = APIRouter(prefix="/v1", tags=["hash lists"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


class HashListBody(BaseModel):
    """A hash list as it is given out: without how far its exchange was read, for that may hold an address."""

    id: str
    name: str
    provenance: str
    trust: records.ListTrust
    state: records.HashListState
    entries: int
    created_at: datetime
    created_by: str
    refreshed_at: datetime
    version: int
    batches: int
    meaning: records.ListMeaning
    role: records.ListRole
    radius_bits: int
    surfaces: tuple[str, ...]
    source: str
    """The exchange that it is fetched from, as the settings name it; empty for files."""
    may_change: bool
    """Its next sync may change as much as it likes."""
    revision: int


UNSAID = frozenset({"cursor"})
"""What nobody outside is told of a list."""


def _body(known: records.HashList) -> HashListBody:
    told = {each.name: getattr(known, each.name) for each in fields(known) if each.name not in UNSAID}
    return HashListBody(**told)


@router.get("/hash-lists")
def list_hash_lists(wardline: _Wardline) -> list[HashListBody]:
    """List the hash lists. Their entries are never shown."""
    return [_body(each) for each in wardline.parts.store.hash_lists()]


@router.post("/hash-lists/{list_id}/disable")
def disable(list_id: str, caller: _Caller, wardline: _Wardline) -> HashListBody:
    """Switch a list off at once."""
    return _body(wardline.disable_list(require_id("hash-list", list_id), user=caller.person))


@router.post("/hash-lists/{list_id}/preview")
def preview(list_id: str, caller: _Caller, wardline: _Wardline) -> HashListBody:
    """Have a list looked up and counted at once, without any effect on an upload."""
    return _body(wardline.preview_list(require_id("hash-list", list_id), user=caller.person))


@router.post("/hash-lists/{list_id}/activation", status_code=201)
def propose_activation(list_id: str, caller: _Caller, wardline: _Wardline) -> records.Approval:
    """Propose to switch a list on; a second person approves it."""
    return wardline.propose_activation(require_id("hash-list", list_id), user=caller.person)


@router.post("/hash-lists/{list_id}/sync", status_code=202)
def ask_for_sync(list_id: str, caller: _Caller, wardline: _Wardline) -> records.ListSync:
    """Ask for a list to be fetched from its exchange now; gives the sync that is under way, if one is."""
    return wardline.ask_for_sync(require_id("hash-list", list_id), user=caller.person)


@router.get("/hash-lists/{list_id}/syncs")
def list_syncs(list_id: str, wardline: _Wardline, limit: Limit = 100) -> list[records.ListSync]:
    """List the newest syncs of a list, newest first."""
    known = wardline.parts.store.hash_list(require_id("hash-list", list_id))
    return wardline.parts.store.syncs_of(known.id, most=limit)


@router.get("/hash-lists/{list_id}/held-entries")
def list_held_entries(list_id: str, wardline: _Wardline) -> list[records.HeldEntry]:
    """List the entries of a list that restrict nothing until a person released them, oldest first. Their hashes are never shown."""
    known = wardline.parts.store.hash_list(require_id("hash-list", list_id))
    return [each for each in wardline.parts.store.held_entries() if each.list_id == known.id]


@router.post("/held-entries/{held_id}/release")
def release(held_id: str, caller: _Caller, wardline: _Wardline) -> records.HeldEntry:
    """Let a held entry count again."""
    return wardline.release_entry(require_id("held-entry", held_id), user=caller.person)
