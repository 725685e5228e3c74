"""``/v1/cases``: what is done with a case besides deciding it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from wardline import records
from wardline.pipeline import Wardline
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller

router = APIRouter(prefix="/v1/cases", tags=["cases"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


class PassBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    note: str | None = Field(
        None, min_length=1, max_length=2000, description="For colleagues; no reason is asked"
    )


class AssignmentBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    to: str = Field(min_length=1, max_length=64, description="Sign-in name of a moderator or lead")
    note: str | None = Field(None, min_length=1, max_length=2000, description="For that person")


class DiversionBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    queue: str = Field(min_length=1, max_length=64, description='A queue of the settings, or "general"')
    note: str = Field(min_length=1, max_length=2000, description="Why")


class DangerBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    note: str = Field(min_length=1, max_length=2000, description="What led to it")


def _seen(wardline: Wardline, caller: Caller, case: records.Case) -> records.Case:
    """Give a case as its reader may see it: a lead may be the next one to judge it."""
    return wardline.seen_cases([case], user=caller.person)[0]


@router.post("/{case_id}/pass")
def pass_on(case_id: str, body: PassBody, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Give a claimed case back for good: it is not handed to the caller again."""
    return _seen(
        wardline, caller, wardline.pass_on(require_id("case", case_id), user=caller.person, note=body.note)
    )


@router.post("/{case_id}/assignment")
def assign(case_id: str, body: AssignmentBody, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Claim a case for a person, whoever holds it. Leads only."""
    return _seen(
        wardline,
        caller,
        wardline.assign(require_id("case", case_id), lead=caller.person, to=body.to, note=body.note),
    )


@router.post("/{case_id}/diversion")
def divert(case_id: str, body: DiversionBody, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Move a case to another queue. Leads only."""
    return _seen(
        wardline,
        caller,
        wardline.divert(require_id("case", case_id), lead=caller.person, queue=body.queue, note=body.note),
    )


@router.post("/{case_id}/danger")
def mark_danger(case_id: str, body: DangerBody, caller: _Caller, wardline: _Wardline) -> records.Case:
    """Note that a child may be in danger now: the case comes before all others. Who holds the case, or a lead."""
    return _seen(
        wardline,
        caller,
        wardline.mark_danger(require_id("case", case_id), user=caller.person, note=body.note),
    )
