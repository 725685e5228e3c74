"""``/v1/referrals``: reports whose receiver is gone from the settings, and reports that another installation filed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from wardline import records
from wardline.errors import InputError
from wardline.pipeline import Wardline, sessions
from wardline.pipeline.wrong_references import LONGEST_WHY
from wardline.records import require_id
from wardline.referral import LONGEST_REFERENCE
from wardline.web import access
from wardline.web.access import Caller
from wardline.web.api.records_kept import GivenUpBody

router = APIRouter(prefix="/v1", tags=["referrals and holds"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


class WithdrawalBody(access.ProofBody, GivenUpBody):
    """Which pack is spoken of, and whoever was asked whether they filed it."""


class ReceiverBody(WithdrawalBody):
    """Which receiver gets a report."""

    to: str = Field(min_length=1, max_length=100, description="As the settings name it")


class FiledBeforeBody(access.ProofBody):
    """That the installation from which this one was restored filed a report."""

    number: str = Field(
        min_length=1,
        max_length=LONGEST_REFERENCE,
        description="As the authority shows it; with `take_back` the one that was told",
    )
    instead_of: str | None = Field(
        default=None, max_length=LONGEST_REFERENCE, description="What was told before, and is wrong"
    )
    reason: str | None = Field(
        default=None,
        max_length=LONGEST_WHY,
        description="With `instead_of` or `take_back`: what was wrong, in a sentence",
    )
    exchange: bool = Field(
        default=False,
        description="Another report has `number`, and gets `instead_of` for it: they were mixed up",
    )
    take_back: bool = Field(
        default=False,
        description="It was not filed at all, and what was said of it was a mistake: it waits for a person again",
    )


@router.post("/referrals/{referral_id}/receiver")
def pass_on_report(
    referral_id: str, body: ReceiverBody, caller: _Caller, wardline: _Wardline
) -> records.Referral:
    """Have a report whose receiver is gone from the settings, and which nobody filed, made for another receiver."""
    found = require_id("referral", referral_id)
    person = sessions.confirm(wardline.parts, caller.person, body.password)
    return wardline.pass_on_report(found, user=person, to=body.to, pack_id=body.pack, asked=body.asked)


@router.post("/referrals/{referral_id}/withdrawal")
def withdraw_report(
    referral_id: str, body: WithdrawalBody, caller: _Caller, wardline: _Wardline
) -> records.Referral:
    """End a report whose receiver is gone from the settings, and which nobody filed, where another receiver gets that of its decision."""
    found = require_id("referral", referral_id)
    person = sessions.confirm(wardline.parts, caller.person, body.password)
    return wardline.withdraw_report(found, user=person, pack_id=body.pack, asked=body.asked)


@router.post("/referrals/{referral_id}/taking-on")
def take_on_report(referral_id: str, caller: _Caller, wardline: _Wardline) -> records.Referral:
    """Take on a report of priority 1 that waits for a person, and is kept from this one for an opinion about its case: they file it, and give none. Or
    one of a case whose appeal waits, and which they leave to others."""
    return wardline.take_on_report(require_id("referral", referral_id), user=caller.person)


@router.post("/referrals/{referral_id}/filed-before")
def record_filed_before(
    referral_id: str, body: FiledBeforeBody, caller: _Caller, wardline: _Wardline
) -> records.Referral:
    """Note that the installation from which this one was restored filed a report, after it was looked up at the authority. It is finished with
    this person's word. Or put right the number that was told, with a reason, or exchange it with that of another report. Or take all of it back, with a reason: nobody had filed that report."""
    found = require_id("referral", referral_id)
    person = sessions.confirm(wardline.parts, caller.person, body.password)
    if body.take_back:
        if body.instead_of is not None or body.exchange or body.reason is None:
            raise InputError(
                "take_back: beside another number, or without a reason, expected number and reason"
            )
        return wardline.take_back_filed_before(found, user=person, number=body.number, reason=body.reason)
    if body.instead_of is None and not (body.exchange or body.reason):
        return wardline.record_filed_before(found, user=person, number=body.number)
    if body.instead_of is None or body.reason is None:
        raise InputError(
            "number: put right without what was told before, or without a reason, expected instead_of and reason"
        )
    act = wardline.exchange_filed_before if body.exchange else wardline.correct_filed_before
    return act(found, user=person, number=body.number, instead_of=body.instead_of, reason=body.reason)
