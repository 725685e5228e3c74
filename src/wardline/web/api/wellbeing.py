"""``/v1/exposure``, ``/v1/viewing-choices`` and ``/v1/team-exposure``: a person's own, and what may be told of ten or more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from wardline import records, review
from wardline.pipeline import Wardline
from wardline.pipeline.wellbeing import Team
from wardline.web import access
from wardline.web.access import Caller

router = APIRouter(prefix="/v1", tags=["wellbeing"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


class OwnExposure(BaseModel):
    """What the caller was shown, and may take now."""

    exposure: review.Exposure
    reached: review.Reached | None
    until: datetime | None
    files_left: int | None


class ChoicesBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    grey: bool = True
    small: bool = True
    hold: bool = False
    steps: bool = False
    queues: list[str] = Field(default_factory=list, max_length=256)
    grades: list[records.Grade] = Field(default_factory=list, max_length=4)


@router.get("/exposure")
def own_exposure(caller: _Caller, wardline: _Wardline) -> OwnExposure:
    """Tell the caller what they were shown in their shift. There is no way to ask for anybody else's."""
    found = wardline.capacity(caller.person)
    return OwnExposure(
        exposure=wardline.exposure(caller.person), reached=found.reached, until=found.until, files_left=found.files_left
    )  # fmt: skip


@router.get("/viewing-choices")
def own_choices(caller: _Caller, wardline: _Wardline) -> records.ViewingChoices:
    """Tell the caller what they chose."""
    return wardline.choices(caller.person)


@router.put("/viewing-choices")
def choose(body: ChoicesBody, caller: _Caller, wardline: _Wardline) -> records.ViewingChoices:
    """Change what the caller chose: all of it at once."""
    return wardline.choose(
        lambda now: replace(
            now, grey=body.grey, small=body.small, hold=body.hold, steps=body.steps, queues=tuple(body.queues),
            grades=tuple(body.grades),
        ),
        user=caller.person,
    )  # fmt: skip


@router.get("/team-exposure")
def team_exposure(wardline: _Wardline) -> Team:
    """Tell of ten people or more together; nothing of fewer."""
    return wardline.team_wellbeing()
