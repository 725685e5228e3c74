"""Opinions that take effect without agreement: in time for what has to be reported, or because nobody is left to ask."""

from __future__ import annotations

from wardline import records, review
from wardline.pipeline import alarms, opinions
from wardline.pipeline.conclude import take_effect
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind, DecisionState, Stage, Task

_MARKED = 1_000_000
"""Numbers of tries from here on belong to cases that somebody marked as danger: work that was enqueued once is not enqueued again."""
LATE = "opinions-late"
"""What the alarm is about. It names no case: whoever gives the missing opinion reads it too."""


def at_once(parts: Parts, case: records.Case) -> list[Task]:
    """Make the work that lets a violation in a case that was just marked as danger take effect, as one that is given from now on does."""
    waiting = [each for each in parts.store.opinions_of(case.id) if each.settled_at is None]
    held = opinions.in_effect(waiting)
    found = next((each for each in waiting if review.is_violation(each.answer)), None)
    if found is None or (held is not None and review.is_violation(held.answer)):
        return []
    return [Task(name="opinion-due", record_id=found.decision_id, attempt=_MARKED + case.version)]


def due(parts: Parts, decision_id: str, _attempt: int) -> None:
    """Let a violation take effect whose case nobody settled in time; the others are still heard. Doing it again does nothing."""
    decision = parts.store.decision(decision_id)
    if decision.state is not DecisionState.GIVEN:
        return
    case = parts.store.case(decision.case_id)
    waiting = [each for each in parts.store.opinions_of(case.id) if each.settled_at is None]
    mine = next((each for each in waiting if each.decision_id == decision_id), None)
    held = opinions.in_effect(waiting)
    if mine is None or (held is not None and review.is_violation(held.answer)):
        return
    is_danger = case.imminent_since is not None
    if not is_danger:
        alarms.raise_alarm(
            parts, AlarmKind.OPINION_MISSING, LATE,
            "At least one decision took effect alone, for the opinions of others did not come in time. They are still heard; see who can give them.",
        )  # fmt: skip
    why = "a child may be in danger now" if is_danger else "the others did not come in time"
    others = [each for each in waiting if each is not mine and each is not held]
    stands = opinions.alone(parts, case, mine, why, closes=False, others=others)
    take_effect(parts, stands if held is None else opinions.instead_of(parts, stands, held))


def nobody_left(parts: Parts, case: records.Case) -> bool:
    """Let the first opinion stand when nobody can give a second one; gives whether there was one to stand."""
    waiting = [each for each in parts.store.opinions_of(case.id) if each.settled_at is None]
    if case.stage is not Stage.SECOND or len(waiting) != 1:
        return False
    alarms.raise_alarm(
        parts, AlarmKind.OPINION_MISSING, opinions.ALONE,
        "A decision stands without a second person's opinion, for everybody else who may review could not tell, or there is nobody.",
    )  # fmt: skip
    take_effect(parts, opinions.alone(parts, case, waiting[0], "nobody is left to ask", closes=True))
    return True
