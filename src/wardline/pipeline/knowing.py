"""People add to a report what they know, and note whom they telephoned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from wardline import records, referral
from wardline.errors import ConflictError, InputError, NotAllowedError, VersionConflictError
from wardline.pipeline import alarms, blindness, bundles, handing_over, late_danger, people, repeating
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, CaseState, FactKind, Insert, ReferralState, Replace, Scope, Verb

_AHEAD = timedelta(minutes=5)
"""Watches differ."""
_LONG_AGO = timedelta(days=30)
_OF_CASES = frozenset({FactKind.LOCATION, FactKind.IDENTIFIER, FactKind.LINKED})
"""What is added to a case. Danger is said where one decides, or by whoever marks the case."""


def add_to_case(
    parts: Parts, case_id: str, user: records.User, *, kind: FactKind, text: str, once: str | None = None
) -> records.Fact:
    """Write down what police need, for the report that may follow. Whoever holds the case does, or decided it and could still undo that.

    The same again under the same key, ``once``, gives what was written.

    Raises:
        IdempotencyMismatchError: The key was used for something else.
        NotAllowedError: Somebody else holds the case.
        ConflictError: Its report is drafted; it is added there.
        InputError: Nothing stands there, or too much, or it is no kind of a case.
    """
    case = parts.store.case(case_id)
    if kind not in _OF_CASES:
        raise InputError(f"{case_id}: {kind} is not added to a case, expected {', '.join(sorted(_OF_CASES))}")
    if not _has_in_hand(parts, case, user):
        raise NotAllowedError(f"{case_id}: not in the hands of {user.id}, expected who holds or decides it")
    made = _made(parts, case_id, user, kind, text)

    def act() -> bool:
        is_done, known = repeating.seen(parts, once, (case_id, kind, made.text), by=user.id)
        if is_done:
            return False
        drafted = parts.store.referrals(case_id=case_id, most=1)
        if drafted and not blindness.hidden_cases(parts, [case_id], user):
            raise ConflictError(
                f"{case_id}: its report is drafted, expected a case without one",
                remedy="A lead adds it on the page of the referral.",
            )
        parts.store.commit(
            *known, Insert(made), entries=[parts.entry(Verb.FACT_ADDED, case_id, actor=user.id, detail=f"{kind} {made.id}")]
        )  # fmt: skip
        return True

    if not repeating.again(act):
        return _written_before(parts, made)
    # Whoever judges without knowing that there is a report is not told of one here; and one may have been drafted at this very moment.
    for found in parts.store.referrals(case_id=case_id):
        if found.corrects is None and found.state is not ReferralState.WITHDRAWN:
            _reach(parts, found.id)
    return made


def _reach(parts: Parts, referral_id: str) -> None:
    """Have what was just written stand in a report that is not sent, or have a person tell the authority."""
    while True:
        found = bundles.lead_of(parts, parts.store.referral(referral_id))
        try:
            referral.require_addable(found)
            told = parts.entry(
                Verb.REFERRAL_MOVED, found.id, detail=f"{found.state}, something was written down"
            )
            written = Writing()
            changed = _next(handing_over.made_anew(parts, found, actor=SYSTEM, written=written))
            written.note(Replace(changed), told)
            written.commit(parts)
        except VersionConflictError:
            continue  # it moved on: look again
        except ConflictError:
            message = (
                f"Something was written down about what {referral_id} reports, and does not stand in it. Read it on its page, and tell the authority, "
                "naming the number of its report."
            )
            alarms.raise_alarm(parts, AlarmKind.KNOWN_LATE, referral_id, message)
        return


def add_to_referral(
    parts: Parts, referral_id: str, user: records.User, *, kind: FactKind, text: str, once: str | None = None
) -> records.Referral:
    """Write down what police need, for a report of which nothing was sent yet. A reason for danger makes it one of priority 1.

    The same again under the same key, ``once``, writes nothing more.

    Raises:
        IdempotencyMismatchError: The key was used for something else.
        NotAllowedError: The role does not allow it.
        ConflictError: Something of it was sent, or it is being sent.
        InputError: Nothing stands there, or too much.
    """
    people.require_scope(user, Scope.MANAGE)
    if kind is FactKind.CALL:
        raise InputError(f"{referral_id}: a call is noted with its time, expected another kind")
    fact = _made(parts, parts.store.referral(referral_id).case_id, user, kind, text)
    return repeating.again(partial(_add_to_referral, parts, referral_id, user, fact, once))


def _add_to_referral(
    parts: Parts, referral_id: str, user: records.User, fact: records.Fact, once: str | None
) -> records.Referral:
    asked, kind = parts.store.referral(referral_id), fact.kind
    found = bundles.lead_of(parts, asked)  # what is said of one that joined another is in that one's report
    is_done, known = repeating.seen(parts, once, (referral_id, kind, fact.text), by=user.id)
    if is_done:
        return found
    referral.require_addable(found)
    written = Writing(known)
    told = parts.entry(Verb.FACT_ADDED, found.id, actor=user.id, detail=f"{kind} {fact.id}")
    written.note(Insert(fact), told)
    for each in (found, *_others(parts, asked.case_id, besides=found)):
        _tell(parts, each, user, kind, written, case_id=asked.case_id)
    written.commit(parts)
    # Of a batched report it takes out the one about the case, so that one is the page to go on with.
    return parts.store.referral(asked.id if found.batched else found.id)


def _others(parts: Parts, case_id: str, *, besides: records.Referral) -> list[records.Referral]:
    """Find the reports of the same case to other receivers of which nothing was sent yet: they say it, too."""
    reports = [bundles.lead_of(parts, each) for each in parts.store.referrals(case_id=case_id)]
    others: list[records.Referral] = []
    for each in {report.id: report for report in reports}.values():
        if each.id == besides.id or each.corrects is not None:
            continue
        try:
            referral.require_addable(each)
        except ConflictError:
            continue
        others.append(each)
    return others


def _tell(
    parts: Parts, found: records.Referral, user: records.User, kind: FactKind, written: Writing, *, case_id: str
) -> None:  # fmt: skip
    if kind is FactKind.DANGER:
        written.add(late_danger.raised(parts, found, actor=user.id, case_id=case_id))
        return
    changed = _next(handing_over.made_anew(parts, found, actor=user.id, written=written))
    written.changes.append(Replace(changed))


def note_call(
    parts: Parts, referral_id: str, user: records.User, *, region: str, at: datetime, once: str | None = None
) -> records.Fact:
    """Note that this person telephoned the emergency number of a region. The report says so where it is not sent yet.

    The same again under the same key, ``once``, gives what was noted.

    Raises:
        IdempotencyMismatchError: The key was used for something else.
        NotAllowedError: The role does not allow it.
        InputError: The settings name no number for the region, or the time cannot be.
    """
    people.require_scope(user, Scope.MANAGE)
    number = parts.rules.filing.emergency.get(region)
    if number is None:
        raise InputError(
            f"{referral_id}: no emergency number of the region {region[:8]}, expected one of the settings"
        )
    if not parts.now() - _LONG_AGO <= at <= parts.now() + _AHEAD:
        raise InputError(f"{referral_id}: the time of the call cannot be, expected one of the last 30 days")
    text = " ".join(f"{number.phone} ({region}) {number.words}".split())
    fact = _made(parts, parts.store.referral(referral_id).case_id, user, FactKind.CALL, text)
    return repeating.again(partial(_note_call, parts, referral_id, user, replace(fact, happened_at=at), region, at, once))  # fmt: skip


def _note_call(
    parts: Parts, referral_id: str, user: records.User, fact: records.Fact, region: str, at: datetime, once: str | None
) -> records.Fact:  # fmt: skip
    found = bundles.lead_of(parts, parts.store.referral(referral_id))
    is_done, known = repeating.seen(parts, once, (referral_id, region, at), by=user.id)
    if is_done:
        return _written_before(parts, fact)
    detail = f"{region} at {at:%Y-%m-%d %H:%M} UTC {fact.id}"
    told = parts.entry(Verb.EMERGENCY_CALLED, referral_id, actor=user.id, detail=detail)
    try:
        referral.require_addable(found)
    except ConflictError:
        parts.store.commit(*known, Insert(fact), entries=[told])
    else:
        written = Writing(known)
        changed = _next(handing_over.made_anew(parts, found, actor=user.id, written=written))
        written.note(Insert(fact), told)
        written.changes.append(Replace(changed))
        written.commit(parts)
    return fact


def _next(found: records.Referral) -> records.Referral:
    """A new version, so that whoever files it at this very moment builds it anew."""
    return replace(found, version=found.version + 1)


def _made(parts: Parts, case_id: str, user: records.User, kind: FactKind, text: str) -> records.Fact:
    return records.Fact(
        id=parts.new_id("fact"), case_id=case_id, kind=kind, user_id=user.id, at=parts.now(), text=" ".join(text.split())
    )  # fmt: skip


def _written_before(parts: Parts, again: records.Fact) -> records.Fact:
    """Find what was written when the same was asked for before; what says the same stands in its place where that went with its files."""
    own = (each for each in parts.store.facts_of(again.case_id) if each.user_id == again.user_id)
    same = (each for each in own if (each.kind, each.text, each.happened_at) == (again.kind, again.text, again.happened_at))  # fmt: skip
    return next(same, again)


def _has_in_hand(parts: Parts, case: records.Case, user: records.User) -> bool:
    if case.claimed_by == user.id and case.lease_until is not None and parts.now() < case.lease_until:
        return True
    if case.state is not CaseState.DECIDED or case.decision_id is None:
        return False
    return parts.store.decision(case.decision_id).user_id == user.id
