"""``/v1/flags``: users, trusted flaggers and authorities point at content."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import JSONResponse, Response

from wardline import records
from wardline.errors import InputError
from wardline.pipeline import Flagged, FlagTaken, Wardline, blindness
from wardline.web import access, problems
from wardline.web.access import Caller
from wardline.web.api import multipart
from wardline.web.api.items import MULTIPART, answer_evenly, read_context, unread
from wardline.web.api.pages import Cursor, Limit, Page, page
from wardline.web.hands import Hands

router = APIRouter(prefix="/v1/flags", tags=["flags"])

_Wardline = Annotated[Wardline, Depends(access.wardline)]
_Caller = Annotated[Caller, Depends(access.caller)]


class Official(BaseModel):
    """What the notice of police, or of another authority, names itself by."""

    model_config = ConfigDict(extra="forbid")

    authority: str = Field(min_length=1, max_length=200, description="Which office; never a person")
    number: str = Field(min_length=1, max_length=100, description="The office's own number of the notice")
    received_at: AwareDatetime = Field(description="When it reached you")

    def record(self) -> records.OfficialNotice:
        """Give the record."""
        try:
            received_at = self.received_at.astimezone(UTC)
        except OverflowError:
            raise InputError(
                "received_at: before the first year or after the last, expected when it reached you"
            ) from None
        return records.OfficialNotice(authority=self.authority, number=self.number, received_at=received_at)


class FlagBody(BaseModel):
    """What the platform passes on: the whole body, or the part ``flag`` beside ``context`` and ``file``."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(
        min_length=1, max_length=200, description="Your category of complaint; no free text about the content"
    )
    flagger: records.Flagger = Field(
        records.Flagger.USER, description="A trusted key may speak for a trusted flagger, or for an authority"
    )
    official: Official | None = Field(None, description="With the flagger `police`, and only then")
    item_id: str | None = Field(None, max_length=64, description="As an answer to an upload named it")
    account_reference: str | None = Field(None, min_length=1, max_length=255)
    content_reference: str | None = Field(None, min_length=1, max_length=255)


class FlagAccepted(BaseModel):
    """The answer to a flag. A low-trust key sees ``status`` and nothing else."""

    status: Literal["accepted"] = "accepted"
    notice_id: str | None = None
    left_out: list[str] = Field(
        default=[], description="What was sent in `report` of the context and could not be read, by its place"
    )


_OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/FlagBody"}},
            MULTIPART: {"schema": {"type": "object", "required": ["flag", "context", "file"], "properties": {
                "flag": {"$ref": "#/components/schemas/FlagBody"}, "context": {"$ref": "#/components/schemas/Context"},
                "file": {"type": "string", "format": "binary"}}}},
        },
    },
    "parameters": [
        {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255}},
    ],
}  # fmt: skip


@router.post("", status_code=202, response_model=FlagAccepted, openapi_extra=_OPENAPI)
async def flag(request: Request) -> Response:
    """Flag content. What is not kept here needs its file, and a low-trust key always sends it."""
    caller: Caller = request.state.caller
    body = await request.body()
    left_out: list[str] = []
    taken = await answer_evenly(
        request.app.state.low_trust_answer_seconds, caller, len(body),
        lambda: _flag(request, caller, body, left_out),
    )  # fmt: skip
    if caller.key.trust is records.KeyTrust.TRUSTED:
        told = {"status": "accepted", "notice_id": taken.notice_id}
        return JSONResponse({**told, "left_out": left_out} if left_out else told, status_code=202)
    return JSONResponse({"status": "accepted"}, status_code=202)


async def _flag(request: Request, caller: Caller, body: bytes, left_out: list[str]) -> FlagTaken:
    wardline: Wardline = request.app.state.wardline

    def take() -> FlagTaken:
        flagged = _read(request, body)
        if flagged.upload is not None:
            left_out.extend(unread(flagged.upload, wardline.parts.now()))
        return wardline.flag(
            flagged, api_key=caller.key, idempotency_key=request.headers.get("idempotency-key")
        )

    hands: Hands = request.app.state.hands
    return await hands.do(take)


def _read(request: Request, body: bytes) -> Flagged:
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith(MULTIPART):
        said = _said(body)
        return Flagged(
            reason=said.reason, flagger=said.flagger, official=_official(said), item_id=said.item_id,
            account_reference=said.account_reference, content_reference=said.content_reference,
        )  # fmt: skip
    parts = multipart.parse(content_type, body)
    if set(parts) != {"flag", "context", "file"}:
        raise InputError("multipart: other parts, expected flag, context and file")
    said = _said(parts["flag"])
    if said.item_id or said.account_reference or said.content_reference:
        raise InputError("flag: names content beside its context, expected reason and flagger only")
    upload = read_context(parts["context"]).upload(parts["file"])
    return Flagged(reason=said.reason, flagger=said.flagger, official=_official(said), upload=upload)


def _official(said: FlagBody) -> records.OfficialNotice | None:
    return said.official.record() if said.official is not None else None


def _said(text: bytes) -> FlagBody:
    try:
        return FlagBody.model_validate_json(text)
    except ValidationError as error:
        fields = sorted({problems.field_of(each) or "flag" for each in error.errors()})
        raise InputError(
            f"flag: wrong or missing {', '.join(fields)[:300]}, expected the fields of docs/reference/http.md"
        ) from None


@router.get("")
def list_flags(
    caller: _Caller,
    wardline: _Wardline,
    state: records.NoticeState | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[records.Notice]:
    """List flags on files that are kept, oldest first; each reason of each file once, with how many came."""
    found = wardline.parts.store.notices(state=state, after=cursor, most=limit)
    seen = blindness.seen_notices(wardline.parts, found, caller.person)
    return page([each for each in seen if state in (None, each.state)], limit, [each.id for each in found])
