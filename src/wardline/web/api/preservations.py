"""``/v1/preservations`` and ``/v1/destructions``: what authorities ask of the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from pydantic import AwareDatetime, BaseModel, Field

from wardline import records
from wardline.pipeline import Wardline, blind_requests, destroying, destruction_proof, preserving, sessions
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller
from wardline.web.api.pages import Cursor, Limit, Page, page

router = APIRouter(prefix="/v1", tags=["preservation"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]
_Once = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]
_MOST_IDS = records.MOST_PRESERVED


class AskerBody(BaseModel):
    """Who asks."""

    agency: str = Field(min_length=1, max_length=200)
    reference: str = Field(min_length=1, max_length=200)
    contact: str = Field(min_length=1, max_length=200)

    def record(self) -> records.Asker:
        """Make the record."""
        return records.Asker(agency=self.agency, reference=self.reference, contact=self.contact)


class Request(BaseModel):
    """What is to be preserved, and on what basis."""

    basis: records.PreservationBasis
    asker: AskerBody
    received_at: AwareDatetime
    until: AwareDatetime | None = None
    account: str | None = Field(default=None, min_length=1, max_length=255)
    platform: str | None = Field(default=None, min_length=1, max_length=255)
    case_ids: tuple[str, ...] = Field(default=(), max_length=_MOST_IDS)
    item_ids: tuple[str, ...] = Field(default=(), max_length=_MOST_IDS)


class Renewal(BaseModel):
    """A later end, and why."""

    reason: str = Field(min_length=1, max_length=2000)
    until: AwareDatetime | None = None


class Withdrawal(access.ProofBody):
    """Why a request ends: what nothing else holds is destroyed within a minute, and no second person is asked."""

    reason: str = Field(min_length=1, max_length=2000)


class DestructionRequest(access.ProofBody):
    """What is to be destroyed, and the holds that are known to run."""

    asker: AskerBody
    reason: str = Field(min_length=1, max_length=2000)
    received_at: AwareDatetime
    item_ids: tuple[str, ...] = Field(min_length=1, max_length=_MOST_IDS)
    despite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preserved(records.Preservation):
    """A request, and what of it is still there."""

    destroyed_since: tuple[str, ...] = ()
    """Of ``item_ids``, which were held when it was recorded, those that are destroyed by now."""


class Proposed(BaseModel):
    """A proposal, and the approval that a second person decides."""

    destruction: records.Destruction
    approval: records.Approval


@router.get("/preservations")
def list_preservations(
    caller: _Caller, wardline: _Wardline, cursor: Cursor = None, limit: Limit = 100
) -> Page[Preserved]:
    """List requests to preserve, oldest first; without cases that the caller may have to judge, and their files."""
    found = wardline.parts.store.preservations(after=cursor, most=limit)
    return page(_seen(wardline, caller, found), limit, [each.id for each in found])


@router.post("/preservations", status_code=201)
def record(asked: Request, caller: _Caller, wardline: _Wardline, idempotency_key: _Once = None) -> Preserved:
    """Record a request, and hold what it is about and is still there."""
    wanted = preserving.Wanted(
        basis=asked.basis, asker=asked.asker.record(), received_at=_utc(asked.received_at),
        until=None if asked.until is None else _utc(asked.until), account=asked.account, platform=asked.platform,
        case_ids=tuple(require_id("case", each) for each in asked.case_ids),
        item_ids=tuple(require_id("item", each) for each in asked.item_ids),
    )  # fmt: skip
    return _seen_one(wardline, caller, wardline.preserve(wanted, user=caller.person, once=idempotency_key))


@router.get("/preservations/{preservation_id}")
def show(preservation_id: str, caller: _Caller, wardline: _Wardline) -> Preserved:
    """Show one request."""
    found = wardline.parts.store.preservation(require_id("preservation", preservation_id))
    return _seen_one(wardline, caller, found)


def _seen_one(wardline: Wardline, caller: Caller, found: records.Preservation) -> Preserved:
    (seen,) = _seen(wardline, caller, [found])
    return seen


def _seen(wardline: Wardline, caller: Caller, found: Sequence[records.Preservation]) -> list[Preserved]:
    seen = blind_requests.seen_preservations(wardline.parts, found, caller.user)
    gone = preserving.destroyed_of_several(wardline.parts, seen)
    return [
        Preserved(
            **{part.name: getattr(each, part.name) for part in fields(each)}, destroyed_since=gone[each.id]
        )
        for each in seen
    ]


@router.post("/preservations/{preservation_id}/extensions")
def extend(preservation_id: str, asked: Renewal, caller: _Caller, wardline: _Wardline) -> Preserved:
    """Give it a later end, with a reason."""
    later = wardline.extend_preservation(
        require_id("preservation", preservation_id), reason=asked.reason,
        until=None if asked.until is None else _utc(asked.until), user=caller.person,
    )  # fmt: skip
    return _seen_one(wardline, caller, later)


@router.post("/preservations/{preservation_id}/end")
def end(preservation_id: str, asked: Withdrawal, caller: _Caller, wardline: _Wardline) -> Preserved:
    """End a request that was withdrawn."""
    found = require_id("preservation", preservation_id)
    person = sessions.confirm(wardline.parts, caller.person, asked.password)
    return _seen_one(wardline, caller, wardline.end_preservation(found, why=asked.reason, user=person))


@router.get("/destructions")
def list_destructions(
    caller: _Caller, wardline: _Wardline, cursor: Cursor = None, limit: Limit = 100
) -> Page[records.Destruction]:
    """List what was asked to be destroyed, oldest first; without those of cases that the caller may have to judge."""
    found = wardline.parts.store.destructions(after=cursor, most=limit)
    full = page(found, limit, [each.id for each in found])
    return Page(items=blind_requests.seen_destructions(wardline.parts, found, caller.user), next=full.next)


@router.post("/destructions", status_code=201)
def propose(
    asked: DestructionRequest, caller: _Caller, wardline: _Wardline, idempotency_key: _Once = None
) -> Proposed:
    """Propose that files are destroyed for good; a second person approves it under `/v1/approvals`, with their password."""
    wanted = destroying.Wanted(
        asker=asked.asker.record(), reason=asked.reason, received_at=_utc(asked.received_at),
        item_ids=tuple(require_id("item", each) for each in asked.item_ids),
        despite=tuple(require_id("hold", each) for each in asked.despite),
    )  # fmt: skip
    person = sessions.confirm(wardline.parts, caller.person, asked.password)
    made, approval = wardline.propose_destruction(wanted, user=person, once=idempotency_key)
    return Proposed(destruction=made, approval=approval)


@router.get("/destructions/{destruction_id}")
def show_destruction(destruction_id: str, caller: _Caller, wardline: _Wardline) -> records.Destruction:
    """Show one, and which files are gone."""
    found = require_id("destruction", destruction_id)
    return blind_requests.require_open(wardline.parts, found, caller.user)


@router.get("/destructions/{destruction_id}/proof")
def prove(destruction_id: str, caller: _Caller, wardline: _Wardline) -> dict[str, Any]:
    """Give the proof for whoever asked."""
    found = blind_requests.require_open(
        wardline.parts, require_id("destruction", destruction_id), caller.user
    )
    return destruction_proof.prove(wardline.parts, found.id, wardline.prove_entry)


def _utc(given: datetime) -> datetime:
    return given.astimezone(UTC)
