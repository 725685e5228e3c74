"""Cases that nobody takes at present: an alarm names the case or the kind, and never a person or a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wardline import records, review
from wardline.pipeline import alarms, opinions, people, wellbeing
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import AlarmKind

_LOOK_AT = 512
"""So many of those that come first and of the oldest are looked at each minute."""
_Takers = Sequence[tuple[records.User, wellbeing.Selection]]


def watch(parts: Parts) -> None:
    """Raise and resolve the alarms. Why nobody takes a case is not told: limits, breaks and choices look alike."""
    danger, waiting = _waiting(parts)
    takers = _takers(parts, with_limits=bool(danger))
    left = {case.id for case in danger if not _somebody(parts, takers, case)}
    _tell(parts, AlarmKind.DANGER_UNATTENDED, {
        case_id: f"A child may be in danger now in {case_id}, and nobody can take it at present. "
        "Look for somebody who can; nobody is handed it beyond what they may take." for case_id in left
    })  # fmt: skip
    _tell(parts, AlarmKind.KIND_UNTAKEN, _kinds(takers, [*danger, *waiting]))


def _waiting(parts: Parts) -> tuple[list[records.Case], list[records.Case]]:
    """Give the cases with danger, and a look at the others, whoever they are for."""
    now, store = parts.now(), parts.store
    named = (records.GENERAL_QUEUE, *(rule.name for rule in parts.rules.queues))
    every = records.Taker(user_id=SYSTEM, queues=tuple(dict.fromkeys((*named, *store.open_queues()))))
    danger: dict[str, records.Case] = {}
    others: dict[str, records.Case] = {}
    for escalated in (False, True):
        found = store.imminent_cases(now=now, taker=every, most=_LOOK_AT, escalated=escalated)
        danger |= {case.id: case for case in found}
        oldest = store.waiting_cases(now=now, taker=every, most=_LOOK_AT, escalated=escalated)
        others |= {case.id: case for case in oldest}
    others |= {case.id: case for case in store.urgent_cases(now=now, taker=every, most=_LOOK_AT)}
    return list(danger.values()), [case for case in others.values() if case.id not in danger]


def _takers(parts: Parts, *, with_limits: bool) -> _Takers:
    """Give who reviews, with what they take; their limits only where somebody asks for them, for reading those takes longer."""
    chosen = {each.user_id: each for each in parts.store.all_choices()}
    found = []
    for user in parts.store.users():
        if people.may_review(user):
            own = chosen.get(user.id)
            found.append((user, wellbeing.Selection(
                parts=parts, declined_queues=frozenset(own.queues if own else ()),
                declined_grades=frozenset(own.grades if own else ()),
                may_look=not with_limits or wellbeing.capacity(parts, user).may_look,
            )))  # fmt: skip
    return found


def _somebody(parts: Parts, takers: _Takers, case: records.Case) -> bool:
    able = {user.id for user in opinions.able(parts, case)}
    return any(user.id in able and selection.of([case]) for user, selection in takers)


def _kinds(takers: _Takers, cases: Iterable[records.Case]) -> dict[str, str]:
    """Find the kinds that wait and that everybody declined. Who passed a single case, and limits that pass by themselves, count elsewhere."""
    found = {}
    for case in cases:
        grade, queue = review.grade_of_case(case), case.queue
        subject = f"{queue} {grade}"
        if takers and subject not in found and not any(
            queue not in each.declined_queues and grade not in each.declined_grades for _, each in takers
        ):  # fmt: skip
            found[subject] = (
                f"Nobody takes cases of the kind {grade} in the queue {queue} at present, and some wait. "
                "Look for people who can; nobody is asked why they do not."
            )
    return found


def _tell(parts: Parts, kind: AlarmKind, messages: dict[str, str]) -> None:
    """Raise one alarm for each subject, and resolve those whose time is over."""
    for subject, message in messages.items():
        alarms.raise_alarm(parts, kind, subject, message)
    for alarm in parts.store.open_alarms():
        if alarm.kind is kind and alarm.subject_id not in messages:
            alarms.resolve_about(parts, kind, alarm.subject_id)
