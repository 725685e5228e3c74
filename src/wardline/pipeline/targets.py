"""What is watched of the queues each minute: targets, queues without anybody for them, and probabilities that are not what they say."""

from __future__ import annotations

from datetime import datetime

from wardline import records, review
from wardline.pipeline import alarms, people
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind, Taker, Target

HALF, MOST = 0.5, 0.8
_COUNTED = 100_000
"""More are not counted: the answer is the same."""
_LEVELS = (
    (
        HALF,
        AlarmKind.TARGET_NEAR,
        "half",
        ("has half of its time behind it", "have half of their time behind them"),
    ),
    (
        MOST,
        AlarmKind.TARGET_NEAR,
        "four-fifths",
        ("has four fifths of its time behind it", "have four fifths of their time behind them"),
    ),
    (1.0, AlarmKind.TARGET_PAST, "past", ("is past its target", "are past their target")),
)
_ORDER = "order"
"""What the alarm about probabilities is about."""


def watch(parts: Parts) -> None:
    """Raise and resolve what there is to say about the queues."""
    for target in Target:
        _watch_target(parts, target)
    _watch_staff(parts)
    _watch_probabilities(parts)


def waits_since(parts: Parts, case: records.Case) -> datetime:
    """Say from when an open case waits; see ``review.waits_since``."""
    rules = parts.rules
    return review.waits_since(case, rules.targets, queue_hours=review.hours_of(case.queue, rules.queues))


def due_by(parts: Parts, queue: str, target: Target, part: float, now: datetime) -> datetime:
    """Give the time by which those cases of a queue and class are due that have this part of their time behind them now."""
    rules = parts.rules
    whole = review.length(target, rules.targets, queue_hours=review.hours_of(queue, rules.queues))
    if target is Target.APPEAL:
        whole = min(whole, rules.promises.answer_within)  # what was promised, where that is sooner
    return review.reached(whole, part, now)


def _watch_target(parts: Parts, target: Target) -> None:
    """Raise one alarm a level for all cases of a class, and resolve it when there are none any more."""
    now, store = parts.now(), parts.store
    known = [(queue, store.first_due(queue=queue, target=target)) for queue in store.open_queues()]
    firsts = sorted((case.due_at, named(case), queue) for queue, case in known if case and case.due_at)
    for part, kind, word, words in _LEVELS:
        here = [
            (due_at, name, queue, by)
            for due_at, name, queue in firsts
            if due_at <= (by := due_by(parts, queue, target, part, now))
        ]
        if not here:
            alarms.resolve_about(parts, kind, f"{target}:{word}")
            continue
        count = sum(
            store.count_due(queue=queue, target=target, by=by, most=_COUNTED) for _, _, queue, by in here
        )
        due_at, name, _, _ = here[0]
        alarms.raise_alarm(parts, kind, f"{target}:{word}", (
            f"{_number(count)} of the class {target.words} {words[count != 1]}. The first is {name}due at {alarms.moment(due_at)}. "
            "The leads' page tells more."
        ))  # fmt: skip


def named(case: records.Case) -> str:
    """Name a case where its class is told, with a comma; not one whose class comes of what people found of a file near it: others judge it blind."""
    return "" if review.is_near_a_violation(case) else f"{case.id}, "


def _watch_staff(parts: Parts) -> None:
    """Tell of queues in which cases wait and for which nobody has the skills."""
    reviewers = [user for user in parts.store.users() if people.may_review(user)]
    for rule in parts.rules.queues:
        queue = Taker(user_id="nobody", queues=(rule.name,))
        able = any(set(user.skills) >= set(rule.skills) for user in reviewers)
        count = 0 if able else parts.store.count_waiting(now=parts.now(), taker=queue, most=_COUNTED)
        if count:
            needed = ", ".join(rule.skills) or "a moderator"
            message = (
                f"{_number(count)} in the queue {rule.name}, and nobody may take them: needed is {needed}. Give somebody the skill, or let a "
                "lead move the cases; they wait and stay as they are."
            )
            alarms.raise_alarm(parts, AlarmKind.QUEUE_UNSTAFFED, rule.name, message)
        else:
            alarms.resolve_about(parts, AlarmKind.QUEUE_UNSTAFFED, rule.name)


def _watch_probabilities(parts: Parts) -> None:
    """Measure, and tell when the order goes by score because of it."""
    store, now, rules = parts.store, parts.now(), parts.rules
    measured = parts.measures.newest(store, now).calibration
    if measured is not None and parts.measures.falls_back(store, now, rules):
        message = (
            f"Probabilities are off by {measured.error:.0%} ({measured.low:.0%} to {measured.high:.0%}) on average, measured on "
            f"{measured.decisions} cases that were drawn by lot. The queue goes by score, the likeliest first, until they are right again."
        )
        alarms.raise_alarm(parts, AlarmKind.CALIBRATION_POOR, _ORDER, message)
    else:
        alarms.resolve_about(parts, AlarmKind.CALIBRATION_POOR, _ORDER)


def _number(count: int) -> str:
    counted = f"{_COUNTED:,} or more" if count >= _COUNTED else f"{count:,}"
    return f"{counted} case{'' if count == 1 else 's'}"
