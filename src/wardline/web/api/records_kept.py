"""``/v1/referrals`` and ``/v1/holds``: what was reported, and what is kept."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from wardline import records
from wardline.errors import InputError, NotFoundError
from wardline.pipeline import Wardline
from wardline.records import require_id
from wardline.referral import LONGEST_REFERENCE, Need, ToDo, score, waits
from wardline.web import access
from wardline.web.access import Caller
from wardline.web.api.pages import Cursor, Limit, Page, page

router = APIRouter(prefix="/v1", tags=["referrals and holds"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


class DocumentBody(BaseModel):
    """One document that would be sent."""

    name: str
    media_type: str
    body: str
    """The very bytes, base64."""
    awaits: tuple[str, ...]
    """Fields with a stand-in for what only the receiver can give."""


class FormBody(BaseModel):
    """What the receiver would get: in its order and names, and byte for byte."""

    sections: tuple[records.PreviewSection, ...]
    documents: list[DocumentBody]


class ReferenceBody(BaseModel):
    """That a person filed a pack."""

    model_config = ConfigDict(extra="forbid")

    reference: str = Field(
        min_length=1, max_length=LONGEST_REFERENCE, description="As the receiver gave it, in one line"
    )
    instead_of: str | None = Field(
        default=None, max_length=LONGEST_REFERENCE, description="What was recorded before, and is wrong"
    )
    exchange: bool = Field(
        default=False,
        description="Another report has `reference`, and gets `instead_of` for it: they were mixed up",
    )
    within: str | None = Field(
        default=None,
        max_length=60,
        description="Id of another report about the same account that has `reference`: both packs were filed as one report",
    )


def required_instead(body: ReferenceBody) -> str:
    """Give the reference that is to be exchanged; ``InputError`` where none is said."""
    if body.instead_of is None:
        raise InputError("instead_of: missing, expected the reference that this report has")
    return body.instead_of


class GivenUpBody(BaseModel):
    """That nobody filed a pack."""

    model_config = ConfigDict(extra="forbid")

    pack: str | None = Field(
        default=None, max_length=40, description="The pack that is spoken of: `remote_id`"
    )
    asked: tuple[str, ...] = Field(
        default=(), max_length=100, description="Ids of the people who took it and were asked: `takings`"
    )


class ScoreBody(BaseModel):
    """How much of what police need a report has, and what it lacks; ``checklist`` says why of each."""

    answered: int
    of: int
    percent: int
    """By weight, 0 to 100."""
    words: str
    missing: tuple[str, ...]
    """Names of what is missing, the weightiest first."""


class PreviewBody(BaseModel):
    """A referral, and what its report says now."""

    referral: records.Referral
    report: records.Report | None
    checklist: tuple[Need, ...]
    problems: tuple[str, ...]
    preview: FormBody | None
    unavailable: str | None
    score: ScoreBody | None
    """None for a key of low trust, and where no report can be built."""
    waiting_with: tuple[str, ...]
    """Other referrals about the same account that wait for a second person too, and can be approved with it."""


@router.get("/referrals")
def list_referrals(
    caller: _Caller, wardline: _Wardline, to_do: ToDo | None = None, cursor: Cursor = None, limit: Limit = 100
) -> Page[records.Referral]:
    """List referrals, oldest first; without those of cases that the caller may have to judge. With `to_do` the most urgent first, on one page."""
    if to_do is not None:
        urgent = wardline.referrals_to_do(to_do, user=caller.user, most=limit)
        return Page(items=urgent, next=None)
    found = wardline.parts.store.referrals(after=cursor, most=limit)
    full = page(found, limit, [each.id for each in found])
    return Page(items=wardline.visible_referrals(found, user=caller.user), next=full.next)


@router.get("/referrals/{referral_id}")
def show_referral(referral_id: str, caller: _Caller, wardline: _Wardline) -> records.Referral:
    """Show where one referral stands, and those that it is reported with."""
    return _open(wardline, caller, referral_id)


def _open(wardline: Wardline, caller: Caller, referral_id: str) -> records.Referral:
    """Give a referral, unless the caller may have to judge one of the cases in its report."""
    return wardline.open_referral(require_id("referral", referral_id), user=caller.user)


@router.get("/referrals/{referral_id}/preview")
def preview_referral(referral_id: str, caller: _Caller, wardline: _Wardline) -> PreviewBody:
    """Show what a referral would send now. Sends nothing."""
    found = wardline.preview_referral(_open(wardline, caller, referral_id).id)
    is_trusted = caller.key.trust is records.KeyTrust.TRUSTED
    waiting = (
        wardline.waiting_with(found.referral, user=caller.user)
        if caller.user and waits(found.referral)
        else ()
    )
    return PreviewBody(
        referral=found.referral, report=found.report, checklist=found.checklist, problems=found.problems,
        preview=_form(found.preview) if found.preview else None, unavailable=found.unavailable,
        score=_score(found.checklist) if is_trusted and found.checklist else None, waiting_with=tuple(each.id for each in waiting),
    )  # fmt: skip


def _score(checklist: Sequence[Need]) -> ScoreBody:
    found = score(checklist)
    return ScoreBody(
        answered=found.answered, of=found.of, percent=found.percent, words=found.words, missing=tuple(each.name for each in found.missing)
    )  # fmt: skip


def _form(preview: records.Preview) -> FormBody:
    documents = [
        DocumentBody(
            name=each.name, media_type=each.media_type, body=base64.b64encode(each.body).decode("ascii"), awaits=each.awaits
        )
        for each in preview.documents
    ]  # fmt: skip
    return FormBody(sections=preview.sections, documents=documents)


@router.get(
    "/referrals/{referral_id}/receipt",
    response_class=Response,
    responses={200: {"content": {"text/xml": {}, "application/json": {}}}},
)
def show_receipt(referral_id: str, caller: _Caller, wardline: _Wardline) -> Response:
    """Give the authority's receipt, byte for byte; of a referral that joined another, that one's."""
    receipt = wardline.receipt_of(_open(wardline, caller, referral_id))
    if receipt is None:
        raise NotFoundError(f"{referral_id}: has no receipt yet")
    kind = "application/json" if receipt.body.startswith(b"{") else "text/xml"
    return Response(receipt.body, media_type=kind)


@router.post(
    "/referrals/{referral_id}/pack",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
def take_pack(referral_id: str, caller: _Caller, wardline: _Wardline) -> Response:
    """Give the pack of a report that a person files. The log has who took it."""
    name, content = wardline.take_pack(_open(wardline, caller, referral_id).id, user=caller.person)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/zip", headers=headers)


@router.post("/referrals/{referral_id}/reference")
def record_reference(
    referral_id: str, body: ReferenceBody, caller: _Caller, wardline: _Wardline
) -> records.Referral:
    """Note that a person filed a pack, by the receiver's reference, alone or in one report with another pack. The report is finished with it. Or put
    right the reference that was recorded, or exchange it with that of another report."""
    found = _open(wardline, caller, referral_id)
    if body.within is not None:
        if body.exchange:
            raise InputError("within: said with exchange, expected one of both")
        _open(wardline, caller, body.within)
    if body.exchange:
        return wardline.exchange_references(
            found.id, user=caller.person, reference=body.reference, instead_of=required_instead(body)
        )
    return wardline.record_reference(
        found.id, user=caller.person, reference=body.reference, instead_of=body.instead_of, within=body.within
    )


@router.post("/referrals/{referral_id}/pack/given-up")
def give_up_pack(
    referral_id: str, caller: _Caller, wardline: _Wardline, body: GivenUpBody | None = None
) -> records.Referral:
    """Note that nobody filed a pack: another one is made, or, where its decision was overturned, nothing is reported. Whoever else took it is
    asked first."""
    said = body or GivenUpBody()
    found = _open(wardline, caller, referral_id)
    return wardline.give_up_pack(found.id, user=caller.person, pack_id=said.pack, asked=said.asked)


@router.get("/holds")
def list_holds(
    caller: _Caller, wardline: _Wardline, cursor: Cursor = None, limit: Limit = 100
) -> Page[records.Hold]:
    """List holds, oldest first; without those of cases that the caller may have to judge."""
    found = wardline.parts.store.holds(after=cursor, most=limit)
    hidden = wardline.hidden_cases([each.case_id for each in found], user=caller.user)
    full = page(found, limit, [each.id for each in found])
    return Page(items=[each for each in found if each.case_id not in hidden], next=full.next)
