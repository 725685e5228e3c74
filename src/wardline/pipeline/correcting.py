"""Referrals whose decision fell: withdrawn before they are filed, corrected afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from wardline import records, referral
from wardline.errors import AlreadyExistsError, InputError
from wardline.pipeline import alarms, bundles, fencing, reported, second_person, tellings
from wardline.pipeline import refer as filing
from wardline.pipeline.parts import NO_RECEIVER, SYSTEM, Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, DecisionState, Insert, Outcome, Priority, ReferralState, Replace, Verb

_REAL = "production"
"""The environment whose reports reach an authority's officers."""
_TRIES_FROM = 500_000_000
"""Tries of referrals that are taken back are counted from here: work that was enqueued once is not enqueued again."""


def draft(
    parts: Parts, case: records.Case, decision: records.Decision, *, corrects: str | None = None, waits: str | None = None,
    receiver: str = NO_RECEIVER,
) -> Writing:  # fmt: skip
    """Draft the referral that a decision needs, or the one that corrects a finished one.

    Args:
        parts: The installation's.
        case: The decision's.
        decision: What it follows from.
        corrects: The finished referral that it corrects.
        waits: Why a person has to approve it before anything is sent, in a fixed phrase.
        receiver: Whom it goes to; what corrects another goes to that one's.
    """
    # A decision takes effect whether or not the vault can be reached now: nothing is opened for a draft.
    report = reported.report_of(
        parts, parts.new_id("referral"), decision, case, corrects=corrects, tell=tellings.unopened
    )
    authority, environment = _receiver(parts, receiver, corrects)
    made = referral.plan(
        report, decision, authority=authority, environment=environment, now=parts.now(), corrects=corrects
    )
    made = _clocked(parts, made, decision, case, is_correction=report.corrects is not None)
    danger = made.priority is Priority.FIRST
    if waits is None and fencing.waits_to_be_looked_up(
        parts, case, decision, corrects=corrects is not None, danger=danger
    ):
        waits = fencing.LOOK
    if waits is not None:
        made = replace(made, state=ReferralState.NEEDS_HUMAN, problem=waits)
    written = Writing()
    detail = f"priority {made.priority}" + (f", corrects {corrects}" if corrects else "")
    told = parts.entry(Verb.REFERRAL_DRAFTED, made.id, actor=decision.user_id, detail=detail)
    follows = second_person.waiting(made) if referral.waits(made) else filing.task(made, 0)
    written.note(Insert(made), told, work=[follows])
    return written


def _receiver(parts: Parts, name: str, corrects: str | None) -> tuple[str, str]:
    """Say where a referral goes: a correction to where the report is that it names, for its number means another one everywhere else."""
    if corrects is not None:
        filed = parts.store.referral(corrects)
        return filed.authority, filed.environment
    found = parts.receiver(name)
    return (found.name, found.environment) if found is not None else (name, NO_RECEIVER)


def is_correctable(parts: Parts, filed: records.Referral) -> bool:
    """Say whether a finished report needs a correction: one that was only tried elsewhere than where reports go now told nobody anything."""
    receiver = parts.receiver(filed.authority)
    return filed.environment == _REAL or receiver is None or filed.environment == receiver.environment


def _clocked(
    parts: Parts, made: records.Referral, decision: records.Decision, case: records.Case, *, is_correction: bool
) -> records.Referral:  # fmt: skip
    """Give a draft its priority and its clock, from when what it reports was known."""
    rules, facts = parts.rules.filing, parts.store.facts_of(case.id)
    is_graver = not is_correction and case.imminent_since is not None
    priority = referral.assign(decision, () if is_correction else facts, is_imminent=is_graver)
    regions = referral.regions_of([parts.store.item(item_id) for item_id in case.item_ids])
    return referral.clocked(
        made, priority, since=min(decision.at if is_correction else _known_since(parts, decision), parts.now()), now=parts.now(),
        rules=rules.clocks, approval=rules.approval, regions=regions, corrects=is_correction and not referral.is_supplement(decision),
    )  # fmt: skip


def _known_since(parts: Parts, decision: records.Decision) -> datetime:
    """Say when somebody first found the violation that is reported: who waits for a second person's opinion knows of it already."""
    found = [
        each.at for each in parts.store.decisions_of(decision.case_id)
        if each.outcome is Outcome.VIOLATION and each.state in (DecisionState.GIVEN, DecisionState.EFFECTIVE)
    ]  # fmt: skip
    return min((*found, decision.at))


def take_back(parts: Parts, former: records.Decision, *, by: records.Decision, case: records.Case) -> Writing:
    """Withdraw or correct what was reported because of a decision that another overturns."""
    written = Writing()
    for each in parts.store.referrals(case_id=case.id):
        if by.outcome is Outcome.VIOLATION or not _rests_on(parts, each, former):
            continue
        if each.state is not ReferralState.FINISHED:
            written.add(cancelled(parts, each, actor=by.user_id))
        elif each.corrects is None and is_correctable(parts, each):
            written.add(draft(parts, case, by, corrects=each.id))
    return written


def _rests_on(parts: Parts, found: records.Referral, former: records.Decision) -> bool:
    """Say whether a report follows from a decision, or from one in whose place it came because it only grades otherwise."""
    if found.decision_id == former.id:
        return True
    return parts.store.decision(found.decision_id).state is DecisionState.GIVEN


def refer(parts: Parts, referral_id: str, attempt: int) -> None:
    """Carry one referral forward; one whose decision was overturned only as far as it has to go to be withdrawn or corrected."""
    if _is_settled(parts, referral_id):
        return
    filing.refer(parts, referral_id, attempt)
    _is_settled(parts, referral_id)


def _is_settled(parts: Parts, referral_id: str) -> bool:
    """See to a referral whose decision was overturned meanwhile; gives whether nothing of it is left to do."""
    current = parts.store.referral(referral_id)
    if parts.store.decision(current.decision_id).state is not DecisionState.OVERTURNED:
        return False
    if current.state is ReferralState.FINISHED:
        _correct(parts, current)
        return True
    written = cancelled(parts, current, actor=SYSTEM)
    if written.changes:
        written.commit(parts)
    if parts.store.referral(referral_id).state is not ReferralState.WITHDRAWN:
        return False  # an open report has to be withdrawn at the authority first
    filing.over(parts, parts.store.referral(referral_id))
    return True


def cancelled(parts: Parts, current: records.Referral, *, actor: str) -> Writing:
    """Make what ends a referral that is not finished: nothing of it is filed any more."""
    if current.joined is not None:
        return bundles.left(parts, current, actor=actor)
    if fencing.may_be_elsewhere(parts, current):
        ended = referral.look_first(current)
    else:
        ended = referral.cancel(current)
    written = Writing()
    if ended is not current:
        told = parts.entry(
            Verb.REFERRAL_MOVED, ended.id, actor=actor, detail=f"{ended.state}, decision overturned"
        )
        ended, others = bundles.settled(parts, current, ended)
        written.add(others)
        again = filing.task(ended, _TRIES_FROM + ended.version)
        # Also where nothing is left to withdraw: its alarms end with it.
        written.note(Replace(ended), told, work=[again])
    return written


def _correct(parts: Parts, finished: records.Referral) -> None:
    """Draft the correction of a report that turned out to be finished only while it was being withdrawn."""
    if (
        finished.corrects is not None
        or not is_correctable(parts, finished)
        or any(each.corrects == finished.id for each in parts.store.referrals(case_id=finished.case_id))
    ):
        return
    case = parts.store.case(finished.case_id)
    try:
        by = newest_effective(parts, case)
        draft(parts, case, by, corrects=finished.id).commit(parts)
    except AlreadyExistsError:
        return  # another thread was quicker
    except InputError:
        message = (
            f"The finished report of {finished.id} was overturned and cannot be corrected by a report of its own. Tell the authority, naming "
            f"its report {finished.remote_id}."
        )
        alarms.raise_alarm(parts, AlarmKind.REPORT_WRONG, finished.id, message)


def newest_effective(parts: Parts, case: records.Case) -> records.Decision:
    """Give the decision on a case that stands; ``InputError`` where none does."""
    stands = [
        each for each in parts.store.decisions_of(case.id)
        if each.state is DecisionState.EFFECTIVE and each.outcome is not Outcome.CANNOT_TELL
    ]  # fmt: skip
    if not stands:
        raise InputError(f"{case.id}: no decision stands, expected the one that overturned the other")
    return stands[-1]
