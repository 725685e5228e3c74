"""The fence around a restored copy: until a person says that the old installation is gone, nothing is sent and nothing destroyed.

A back-up is born with its fence up, so that also whoever copies its files by hand has it. What had been under way is for a person to look
at when the fence is lifted: the old installation may have filed it after the back-up was made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from wardline import records, referral
from wardline.errors import AlreadyExistsError
from wardline.pipeline import alarms, people
from wardline.pipeline.parts import ORIGINAL, SYSTEM, Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, DecisionState, Insert, ReferralState, Replace, Scope, Task, Verb

_FREE = frozenset(
    {
        "conclude", "release-referral", "late-danger", "open-appeal", "answer-flag", "tell-held", "compare-reports", "find-reviewer", "opinion-due",
        "verify-log", "look-back", "weigh", "withdraw", "spread", "follow", "take-back", "bring-back", "hold-before",
    }
)  # fmt: skip
"""Durable work that neither sends nor destroys: at most it leads to other work, which is behind the fence itself. Whatever is not named here
stands behind it."""
RESTORED = "restored from a back-up"
MOVED = "restored from a back-up, after which the old installation decided nothing"
"""Of a fence that was lifted by somebody who says that too: the old installation was stopped, and then backed up."""
_SUBJECT = "installation"
_LOOK_AGAIN = timedelta(minutes=30)
"""Each look of each task is a row in the queue's tables."""
_LOOK_SOONER = {"refer-at-once": timedelta(minutes=1)}
"""A child may be in danger: when the fence is down, such a report goes at once."""
_ASKED_AGAIN = frozenset({"witness", "watch-schema"})
"""Work that the next minute asks for again, when the fence is down."""
_PUT_OFF = 10**12
"""Each time that the fence puts work off, its attempt grows by this, which makes it new work for the queue; what is below counts the tries."""
_UNDER_WAY = (
    ReferralState.DRAFT,
    ReferralState.OPENING,
    ReferralState.OPENED,
    ReferralState.FINISHING,
    ReferralState.RETRACTING,
)
LOOK = referral.LOOK
_AT_ONCE = 100


def stands(parts: Parts) -> bool:
    """Say whether a fence is up."""
    return parts.store.fence() is not None


def destroy(parts: Parts, item_id: str) -> None:
    """Destroy a file that a person's act just took out of the records. Behind the fence it stays, until ``preserve.destroy_orphans`` finds it
    when the fence is down."""
    if not stands(parts):
        parts.vault.destroy(item_id, ORIGINAL)


def raise_(parts: Parts, *, actor: str = SYSTEM) -> records.Fence:
    """Put the fence up, with an alarm that says so. Up already, it stays as it is."""
    standing = parts.store.fence()
    if standing is not None:
        return standing
    made = records.Fence(id=parts.new_id("fence"), raised_at=parts.now(), why=RESTORED)
    written = alarms.raised(
        parts, AlarmKind.FENCED, _SUBJECT,
        "This is a copy of an installation, made from a back-up. Nothing is sent and nothing destroyed until somebody says that the old one "
        "is gone: `wardline fence lift`.",
    )  # fmt: skip
    written.note(Insert(made), parts.entry(Verb.FENCE_RAISED, made.id, actor=actor))
    try:
        written.commit(parts)
    except AlreadyExistsError:
        return raise_(parts, actor=actor)
    return made


def lift(parts: Parts, *, user: records.User, why: str = RESTORED) -> tuple[str, ...]:
    """Take the fence down in the name of a person who says that the old installation is gone and will never start again.

    Gives the ids of the referrals that had been under way, or are about what came in before: each now waits for a person, who asks the
    authority whether it was filed. What only this copy knows goes on.

    Args:
        parts: The installation's.
        user: Who says so.
        why: ``RESTORED``, or ``MOVED`` where they also say that nobody decided anything there after the back-up.
    """
    people.require_scope(user, Scope.MANAGE)
    standing = parts.store.fence()
    if standing is None:
        return ()
    under_way = [each for state in _UNDER_WAY for each in _in_state(parts, state)]
    # What joined another one waits with it.
    stopped = [each for each in under_way if each.joined is None and _was_known(parts, standing, each)]
    lifted = replace(
        standing, lifted_at=parts.now(), lifted_by=user.id, why=why, version=standing.version + 1
    )
    written = Writing()
    for each in stopped:
        held = replace(
            each, state=ReferralState.NEEDS_HUMAN, problem=LOOK, in_flight=False, version=each.version + 1
        )
        written.note(
            Replace(held), parts.entry(Verb.REFERRAL_MOVED, each.id, actor=user.id, detail=held.state)
        )
        written.add(
            alarms.raised(parts, AlarmKind.FILING_NEEDS_HUMAN, each.id, f"{referral.asking(each)}: {LOOK}.")
        )
    # Last, and in the same commit: at no moment is the fence down and a referral still on its way.
    written.note(Replace(lifted), parts.entry(Verb.FENCE_LIFTED, lifted.id, actor=user.id, detail=why))
    written.commit(parts)
    alarms.resolve_about(parts, AlarmKind.FENCED, _SUBJECT)
    return tuple(
        each.id
        for each in _in_state(parts, ReferralState.NEEDS_HUMAN)
        if each.problem in (LOOK, referral.LOOK_FALLEN)
    )


def _was_known(parts: Parts, fence: records.Fence, found: records.Referral) -> bool:
    """Say whether the installation that was backed up may have filed this, too: it had its case, or that of one that joined it."""
    return any(parts.store.case(each).opened_at <= fence.raised_at for each in found.case_ids)


def may_be_elsewhere(parts: Parts, found: records.Referral) -> bool:
    """Say whether a fence stands and the installation that was backed up may have filed this, which is under way here: nobody looked it up yet."""
    standing = parts.store.fence()
    if standing is None or found.joined is not None or found.state not in _UNDER_WAY:
        return False
    return _was_known(parts, standing, found)


def waits_to_be_looked_up(
    parts: Parts, case: records.Case, decision: records.Decision, *, corrects: bool, danger: bool
) -> bool:
    """Say whether the report of a decision waits until a person looked up if it went out already, from the installation that was backed up: its
    people may have decided the same case after the back-up, or answered the same appeal, and this copy knows nothing of it.

    So may they have what a case closed with before the back-up and was opened again for: a platform sends flags again that were lost.

    Args:
        parts: The installation's.
        case: The decision's.
        decision: What is reported.
        corrects: Whether the report corrects a finished one.
        danger: Whether a child may be in danger now. What somebody decides of that here, knowing nothing of another report, goes at once: two reports harm
            less than none.
    """
    standing = parts.store.fence()
    fences = [*parts.store.lifted_fences(), *([] if standing is None else [standing])]
    return any(
        _may_have_been_filed_before(parts, each, case, decision, corrects=corrects, danger=danger)
        for each in fences
        if case.opened_at <= each.raised_at
    )


def _may_have_been_filed_before(
    parts: Parts, fence: records.Fence, case: records.Case, decision: records.Decision, *, corrects: bool, danger: bool
) -> bool:  # fmt: skip
    if decision.at <= fence.raised_at or decision.spread_from:
        return True
    if not corrects and _rests_on_then(parts, fence, decision):
        return True
    if fence.why == MOVED or (danger and not corrects):
        return False
    return not corrects or any(
        each.received_at <= fence.raised_at
        and (each.answered_at is None or each.answered_at > fence.raised_at)
        for each in parts.store.appeals_of(case.id)
    )


def _rests_on_then(parts: Parts, fence: records.Fence, decision: records.Decision) -> bool:
    """Say whether somebody had given an opinion on the case that waited for another one then."""
    waiting = (DecisionState.PENDING, DecisionState.GIVEN)
    others = parts.store.decisions_of(decision.case_id)
    return any(each.state in waiting and each.at <= fence.raised_at for each in others)


def tries(attempt: int) -> int:
    """Give how often work was tried, without how often the fence put it off."""
    return attempt % _PUT_OFF


def _in_state(parts: Parts, state: ReferralState) -> list[records.Referral]:
    found: list[records.Referral] = []
    while more := parts.store.referrals(state=state, after=found[-1].id if found else None, most=_AT_ONCE):
        found += more
    return found


def guarded(name: str, task: Callable[[Parts, str, int], None]) -> Callable[[Parts, str, int], None]:
    """Put work off while the fence stands, unless it is known to do no harm. That is no try of it."""
    if name in _FREE:
        return task

    def behind_the_fence(parts: Parts, record_id: str, attempt: int) -> None:
        if not stands(parts):
            task(parts, record_id, tries(attempt))
            return
        if name in _ASKED_AGAIN:
            return
        again = parts.now() + _LOOK_SOONER.get(name, _LOOK_AGAIN)
        later = Task(name=name, record_id=record_id, attempt=attempt + _PUT_OFF, not_before=again)
        parts.store.commit(entries=(), work=[later])

    return behind_the_fence
