"""Reports to receivers that the settings do not name any more: somebody is told, and a person passes them on or ends them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from wardline import ports, records, referral
from wardline.errors import AlreadyExistsError, ConflictError, InputError, RefusedError
from wardline.pipeline import alarms, blind_filing, filing_work, handing_over, people
from wardline.pipeline.parts import NO_RECEIVER, Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, DecisionState, ReferralState, Replace, Scope, Verb

_PAGE = 100
_PAGES = 20
"""So many pages are looked at each minute: of more, the alarm would say the same."""
_FALLEN = (DecisionState.OVERTURNED, DecisionState.UNDONE)


def is_removed(parts: Parts, found: records.Referral) -> bool:
    """Say whether the settings do not name the receiver of a referral."""
    return found.authority != NO_RECEIVER and parts.receiver(found.authority) is None


def others(parts: Parts, found: records.Referral) -> list[str]:
    """Give the receivers of the settings that have no report of the decision yet."""
    taken = {each.authority for each in _siblings(parts, found)}
    return [each.name for each in _receivers(parts) if each.name not in taken]


def is_reported_elsewhere(parts: Parts, found: records.Referral) -> bool:
    """Say whether another receiver has, or will have, a report of the decision."""
    return any(
        each.state is not ReferralState.WITHDRAWN and parts.receiver(each.authority) is not None and each.corrects == found.corrects
        for each in _siblings(parts, found)
    )  # fmt: skip


def watch(parts: Parts) -> None:
    """Raise an alarm for each receiver that is gone and has packs that wait, and close it when there are none."""
    waiting = Counter[str]()
    after: str | None = None
    for _ in range(_PAGES):
        found = parts.store.referrals(state=ReferralState.NEEDS_HUMAN, after=after, most=_PAGE)
        waiting.update(each.authority for each in found if referral.awaits(each) and is_removed(parts, each))
        if len(found) < _PAGE:
            break
        after = found[-1].id
    for name, count in waiting.items():
        alarms.raise_alarm(parts, AlarmKind.RECEIVER_REMOVED, name, (
            f"Packs for {name} wait to be filed, {count} when this was seen, and the settings do not name {name} any more: none is made anew. "
            "Put it back into wardline.toml; or open each report, and record its reference or pass it on to another receiver."
        ))  # fmt: skip
    for alarm in parts.store.open_alarms():
        if alarm.kind is AlarmKind.RECEIVER_REMOVED and alarm.subject_id not in waiting:
            alarms.resolve_about(parts, alarm.kind, alarm.subject_id)


def pass_on(
    parts: Parts, referral_id: str, user: records.User, *, to: str, pack_id: str | None = None, asked: Collection[str] = (),
) -> records.Referral:  # fmt: skip
    """Have a report made for another receiver, in the name of a person who says that the one that is gone did not get it.

    Args:
        parts: The installation's.
        referral_id: Of the report.
        user: Who says so.
        to: Name of a receiver of the settings.
        pack_id: The pack that they speak of; None: whichever waits.
        asked: Ids of the people who took it and whom they asked.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: Its receiver is there, something of it may be at its receiver, or the other one has a report of its decision.
        PackTakenError: Somebody else took its pack and was not asked.
        InputError: The settings name no such receiver.
    """
    found = _opened(parts, referral_id, user, pack_id, asked)
    receiver = next((each for each in _receivers(parts) if each.name == to), None)
    if receiver is None:
        raise InputError(f"{found.id}: the settings name no receiver {to}, expected one of them")
    if parts.store.decision(found.decision_id).state in _FALLEN:
        raise ConflictError(f"{found.id}: its decision was overturned, expected one that stands")
    alone, others = _by_itself(parts, found)
    moved = replace(referral.passed_on(alone, receiver.name, receiver.environment), version=found.version + 1)
    told = parts.entry(
        Verb.REFERRAL_MOVED, moved.id, actor=user.id, detail=f"to {to} instead of {found.authority}"
    )
    given_up = [handing_over.given_up_entry(parts, found, user)] if referral.awaits(found) else []
    try:
        parts.store.commit(
            Replace(moved), *others.changes, entries=[*given_up, told, *others.entries],
            work=[filing_work.again(moved), *others.work],
        )  # fmt: skip
    except AlreadyExistsError:
        raise ConflictError(
            f"{found.id}: {to} has a report of its decision, expected another receiver",
            remedy="Withdraw this one: its decision is reported.",
        ) from None
    alarms.resolve_about(parts, AlarmKind.FILING_NEEDS_HUMAN, moved.id)
    return moved


def withdraw(
    parts: Parts, referral_id: str, user: records.User, *, pack_id: str | None = None, asked: Collection[str] = ()
) -> records.Referral:  # fmt: skip
    """End a report whose receiver is gone, where another receiver gets that of its decision. It raises as ``pass_on`` does.

    Raises:
        RefusedError: Nobody else gets one: then it may be owed.
    """
    found = _opened(parts, referral_id, user, pack_id, asked)
    if not is_reported_elsewhere(parts, found):
        raise RefusedError(
            f"{found.id}: nobody else gets a report of its decision, expected another receiver that does",
            remedy="Pass it on to another receiver: a report with a duty is not held back.",
        )
    alone, others = _by_itself(parts, found)
    moved = replace(referral.withdrawn(alone), version=found.version + 1)
    told = parts.entry(
        Verb.REFERRAL_MOVED, moved.id, actor=user.id, detail=f"{moved.state}, {found.authority} is gone"
    )
    given_up = [handing_over.given_up_entry(parts, found, user)] if referral.awaits(found) else []
    parts.store.commit(
        Replace(moved), *others.changes, entries=[*given_up, told, *others.entries], work=others.work
    )
    alarms.resolve_about(parts, AlarmKind.FILING_NEEDS_HUMAN, moved.id)
    return moved


def _opened(
    parts: Parts, referral_id: str, user: records.User, pack_id: str | None, asked: Collection[str]
) -> records.Referral:
    people.require_scope(user, Scope.MANAGE)
    found = blind_filing.opened(parts, referral_id, user)
    if not is_removed(parts, found):
        raise ConflictError(f"{found.id}: its receiver is in the settings, expected one that was removed")
    if referral.awaits(found):
        referral.require_pack(found, pack_id)
        handing_over.require_asked(parts, found, user, asked)
    return found


def _by_itself(parts: Parts, found: records.Referral) -> tuple[records.Referral, Writing]:
    """Give a report without those that joined it, and what becomes of them: each waits for its receiver, and is passed on by itself."""
    written = Writing()
    if not found.bundle:
        return found, written
    bundle = referral.parted(found, [parts.store.referral(each.referral_id) for each in found.bundle])
    for each in bundle.others:
        told = parts.entry(Verb.REFERRAL_MOVED, each.id, detail=f"{each.state}, was in {found.id}")
        written.note(Replace(each), told, work=[filing_work.again(each)])
    return bundle.lead, written


def _receivers(parts: Parts) -> list[ports.Authority]:
    return [*([parts.authority] if parts.authority is not None else []), *parts.receivers.values()]


def _siblings(parts: Parts, found: records.Referral) -> list[records.Referral]:
    every = parts.store.referrals(case_id=found.case_id)
    return [each for each in every if each.id != found.id and each.decision_id == found.decision_id]
