"""The step preserve: holds that end, evidence that is destroyed, accounts that are unlinked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from wardline import preservation, records
from wardline.errors import VaultDeniedError, VaultUnavailableError, VersionConflictError, WardlineError
from wardline.pipeline import (
    alarms,
    clock_watch,
    facts_kept,
    fencing,
    gathering,
    golden_evidence,
    preserving,
    reading,
)
from wardline.pipeline.parts import ORIGINAL, Parts
from wardline.pipeline.writing import Writing
from wardline.records import CaseState, HoldState, Outcome, ReferralState, Replace, Task, Verb

_AT_ONCE = 500
_UNLINK_AGAIN = timedelta(days=1)
_UNLINKS_OF_A_VERSION = 1_000
"""Tries of a case that was closed again are counted on from a number of its own: work that was enqueued once is not enqueued again."""
_ORPHANS_AT_MOST = 50
_ORPHAN_AFTER = timedelta(hours=1)
"""An object that no record points at may belong to a commit on its way; after this time it does not."""


def sweep(parts: Parts) -> int:
    """End the holds whose time is over and destroy what nothing holds any more. Gives how many holds ended.

    What may not be shown for practice any more is taken out of it first. While the clock is in doubt nothing ends.

    One that cannot be ended keeps none of the others; afterwards the first error is raised. A vault that is away does: the others, and all that
    is due each minute, would wait for it as long as the first.
    """
    golden_evidence.sweep(parts)
    if clock_watch.is_in_doubt(parts) or fencing.stands(parts):
        return 0
    ended, waiting, errors = 0, set[str](), list[WardlineError]()
    # Holds that wait for a decision or a receipt stay in front; they must not hide those behind them.
    while found := _not_in(waiting, parts.store.ended_holds(parts.now(), most=len(waiting) + _AT_ONCE)):
        for hold in found:
            try:
                over = _end(parts, hold)
            except VaultUnavailableError:
                raise
            except WardlineError as error:
                errors.append(error)
                over = False
            if over:
                ended += 1
            else:
                waiting.add(hold.id)
    if errors:
        raise errors[0]
    return ended


def _not_in(waiting: set[str], holds: list[records.Hold]) -> list[records.Hold]:
    return [hold for hold in holds if hold.id not in waiting]


def _end(parts: Parts, hold: records.Hold) -> bool:
    # In this order: a case closes together with its referral's draft, a referral finishes together with its holds. Read the other way
    # round, a receipt that arrives in between would be missed, and what was just reported would be destroyed.
    case = parts.store.case(hold.case_id)
    referred = any(
        each.state not in (ReferralState.FINISHED, ReferralState.WITHDRAWN)
        for each in parts.store.referrals(case_id=hold.case_id)
    )
    # Before its holds: whoever places one on the file moves its version, and the commit below then fails.
    item = parts.store.item(hold.item_id)
    others = [other for other in parts.store.holds_of(hold.item_id) if other.id != hold.id]
    over, destroy = preservation.ends(hold, case, others, referred=referred, now=parts.now())
    if not over:
        return False
    closed = replace(hold, state=HoldState.ENDED, version=hold.version + 1)
    changes: list[records.Change] = [Replace(closed)]
    entries = [
        parts.entry(Verb.HOLD_ENDED, hold.id, detail="destroyed" if destroy else "another hold remains")
    ]
    if destroy:
        changes.append(Replace(replace(item, sealed=False, version=item.version + 1)))
        withdrawn, told = golden_evidence.withdrawn(parts, hold.item_id)
        changes, entries = (
            [*changes, as_it_was(case), *withdrawn, *facts_kept.gone_with(parts, item, hold.case_id)],
            [*entries, *told],
        )
    try:
        parts.store.commit(*changes, entries=entries)
    except VersionConflictError:
        return False  # it was extended, or its case opened again, meanwhile
    if destroy:
        # After the commit: should this be interrupted, the object is one that no record points at, and `destroy_orphans` finds it.
        parts.vault.destroy(hold.item_id, ORIGINAL)
    return True


def as_it_was(case: records.Case) -> records.Change:
    """Write a case as it was read: the commit that destroys its evidence fails where somebody opened it again, or decided it, in between."""
    return Replace(replace(case, version=case.version + 1))


def destroy_orphans(parts: Parts) -> int:
    """Destroy sealed objects that no record points at: left by a crash between sealing and committing. Gives how many.

    A crash leaves a few. Where there are many that no record ever knew, the database may come from an older back-up than the vault: then none
    of those is destroyed and a person is told. So is what another installation may have sealed before the fence of this one was lifted.
    """
    if clock_watch.is_in_doubt(parts) or fencing.stands(parts):
        return 0
    unclaimed = list(_unclaimed(parts))
    # What a record says is destroyed is destroyed, however much it is: the vault may have been away for a while.
    over = set(parts.store.several_items([name for name, _, _ in unclaimed])) if unclaimed else set()
    strangers = [each for each in unclaimed if each[0] not in over]
    foreign = _of_another(parts, strangers)
    kept = {name for name, _, _ in strangers} if len(strangers) - len(foreign) > _ORPHANS_AT_MOST else foreign
    if kept:
        message = (
            f"{len(kept)} sealed files belong to no record. None of them was destroyed. If the database was restored from a back-up, restore "
            "a newer one, or decide about them by hand; otherwise call the person responsible for this installation."
        )
        alarms.raise_alarm(parts, records.AlarmKind.EVIDENCE_UNCLAIMED, "vault", message)
    else:
        alarms.resolve_about(parts, records.AlarmKind.EVIDENCE_UNCLAIMED, "vault")
    orphans = [(name, purpose) for name, purpose, _ in unclaimed if name not in kept]
    _destroy_each(parts, orphans)
    return len(orphans)


def _unclaimed(parts: Parts) -> Iterator[tuple[str, str, datetime]]:
    """Give the objects that no record holds. A vault may have more of them than fit into the memory, and a few are ever unclaimed."""
    old = (each for each in parts.vault.inventory() if parts.now() - each[2] > _ORPHAN_AFTER)
    while some := list(islice(old, _AT_ONCE)):
        known = parts.store.sealed_items([name for name, _, _ in some])
        yield from (each for each in some if each[0] not in known)


def _destroy_each(parts: Parts, orphans: Sequence[tuple[str, str]]) -> None:
    """Destroy sealed objects. One that cannot be, for it is locked, keeps none of the others; afterwards the first error is raised.

    It is tried again each hour. The log has it once that it stays, and again when that is for another reason, or over.
    """
    errors: list[WardlineError] = []
    for name, purpose in orphans:
        stays = _why_it_stays(parts, name)
        if stays is None:
            _note(parts, Verb.EVIDENCE_DESTROYED, name, "no record points at it")
        try:
            parts.vault.destroy(name, purpose)
        except VaultDeniedError as error:
            errors.append(error)
            if error.message != stays:
                _note(parts, Verb.EVIDENCE_STAYS, name, error.message)
        else:
            if stays is not None:
                _note(parts, Verb.EVIDENCE_DESTROYED, name, "no record points at it, and it stays no more")
    if errors:
        raise errors[0]


def _why_it_stays(parts: Parts, name: str) -> str | None:
    """Give why an object could not be destroyed when that was tried last, as the log has it; None where it was not tried, or not refused."""
    newest = reading.about(parts, name, 1)
    return newest[0][1].detail if newest and newest[0][1].verb is Verb.EVIDENCE_STAYS else None


def _note(parts: Parts, verb: Verb, name: str, detail: str) -> None:
    parts.store.commit(entries=[parts.entry(verb, name, detail=detail)])


def _of_another(parts: Parts, strangers: Sequence[tuple[str, str, datetime]]) -> set[str]:
    """Give the files that this installation never knew, sealed before the last fence was lifted: another one may have sealed them.

    Not only since the fence was raised: that may be long after the back-up was made, and is a while after its database was copied.
    """
    lifted = [each.lifted_at for each in parts.store.lifted_fences() if each.lifted_at] if strangers else []
    return {name for name, _, at in strangers if lifted and at <= max(lifted)}


def cleared(parts: Parts, case: records.Case, decision: records.Decision) -> Writing:
    """Date the evidence of a case in which nothing is to be reported: the file goes once there was time to appeal, and later the account.

    Where something was taken from the account all the same, it stays known for as long as it may appeal.
    """
    periods, written = parts.rules.periods, Writing()
    for item_id in case.item_ids:
        for hold in parts.store.holds_of(item_id):
            if hold.state is HoldState.ACTIVE and hold.basis is records.HoldBasis.PROVISIONAL:
                dated = preservation.redate_after_clearance(hold, periods=periods, now=parts.now())
                told = "cleared: destroyed after the appeal window"
                written.note(Replace(dated), parts.entry(Verb.HOLD_PLACED, hold.id, detail=told))
    known = periods.unlink_after_clearance
    if decision.outcome is Outcome.OTHER_RULE:
        known = max(known, parts.rules.promises.appeal_period)
    attempt = case.version * _UNLINKS_OF_A_VERSION
    written.work.append(
        Task(name="unlink", record_id=case.id, attempt=attempt, not_before=parts.now() + known)
    )
    return written


def unlink(parts: Parts, case_id: str, attempt: int) -> None:
    """Take the account, and what colleagues wrote, out of a case with nothing to report. Doing it again does nothing.

    While the platform still owes an action, the account stays, for the platform has to be told whose content it is; while a report is not
    corrected yet, for the correction has to say whose it was; and while a request to preserve covers the case, or its file is held with a report of
    another one.
    """
    case = parts.store.case(case_id)
    if case.decision_id is None or case.state is not CaseState.CLOSED or not case.account_reference:
        return
    if parts.store.decision(case.decision_id).outcome not in (Outcome.NOT_VIOLATION, Outcome.OTHER_RULE):
        return
    actions = parts.store.actions_of(case_id)
    appeal = parts.store.appeal_of(case_id)
    waits = any(_is_owed(action) for action in actions) or (appeal is not None and appeal.answered_at is None)
    waits = waits or any(
        each.state not in (ReferralState.FINISHED, ReferralState.WITHDRAWN)
        for each in parts.store.referrals(case_id=case_id)
    )
    is_asked_for = preserving.covers(parts, case_id) or preserving.is_kept_for_another(parts, case)
    if waits or is_asked_for or clock_watch.is_in_doubt(parts):
        later = Task(
            name="unlink", record_id=case_id, attempt=attempt + 1, not_before=parts.now() + _UNLINK_AGAIN
        )
        parts.store.commit(entries=(), work=[later])
        return
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    changes: list[records.Change] = [Replace(bare(item)) for item in items]
    changes += [
        Replace(replace(action, account_reference="", content_reference=None, version=action.version + 1))
        for action in actions
    ]
    changes += [records.Remove(records.Note, note.id) for note in parts.store.notes_of(case_id)]
    changes += [records.Remove(records.Fact, fact.id) for fact in parts.store.facts_of(case_id)]
    changes += [*_complaints_without_account(parts, case_id)]
    without = replace(case, account_reference="", version=case.version + 1)
    forgotten, told = gathering.forget(parts, case)
    parts.store.commit(
        Replace(without), *changes, *forgotten, entries=[parts.entry(Verb.ACCOUNT_UNLINKED, case_id), *told]
    )


def bare(item: records.Item) -> records.Item:
    """Take out of an item whose it is, and what was said of it."""
    return replace(
        item, account_reference="", context=None, hashes=(), matches=(), scope=None, scores=(), found_by=None, version=item.version + 1
    )  # fmt: skip


def _is_owed(action: records.Action) -> bool:
    """Say whether the platform still has to hear of an action."""
    return action.state is records.ActionState.PENDING or action.reversal is records.ReversalState.PENDING


def _complaints_without_account(parts: Parts, case_id: str) -> list[records.Change]:
    """Take out of the complaints of a case what the person wrote, and whom it was told to."""
    bare: list[records.Change] = [
        Replace(replace(each, text="", version=each.version + 1))
        for each in parts.store.appeals_of(case_id)
        if each.text
    ]
    bare += [
        Replace(replace(each, account_reference=None, content_reference=None, version=each.version + 1))
        for each in parts.store.messages_of(case_id)
        if each.state is not records.MessageState.PENDING
    ]
    return bare
