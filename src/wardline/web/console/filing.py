"""What people do with a report before and after it is filed: add what they know, look at it as a second person, telephone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from wardline import records, referral
from wardline.errors import ConflictError, InputError
from wardline.pipeline import ReferralPreview, bundles
from wardline.records import FactKind, Priority, ReferralState
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.rendering import go, page, span

_LISTED = 12
"""Of each priority so many are shown; the rest is counted."""
_COUNTED = 200
WORDS = {
    Priority.FIRST: "Priority 1, danger now",
    Priority.SECOND: "Priority 2, harm may be near",
    Priority.THIRD: "Priority 3",
}
KINDS = (
    (FactKind.LOCATION, "Where the person may be"),
    (FactKind.IDENTIFIER, "Another identifier: mail address, telephone, name elsewhere"),
    (FactKind.LINKED, "Another account that belongs to it"),
)
"""What is added to a case, with words."""
_OF_REFERRALS = (*KINDS, (FactKind.DANGER, "Why a child may be in danger now"))


@dataclass(frozen=True, slots=True)
class Line:
    """One report on its way, or to be checked."""

    referral: records.Referral
    due: str
    """In words."""
    late: bool
    """Half of its clock is over, or all of it."""


def opened(desk: Desk) -> str:
    """Give the referral that is asked for, unless this person may have to judge one of the cases in its report."""
    return desk.wardline.open_referral(desk.record("referral"), user=desk.user).id


def due_words(at: datetime | None, now: datetime) -> str:
    """Say by when something shall be done: ``"due in 3 h 20"``, ``"4 min past its clock"``."""
    if at is None:
        return ""
    left = at - now
    return f"due in {span(left)}" if left > timedelta(0) else f"{span(-left)} past its clock"


def on_their_way(desk: Desk) -> dict[str, Any]:
    """Give the reports whose clock runs, the most urgent first, and those that a second person has to check."""
    store, now = desk.wardline.parts.store, desk.now
    found = {each: store.due_referrals(each, most=_COUNTED) for each in Priority}
    checks = store.unchecked_referrals(most=_COUNTED)
    every = [each for several in (*found.values(), checks) for each in several]
    shown = {each.id for each in desk.wardline.visible_referrals(every, user=desk.user)}

    def lines(several: list[records.Referral], *, check: bool = False) -> list[Line]:
        return [
            Line(each, due_words(each.check_by if check else each.due_at, now),
                 referral.part_over(each, now=now) >= 0.5 if not check else each.check_by is not None and each.check_by <= now)
            for each in several if each.id in shown
        ]  # fmt: skip

    ways = [(WORDS[each], lines(several)) for each, several in found.items()]
    return {
        "ways": [(words, several[:_LISTED], len(several)) for words, several in ways if several],
        "checks": lines(checks, check=True)[:_LISTED], "counted": _COUNTED,
    }  # fmt: skip


def values_of(desk: Desk, found: ReferralPreview) -> dict[str, Any]:
    """Give what the page of a referral says of its priority, its second person, and what may be added."""
    parts, at = desk.wardline.parts, found.referral
    lead, facts = bundles.lead_of(parts, at), bundles.facts_about(parts, at)
    # Also of one that was sent and takes nothing more: who hears of danger only then has nothing but the telephone.
    is_first = lead.priority is Priority.FIRST
    names = {each.id: each.name for each in parts.store.users()} if facts or at.second_by else {}
    return {
        "priority": WORDS[lead.priority] if lead.priority else "", "is_first": is_first,
        "due": due_words(lead.due_at, desk.now) if at.state not in (ReferralState.FINISHED, ReferralState.WITHDRAWN) else "",
        "half_over": referral.part_over(lead, now=desk.now) >= 0.5, "check_due": due_words(at.check_by, desk.now),
        "may_telephone": is_first or (at.state is not ReferralState.WITHDRAWN and not _may_add(lead, found)),
        "facts": facts, "fact_words": referral.FACT_WORDS, "kinds": _OF_REFERRALS, "names": names, "may_add": _may_add(lead, found),
        "waits_second": referral.waits(at), "owes_check": at.check_by is not None and at.second_at is None and at.state is ReferralState.FINISHED,
        "is_second": desk.wardline.may_second(at, user=desk.user), "numbers": emergency(desk, *lead.case_ids),
        "numberless": numberless(desk, *lead.case_ids),
        "waits_for_copies": at.state is ReferralState.DRAFT and (at.problem or "").startswith(referral.WAITS),
        "lead": lead, "waiting_with": desk.wardline.waiting_with(at, user=desk.user) if referral.waits(at) else (),
    }  # fmt: skip


def emergency(desk: Desk, *case_ids: str) -> list[tuple[str, Any]]:
    """Give whom to telephone: those of the account's regions first, else all that the settings name."""
    parts = desk.wardline.parts
    known = parts.rules.filing.emergency
    here = [region for region in _regions(desk, case_ids) if region in known]
    return [(region, known[region]) for region in here or known]


def numberless(desk: Desk, *case_ids: str) -> list[str]:
    """Give the account's regions for which the settings name nobody: whoever is shown another region's number has to know that."""
    return [
        each for each in _regions(desk, case_ids) if each not in desk.wardline.parts.rules.filing.emergency
    ]


def _regions(desk: Desk, case_ids: Iterable[str]) -> Sequence[str]:
    store = desk.wardline.parts.store
    cases = [store.case(each) for each in case_ids]
    return referral.regions_of([store.item(item_id) for case in cases for item_id in case.item_ids])


def add(desk: Desk) -> Response:
    """Add what this person knows to a report of which nothing was sent yet."""
    found = desk.wardline.add_to_referral(
        opened(desk), user=desk.user, kind=kind_of(desk), text=text_of(desk)
    )
    return go(f"/referrals/{found.id}")


def second(desk: Desk) -> Response:
    """Approve a report, or say that one that was filed was looked at, as somebody who did not decide it."""
    others = [records.require_id("referral", each) for each in desk.sent("others").split()]
    looked = desk.wardline.second_referral(opened(desk), user=desk.user, others=others)
    return go(f"/referrals/{looked.id}")


def take_on(desk: Desk) -> Response:
    """Take on a report that is kept from this person: one of priority 1, which they file, or one of a case whose appeal waits. They judge its case no more."""
    found = desk.wardline.take_on_report(desk.record("referral"), user=desk.user)
    return go(f"/referrals/{found.id}")


def call(desk: Desk) -> Response:
    """Note that this person telephoned, whom and when."""
    referral_id = opened(desk)
    at = desk.now if not desk.sent("at") else _moment(desk.sent("at"))
    desk.wardline.note_call(referral_id, user=desk.user, region=desk.needed("region"), at=at)
    return go(f"/referrals/{referral_id}")


def completeness(desk: Desk) -> Response:
    """Show how complete reports were when they were filed, month by month, and what counts how much."""
    return page(desk, "completeness", months=desk.wardline.completeness(), weights=referral.WEIGHTS)


def _may_add(lead: records.Referral, found: ReferralPreview) -> bool:
    try:
        referral.require_addable(lead)
    except ConflictError:
        return False
    return found.report is not None


def kind_of(desk: Desk) -> FactKind:
    """Read what kind of fact a form adds."""
    sent = desk.needed("kind")
    if sent not in set(FactKind):
        raise InputError("form: kind is unknown, expected one of the page")
    return FactKind(sent)


def text_of(desk: Desk) -> str:
    """Read the fact that a form adds, in one line."""
    return " ".join(desk.needed("text").split())


def _moment(sent: str) -> datetime:
    try:
        return datetime.strptime(sent, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise InputError("form: at is no time, expected one like 2026-03-02 14:05, in UTC") from None


PAGES = (
    Page("GET", "/completeness", OVERSEERS, completeness),
    Page("POST", "/referrals/{referral_id}/facts", MANAGERS, add),
    Page("POST", "/referrals/{referral_id}/second", MANAGERS, second, grave=True),
    Page("POST", "/referrals/{referral_id}/calls", MANAGERS, call),
    Page("POST", "/referrals/{referral_id}/taking-on", MANAGERS, take_on),
)
