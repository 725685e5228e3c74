"""One report of all that is decided about an account and not opened yet: who joins, what is read of them, and what becomes of them.

Every change of a report and of those in it is one commit, so a case is at each moment in exactly one report that is or will be filed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wardline import ports, records, referral
from wardline.errors import ConflictError
from wardline.pipeline import blindness, filing_work, prior
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.writing import Writing
from wardline.records import DecisionState, ReferralState, Replace, Verb

_MOST_CASES = 200
"""Of one account, newest first."""
_TRIES = 3
_UNOPENED = (ReferralState.DRAFT, ReferralState.OPENING)
FALLEN = (DecisionState.OVERTURNED, DecisionState.UNDONE)
"""A decision that does not stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """All that a report is built of."""

    decision: records.Decision
    """All of them as one."""
    case: records.Case
    """And so of their cases."""
    decisions: list[records.Decision]
    """Each by itself; the lead's first."""
    cases: list[records.Case]
    items: list[records.Item]
    reveals: list[records.Reveal]
    actions: list[records.Action]
    facts: list[records.Fact]


def whole(
    parts: Parts, decision: records.Decision, case: records.Case, bundle: Sequence[records.Bundled], *, until: datetime | None,
) -> Whole:  # fmt: skip
    """Read what a report is built of: of its own case, and of those that joined it; what people saw and wrote until a time, or until now."""
    store = parts.store
    others = [(store.decision(each.decision_id), store.case(each.case_id)) for each in bundle]
    one_decision, one_case = referral.as_one([(decision, case), *others])
    cases = [case, *(each for _, each in others)]
    facts = [fact for each in cases for fact in store.facts_of(each.id) if until is None or fact.at <= until]
    reveals = [each for of in cases for each in store.reveals_of(of.id) if until is None or each.at <= until]
    return Whole(
        decision=one_decision, case=one_case, decisions=[decision, *(each for each, _ in others)], cases=cases, reveals=reveals, items=[store.item(item_id) for item_id in one_case.item_ids],
        actions=[action for each in cases for action in store.actions_of(each.id)],
        facts=sorted(facts, key=lambda fact: (fact.at, fact.id)),
    )  # fmt: skip


def lead_of(parts: Parts, found: records.Referral) -> records.Referral:
    """Give the referral whose report a referral's files are in: the one that it joined, else itself."""
    return found if found.joined is None else parts.store.referral(found.joined)


def facts_about(parts: Parts, found: records.Referral) -> list[records.Fact]:
    """Give what people wrote down about the cases of a report, oldest first."""
    several = (parts.store.facts_of(each) for each in lead_of(parts, found).case_ids)
    return sorted((fact for each in several for fact in each), key=lambda fact: (fact.at, fact.id))


def items_about(parts: Parts, found: records.Referral) -> list[records.Item]:
    """Give the files of the cases of a report."""
    cases = [parts.store.case(each) for each in lead_of(parts, found).case_ids]
    return [parts.store.item(item_id) for each in cases for item_id in each.item_ids]


def take_in(
    parts: Parts, lead: records.Referral, is_taken: Callable[[records.Referral], bool]
) -> records.Referral | None:
    """Let what is decided about the same account, and not opened either, join a referral that is about to be opened.

    Nothing waits for it. A referral with which the authority would not take the report is left to be filed by itself. Gives the
    referral as it is stored then; None where it joined another one itself meanwhile.

    Args:
        parts: The installation's.
        lead: As it is stored, with the authority and the environment that it is filed to.
        is_taken: Says whether the authority's rules have nothing against a report.

    Raises:
        ConflictError: The lead itself changed meanwhile.
    """
    for _ in range(_TRIES):
        others = _joinable(parts, lead)
        if others and not is_taken(referral.join(lead, others).lead):
            others = _without_bad_ones(lead, others, is_taken)
        if not others:
            return lead
        joined = referral.join(lead, others)
        try:
            as_joined(parts, joined).commit(parts)
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


def as_joined(parts: Parts, bundle: referral.Bundle) -> Writing:
    """Write down who joined whom. In the order of their ids: two who take in each other wait for one another, and do not stand in each other's way."""
    written = Writing()
    for each in sorted((bundle.lead, *bundle.others), key=lambda one: one.id):
        is_lead = each.joined is None
        detail = f"with {len(each.bundle)} more" if is_lead else f"joined {each.joined}"
        written.note(Replace(each), parts.entry(Verb.REFERRAL_MOVED, each.id, detail=detail))
    return written


def waiting_with(parts: Parts, found: records.Referral, user: records.User) -> tuple[records.Referral, ...]:
    """Give the others about the same account that wait for a second person, whom this person may be, where this one waits too."""
    if not referral.waits(found):
        return ()
    waiting = [each for each in _about_the_same(parts, found) if referral.waits(each)]
    hidden = blindness.hidden_cases(parts, [each.case_id for each in waiting], user)
    as_approved = [replace(each, waits_until=None) for each in waiting if each.case_id not in hidden]
    chosen = {each.id for each in referral.chosen(replace(found, waits_until=None), as_approved)}
    return tuple(each for each in waiting if each.id in chosen)


def _joinable(parts: Parts, lead: records.Referral) -> tuple[records.Referral, ...]:
    if not referral.may_lead(lead):
        return ()
    return referral.chosen(lead, filter(referral.may_join, _about_the_same(parts, lead)))


def _about_the_same(parts: Parts, found: records.Referral) -> list[records.Referral]:
    """Give the other referrals about the same account of the same platform, for the same authority and system, whose decisions stand.

    None where a person files: a pack is about one case, so that whoever has taken it never holds one that says too much or too little.
    """
    case, receiver = parts.store.case(found.case_id), parts.receiver(found.authority)
    if not case.account_reference or isinstance(receiver, ports.PackMaker):
        return []
    cases = parts.store.cases_of_account(case.account_reference, most=_MOST_CASES)
    platforms = prior.platforms_of(parts, (case, *cases))
    same = [
        each.id for each in cases if each.id != case.id and platforms.get(each.id) == platforms.get(case.id)
    ]
    everything = [each for referrals in parts.store.referrals_of_several(same).values() for each in referrals]
    taken = {(each.decision_id, each.authority) for each in everything}
    others = [
        each for each in everything
        if each.state in _UNOPENED and goes_where(parts, each, found) and (
            each.authority == found.authority or (each.decision_id, found.authority) not in taken
        )
    ]  # fmt: skip
    decisions = parts.store.several_decisions([each.decision_id for each in others]) if others else {}
    return [each for each in others if decisions[each.decision_id].state not in FALLEN]


def goes_where(parts: Parts, other: records.Referral, found: records.Referral) -> bool:
    """Say whether a referral goes to the same receiver and system as another; one that was drafted for nobody yet goes where reports go now."""
    if other.authority == filing_work.NOBODY:
        main = parts.authority
        return found.authority == filing_work.NOBODY or (main is not None and main.name == found.authority)
    return other.authority == found.authority and other.environment in (
        filing_work.NOBODY,
        found.environment,
    )


def _without_bad_ones(
    lead: records.Referral,
    others: Sequence[records.Referral],
    is_taken: Callable[[records.Referral], bool],
) -> tuple[records.Referral, ...]:
    taken: list[records.Referral] = []
    for each in others:
        if is_taken(referral.join(lead, [*taken, each]).lead):
            taken.append(each)
    return tuple(taken)


def settled(
    parts: Parts, before: records.Referral, after: records.Referral
) -> tuple[records.Referral, Writing]:
    """Give a referral as it moves, and what becomes of those in its report, to be committed with it."""
    written = Writing()
    if not after.bundle:
        return after, written
    members = [parts.store.referral(each.referral_id) for each in after.bundle]
    bundle = referral.settle(before, after, members)
    for each in bundle.others:
        is_over = each.state is ReferralState.WITHDRAWN
        report = f"{bundle.lead.id} {bundle.lead.remote_id or ''}".strip()
        told = parts.entry(Verb.REFERRAL_MOVED, each.id, detail=f"{each.state}, was in {report}")
        written.note(
            Replace(each),
            told,
            work=[] if is_over or not _has_work(parts, each) else [filing_work.again(each)],
        )
    return bundle.lead, written


def _has_work(parts: Parts, member: records.Referral) -> bool:
    """Say whether something is left to do: it goes on by itself, or was finished although its decision had fallen."""
    if member.state is not ReferralState.FINISHED:
        return True
    return parts.store.decision(member.decision_id).state is DecisionState.OVERTURNED


def left(parts: Parts, member: records.Referral, *, actor: str = SYSTEM) -> Writing:
    """Take a referral whose decision was overturned out of the report that it is in. Nothing where that is under way."""
    written = Writing()
    if member.joined is None or member.state is not ReferralState.JOINED:
        return written
    lead = parts.store.referral(member.joined)
    bundle = referral.leave(lead, member)
    if bundle.lead is not lead:
        told = parts.entry(
            Verb.REFERRAL_MOVED, lead.id, actor=actor, detail=f"{bundle.lead.state} without {member.id}"
        )
        again = [filing_work.again(bundle.lead)] if bundle.lead.state is ReferralState.RETRACTING else []
        written.note(Replace(bundle.lead), told, work=again)
    for each in bundle.others:
        told = parts.entry(
            Verb.REFERRAL_MOVED, each.id, actor=actor, detail=f"{each.state}, decision overturned"
        )
        asks = [filing_work.again(each)] if each.state is ReferralState.NEEDS_HUMAN else []
        written.note(Replace(each), told, work=asks)
    return written
