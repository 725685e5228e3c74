"""``/v1/incidents``: a platform tells of what has no file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, SkipValidation, ValidationError
from starlette.responses import JSONResponse, Response

from wardline import intake, records
from wardline.errors import InputError
from wardline.pipeline import Submission, Wardline
from wardline.web import problems
from wardline.web.access import Caller
from wardline.web.api.items import Accepted, accepted, answer_evenly
from wardline.web.api.report_facts import Facts
from wardline.web.hands import Hands

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])

_LANGUAGE = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"


class SaidBody(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field(min_length=1, max_length=255, description="Who wrote it: an id or a screen name")
    text: str = Field(min_length=1, max_length=records.LONGEST_SAID)
    at: datetime | None = Field(None, description="With a time zone; left out where it is not known")


class IncidentBody(BaseModel):
    """What happened, as the platform tells it."""

    model_config = ConfigDict(extra="forbid")

    kind: records.IncidentKind = Field(description=f"One of {', '.join(records.KIND_WORDS)}")
    account_reference: str = Field(
        min_length=1, max_length=255, description="The platform's id of the account"
    )
    incident_reference: str = Field(
        min_length=1, max_length=255, description="The platform's id of the incident"
    )
    surface: str = Field(min_length=1, max_length=64, description='Where: "direct message", "profile", ...')
    visibility: records.Visibility
    happened_at: datetime = Field(description="When it happened or began, with a time zone")
    ended_at: datetime | None = Field(None, description="Where it lasted, with a time zone")
    what_happened: str = Field(
        min_length=1, max_length=records.LONGEST_ACCOUNT, description="In words; it stands in the report"
    )
    messages: list[SaidBody] = Field(
        default=[],
        max_length=records.MOST_SAID,
        description="An excerpt, in its order; 100,000 characters together",
    )
    region: str | None = Field(None, pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2 of the account")
    ip_address: str | None = Field(None, max_length=45, description="From which it was done")
    port: int | None = Field(None, ge=1, le=65535, description="Source port of that")
    url: str | None = Field(None, min_length=1, max_length=2083)
    language: str | None = Field(None, max_length=35, pattern=_LANGUAGE, description="A BCP 47 tag")
    flag: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="The kind of a user's complaint, where one told the platform",
    )
    report: SkipValidation[Facts | None] = Field(
        None, description="What else is known, for a report to an authority: docs/reference/report-fields.md"
    )

    def told(self) -> intake.IncidentTold:
        """Turn it into what the line takes."""
        context = records.UploadContext(
            surface=self.surface, visibility=self.visibility, uploaded_at=_utc("happened_at", self.happened_at),
            content_reference=self.incident_reference, region=self.region, ip_address=self.ip_address, port=self.port, url=self.url,
            language=self.language, facts=intake.read_facts(self.report) if self.report is not None else None,
        )  # fmt: skip
        said = tuple(
            records.Said(
                by=each.by,
                text=_lines(each.text),
                at=_utc("message at", each.at) if each.at is not None else None,
            )
            for each in self.messages
        )
        return intake.IncidentTold(
            kind=self.kind, account_reference=self.account_reference, what_happened=_lines(self.what_happened), context=context, said=said,
            ended_at=_utc("ended_at", self.ended_at) if self.ended_at is not None else None,
            flag=records.Flag(reason=self.flag) if self.flag is not None else None,
        )  # fmt: skip


def read(body: bytes) -> intake.IncidentTold:
    """Read an incident from its JSON; ``InputError`` names what is wrong, and never what stood there."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("incident: not UTF-8, expected JSON in UTF-8") from None
    try:
        return _body(text).told()
    except ValidationError as error:
        fields = sorted({problems.field_of(each) or "incident" for each in error.errors()})
        raise InputError(
            f"incident: wrong or missing {', '.join(fields)[:300]}, expected the fields of docs/reference/http.md"
        ) from None


def _body(text: str) -> IncidentBody:
    try:
        return IncidentBody.model_validate_json(text)
    except ValidationError as error:
        # Half a character, or a number without end, in what is only for a report: that alone refuses nothing.
        try:
            return IncidentBody.model_validate(json.loads(text))
        except (ValueError, RecursionError):
            raise error from None


def _lines(text: str) -> str:
    """Write line breaks in one way, so that the same account gives the same bytes."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _utc(field: str, at: datetime) -> datetime:
    if at.tzinfo is None:
        raise InputError(f"{field}: without a time zone, expected one")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise InputError(
            f"{field}: before the first year or after the last, expected when it happened"
        ) from None


_OPENAPI: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/IncidentBody"}}}},
    "parameters": [
        {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255}},
    ],
}  # fmt: skip


@router.post("", status_code=202, response_model=Accepted, openapi_extra=_OPENAPI)
async def tell(request: Request) -> Response:
    """Tell of an incident that has no file. It is sealed, and a person decides; the answer says only that it is safe here."""
    caller: Caller = request.state.caller
    wardline: Wardline = request.app.state.wardline
    hands: Hands = request.app.state.hands
    body = await request.body()
    left_out: list[str] = []

    def take() -> Submission:
        told = read(body)
        facts = intake.not_in_the_future(told.context, wardline.parts.now()).facts
        left_out.extend(facts.left_out if facts is not None else ())
        return wardline.tell(told, api_key=caller.key, idempotency_key=request.headers.get("idempotency-key"))

    grid: float = request.app.state.low_trust_answer_seconds
    done = await answer_evenly(grid, caller, len(body), lambda: hands.do(take))
    if caller.key.trust is records.KeyTrust.TRUSTED:
        return JSONResponse(accepted(done, left_out), status_code=202)
    return JSONResponse({"status": "accepted"}, status_code=202)
