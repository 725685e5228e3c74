"""``/v1/alarms``: what a person must hear about."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from wardline import records
from wardline.pipeline import Wardline, alarm_order
from wardline.records import require_id
from wardline.web import access
from wardline.web.access import Caller

router = APIRouter(prefix="/v1/alarms", tags=["alarms"])

_Caller = Annotated[Caller, Depends(access.caller)]
_Wardline = Annotated[Wardline, Depends(access.wardline)]


@router.get("")
def list_alarms(caller: _Caller, wardline: _Wardline) -> list[records.Alarm]:
    """List the open alarms, the most urgent first; without those that tell what came of a case that the caller may have to judge."""
    return alarm_order.most_urgent_first(wardline.parts, wardline.open_alarms(user=caller.user))


@router.post("/{alarm_id}/sending")
def send_again(alarm_id: str, caller: _Caller, wardline: _Wardline) -> records.Alarm:
    """Send once more the action or message that a platform refused for good, and close the alarm; refused again, it is raised again."""
    return wardline.send_again(require_id("alarm", alarm_id), user=caller.person)


@router.post("/{alarm_id}/resolve")
def resolve(alarm_id: str, caller: _Caller, wardline: _Wardline) -> records.Alarm:
    """Close an alarm that a person dealt with."""
    return wardline.resolve_alarm(require_id("alarm", alarm_id), user=caller.person)
