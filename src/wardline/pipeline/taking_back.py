"""What had spread is taken back: cases are open again, actions are reversed, and reports that were not sent are not sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from wardline import enforcement, preservation, records, referral, review
from wardline.errors import ConflictError
from wardline.pipeline import alarms, reversing, striking, unnaming
from wardline.pipeline import refer as filing
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.placing import anew
from wardline.pipeline.writing import Writing
from wardline.records import (
    ActionKind,
    ActionState,
    AlarmKind,
    CaseState,
    DecisionState,
    Insert,
    Outcome,
    ReferralState,
    Replace,
    Task,
    Verb,
)

_PAGE = 100
_PAGES = 20
_LATER = timedelta(minutes=5)
"""A report that is on its way is let finish, and a case that somebody has in hand is left to them: then both are looked at again."""
_HIDES = frozenset({ActionKind.RESTRICT_CONTENT})
_DECIDED = frozenset({ActionKind.REMOVE_CONTENT, ActionKind.SUSPEND_ACCOUNT, ActionKind.WARN_ACCOUNT})
_ASKED_FROM = 270_000_000
"""Tries of referrals whose pack must not be filed are counted from here: work that was enqueued once is not enqueued again."""
_UNDER_WAY = (
    ReferralState.OPENING, ReferralState.OPENED, ReferralState.FINISHING, ReferralState.RETRACTING, ReferralState.JOINED,
)  # fmt: skip


@dataclass(slots=True)
class _Back:
    """What one commit takes back."""

    changes: list[records.Change] = field(default_factory=list)
    entries: list[records.Entry] = field(default_factory=list)
    work: list[Task] = field(default_factory=list)
    trouble: str = ""
    """What a person has to do about it, if anything."""

    def add(self, written: Writing) -> None:
        """Take in what another step put together."""
        self.changes += written.changes
        self.entries += written.entries
        self.work += written.work


class _NotYetError(Exception):
    """The case cannot be taken back at this moment."""


def take_back(parts: Parts, spread_id: str, attempt: int) -> None:
    """Take back what a spread did, case by case. What is done is marked in the same commit, so that it goes on there after a crash."""
    spread = parts.store.spread(spread_id)
    waiting: set[str] = set()
    for _ in range(_PAGES):
        found = parts.store.touched_members(spread_id, most=_PAGE + len(waiting))
        new = [each for each in found if each.id not in waiting]
        if not new or len(waiting) > _PAGE:
            break
        for member in new:
            if not _take_back_one(parts, spread, member):
                waiting.add(member.id)
    else:
        parts.store.commit(
            entries=(), work=[Task(name="take-back", record_id=spread_id, attempt=attempt + 1)]
        )
        return
    if waiting:
        later = parts.now() + _LATER
        again = Task(name="take-back", record_id=spread_id, attempt=attempt + 1, not_before=later)
        parts.store.commit(entries=(), work=[again])


def _take_back_one(parts: Parts, spread: records.Spread, member: records.ClusterMember) -> bool:
    """Take one case back; gives False where that has to wait."""
    case = parts.store.case(member.case_id)
    back = _Back()
    free = replace(
        member, restricted=False, version=member.version + 1,
        spread_id=None if member.spread_id == spread.id else member.spread_id,
        near_spread_id=None if member.near_spread_id == spread.id else member.near_spread_id,
    )  # fmt: skip
    back.changes.append(Replace(free))
    back.entries.append(parts.entry(Verb.CASE_REOPENED, case.id, detail=spread.id))
    try:
        if case.state is CaseState.OPEN:
            _show_again(parts, back, member, case)
        else:
            _reopen(parts, back, spread, case)
        if back.trouble:  # before the commit: afterwards nothing would remind of it
            alarms.raise_alarm(parts, AlarmKind.CLUSTER_DISPUTED, case.id, back.trouble)
        parts.store.commit(*back.changes, entries=back.entries, work=back.work)
    except (_NotYetError, ConflictError):
        return False
    return True


def _show_again(parts: Parts, back: _Back, member: records.ClusterMember, case: records.Case) -> None:
    """Let go of a case that was put in front or drawn for review, and that a person decides anyway."""
    if review.is_in_hand(case, parts.now()):
        raise _NotYetError
    opened = review.release(case, show_again=member.restricted)
    back.changes.append(Replace(opened))
    if member.restricted:
        _undo(parts, back, case, _HIDES)


def _reopen(parts: Parts, back: _Back, spread: records.Spread, case: records.Case) -> None:
    """Open a case again that the spread decided. One that a person decided meanwhile stays as it is."""
    decision = parts.store.decision(case.decision_id) if case.decision_id else None
    if decision is None or decision.spread_from != spread.decisions:
        return
    _stop_reports(parts, back, case)
    item = parts.store.item(case.item_ids[0])
    if not item.sealed or not case.account_reference:
        back.trouble = (
            f"A decision that had spread to {case.id} is in doubt, and its file was destroyed or its account unlinked. It cannot be decided "
            "anew. Let a lead see whether anything is to be told to anybody."
        )
        return
    actions = parts.store.actions_of(case.id)
    was_hidden = enforcement.hides_content(
        each for each in actions if each.kind not in _DECIDED and not _restores(each, decision)
    )
    opened = anew(parts, review.open_again(case, restricted=was_hidden))
    undone = replace(decision, state=DecisionState.UNDONE, version=decision.version + 1)
    hold = preservation.place_provisional(
        item, case.id, hold_id=parts.new_id("hold"), periods=parts.rules.periods, now=parts.now()
    )
    # The item's version moves too: a sweep that is about to destroy it has seen it without the new hold, and must look again.
    touched = replace(item, version=item.version + 1)
    back.changes += [Replace(opened), Replace(undone), Insert(hold), Replace(touched)]
    back.entries.append(parts.entry(Verb.HOLD_PLACED, hold.id, detail=hold.basis))
    back.work += unnaming.after(undone)
    _undo(parts, back, case, _DECIDED)
    struck = striking.void(parts, decision, item, because=spread.id)
    back.add(struck.writing)
    for each in striking.unjustified(parts, struck.standing, case_id=case.id):
        back.add(reversing.asked(parts, enforcement.reverse(each), actor=SYSTEM))
    if decision.outcome is Outcome.NOT_VIOLATION:
        _hide_again(parts, back, opened, item)


def _restores(action: records.Action, decision: records.Decision) -> bool:
    """Say whether an action showed again what was hidden, because of a decision."""
    return action.kind is ActionKind.RESTORE_CONTENT and action.created_at >= decision.at


def _stop_reports(parts: Parts, back: _Back, case: records.Case) -> None:
    for each in parts.store.referrals(case_id=case.id):
        if each.state in _UNDER_WAY or (each.bundle and each.state is ReferralState.DRAFT):
            raise _NotYetError
        stopped = (
            referral.cancel(each) if each.state is ReferralState.DRAFT or referral.awaits(each) else each
        )
        if stopped is not each:
            back.changes.append(Replace(stopped))
            back.entries.append(parts.entry(Verb.REFERRAL_MOVED, each.id, detail=stopped.state))
        if referral.awaits(stopped):
            back.work.append(
                filing.task(stopped, _ASKED_FROM + stopped.version)
            )  # the alarm says another thing now
            back.trouble = (
                f"The pack of {each.id} was made on a decision that had spread and is in doubt. Do not file it, and say on its page whether "
                f"somebody had. {case.id} is open again: decide it first of all."
            )
        if each.state is ReferralState.FINISHED:
            back.trouble = (
                f"The report {each.id} was filed on a decision that had spread and is in doubt. {case.id} is open again: decide it first "
                "of all, and tell the authority if the report was wrong."
            )


def _undo(parts: Parts, back: _Back, case: records.Case, kinds: frozenset[ActionKind]) -> None:
    """Have the platform undo what was asked for about a case. One that it never got is void when it comes: it carries the same id."""
    for action in reversed(parts.store.actions_of(case.id)):
        if action.kind in kinds and action.stands and action.state is not ActionState.FAILED:
            back.add(reversing.asked(parts, enforcement.reverse(action), actor=SYSTEM))


def _hide_again(parts: Parts, back: _Back, case: records.Case, item: records.Item) -> None:
    for action in enforcement.at_once(case, [item], new_id=lambda: parts.new_id("action"), now=parts.now()):
        back.changes.append(Insert(action))
        back.entries.append(parts.entry(Verb.ACTION_TAKEN, action.id, detail=action.kind))
        back.work.append(Task(name="enforce", record_id=action.id))
