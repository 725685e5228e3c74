"""Cases that nobody takes at present: an alarm names the case or the kind, and never a person or a reason."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wardline import records, review
from wardline.pipeline import alarms, opinions, people, wellbeing
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import GENERAL_QUEUE, AlarmKind, CaseState, Grade, Taker

_LOOK_AT = 512
"""So many of the oldest are looked at each minute."""
_FIRST = 64
"""And so many of those that come first, by each order of each queue: what nobody takes gathers there."""
_COUNTED = 100_000
"""More that wait in a queue are not counted."""
_COUNT_AGAIN = timedelta(minutes=1)
_Takers = Sequence[tuple[records.User, wellbeing.Selection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Untaken:
    """A kind of work that waits and that nobody takes at present."""

    queue: str
    grade: Grade | None
    """None: the whole queue, for nobody has the skills that it needs."""
    cases: int
    is_all: bool
    """Whether so many wait; otherwise so many or more."""


class LeftAlone:
    """Counts what nobody takes, at most once a minute. Safe to call from many threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = threading.Lock()
        self._newest: tuple[Untaken, ...] = ()
        self._counted: datetime | None = None

    def newest(self) -> tuple[Untaken, ...]:
        """Give what was counted a minute ago at most. Whether skills are missing or everybody declined is told; of whom, never."""
        now = self._parts.now()
        with self._gate:
            if self._counted is None or abs(now - self._counted) >= _COUNT_AGAIN:
                self._newest, self._counted = tuple(untaken(self._parts)), now
            return self._newest


def untaken(parts: Parts) -> list[Untaken]:
    """Count the kinds that nobody takes: queues that nobody is skilled for, and what everybody who is skilled for it declined."""
    danger, waiting = _waiting(parts)
    seen: dict[str, records.Case | records.Glance] = {each.id: each for each in waiting}
    seen |= {case.id: case for case in danger}
    cases, takers = seen.values(), _takers(parts, with_limits=False)
    unskilled = [queue for queue in parts.store.open_queues() if not _skilled(parts, takers, queue)]
    found = [_whole_queue(parts, queue) for queue in unskilled]
    kinds = Counter(_kind(case) for case in cases if case.queue not in unskilled)
    declined = [each for each in sorted(kinds) if _declined(parts, takers, *each)]
    found += [
        Untaken(queue=queue, grade=grade, cases=kinds[queue, grade], is_all=len(cases) < _LOOK_AT) for queue, grade in declined
    ]  # fmt: skip
    return [each for each in found if each.cases]


def _whole_queue(parts: Parts, queue: str) -> Untaken:
    every = Taker(user_id=SYSTEM, queues=(queue,))
    free, handed = (
        parts.store.count_waiting(now=parts.now(), taker=every, most=_COUNTED, escalated=escalated) for escalated in (False, True)
    )  # fmt: skip
    return Untaken(queue=queue, grade=None, cases=free + handed, is_all=max(free, handed) < _COUNTED)


def watch(parts: Parts) -> None:
    """Raise and resolve the alarms. Why nobody takes a case is not told: limits, breaks and choices look alike."""
    _resolve_stuck(parts)
    danger, waiting = _waiting(parts)
    takers = _takers(parts, with_limits=bool(danger))
    left = {case.id for case in danger if not _somebody(parts, takers, case)}
    _tell(parts, AlarmKind.DANGER_UNATTENDED, {
        case_id: f"A child may be in danger now in {case_id}, and nobody can take it at present. "
        "Look for somebody who can; nobody is handed it beyond what they may take." for case_id in left
    })  # fmt: skip
    _tell(parts, AlarmKind.KIND_UNTAKEN, _kinds(parts, takers, [*danger, *waiting]))


def _waiting(parts: Parts) -> tuple[list[records.Case], list[records.Glance]]:
    """Give the cases with danger, and a look at what waits, whoever it is for."""
    now, store = parts.now(), parts.store
    named = (GENERAL_QUEUE, *(rule.name for rule in parts.rules.queues))
    every = Taker(user_id=SYSTEM, queues=tuple(dict.fromkeys((*named, *store.open_queues()))))
    danger = [
        case for escalated in (False, True)
        for case in store.imminent_cases(now=now, taker=every, most=_LOOK_AT, escalated=escalated)
    ]  # fmt: skip
    return danger, store.waiting_kinds(now=now, taker=every, oldest=_LOOK_AT, first=_FIRST)


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


def _kind(case: records.Case | records.Glance) -> tuple[str, Grade]:
    return case.queue, review.grade_of_case(case)


def _skilled(parts: Parts, takers: _Takers, queue: str) -> list[wellbeing.Selection]:
    """Give what those take who have the skills for a queue; one that the settings do not name any more is for everybody."""
    named = {GENERAL_QUEUE, *(rule.name for rule in parts.rules.queues)}
    return [
        selection
        for user, selection in takers
        if queue not in named or queue in review.taken_with(user.skills, parts.rules.queues)
    ]


def _declined(parts: Parts, takers: _Takers, queue: str, grade: Grade) -> bool:
    """Say whether everybody who has the skills for a kind declined it; where nobody has them, something else is told."""
    skilled = _skilled(parts, takers, queue)
    return bool(skilled) and not any(
        queue not in each.declined_queues and grade not in each.declined_grades for each in skilled
    )


def _kinds(parts: Parts, takers: _Takers, cases: Iterable[records.Case | records.Glance]) -> dict[str, str]:
    """Find the kinds that wait and that everybody declined. Who passed a single case, and limits that pass by themselves, count elsewhere."""
    kinds = dict.fromkeys(map(_kind, cases))
    return {
        f"{queue} {grade}": f"Nobody takes cases of the kind {grade} in the queue {queue} at present, and some wait. "
        "Look for people who can; nobody is asked why they do not."
        for queue, grade in kinds
        if _declined(parts, takers, queue, grade)
    }


def _resolve_stuck(parts: Parts) -> None:
    """Close the alarms about single cases that are decided by now, or that somebody may take again."""
    for alarm in parts.store.open_alarms():
        if alarm.kind is AlarmKind.CASE_STUCK and alarm.subject_id.startswith("case-"):
            case = parts.store.case(alarm.subject_id)
            if case.state is not CaseState.OPEN or opinions.able(parts, case):
                alarms.resolve_about(parts, alarm.kind, case.id)


def _tell(parts: Parts, kind: AlarmKind, messages: dict[str, str]) -> None:
    """Raise one alarm for each subject, and resolve those whose time is over."""
    for subject, message in messages.items():
        alarms.raise_alarm(parts, kind, subject, message)
    for alarm in parts.store.open_alarms():
        if alarm.kind is kind and alarm.subject_id not in messages:
            alarms.resolve_about(parts, kind, alarm.subject_id)
