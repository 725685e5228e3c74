"""``/v1/appeals``: people say that what was done to them was wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict, Field

from wardline import records
from wardline.pipeline import Complaint, Wardline, blindness
from wardline.web import access
from wardline.web.access import Caller
from wardline.web.api.pages import Cursor, Limit, Page, page

router = APIRouter(prefix="/v1/appeals", tags=["appeals"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]
_Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


class AppealBody(BaseModel):
    """What the platform passes on. It names the action, or account and content."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        min_length=1,
        max_length=records.LONGEST_COMPLAINT,
        description="What the person says, in their own words",
    )
    action_id: str | None = Field(None, max_length=64, description="As the webhook named it")
    account_reference: str | None = Field(None, min_length=1, max_length=255)
    content_reference: str | None = Field(None, min_length=1, max_length=255)


class AppealTaken(BaseModel):
    """What the platform is told of an appeal; the rest comes by webhook, for the person."""

    id: str
    state: records.AppealState
    due_at: str = Field(description="When the answer is promised")


@router.post("", status_code=202)
def appeal(
    body: AppealBody, caller: _Caller, wardline: _Wardline, idempotency_key: _Key = None
) -> AppealTaken:
    """Take an appeal. Somebody who had no part in the decision looks at it; the answer reaches the platform by webhook."""
    taken = wardline.appeal(
        Complaint(
            text=body.text, action_id=body.action_id, account_reference=body.account_reference,
            content_reference=body.content_reference,
        ),
        api_key=caller.key,
        idempotency_key=idempotency_key,
    )  # fmt: skip
    return AppealTaken(id=taken.id, state=taken.state, due_at=taken.due_at.isoformat())


@router.get("")
def list_appeals(
    caller: _Caller,
    wardline: _Wardline,
    state: records.AppealState | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[records.Appeal]:
    """List appeals, oldest first."""
    found = wardline.parts.store.appeals(state=state, after=cursor, most=limit)
    seen = blindness.seen_appeals(wardline.parts, found, caller.person)
    return page([each for each in seen if state in (None, each.state)], limit, [each.id for each in found])
