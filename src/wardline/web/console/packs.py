"""Reports that a person files: take the pack, or say that nobody filed it; and why it goes there. Its reference is recorded in ``referral``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from wardline import ports, records, referral
from wardline.errors import NotFoundError
from wardline.pipeline import filed_together, removed_receivers, wrong_references
from wardline.pipeline.parts import Parts
from wardline.records import ReferralState, Verb
from wardline.web.console import filing
from wardline.web.console.desk import MANAGERS, Desk, Page
from wardline.web.console.rendering import HEADERS, go

_LOOKED_AT = 100
RECORDED = b"{"
"""So a receipt begins that is a person's record, and no receiver's answer."""


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
        "unwanted": is_unwanted(found),
        "longest_reference": referral.LONGEST_REFERENCE, "duties": desk.wardline.basis_of(found),
        "discharges": [each.detail for each in told if each.verb is Verb.DUTY_DISCHARGED],
        "takings": [
            Taking(names.get(each.user_id, "somebody"), each.at, is_earlier=each.pack_id != found.remote_id)
            for each in found.takings
        ],
        "restored": referral.awaits(found) and _is_restored(desk, found), "may_be_told": referral.may_be_told(found), "others": _others(desk, found, names), **_removed(desk, found),
    }  # fmt: skip


def is_by_hand(parts: Parts, found: records.Referral, receipt: records.Receipt | None) -> bool:
    """Say whether a person files a report, or filed it, and no program does."""
    if receipt is not None:
        return receipt.body.startswith(RECORDED)
    return referral.awaits(found) or isinstance(parts.receiver(found.authority), ports.PackMaker)


def is_recorded(parts: Parts, found: records.Referral, receipt: records.Receipt | None) -> bool:
    """Say whether a report is finished under a reference that a person recorded, who may have mistyped it."""
    if found.joined is not None:
        return filed_together.is_recorded_within(parts, found)
    return receipt is not None and wrong_references.is_record(receipt)


def is_unwanted(found: records.Referral) -> bool:
    """Say whether the decision fell after the pack was made, or before somebody looked up whether another installation filed the report."""
    return found.state is ReferralState.NEEDS_HUMAN and found.problem in (
        referral.UNWANTED,
        referral.LOOK_FALLEN,
    )


def _others(desk: Desk, found: records.Referral, names: dict[str, str]) -> list[tuple[str, str]]:
    """Give who else took the pack that waits, by id and name."""
    return [(each, names.get(each, "somebody")) for each in referral.unasked(found, desk.user.id, ())]


def _is_restored(desk: Desk, found: records.Referral) -> bool:
    """Say whether the installation from which this one was restored may have had the same pack."""
    fence = desk.wardline.parts.store.last_fence()
    return fence is not None and found.created_at <= fence.raised_at


def _removed(desk: Desk, found: records.Referral) -> dict[str, Any]:
    """Say what can be done with a report whose receiver is gone from the settings."""
    parts = desk.wardline.parts
    removed = (
        found.state not in (ReferralState.FINISHED, ReferralState.WITHDRAWN)
        and removed_receivers.is_removed(parts, found)
        and referral.may_pass_on(found)
    )
    return {
        "removed": removed,
        "receivers": removed_receivers.others(parts, found) if removed and found.corrects is None else [],
        "elsewhere": removed and removed_receivers.is_reported_elsewhere(parts, found),
    }


def take(desk: Desk) -> Response:
    """Give the pack of a report, to be filed by this person. The log has it first."""
    name, content = desk.wardline.take_pack(filing.opened(desk), user=desk.user)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/zip", headers=headers)


def give_up(desk: Desk) -> Response:
    """Note that nobody filed a pack. The form has whom this person saw to have taken it, and says whether they were asked."""
    moved = desk.wardline.give_up_pack(
        filing.opened(desk), user=desk.user, pack_id=desk.sent("pack") or None, asked=_asked(desk)
    )
    return go(f"/referrals/{moved.id}")


def pass_on(desk: Desk) -> Response:
    """Have a report whose receiver is gone made for another one."""
    moved = desk.wardline.pass_on_report(
        filing.opened(desk), user=desk.user, to=desk.needed("to"), pack_id=desk.sent("pack") or None, asked=_asked(desk)
    )  # fmt: skip
    return go(f"/referrals/{moved.id}")


def withdraw(desk: Desk) -> Response:
    """End a report whose receiver is gone, where another receiver gets that of its decision."""
    moved = desk.wardline.withdraw_report(
        filing.opened(desk), user=desk.user, pack_id=desk.sent("pack") or None, asked=_asked(desk)
    )
    return go(f"/referrals/{moved.id}")


def _asked(desk: Desk) -> list[str]:
    """Give whom this person saw to have taken the pack, if they say that they asked them."""
    return desk.sent("others").split() if desk.sent("asked") else []


PAGES = (
    Page("POST", "/referrals/{referral_id}/pack", MANAGERS, take),
    Page("POST", "/referrals/{referral_id}/pack/given-up", MANAGERS, give_up),
    Page("POST", "/referrals/{referral_id}/receiver", MANAGERS, pass_on, grave=True),
    Page("POST", "/referrals/{referral_id}/withdrawal", MANAGERS, withdraw, grave=True),
)
