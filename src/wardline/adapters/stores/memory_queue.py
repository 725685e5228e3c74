"""What may be handed out, over dictionaries."""

from __future__ import annotations

from datetime import datetime

from wardline import records
from wardline.adapters.stores.memory_lists import MemoryReading


class MemoryQueue(MemoryReading):
    """The order of the queue."""

    def imminent_cases(
        self, *, now: datetime, user_id: str, most: int, escalated: bool = False
    ) -> list[records.Case]:
        return self._all(
            records.Case,
            lambda case: (case.imminent_since, case.id),
            lambda case: case.imminent_since is not None and waits(case, now, user_id, escalated=escalated),
        )[:most]

    def urgent_cases(self, *, now: datetime, user_id: str, most: int) -> list[records.Case]:
        free = self._all(
            records.Case, lambda case: case.id, lambda case: waits(case, now, user_id, escalated=False)
        )
        found: dict[str, records.Case] = {}
        for lane in records.Lane:
            turns = [
                (case.views_turn, case) for case in free if case.lane is lane and case.views_turn is not None
            ]
            found |= {case.id: case for _, case in sorted(turns, key=_turn)[:most]}
        delays = [(case.delay_turn, case) for case in free if case.delay_turn is not None]
        return list((found | {case.id: case for _, case in sorted(delays, key=_turn)[:most]}).values())


def waits(case: records.Case, now: datetime, user_id: str, *, escalated: bool) -> bool:
    """Say whether this person may take the case now."""
    is_free = case.lease_until is None or case.lease_until <= now
    is_due = case.held_until is None or case.held_until <= now
    is_theirs = (case.escalated_by is not None) == escalated and user_id not in case.passed_by
    return case.state is records.CaseState.OPEN and is_free and is_due and is_theirs


def _turn(placed: tuple[float, records.Case]) -> tuple[float, str]:
    return placed[0], placed[1].id
