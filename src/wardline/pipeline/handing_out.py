"""Who gets which case next. Nothing is ranked anew: every case has its place, and what waits is compared at the time of asking."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from wardline import records, review
from wardline.errors import ConflictError
from wardline.pipeline.parts import Parts
from wardline.pipeline.review import claim_read
from wardline.pipeline.taking import Takers
from wardline.records import Drawn, Taker

_LOOK_AT = 4
"""Rows of each kind that are read at first; twice as many each time that others are about to take all of them."""
_LOOK_AT_MOST = 512
_Look = Callable[[int], Sequence[records.Case]]
_QuickLook = Callable[[int], Sequence[records.Case] | Sequence[records.Standing]]


class HandingOut:
    """Hands out cases, and knows which of them a thread of this process is taking: others pass those over instead of racing for them."""

    def __init__(self, parts: Parts, takers: Takers) -> None:
        self._parts = parts
        self._takers = takers
        self._gate = threading.Lock()
        self._being_taken: set[str] = set()

    def next_case(self, user: records.User) -> records.Case | None:
        """Claim the next case that this person may take; None when there is none.

        First those in which a child may be in danger now, then for leads what was handed to them, then what has been hidden for too long, then
        by the order. Now and then it is the oldest case instead, or one that is drawn by lot. Cases without a place come by their age.
        """
        for look, drawn in self._looks(user):
            case = self._first(look, user, drawn)
            if case is not None:
                return case
        return None

    def waiting_in_order(self, user: records.User, *, most: int) -> list[records.Case]:
        """Give what this person may take, the next one first; those that come in between are not foretold."""
        return self._in_order(self._takers.of(user), self._before_all(user), most)

    def first_of_all(self, *, most: int) -> list[records.Case]:
        """Give the first cases of all queues that were not handed to the leads, whoever may take them."""
        every = self._takers.every()
        return self._in_order(every, [partial(self._imminent, every, escalated=False)], most)

    def order(self) -> review.Order:
        """Say which order holds now."""
        parts = self._parts
        return parts.measures.order(parts.store, parts.now(), parts.rules)

    def _in_order(self, taker: Taker, before: Iterable[_Look], most: int) -> list[records.Case]:
        found: dict[str, records.Case] = {}
        looks: list[_Look] = [*before, partial(self._ordered, taker), partial(self._by_age, taker)]
        for look in looks:
            if len(found) < most:
                found |= {case.id: case for case in look(most) if case.id not in found}
        return list(found.values())[:most]

    def _first(self, look: _QuickLook, user: records.User, drawn: Drawn | None) -> records.Case | None:
        most = _LOOK_AT
        while waiting := look(most):
            for case in waiting:
                with self._reserved(case.id) as is_mine:
                    if is_mine:
                        try:
                            return self._claim(case, user, drawn)
                        except ConflictError:
                            continue  # somebody was quicker; the next look does not give it any more
            if len(waiting) < most:
                return None
            most = min(2 * most, _LOOK_AT_MOST)
        return None

    def _claim(
        self, found: records.Case | records.Standing, user: records.User, drawn: Drawn | None
    ) -> records.Case:
        case = found if isinstance(found, records.Case) else self._parts.store.case(found.id)
        return claim_read(self._parts, case, user, drawn=drawn)

    @contextmanager
    def _reserved(self, case_id: str) -> Iterator[bool]:
        with self._gate:
            is_mine = case_id not in self._being_taken
            self._being_taken.add(case_id)
        try:
            yield is_mine
        finally:
            if is_mine:
                with self._gate:
                    self._being_taken.discard(case_id)

    def _looks(self, user: records.User) -> Iterator[tuple[_QuickLook, Drawn | None]]:
        taker, rules = self._takers.of(user), self._parts.rules
        for look in self._before_all(user):
            yield look, None
        if self._parts.happens(rules.restricted_share):
            yield partial(self._restricted_long, taker), None
        chance = self._parts.jitter()
        if chance < rules.oldest_share / 2:
            yield partial(self._by_age, taker), Drawn.OLDEST
        elif chance < rules.oldest_share:
            yield partial(self._by_lot, taker, self._parts.jitter()), Drawn.LOT
        yield partial(self._quickly_ordered, taker), None
        yield partial(self._by_age, taker), None

    def _before_all(self, user: records.User) -> Iterator[_Look]:
        """Give the looks at what comes before any ranking."""
        taker = self._takers.of(user)
        if user.role is records.Role.LEAD:
            yield partial(self._imminent, taker, escalated=True)
        yield partial(self._imminent, taker, escalated=False)
        if user.role is records.Role.LEAD:
            yield partial(self._by_age, taker, escalated=True)

    def _imminent(self, taker: Taker, most: int, *, escalated: bool) -> Sequence[records.Case]:
        store, now = self._parts.store, self._parts.now()
        return store.imminent_cases(now=now, taker=taker, most=most, escalated=escalated)

    def _restricted_long(self, taker: Taker, most: int) -> Sequence[records.Case]:
        now = self._parts.now()
        before = now - self._parts.rules.restricted_most
        return self._parts.store.restricted_cases(now=now, taker=taker, before=before, most=most)

    def _ordered(self, taker: Taker, most: int) -> Sequence[records.Case]:
        store, now = self._parts.store, self._parts.now()
        if self.order() is review.Order.SCORE:
            return store.likeliest_cases(now=now, taker=taker, most=most)
        found = store.urgent_cases(now=now, taker=taker, most=most)
        return review.in_order(found, now=now, look_ahead=self._parts.rules.look_ahead)[:most]

    def _quickly_ordered(
        self, taker: Taker, most: int
    ) -> Sequence[records.Case] | Sequence[records.Standing]:
        store, now = self._parts.store, self._parts.now()
        if self.order() is review.Order.SCORE:
            return store.likeliest_cases(now=now, taker=taker, most=most)
        found = store.urgent_standings(now=now, taker=taker, most=most)
        return review.in_order(found, now=now, look_ahead=self._parts.rules.look_ahead)[:most]

    def _by_age(self, taker: Taker, most: int, *, escalated: bool = False) -> Sequence[records.Case]:
        store, now = self._parts.store, self._parts.now()
        return store.waiting_cases(now=now, taker=taker, most=most, escalated=escalated)

    def _by_lot(self, taker: Taker, lot: float, most: int) -> Sequence[records.Case]:
        return self._parts.store.cases_by_lot(now=self._parts.now(), taker=taker, lot=lot, most=most)
