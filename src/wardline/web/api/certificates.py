"""``/v1/certificates`` and ``/v1/automation``: what a machine may decide alone, and what of it may be published."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, Field

from wardline import records
from wardline.errors import InputError, RefusedError
from wardline.pipeline import Wardline
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller
from wardline.web.api.pages import Limit

router = APIRouter(prefix="/v1", tags=["certificates"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]
_Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


class Wanted(BaseModel):
    """What a certificate is wanted for."""

    scope: str = Field(min_length=1, max_length=64)
    arm: records.Arm


class Suspension(BaseModel):
    """Why a certificate ends."""

    reason: str = Field(min_length=1, max_length=records.LONGEST_REASON)


class Shown(BaseModel):
    """One certificate, and what was seen of it since it stands."""

    certificate: records.Certificate
    watch: records.CertificateWatch | None
    evidence: float | None
    """How far the watch is from its alarm, which comes at 1; None where nothing is watched."""


class Public(BaseModel):
    """What may be published: no threshold, list or detector."""

    promises: tuple[str, ...]
    assumptions: tuple[str, ...]
    limits: tuple[str, ...]
    text: str


@router.get("/certificates")
def list_certificates(
    wardline: _Wardline, scope: str | None = None, limit: Limit = 100
) -> list[records.Certificate]:
    """List certificates and tries that failed, newest first."""
    return wardline.parts.store.certificates(scope=scope, most=limit)


@router.post("/certificates", status_code=201)
def propose(
    wanted: Wanted, caller: _Caller, wardline: _Wardline, idempotency_key: _Key = None
) -> records.Approval:
    """Look at the evidence once, and propose a certificate; a second person approves it under `/v1/approvals`.

    `Idempotency-Key` is required: each look spends a part of what the scope may err in its life, and a request whose answer was lost is repeated
    with the same key.
    """
    if idempotency_key is None:
        raise InputError(
            "Idempotency-Key: missing, expected one for each try",
            remedy="Send a key of your own with each try, and the same one again when the answer was lost: each new try is harder.",
        )
    proposed = wardline.propose_certificate(
        wanted.scope, wanted.arm, user=caller.person, once=idempotency_key
    )
    if proposed.approval is None:
        made = proposed.certificate
        raise RefusedError(
            f"{made.id}: nothing is certified: {made.reason}",
            remedy="Gather more evidence; this try is spent.",
        )
    return proposed.approval


@router.get("/certificates/{certificate_id}")
def show(certificate_id: str, wardline: _Wardline) -> Shown:
    """Show one certificate."""
    made = wardline.parts.store.certificate(require_id("certificate", certificate_id))
    watch = wardline.parts.store.certificate_watch(made.id)
    return Shown(
        certificate=made, watch=watch, evidence=None if watch is None else wardline.alarm_share(watch)
    )


@router.post("/certificates/{certificate_id}/suspend")
def suspend(
    certificate_id: str, why: Suspension, caller: _Caller, wardline: _Wardline
) -> records.Certificate:
    """End a certificate at once and for good; everything goes to people."""
    found = require_id("certificate", certificate_id)
    return wardline.suspend_certificate(found, why.reason, user=caller.person)


@router.get("/automation")
def said(wardline: _Wardline) -> Public:
    """Say what may be published of what a machine decides alone."""
    public = wardline.said_publicly()
    return Public(
        promises=public.promises, assumptions=public.assumptions, limits=public.limits, text=public.text
    )
