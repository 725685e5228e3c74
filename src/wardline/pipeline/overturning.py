"""A decision falls: everything that followed from it is taken back, in the commit in which the later decision takes effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wardline import enforcement, records, referral
from wardline.errors import ConflictError
from wardline.pipeline import (
    care,
    correcting,
    duties,
    evidencing,
    feedback,
    preserve,
    reversing,
    striking,
    unnaming,
)
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import (
    ActionKind,
    DecisionState,
    HoldCause,
    Insert,
    Outcome,
    Replace,
    Task,
    Verb,
)

_GRAVITY = {Outcome.NOT_VIOLATION: 0, Outcome.OTHER_RULE: 1, Outcome.VIOLATION: 2}
_ON_ACCOUNT = (ActionKind.SUSPEND_ACCOUNT, ActionKind.WARN_ACCOUNT)


@dataclass(frozen=True, slots=True)
class Overturned:
    """What to commit together with the later decision."""

    writing: Writing
    relieved: bool
    """Whether something was taken back from what was done: the person was right, in all or in part."""
    added: bool
    """Whether something is done that had not been done before."""
    standing: tuple[records.Action, ...]
    """The actions of the case as they are then, those that were taken back left out."""


def overturn(parts: Parts, decision_id: str, *, by: records.Decision, case: records.Case) -> Overturned:
    """Put together what has to be written when a later decision on a case takes effect over one that was in effect.

    Commit it together with the later decision and its case: the former decision, the reversal of every action that does not follow from
    the later one, new actions that do, strikes, suspensions that only came because of them, held list entries and words to the lists'
    owners, the referral withdrawn or corrected, and the dates of the holds. Where both say the same, only files that are judged otherwise
    change anything.

    Args:
        parts: The installation.
        decision_id: The former decision; it has taken effect.
        by: The later one, as it is when it takes effect.
        case: Its case, as it is then.

    Raises:
        ConflictError: The former is not in effect, or both are about different cases.
    """
    former = parts.store.decision(decision_id)
    if former.state is not DecisionState.EFFECTIVE or by.case_id != former.case_id:
        raise ConflictError(
            f"{decision_id}: {former.state}, expected a decision in effect on the case of {by.id}"
        )
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    asked = parts.store.actions_of(case.id)
    written = Writing()
    same = by.outcome is former.outcome
    struck = None if same else striking.strike(parts, by, case, items[0], instead_of=former.id)
    wanted = _wanted(
        parts, by, case, items, asked, struck, keeps_account=_GRAVITY[by.outcome] >= _GRAVITY[former.outcome]
    )
    settled = enforcement.settle(asked, wanted)
    if not same:
        fallen = replace(former, state=DecisionState.OVERTURNED, version=former.version + 1)
        written.note(
            Replace(fallen), parts.entry(Verb.DECISION_OVERTURNED, former.id, actor=by.user_id, detail=by.id)
        )
        written.add(evidencing.corrected(parts, case.id, by))
    gone = list(settled.reversed)
    if struck is not None:
        written.add(struck.writing)
        gone += map(enforcement.reverse, striking.unjustified(parts, struck.standing, case_id=case.id))
        written.add(correcting.take_back(parts, former, by=by, case=case))
    for each in gone:
        written.add(reversing.asked(parts, each, actor=by.user_id))
    for added in settled.added:
        told = parts.entry(Verb.ACTION_TAKEN, added.id, actor=by.user_id, detail=added.kind)
        written.note(Insert(added), told, work=[Task(name="enforce", record_id=added.id)])
    written.add(_afterwards(parts, former, by, case, items, same=same))
    if not same:
        # Also what had spread from it to other files: on its own, for there may be thousands.
        written.work.append(Task(name="withdraw", record_id=former.id))
        written.work += unnaming.after(former)
    taken = {each.id for each in gone}
    standing = tuple(each for each in (*asked, *settled.added) if each.id not in taken and each.stands)
    return Overturned(written, bool(gone), bool(settled.added), standing)


def _wanted(
    parts: Parts, by: records.Decision, case: records.Case, items: Sequence[records.Item], asked: Sequence[records.Action],
    struck: striking.Struck | None, *, keeps_account: bool,
) -> tuple[records.Action, ...]:  # fmt: skip
    """Give what follows from the later decision. One that is no milder takes nothing back from the account."""
    wanted = enforcement.after_decision(
        by, case, items, new_id=lambda: parts.new_id("action"), now=parts.now()
    )
    kept = tuple(each for each in asked if each.kind in _ON_ACCOUNT and each.stands) if keeps_account else ()
    return (*wanted, *kept, *(struck.actions if struck else ()))


def _afterwards(
    parts: Parts, former: records.Decision, by: records.Decision, case: records.Case, items: Sequence[records.Item], *, same: bool
) -> Writing:  # fmt: skip
    """Tell the lists, date the evidence, and have a person see to what cannot be taken back by itself."""
    written = Writing(*feedback.of_decision(parts, by, items))
    if former.outcome is Outcome.VIOLATION and by.outcome is Outcome.NOT_VIOLATION:
        written.add(_hold_entries(parts, items, actor=by.user_id))
    if by.outcome is not Outcome.VIOLATION:
        written.add(preserve.cleared(parts, case, by))
    elif not same:
        written.add(duties.drafts(parts, case, by))
    elif referral.graded(former) != referral.graded(by):
        written.work.append(Task(name="compare-reports", record_id=by.id))
    return written


def _hold_entries(parts: Parts, items: Sequence[records.Item], *, actor: str) -> Writing:
    """Hold, of every list, the entry that was nearest to a file that is none of it."""
    already = {(each.list_id, each.entry_id) for each in parts.store.held_entries()}
    nearest: dict[tuple[str, str], records.Match] = {}
    for item in items:
        for match in sorted(item.matches, key=lambda each: each.distance_bits):
            nearest.setdefault((item.id, match.list_id), match)
    wrong = dict.fromkeys((match.list_id, match.entry_id) for match in nearest.values())
    held = [
        records.HeldEntry(
            id=parts.new_id("held-entry"), list_id=list_id, entry_id=entry_id, cause=HoldCause.OVERTURNED, held_at=parts.now(), held_by=actor
        )
        for list_id, entry_id in wrong
        if (list_id, entry_id) not in already
    ]  # fmt: skip
    work = [Task(name="tell-held", record_id=each.id) for each in held]
    return Writing([Insert(each) for each in held], care.told_of(parts, held), work)


def tell_held(parts: Parts, held_id: str, _attempt: int) -> None:
    """Raise the alarm about an entry that is held since a decision was overturned."""
    held = parts.store.held_entry(held_id)
    if held.released_at is None:
        care.tell(parts, [held])
