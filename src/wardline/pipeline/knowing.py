"""People add to a report what they know, and note whom they telephoned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from wardline import records, referral
from wardline.errors import ConflictError, InputError, NotAllowedError
from wardline.pipeline import bundles, people
from wardline.pipeline import refer as filing
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import CaseState, FactKind, Insert, Priority, Replace, Scope, Verb

_AHEAD = timedelta(minutes=5)
"""Watches differ."""
_LONG_AGO = timedelta(days=30)
_OF_CASES = frozenset({FactKind.LOCATION, FactKind.IDENTIFIER, FactKind.LINKED})
"""What is added to a case. Danger is said where one decides, or by whoever marks the case."""


def add_to_case(parts: Parts, case_id: str, user: records.User, *, kind: FactKind, text: str) -> records.Fact:
    """Write down what police need, for the report that may follow. Whoever holds the case does, or decided it and could still undo that.

    Raises:
        NotAllowedError: Somebody else holds the case.
        ConflictError: Its report is drafted; it is added there.
        InputError: Nothing stands there, or too much, or it is no kind of a case.
    """
    case = parts.store.case(case_id)
    if kind not in _OF_CASES:
        raise InputError(f"{case_id}: {kind} is not added to a case, expected {', '.join(sorted(_OF_CASES))}")
    if not _has_in_hand(parts, case, user):
        raise NotAllowedError(f"{case_id}: not in the hands of {user.id}, expected who holds or decides it")
    if parts.store.referrals(case_id=case_id, most=1):
        raise ConflictError(
            f"{case_id}: its report is drafted, expected a case without one",
            remedy="A lead adds it on the page of the referral.",
        )
    fact = _made(parts, case_id, user, kind, text)
    parts.store.commit(
        Insert(fact), entries=[parts.entry(Verb.FACT_ADDED, case_id, actor=user.id, detail=f"{kind} {fact.id}")]
    )  # fmt: skip
    return fact


def add_to_referral(
    parts: Parts, referral_id: str, user: records.User, *, kind: FactKind, text: str
) -> records.Referral:
    """Write down what police need, for a report of which nothing was sent yet. A reason for danger makes it one of priority 1.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: Something of it was sent, or it is being sent.
        InputError: Nothing stands there, or too much.
    """
    people.require_scope(user, Scope.MANAGE)
    if kind is FactKind.CALL:
        raise InputError(f"{referral_id}: a call is noted with its time, expected another kind")
    asked = parts.store.referral(referral_id)
    found = bundles.lead_of(parts, asked)  # what is said of one that joined another is in that one's report
    referral.require_addable(found)
    fact = _made(parts, asked.case_id, user, kind, text)
    written = Writing()
    told = parts.entry(Verb.FACT_ADDED, found.id, actor=user.id, detail=f"{kind} {fact.id}")
    written.note(Insert(fact), told)
    changed = _raise(parts, found, user, written) if kind is FactKind.DANGER else _next(found)
    written.changes.append(Replace(changed))
    written.commit(parts)
    return changed


def note_call(
    parts: Parts, referral_id: str, user: records.User, *, region: str, at: datetime
) -> records.Fact:
    """Note that this person telephoned the emergency number of a region. The report says so where it is not sent yet.

    Raises:
        NotAllowedError: The role does not allow it.
        InputError: The settings name no number for the region, or the time cannot be.
    """
    people.require_scope(user, Scope.MANAGE)
    found, number = parts.store.referral(referral_id), parts.rules.filing.emergency.get(region)
    if number is None:
        raise InputError(
            f"{referral_id}: no emergency number of the region {region[:8]}, expected one of the settings"
        )
    if not parts.now() - _LONG_AGO <= at <= parts.now() + _AHEAD:
        raise InputError(f"{referral_id}: the time of the call cannot be, expected one of the last 30 days")
    text = " ".join(f"{number.phone} ({region}) {number.words}".split())
    fact = replace(_made(parts, found.case_id, user, FactKind.CALL, text), happened_at=at)
    detail = f"{region} at {at:%Y-%m-%d %H:%M} UTC {fact.id}"
    told = parts.entry(Verb.EMERGENCY_CALLED, found.id, actor=user.id, detail=detail)
    try:
        referral.require_addable(found)
    except ConflictError:
        parts.store.commit(Insert(fact), entries=[told])
    else:
        parts.store.commit(Insert(fact), Replace(_next(found)), entries=[told])
    return fact


def _raise(
    parts: Parts, found: records.Referral, user: records.User, written: Writing
) -> records.Referral:  # fmt: skip
    """Make it one of priority 1. What waited for a second person is filed at once."""
    items = [parts.store.item(item_id) for item_id in parts.store.case(found.case_id).item_ids]
    rules, regions = parts.rules.filing, referral.regions_of(items)
    graver = referral.raised(
        _next(found), now=parts.now(), rules=rules.clocks, approval=rules.approval, regions=regions
    )
    if found.priority is not Priority.FIRST:
        detail = f"from {found.priority or 'none'} to {graver.priority}"
        written.entries.append(parts.entry(Verb.REFERRAL_RAISED, found.id, actor=user.id, detail=detail))
    if referral.waits(found):
        written.work.append(filing.task(graver, 0))
    return graver


def _next(found: records.Referral) -> records.Referral:
    """A new version, so that whoever files it at this very moment builds it anew."""
    return replace(found, version=found.version + 1)


def _made(parts: Parts, case_id: str, user: records.User, kind: FactKind, text: str) -> records.Fact:
    return records.Fact(
        id=parts.new_id("fact"), case_id=case_id, kind=kind, user_id=user.id, at=parts.now(), text=" ".join(text.split())
    )  # fmt: skip


def _has_in_hand(parts: Parts, case: records.Case, user: records.User) -> bool:
    if case.claimed_by == user.id and case.lease_until is not None and parts.now() < case.lease_until:
        return True
    if case.state is not CaseState.DECIDED or case.decision_id is None:
        return False
    return parts.store.decision(case.decision_id).user_id == user.id
