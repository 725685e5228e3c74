"""Batched reports: whoever is about to report a file that spreads takes in the others about the same bytes, where the receiver agreed to that.

As with ``bundles``, every change of a report and of those in it is one commit. Nothing waits for others, unless the settings say that
nobody has a duty to report the account; then for some hours at the most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from wardline import records, referral
from wardline.errors import ConflictError, InputError, NotFoundError
from wardline.pipeline import batched, bundles, filing_work, reported
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import ReferralState, Replace, Task, Verb

_TRIES = 3
_LOOKED_AT = 2 * referral.MOST_ACCOUNTS
"""Of those about the same bytes so many are looked at for one report."""
IsTaken = Callable[[records.Referral], bool]


def take_in(parts: Parts, lead: records.Referral, attempt: int, is_taken: IsTaken) -> records.Referral | None:
    """Let others about the same bytes join a referral that is about to be opened, and let those go that do not fit any more.

    Gives the referral as it is stored then; None where it joined another one itself meanwhile, or waits.

    Args:
        parts: The installation's.
        lead: As it is stored, with the authority and the environment that it is filed to.
        attempt: The number of this try.
        is_taken: Says whether the authority's rules have nothing against a report.

    Raises:
        ConflictError: The lead itself changed meanwhile.
    """
    if not referral.may_batch(lead):
        # One that was batched and became graver is told of by itself, and so are the others.
        return _freed(parts, lead, _members(parts, lead)) if _is_unopened_batch(lead) else lead
    agreed = batched.agreement(parts, lead.authority)
    kind = None if agreed is None else _kind(parts, lead)
    if agreed is None or kind is None:
        return _freed(parts, lead, _members(parts, lead)) if lead.batched else lead
    if lead.batched:
        lead = _freed(parts, lead, [each for each in _members(parts, lead) if _kind(parts, each) != kind])
    if not lead.bundle and _waits(parts, lead, agreed):
        _wait(parts, lead, agreed, attempt)
        return None
    if (lead.problem or "").startswith(referral.WAITS):
        lead = replace(lead, problem=None)
    return _gathered(parts, lead, kind, is_taken)


def _gathered(
    parts: Parts, lead: records.Referral, kind: referral.Kind, is_taken: IsTaken
) -> records.Referral | None:
    for _ in range(_TRIES):
        others = _others(parts, lead, kind)
        if others and not is_taken(referral.batched(lead, others).lead):
            others = [each for each in others if is_taken(referral.batched(lead, [each]).lead)]
        if not others:
            return lead
        joined = referral.batched(lead, others)
        try:
            bundles.as_joined(parts, joined).commit(parts)
        except ConflictError:
            # One of them began to be opened, was withdrawn or was raised. Where the lead changed, its work starts anew.
            stored = parts.store.referral(lead.id)
            if stored.joined is not None:
                return None
            if stored.version != lead.version:
                raise
            continue
        return joined.lead
    return lead


def _others(parts: Parts, lead: records.Referral, kind: referral.Kind) -> list[records.Referral]:
    """Choose who goes with a referral, the oldest first, each account once, as long as there is room."""
    member = parts.store.cluster_member(lead.case_id)
    found = parts.store.unopened_copies(member.file_id, most=_LOOKED_AT) if member is not None else []
    room, chosen = referral.MOST_ACCOUNTS - len(lead.case_ids), list[records.Referral]()
    for each in found:
        if len(chosen) == room:
            break
        is_free = referral.may_batch(each) and not each.bundle and each.case_id not in lead.case_ids
        if is_free and bundles.goes_where(parts, each, lead) and _kind(parts, each) == kind:
            chosen.append(each)
    return chosen


def _kind(parts: Parts, found: records.Referral) -> referral.Kind | None:
    """Give with what a referral may go together; None where it is filed by itself."""
    try:
        decision, case = parts.store.decision(found.decision_id), parts.store.case(found.case_id)
        if decision.state in bundles.FALLEN:
            return None
        report = reported.report_of(parts, found.id, decision, case)
    except (InputError, NotFoundError):
        return None
    kind, why = batched.against(parts, found, report, case)
    return None if why else kind


def _members(parts: Parts, lead: records.Referral) -> list[records.Referral]:
    found = (parts.store.referral(each.referral_id) for each in lead.bundle)
    return [each for each in found if each.state is ReferralState.JOINED]


def _is_unopened_batch(lead: records.Referral) -> bool:
    is_open = lead.in_flight or lead.remote_id is not None
    return (
        lead.batched and lead.joined is None and not is_open and lead.state is not ReferralState.NEEDS_HUMAN
    )


def _freed(parts: Parts, lead: records.Referral, members: Sequence[records.Referral]) -> records.Referral:
    """Let members of an unopened batched report go, each to be filed by itself; gives the lead as it is stored then."""
    if not members:
        return lead
    bundle, written = referral.let_go(lead, members), Writing()
    for each in sorted((bundle.lead, *bundle.others), key=lambda one: one.id):
        detail = f"without {len(members)}" if each.id == lead.id else f"{each.state}, left {lead.id}"
        again = [] if each.id == lead.id else [filing_work.again(each)]
        written.note(Replace(each), parts.entry(Verb.REFERRAL_MOVED, each.id, detail=detail), work=again)
    written.commit(parts)
    return bundle.lead


def _waits(parts: Parts, found: records.Referral, agreed: referral.Agreement) -> bool:
    """Say whether a referral may wait now: nobody has a duty to report it, and its time is not over."""
    if found.state is not ReferralState.DRAFT or parts.now() >= referral.wait_ends(found, agreed):
        return False
    items = [parts.store.item(item_id) for item_id in parts.store.case(found.case_id).item_ids]
    return referral.may_wait(referral.regions_of(items), agreed, parts.rules.filing.duties)


def _wait(parts: Parts, found: records.Referral, agreed: referral.Agreement, attempt: int) -> None:
    until = referral.wait_ends(found, agreed)
    problem = f"{referral.WAITS}, as agreed with the receiver, until {until:%Y-%m-%d %H:%M} UTC at the latest"
    waiting = replace(found, problem=problem, version=found.version + 1)
    later = filing_work.task(found, attempt + 1, until)
    told = parts.entry(Verb.REFERRAL_MOVED, found.id, detail="waits for copies")
    parts.store.commit(Replace(waiting), entries=[told], work=[later])


def let_go_on(parts: Parts, found: Sequence[records.Referral]) -> None:
    """Have those filed now that wait, and may not any more because the settings changed. Doing it again does nothing."""
    work: list[Task] = []
    for each in found:
        if each.state is ReferralState.DRAFT and (each.problem or "").startswith(referral.WAITS):
            agreed = batched.agreement(parts, each.authority)
            if agreed is None or not _waits(parts, each, agreed):
                work.append(filing_work.again(each))
    if work:
        parts.store.commit(entries=(), work=work)
