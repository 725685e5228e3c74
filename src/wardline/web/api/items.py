"""``/v1/items``: uploads come in."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Protocol, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, SkipValidation, ValidationError

from wardline import intake, records
from wardline.errors import InputError, NotFoundError
from wardline.pipeline import Submission, Wardline
from wardline.web import access, problems
from wardline.web.access import Caller
from wardline.web.api import multipart
from wardline.web.api.report_facts import Facts

router = APIRouter(tags=["items"])

CONTEXT_HEADER = "Wardline-Context"
_CONTEXT = CONTEXT_HEADER.lower()
MULTIPART = "multipart/form-data"
_BYTES_A_STEP = 2**21
"""A disk that seals these within a step of the grid (100 ms by default) tells nothing."""


class Context(BaseModel):
    """What comes with an upload: the JSON part ``context``, or the header ``Wardline-Context``."""

    model_config = ConfigDict(extra="forbid")

    account_reference: str = Field(
        min_length=1, max_length=255, description="The platform's id of the account"
    )
    content_reference: str = Field(
        min_length=1, max_length=255, description="The platform's id of the content"
    )
    surface: str = Field(min_length=1, max_length=64, description='Where: "post", "avatar", ...')
    visibility: records.Visibility
    uploaded_at: datetime = Field(description="With a time zone")
    region: str | None = Field(None, pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2 of the account")
    ip_address: str | None = Field(None, max_length=45, description="Of the upload itself")
    port: int | None = Field(None, ge=1, le=65535, description="Source port of the upload")
    file_name: str | None = Field(None, min_length=1, max_length=2056)
    url: str | None = Field(None, min_length=1, max_length=2083)
    views_per_hour: float | None = Field(
        None,
        ge=0,
        le=records.MOST_VIEWS_PER_HOUR,
        allow_inf_nan=False,
        description="How often it is seen in an hour now",
    )
    language: str | None = Field(
        None,
        max_length=35,
        pattern="^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
        description="Of the content or its account: a BCP 47 tag such as de or pt-BR",
    )
    flag: str | None = Field(
        None, min_length=1, max_length=200, description="The kind of a user's complaint, if there was one"
    )
    report: SkipValidation[Facts | None] = Field(
        None, description="What else is known, for a report to an authority: docs/reference/report-fields.md"
    )

    def upload(self, content: bytes) -> intake.Upload:
        """Join it with the bytes."""
        if self.uploaded_at.tzinfo is None:
            raise InputError("uploaded_at: without a time zone, expected one")
        try:
            uploaded_at = self.uploaded_at.astimezone(UTC)
        except OverflowError:
            raise InputError(
                "uploaded_at: before the first year or after the last, expected the time of the upload"
            ) from None
        context = records.UploadContext(
            surface=self.surface, visibility=self.visibility, uploaded_at=uploaded_at,
            content_reference=self.content_reference, region=self.region, ip_address=self.ip_address, port=self.port,
            file_name=self.file_name, url=self.url, views_per_hour=self.views_per_hour, language=self.language,
            facts=intake.read_facts(self.report) if self.report is not None else None,
        )  # fmt: skip
        flag = records.Flag(reason=self.flag) if self.flag is not None else None
        return intake.Upload(
            content=content, account_reference=self.account_reference, context=context, flag=flag
        )


class Accepted(BaseModel):
    """The answer to an upload. A low-trust key sees ``status`` and nothing else."""

    status: Literal["accepted"] = "accepted"
    outcome: Literal["released", "review", "restricted", "repeated"] | None = None
    item_id: str | None = None
    left_out: list[str] = Field(
        default=[],
        description="What was sent in `report` and could not be read, by its place; the upload went its way",
    )


_OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {"schema": {"type": "object", "required": ["context", "file"], "properties": {
                "context": {"$ref": "#/components/schemas/Context"}, "file": {"type": "string", "format": "binary"}}}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    },
    "parameters": [
        {"name": CONTEXT_HEADER, "in": "header", "required": False, "schema": {"type": "string"},
         "description": "The context as JSON in ASCII, when the body is the file itself"},
        {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255}},
    ],
}  # fmt: skip


@router.post("/v1/items", status_code=202, response_model=Accepted, openapi_extra=_OPENAPI)
def submit_item() -> Accepted:
    """Submit an upload. Its fate reaches the platform by webhook; the answer says only that it is safe here."""
    raise RuntimeError("uploads: reached the framework, expected web.api.taking to answer them")


class Judged(Protocol):
    """What became of something that was sent."""

    @property
    def judged_at(self) -> float:
        """Monotonic seconds: from here on an answer's timing may count."""
        ...


J = TypeVar("J", bound=Judged)


async def answer_evenly(grid: float, caller: Caller, size_bytes: int, work: Callable[[], Awaitable[J]]) -> J:
    """Do the work of a request, and give what came of it when a low-trust key may learn that it is done; see ``_wait``."""
    if caller.key.trust is records.KeyTrust.TRUSTED:
        return await work()
    since = time.monotonic()
    try:
        done = await work()
        since = done.judged_at
    except Exception:
        await asyncio.sleep(_wait(since, time.monotonic(), size_bytes, grid))
        raise
    await asyncio.sleep(_wait(since, time.monotonic(), size_bytes, grid))
    return done


def _wait(since: float, now: float, size_bytes: int, grid: float) -> float:
    """Say how long a low-trust key waits for its answer, so that its timing does not tell whether the file was kept.

    The answer leaves a fixed time after the file was judged, whatever was done since: counted from the request, a prober could choose a
    picture that is released just before a step of the grid and kept just after it. Sealing takes time for each byte, so does the wait.

    Args:
        since: When it was judged, which may lie a little ahead; when its body was there, if that failed. Monotonic seconds, as ``now``.
        now: When the answer is ready.
        size_bytes: Of the body.
        grid: Seconds; 0 for no wait.
    """
    if grid <= 0:
        return 0.0
    least = grid * (1 + size_bytes // _BYTES_A_STEP)
    return math.ceil(max((now - since) / least, 1.0)) * least - (now - since)


def read(headers: Mapping[str, str], body: bytes) -> intake.Upload:
    """Read an upload from its headers, whose names are in lower case, and its body."""
    content_type = headers.get("content-type", "")
    if content_type.lower().startswith(MULTIPART):
        parts = multipart.parse(content_type, body)
        if set(parts) != {"context", "file"}:
            raise InputError("multipart: other parts, expected context and file")
        return read_context(parts["context"]).upload(parts["file"])
    header = headers.get(_CONTEXT)
    if header is None:
        raise InputError(f"upload: no context, expected the header {CONTEXT_HEADER} or a multipart body")
    return read_context(header.encode("latin-1")).upload(body)


def read_context(text: bytes) -> Context:
    """Read the context of an upload; ``InputError`` names what is wrong."""
    try:
        return _context(text)
    except ValidationError as error:
        fields = sorted({problems.field_of(each) or "context" for each in error.errors()})
        raise InputError(
            f"context: wrong or missing {', '.join(fields)[:300]}, expected the fields of docs/reference/http.md"
        ) from None


def _context(text: bytes) -> Context:
    try:
        return Context.model_validate_json(text)
    except ValidationError as error:
        # Half a character, or a number without end, in what is only for a report: that alone refuses nothing.
        try:
            return Context.model_validate(json.loads(text))
        except (ValueError, RecursionError):
            raise error from None


def unread(upload: intake.Upload, now: datetime) -> tuple[str, ...]:
    """Name what was sent for a report and could not be read."""
    facts = intake.not_in_the_future(upload.context, now).facts
    return facts.left_out if facts is not None else ()


def accepted(done: Submission, left_out: Sequence[str] = ()) -> dict[str, Any]:
    """Say to a trusted key what became of an upload, in the form of ``Accepted``."""
    outcome: str
    match done.route:
        case None:
            outcome = "repeated"
        case records.Release():
            outcome = "released"
        case records.Review():
            outcome = "review"
        case records.Act():
            outcome = "restricted"
    told: dict[str, Any] = {"status": "accepted", "outcome": outcome, "item_id": done.item_id}
    return {**told, "left_out": list(left_out)} if left_out else told


class ItemState(BaseModel):
    """What a trusted platform may know of its own item."""

    id: str
    received_at: datetime
    content_reference: str | None
    kept: bool = Field(description="Whether the file is still held as evidence")


def _own_item(wardline: Wardline, item_id: str, key: records.ApiKey) -> records.Item:
    """Find an item of this platform. Another's is as unknown as one that never was."""
    unknown = NotFoundError(f"{item_id}: unknown, expected an item of this platform")
    try:
        item = wardline.parts.store.item(item_id)
    except NotFoundError:
        raise unknown from None
    if key.trust is not records.KeyTrust.TRUSTED or item.platform != key.platform:
        raise unknown
    return item


@router.get("/v1/items/{item_id}")
def show_item(
    item_id: str,
    caller: Annotated[Caller, Depends(access.caller)],
    wardline: Annotated[Wardline, Depends(access.wardline)],
) -> ItemState:
    """Show the state of one item to the trusted platform that sent it."""
    item = _own_item(wardline, records.require_id("item", item_id), caller.key)
    reference = item.context.content_reference if item.context else None
    return ItemState(id=item.id, received_at=item.received_at, content_reference=reference, kept=item.sealed)
