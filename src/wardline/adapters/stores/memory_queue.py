"""What may be handed out, over dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from wardline import records, review
from wardline.adapters.stores import beside
from wardline.adapters.stores.memory_lists import MemoryReading
from wardline.errors import NotFoundError


class MemoryQueue(MemoryReading):
    """The order of the queue."""

    def waiting_cases(
        self,
        *,
        now: datetime,
        taker: records.Taker,
        most: int,
        escalated: bool = False,
        after: str | None = None,
    ) -> list[records.Case]:
        found = self._waiting(now, taker, _opened, escalated=escalated)
        if after is not None:
            last = self._table(records.Case).get(after)
            if last is None:
                raise NotFoundError("cursor: its record is gone, expected the id of an existing one")
            found = [case for case in found if _opened(case) > _opened(last)]
        return found[:most]

    def count_waiting(
        self, *, now: datetime, taker: records.Taker, most: int, escalated: bool = False
    ) -> int:
        found = self._all(records.Case, _opened, lambda case: waits(case, now, taker, escalated=escalated))
        return len(found[:most])

    def imminent_cases(
        self, *, now: datetime, taker: records.Taker, most: int, escalated: bool = False
    ) -> list[records.Case]:
        found = self._waiting(now, taker, _opened, escalated=escalated)
        known = [(case.imminent_since, case.id, case) for case in found if case.imminent_since is not None]
        return [case for _, _, case in sorted(known, key=lambda each: each[:2])[:most]]

    def urgent_cases(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Case]:
        free = self._waiting(now, taker, lambda case: case.id)
        found: dict[str, records.Case] = {}
        for queue in taker.queues:
            here = [case for case in free if case.queue == queue]
            for lane in records.Lane:
                turns = [(case.views_turn, case) for case in here if case.lane is lane]
                found |= _first_turns(turns, most)
            found |= _first_turns([(case.delay_turn, case) for case in here], most)
        return list(found.values())

    def urgent_standings(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Standing]:
        return [records.standing_of(case) for case in self.urgent_cases(now=now, taker=taker, most=most)]

    def waiting_kinds(
        self, *, now: datetime, taker: records.Taker, oldest: int, first: int
    ) -> list[records.Glance]:
        found = [
            *self.waiting_cases(now=now, taker=taker, most=oldest, escalated=True),
            *self.waiting_cases(now=now, taker=taker, most=oldest),
            *self.urgent_cases(now=now, taker=taker, most=first),
        ]
        return list({case.id: records.glance_at(case) for case in found}.values())

    def likeliest_cases(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Case]:
        free = self._waiting(now, taker, lambda case: case.id)
        return list(_first_turns([(case.score_turn, case) for case in free], most).values())

    def cases_by_lot(
        self, *, now: datetime, taker: records.Taker, lot: float, most: int
    ) -> list[records.Case]:
        free = self._waiting(now, taker, lambda case: case.id)
        lots = sorted((case.lot, case.id, case) for case in free if case.lot is not None)
        from_there = [case for at, _, case in lots if at >= lot]
        return [*from_there, *(case for at, _, case in lots if at < lot)][:most]

    def restricted_cases(
        self, *, now: datetime, taker: records.Taker, before: datetime, most: int
    ) -> list[records.Case]:
        free = self._waiting(now, taker, _opened)
        return [case for case in free if _is_hidden(case) and case.opened_at < before][:most]

    def long_restricted(
        self, *, queue: str, before: datetime, after: str | None = None, most: int
    ) -> list[records.Case]:
        last = None if after is None else _opened(self._one(records.Case, after))
        found = self._all(
            records.Case, _opened,
            lambda case: case.state is records.CaseState.OPEN and _is_hidden(case) and case.queue == queue
            and case.opened_at < before and (last is None or _opened(case) > last),
        )  # fmt: skip
        return found[:most]

    def open_queues(self) -> list[str]:
        return sorted({case.queue for case in self._all(records.Case, _opened, _is_open)})

    def unplaced_cases(self, *, most: int) -> list[records.Case]:
        return self._all(
            records.Case, lambda case: case.id, lambda case: _is_open(case) and case.lot is None
        )[:most]

    def cases_in_queue(self, queue: str, *, most: int) -> list[records.Case]:
        return self._all(records.Case, _opened, lambda case: _is_open(case) and case.queue == queue)[:most]

    def _waiting(
        self, now: datetime, taker: records.Taker, order: Callable[[records.Case], Any], *, escalated: bool = False
    ) -> list[records.Case]:  # fmt: skip
        return self._all(
            records.Case,
            order,
            lambda case: (
                waits(case, now, taker, escalated=escalated)
                and takes(case, taker)
                and (not taker.unseen or self._is_unseen(case))
            ),
        )

    def _is_unseen(self, case: records.Case) -> bool:
        files = self._table(records.Item)
        return all(each in files for each in case.item_ids) and beside.is_unseen(
            files[each] for each in case.item_ids
        )


def waits(case: records.Case, now: datetime, taker: records.Taker, *, escalated: bool) -> bool:
    """Say whether this person may take the case now."""
    is_free = case.lease_until is None or case.lease_until <= now
    is_due = case.held_until is None or case.held_until <= now
    is_theirs = (case.escalated_by is not None) == escalated and taker.user_id not in case.passed_by
    return _is_open(case) and is_free and is_due and is_theirs and case.queue in taker.queues


def takes(case: records.Case, taker: records.Taker) -> bool:
    """Say whether this person takes what the case is known to be."""
    put_off = taker.put_off if case.imminent_since is None else ()
    return review.grade_of_case(case) not in (*taker.declined, *put_off)


def _is_open(case: records.Case) -> bool:
    return case.state is records.CaseState.OPEN


def _is_hidden(case: records.Case) -> bool:
    return case.restricted and case.certificate_id is None


def _opened(case: records.Case) -> tuple[datetime, str]:
    return case.opened_at, case.id


def _first_turns(turns: list[tuple[float | None, records.Case]], most: int) -> dict[str, records.Case]:
    placed = sorted((turn, case.id, case) for turn, case in turns if turn is not None)
    return {case.id: case for _, _, case in placed[:most]}
