"""``/v1/alarms``: what a person must hear about."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from wardline import records
from wardline.pipeline import Wardline
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller

router = APIRouter(prefix="/v1/alarms", tags=["alarms"])

_Wardline = Annotated[Wardline, Depends(access.wardline)]


@router.get("")
def list_alarms(wardline: _Wardline) -> list[records.Alarm]:
    """List the open alarms."""
    return wardline.parts.store.open_alarms()


@router.post("/{alarm_id}/resolve")
def resolve(
    alarm_id: str, caller: Annotated[Caller, Depends(access.caller)], wardline: _Wardline
) -> records.Alarm:
    """Close an alarm that a person dealt with."""
    return wardline.resolve_alarm(require_id("alarm", alarm_id), user=caller.person)
