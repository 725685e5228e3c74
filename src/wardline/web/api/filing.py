"""``/v1/referrals``: what people do with a report before and after it is filed. ``/v1/cases/{case_id}/facts``: what they know before there is one."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from wardline import records
from wardline.pipeline import Wardline, sessions
from wardline.records import require_id
from wardline.referral import MOST_FILES
from wardline.web import access
from wardline.web.access import Caller

router = APIRouter(prefix="/v1", tags=["referrals and holds"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]
_Once = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


class SecondBody(access.ProofBody):
    """That somebody else than who decided looked at a report."""

    others: list[str] = Field(
        default=[],
        max_length=MOST_FILES,
        description="Of `waiting_with` in its preview, what was looked at too: they can be one report",
    )


class FactBody(BaseModel):
    """One thing that police need."""

    model_config = ConfigDict(extra="forbid")

    kind: records.FactKind = Field(description="`danger` only of a referral, and `call` of none: see `calls`")
    text: str = Field(min_length=1, max_length=records.LONGEST_FACT, description="In one line")


class CallBody(BaseModel):
    """That this person telephoned an emergency number."""

    model_config = ConfigDict(extra="forbid")

    region: str = Field(min_length=2, max_length=2, description="ISO 3166-1, one of the settings")
    at: AwareDatetime = Field(description="When; at most 30 days ago")


@router.post("/referrals/{referral_id}/second")
def second(referral_id: str, body: SecondBody, caller: _Caller, wardline: _Wardline) -> records.Referral:
    """Approve a report that waits for a second person, which files it; or note that one that was filed was checked."""
    found = require_id("referral", referral_id)
    others = [require_id("referral", each) for each in body.others]
    person = sessions.confirm(wardline.parts, caller.person, body.password)
    return wardline.second_referral(found, user=person, others=others)


@router.post("/referrals/{referral_id}/filing")
def file_again(referral_id: str, caller: _Caller, wardline: _Wardline) -> records.Referral:
    """Let a report that stopped for a person go on, after what was wrong was put right."""
    return wardline.file_again(require_id("referral", referral_id), user=caller.person)


@router.post("/referrals/{referral_id}/facts", status_code=201)
def add(
    referral_id: str, body: FactBody, caller: _Caller, wardline: _Wardline, idempotency_key: _Once = None
) -> records.Referral:
    """Add what this person knows to a report of which nothing was sent yet. A reason for danger has it filed at once."""
    found = require_id("referral", referral_id)
    return wardline.add_to_referral(
        found, user=caller.person, kind=body.kind, text=body.text, once=idempotency_key
    )


@router.post("/referrals/{referral_id}/calls", status_code=201)
def call(
    referral_id: str, body: CallBody, caller: _Caller, wardline: _Wardline, idempotency_key: _Once = None
) -> records.Fact:
    """Note that this person telephoned the emergency number of a region."""
    found, at = require_id("referral", referral_id), body.at.astimezone(UTC)
    return wardline.note_call(found, user=caller.person, region=body.region, at=at, once=idempotency_key)


@router.post("/cases/{case_id}/facts", status_code=201)
def add_to_case(
    case_id: str, body: FactBody, caller: _Caller, wardline: _Wardline, idempotency_key: _Once = None
) -> records.Fact:
    """Add what this person knows to the case in hand, for the report that may follow."""
    found = require_id("case", case_id)
    return wardline.add_fact(found, user=caller.person, kind=body.kind, text=body.text, once=idempotency_key)
