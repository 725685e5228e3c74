"""The step review: claims, reveals and decisions, each committed with its entry."""

from __future__ import annotations

from dataclasses import dataclass

from wardline import records, review
from wardline.errors import ConflictError, InputError, NotFoundError, RefusedError
from wardline.pipeline import alarms, people
from wardline.pipeline.parts import Parts
from wardline.pipeline.submit import ORIGINAL
from wardline.records import AlarmKind, Insert, Replace, Step, Task, Verb

_LOOK_AT_MOST = 20


def next_case(parts: Parts, user: records.User) -> records.Case | None:
    """Claim the case that waits longest and that this person may take; None when there is none."""
    while True:
        waiting = parts.store.waiting_cases(now=parts.now(), user_id=user.id, most=_LOOK_AT_MOST)
        for case in waiting:
            try:
                return claim(parts, case.id, user)
            except ConflictError:
                continue  # somebody else was quicker
        if len(waiting) < _LOOK_AT_MOST:
            return None


def claim(parts: Parts, case_id: str, user: records.User) -> records.Case:
    """Claim one case, or renew one's own claim."""
    case = review.claim(parts.store.case(case_id), user.id, now=parts.now(), lease=parts.rules.lease)
    parts.store.commit(Replace(case), entries=[parts.entry(Verb.CASE_CLAIMED, case.id, actor=user.id)])
    return case


def return_case(parts: Parts, case_id: str, user: records.User) -> records.Case:
    """Give a case back. No reason is asked."""
    case = review.return_to_queue(parts.store.case(case_id), user.id)
    parts.store.commit(Replace(case), entries=[parts.entry(Verb.CASE_RETURNED, case.id, actor=user.id)])
    return case


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """How a picture is to be shown."""

    frame: int = 0
    """Of an animation, from 0."""
    rendition: records.Rendition = records.Rendition.FULL
    longest_side: int = 1600
    """Pixels."""


def cover(parts: Parts, case_id: str, item_id: str, user: records.User) -> bytes:
    """Give the stand-in for a file to the person who holds the case: at most 32 by 20 grey points. Not a view, and not logged as one.

    Returns:
        A PNG without metadata.
    """
    picture, _ = _render(parts, case_id, item_id, user, Showing(rendition=records.Rendition.COVER))
    return picture


def reveal(parts: Parts, case_id: str, item_id: str, user: records.User, showing: Showing) -> bytes:
    """Show one frame of one file to the person who holds the case.

    The picture is made first and the entry is durable before the first byte is given: no entry, no picture, and no entry for a picture
    that could not be made.

    Returns:
        A PNG without metadata.

    Raises:
        LeaseLostError: The case is not claimed by this person now.
        RefusedError: The file cannot be shown, for no decoder can read it.
    """
    if showing.rendition is records.Rendition.COVER:
        raise InputError(f"{item_id}: a cover is no reveal, expected full or grey")
    picture, item = _render(parts, case_id, item_id, user, showing)
    shown = records.Reveal(
        id=parts.new_id("reveal"),
        case_id=case_id,
        item_id=item.id,
        user_id=user.id,
        at=parts.now(),
        frame=showing.frame,
    )
    form = f"{shown.id} {item.id} frame {showing.frame} {showing.rendition} {showing.longest_side}"
    parts.store.commit(
        Insert(shown),
        parts.count(Step.REVEALS),
        entries=[parts.entry(Verb.CASE_REVEALED, case_id, actor=user.id, detail=form)],
    )
    return picture


def _render(
    parts: Parts, case_id: str, item_id: str, user: records.User, showing: Showing
) -> tuple[bytes, records.Item]:
    case = parts.store.case(case_id)
    review.require_claim(case, user.id, now=parts.now())
    if item_id not in case.item_ids:
        raise NotFoundError(f"{case_id}: has no such file")
    item = parts.store.item(item_id)
    if not item.sealed:
        raise NotFoundError(f"{item_id}: was destroyed")
    if item.picture is None:
        raise RefusedError(
            f"{item_id}: no decoder can read it", remedy="Decide from the context, or pass it on."
        )
    review.require_frame(item, showing.frame)
    picture = parts.media.render(
        parts.vault.open(item_id, ORIGINAL),
        frame=showing.frame,
        longest_side=showing.longest_side,
        rendition=showing.rendition,
    )
    if isinstance(picture, records.Unscannable):
        raise RefusedError(
            f"{item_id}: cannot be shown ({picture.reason})",
            remedy="Try once more; then decide from the context.",
        )
    return picture, item


def decide(parts: Parts, case_id: str, user: records.User, judgement: review.Judgement) -> records.Decision:
    """Record a decision; it takes effect when its undo window is over."""
    case, decision = review.decide(
        parts.store.case(case_id), judgement, decision_id=parts.new_id("decision"), user_id=user.id, now=parts.now(),
        undo_window=parts.rules.undo_window,
    )  # fmt: skip
    pending = decision.state is records.DecisionState.PENDING
    later = decision.undo_until if decision.undo_until > decision.at else None
    parts.store.commit(
        Replace(case), Insert(decision),
        entries=[parts.entry(Verb.CASE_DECIDED, case.id, actor=user.id, detail=f"{decision.id} {decision.outcome}")],
        work=[
            Task(name="conclude", record_id=decision.id, not_before=later)
            if pending
            else Task(name="find-reviewer", record_id=case.id, attempt=len(case.passed_by))
        ],
    )  # fmt: skip
    return decision


def find_reviewer(parts: Parts, case_id: str, _attempt: int) -> None:
    """See that somebody is left who may take a case that others passed; if nobody is, a person hears of it."""
    case = parts.store.case(case_id)
    able = [user for user in parts.store.users() if people.may_review(user) and user.id not in case.passed_by]
    if case.state is records.CaseState.OPEN and not able:
        message = f"Everybody who may take {case_id} could not tell. Add a moderator or lead; the case waits and stays as it is."
        alarms.raise_alarm(parts, AlarmKind.CASE_STUCK, case_id, message)


def undo(parts: Parts, case_id: str, user: records.User) -> records.Case:
    """Take one's own decision back within its window."""
    case = parts.store.case(case_id)
    if case.decision_id is None:
        raise InputError(f"{case_id}: has no decision, expected one to undo")
    decision = parts.store.decision(case.decision_id)
    reopened, undone = review.undo(case, decision, user_id=user.id, now=parts.now(), lease=parts.rules.lease)
    parts.store.commit(
        Replace(reopened),
        Replace(undone),
        entries=[parts.entry(Verb.CASE_UNDONE, case.id, actor=user.id, detail=decision.id)],
    )
    return reopened
