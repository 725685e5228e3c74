"""Packs that wait to be filed with one receiver and are about one account: listed together, so that one person files them one after the other.

Each stays a report of its own. No account is named: the list is read by people who did not open the reports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from wardline import records, referral
from wardline.pipeline import appeal_looks, prior
from wardline.records import ReferralState
from wardline.web.console import filing
from wardline.web.console.desk import MANAGERS, Desk

LOOKED_AT = 200
"""So many referrals that wait for a person are looked through, the oldest: of more, the rest comes up as these are filed."""
_GROUPS = 8
_PACKS = 12
"""Of each group so many are shown; the rest is counted, and comes up as these are filed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One pack."""

    referral: records.Referral
    due: str
    """In words."""
    late: bool
    """Half of its clock is over, or all of it."""
    others: str
    """The names of those who took it beside this person, and may have filed it."""
    is_mine: bool
    """This person took it."""


@dataclass(frozen=True, slots=True)
class Together:
    """The packs about one account for one receiver, in the order in which they are to be filed."""

    packs: Sequence[Waiting]
    """Those that are shown."""
    count: int
    authority: str
    environment: str


def groups(desk: Desk) -> list[Together]:
    """Give what somebody who files is to do in one go, the most urgent first; nothing to others, and no pack that stands by itself."""
    several = [each for each in _by_account(desk) if len(each) > 1]
    names = {each.id: each.name for each in desk.wardline.parts.store.users()} if several else {}
    return [
        Together(
            [_waiting(desk, each, names) for each in packs[:_PACKS]],
            len(packs),
            packs[0].authority,
            packs[0].environment,
        )
        for packs in several[:_GROUPS]
    ]


def beside(desk: Desk, found: records.Referral) -> int:
    """Say how many more packs about the account of one that waits are to be filed with its receiver."""
    if not referral.awaits(found):
        return 0
    together = next((each for each in _by_account(desk) if any(one.id == found.id for one in each)), [found])
    return len(together) - 1


def _by_account(desk: Desk) -> list[list[records.Referral]]:
    parts = desk.wardline.parts
    if desk.user.role not in MANAGERS:
        return []
    oldest = parts.store.referrals(state=ReferralState.NEEDS_HUMAN, most=LOOKED_AT)
    ready = [
        each for each in oldest if each.problem == referral.TO_FILE and parts.receiver(each.authority) is not None
    ]  # fmt: skip
    ready = desk.wardline.visible_referrals(ready, user=desk.user)
    # That there are more about the account would tell whoever may answer an appeal of it.
    open_yet = appeal_looks.may_answer(
        parts, [case_id for each in ready for case_id in each.case_ids], desk.user
    )
    kept = {each.id for each in open_yet}
    cases = parts.store.several_cases([each.case_id for each in ready])
    platforms = prior.platforms_of(parts, list(cases.values()))
    found = defaultdict[tuple[str, ...], list[records.Referral]](list)
    for each in ready:
        account = cases[each.case_id].account_reference
        if account and kept.isdisjoint(each.case_ids):
            # Two platforms may call different accounts the same.
            found[account, platforms.get(each.case_id, ""), each.authority, each.environment].append(each)
    return sorted(
        (sorted(several, key=_order) for several in found.values()), key=lambda each: _order(each[0])
    )


def _order(found: records.Referral) -> tuple[datetime, str]:
    return found.due_at or datetime.max.replace(tzinfo=UTC), found.id


def _waiting(desk: Desk, found: records.Referral, names: dict[str, str]) -> Waiting:
    others = [names.get(each, "somebody") for each in referral.unasked(found, desk.user.id, ())]
    return Waiting(
        found, filing.due_words(found.due_at, desk.now), referral.part_over(found, now=desk.now) >= 0.5, ", ".join(others),
        desk.user.id in referral.takers(found, found.remote_id),
    )  # fmt: skip
