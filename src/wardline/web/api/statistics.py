"""``/v1/statistics``: counts and times of a period."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from wardline import records
from wardline.pipeline import Wardline
from wardline.web import access

router = APIRouter(prefix="/v1/statistics", tags=["statistics"])


@router.get("")
def show(
    wardline: Annotated[Wardline, Depends(access.wardline)],
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
) -> records.Figures:
    """Count each step by day, and say how long steps took; both days inclusive, UTC."""
    return wardline.statistics(first, last)
