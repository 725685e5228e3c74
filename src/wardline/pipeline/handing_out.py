"""Who gets which case next. Nothing is ranked anew: every case has its place, and what waits is compared at the time of asking."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from wardline import records, review
from wardline.errors import ConflictError
from wardline.pipeline import golden
from wardline.pipeline.parts import Parts
from wardline.pipeline.review import bar, claim

_LOOK_AT = 4
"""Rows of each kind that are read at first; twice as many each time that others are about to take all of them."""
_LOOK_AT_MOST = 512
_Look = Callable[[int], Sequence[records.Case]]


class HandingOut:
    """Hands out cases, and knows which of them a thread of this process is taking: others pass those over instead of racing for them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = threading.Lock()
        self._being_taken: set[str] = set()

    def next_case(self, user: records.User) -> records.Case | None:
        """Claim the next case that this person may take; None when there is none.

        First those in which a child may be in danger now, then for leads what was handed to them, then by the harm that is avoided in each
        hour of work. Now and then it is the oldest case instead, so that nothing waits for ever. Cases without a place come by their age.
        """
        practice = golden.mix_in(self._parts, user)
        if practice is not None:
            return practice
        for look in self._looks(user):
            case = self._first(look, user)
            if case is not None:
                return case
        return None

    def waiting_in_order(self, user: records.User, *, most: int) -> list[records.Case]:
        """Give what this person may take, the next one first; the oldest that come in between are not foretold."""
        found: dict[str, records.Case] = {}
        looks: tuple[_Look, ...] = (
            *self._before_all(user),
            partial(self._by_urgency, user),
            partial(self._by_age, user),
        )
        for look in looks:
            if len(found) < most:
                found |= {
                    case.id: case
                    for case in look(most)
                    if case.id not in found and not review.is_party(case, user)
                }
        return list(found.values())[:most]

    def _first(self, look: _Look, user: records.User) -> records.Case | None:
        most = _LOOK_AT
        while waiting := look(most):
            for case in waiting:
                with self._reserved(case.id) as is_mine:
                    if is_mine:
                        try:
                            if review.is_party(case, user):
                                bar(self._parts, case, user)
                                continue
                            return claim(self._parts, case.id, user)
                        except ConflictError:
                            continue  # somebody was quicker; the next look does not give it any more
            if len(waiting) < most:
                return None
            most = min(2 * most, _LOOK_AT_MOST)
        return None

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

    def _looks(self, user: records.User) -> Iterator[_Look]:
        yield from self._before_all(user)
        if self._parts.happens(self._parts.rules.oldest_share):
            yield partial(self._by_age, user)
        yield partial(self._by_urgency, user)
        yield partial(self._by_age, user)

    def _before_all(self, user: records.User) -> Iterator[_Look]:
        """Give the looks at what comes before any ranking."""
        if user.role is records.Role.LEAD:
            yield partial(self._imminent, user, escalated=True)
        yield partial(self._imminent, user, escalated=False)
        if user.role is records.Role.LEAD:
            yield partial(self._by_age, user, escalated=True)

    def _imminent(self, user: records.User, most: int, *, escalated: bool) -> Sequence[records.Case]:
        store, now = self._parts.store, self._parts.now()
        return store.imminent_cases(now=now, user_id=user.id, most=most, escalated=escalated)

    def _by_urgency(self, user: records.User, most: int) -> Sequence[records.Case]:
        now = self._parts.now()
        found = self._parts.store.urgent_cases(now=now, user_id=user.id, most=most)
        return review.in_order(found, now=now, look_ahead=self._parts.rules.look_ahead)[:most]

    def _by_age(self, user: records.User, most: int, *, escalated: bool = False) -> Sequence[records.Case]:
        store, now = self._parts.store, self._parts.now()
        return store.waiting_cases(now=now, user_id=user.id, most=most, escalated=escalated)
