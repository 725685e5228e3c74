"""Reports that a person files: take the pack, record the receiver's reference, or say that nobody filed it; and why it goes there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from wardline import records, referral
from wardline.errors import NotFoundError
from wardline.records import ReferralState, Verb
from wardline.web.console import filing
from wardline.web.console.desk import MANAGERS, Desk, Page
from wardline.web.console.rendering import HEADERS, go

_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Taking:
    """That somebody took a pack."""

    name: str
    at: datetime
    is_earlier: bool
    """It was one that another pack took the place of."""


def values_of(desk: Desk, found: records.Referral) -> dict[str, Any]:
    """Give what the page of a referral says of its pack, and of the duties that it discharges."""
    try:
        pack_id = desk.wardline.pack_of(found)
    except NotFoundError:
        pack_id = None
    names = {each.id: each.name for each in desk.wardline.parts.store.users()} if found.takings else {}
    told = [entry for _, entry in desk.wardline.entries_about(found.id, _LOOKED_AT)]
    return {
        "awaits": referral.awaits(found), "pack_id": pack_id,
        "unwanted": found.state is ReferralState.NEEDS_HUMAN and found.problem == referral.UNWANTED,
        "longest_reference": referral.LONGEST_REFERENCE, "duties": desk.wardline.basis_of(found),
        "discharges": [each.detail for each in told if each.verb is Verb.DUTY_DISCHARGED],
        "takings": [
            Taking(names.get(each.user_id, "somebody"), each.at, is_earlier=each.pack_id != found.remote_id)
            for each in found.takings
        ],
        "others": _others(desk, found, names),
    }  # fmt: skip


def _others(desk: Desk, found: records.Referral, names: dict[str, str]) -> list[tuple[str, str]]:
    """Give who else took the pack that waits, by id and name."""
    return [(each, names.get(each, "somebody")) for each in referral.unasked(found, desk.user.id, ())]


def take(desk: Desk) -> Response:
    """Give the pack of a report, to be filed by this person. The log has it first."""
    name, content = desk.wardline.take_pack(filing.opened(desk), user=desk.user)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/zip", headers=headers)


def record(desk: Desk) -> Response:
    """Note that the receiver has a report, by the reference that it gave."""
    reference = desk.needed("reference")
    found = desk.wardline.record_reference(filing.opened(desk), user=desk.user, reference=reference)
    return go(f"/referrals/{found.id}")


def give_up(desk: Desk) -> Response:
    """Note that nobody filed a pack. The form has whom this person saw to have taken it, and says whether they were asked."""
    asked = desk.sent("others").split() if desk.sent("asked") else []
    moved = desk.wardline.give_up_pack(
        filing.opened(desk), user=desk.user, pack_id=desk.sent("pack") or None, asked=asked
    )
    return go(f"/referrals/{moved.id}")


PAGES = (
    Page("POST", "/referrals/{referral_id}/pack", MANAGERS, take),
    Page("POST", "/referrals/{referral_id}/reference", MANAGERS, record),
    Page("POST", "/referrals/{referral_id}/pack/given-up", MANAGERS, give_up),
)
