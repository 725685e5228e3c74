"""By when a case shall be decided: the class of a case and its target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from wardline import records
from wardline.records import Letter, Stage, Target
from wardline.review.spreading import IN_DOUBT

_POSSIBLE = 0.2
"""From this probability on a case counts as of a letter: the same from which its row says "possible"."""
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """From ``[review.targets]`` in wardline.toml: hours in which a case of each class shall be decided. They are ours and no law's."""

    imminent_hours: float = 1.0
    """From when it is known that a child may be in danger now."""
    category_a_hours: float = 24.0
    """From when the case was opened, as all the following."""
    category_b_hours: float = 72.0
    other_hours: float = 168.0
    restricted_hours: float = 72.0
    """While content is hidden that nobody has decided about, whatever it may be."""
    appeal_hours: float = 168.0


def letter_of(case: records.Case) -> Letter:
    """Say how grave a case may be: what its list says, else what is possible, the gravest first."""
    if case.urgency is None:
        return Letter.OTHER
    if case.urgency.category is not None:
        return Letter(case.urgency.category.value[0])
    odds = case.urgency.odds
    if odds.a >= _POSSIBLE:
        return Letter.A
    return Letter.B if odds.a + odds.b >= _POSSIBLE else Letter.OTHER


def with_target(
    case: records.Case, *, targets: Targets, queue_hours: float, left_hours: float | None = None
) -> records.Case:
    """Set a case's class and target: of all that fit the one that ends first, and never later than the one it has. Its version stays.

    Args:
        case: Its target, if it has one, tells from when its time runs, which for one that was opened once more is later than when it came.
        targets: Of the settings.
        queue_hours: What its queue has of its own; 0 for none.
        left_hours: The same of the queue that it was in until now; None where it stays.
    """
    began = _began(case, targets, queue_hours if left_hours is None else left_hours)
    ends = [_of_class(case, began, targets, queue_hours)]
    if case.restricted and case.stage is not Stage.APPEAL:  # an appeal is about what was decided
        ends.append((_after(began, targets.restricted_hours), Target.RESTRICTED))
    ends += _of_danger(case, began, targets)
    due_at, target = min(ends, key=lambda each: each[0])
    if case.due_at is not None and case.due_at <= due_at:
        return case
    return replace(case, due_at=due_at, target=target)


def with_target_anew(
    case: records.Case, *, since: datetime, targets: Targets, queue_hours: float, by: datetime | None = None
) -> records.Case:
    """Set the target of a case that is opened once more: its time runs from then on. Its version stays.

    Args:
        case: As it is opened again.
        since: When it is.
        targets: Of the settings.
        queue_hours: What its queue has of its own; 0 for none.
        by: When somebody was promised an answer, if that is sooner.
    """
    ends = [_of_class(case, since, targets, queue_hours), *_of_danger(case, since, targets)]
    due_at, target = min(ends, key=lambda each: each[0])
    return replace(case, due_at=due_at if by is None else min(due_at, by), target=target)


def waits_since(case: records.Case, targets: Targets, *, queue_hours: float) -> datetime:
    """Say from when a case waits. One that was decided before was opened once more since then: its target tells when.

    Args:
        case: An open one.
        targets: Of the settings.
        queue_hours: What its queue has of its own; 0 for none.
    """
    was_decided = case.decision_id is not None or case.stage is Stage.APPEAL or IN_DOUBT in case.reasons
    return _began(case, targets, queue_hours) if was_decided else case.opened_at


def _began(case: records.Case, targets: Targets, queue_hours: float) -> datetime:
    """Say from when the target of a case runs; from when it came, where it has none."""
    if case.due_at is None or case.target is None:
        return case.opened_at
    try:
        return max(case.opened_at, case.due_at - length(case.target, targets, queue_hours=queue_hours))
    except OverflowError:
        return case.opened_at


def _of_danger(case: records.Case, began: datetime, targets: Targets) -> list[tuple[datetime, Target]]:
    """Give the target of a child in danger, from when it is known; not in an appeal, where it was known before: that danger was decided about."""
    known = case.imminent_since
    if known is None or (case.stage is Stage.APPEAL and known < began):
        return []
    return [(_after(max(known, began), targets.imminent_hours), Target.IMMINENT)]


def hours(target: Target, targets: Targets) -> float:
    """Give the hours that the settings give a class."""
    return {
        Target.IMMINENT: targets.imminent_hours, Target.A: targets.category_a_hours, Target.B: targets.category_b_hours,
        Target.OTHER: targets.other_hours, Target.RESTRICTED: targets.restricted_hours, Target.APPEAL: targets.appeal_hours,
    }[target]  # fmt: skip


def length(target: Target, targets: Targets, *, queue_hours: float) -> timedelta:
    """Say how long the cases of a class have in a queue, by the settings of now."""
    whole = hours(target, targets)
    has_own = queue_hours > 0 and target not in (Target.IMMINENT, Target.RESTRICTED)
    return timedelta(hours=min(whole, queue_hours) if has_own else whole)


def reached(length: timedelta, part: float, now: datetime) -> datetime:
    """Give the time by which a target ends, of which this part is over now; for clocks that jump the first or the last time there is."""
    try:
        return now + length * (1 - part)
    except OverflowError:
        return _LAST


def _of_class(
    case: records.Case, began: datetime, targets: Targets, queue_hours: float
) -> tuple[datetime, Target]:
    of_class = _class_of(case)
    ends = _after(began, hours(of_class, targets))
    return (min(ends, _after(began, queue_hours)) if queue_hours > 0 else ends), of_class


def _class_of(case: records.Case) -> Target:
    if case.stage is Stage.APPEAL:
        return Target.APPEAL
    return {Letter.A: Target.A, Letter.B: Target.B, Letter.OTHER: Target.OTHER}[letter_of(case)]


def _after(at: datetime, hours: float) -> datetime:
    try:
        return at + timedelta(hours=hours)
    except OverflowError:
        return _LAST
