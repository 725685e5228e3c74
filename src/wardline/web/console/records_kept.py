"""Referrals and holds: what was reported, and what is kept."""

from __future__ import annotations

from starlette.responses import Response

from wardline.errors import NotFoundError
from wardline.web.console.desk import OVERSEERS, Desk, Page
from wardline.web.console.rendering import HEADERS, page

_SHOWN = 100


def referrals(desk: Desk) -> Response:
    """List referrals, oldest first, a page at a time."""
    found = desk.wardline.parts.store.referrals(after=desk.asked("after") or None, most=_SHOWN)
    return page(desk, "referrals", referrals=found, more=found[-1].id if len(found) == _SHOWN else None)


def referral(desk: Desk) -> Response:
    """Show where one referral stands."""
    store = desk.wardline.parts.store
    found = store.referral(desk.record("referral"))
    return page(desk, "referral", referral=found, receipt=store.receipt_of(found.id))


def receipt(desk: Desk) -> Response:
    """Give the receipt, byte for byte."""
    found = desk.wardline.parts.store.receipt_of(desk.record("referral"))
    if found is None:
        raise NotFoundError(f"{desk.path('referral_id')}: has no receipt yet")
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="receipt-{found.remote_id}.xml"'}
    return Response(found.body, media_type="text/xml", headers=headers)


def holds(desk: Desk) -> Response:
    """List holds, oldest first, a page at a time."""
    found = desk.wardline.parts.store.holds(after=desk.asked("after") or None, most=_SHOWN)
    return page(desk, "holds", holds=found, more=found[-1].id if len(found) == _SHOWN else None)


PAGES = (
    Page("GET", "/referrals", OVERSEERS, referrals),
    Page("GET", "/referrals/{referral_id}", OVERSEERS, referral),
    Page("GET", "/referrals/{referral_id}/receipt", OVERSEERS, receipt),
    Page("GET", "/holds", OVERSEERS, holds),
)
