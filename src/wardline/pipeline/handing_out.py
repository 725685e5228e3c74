"""Who gets which case next. Nothing is ranked anew: every case has its place, and what waits is compared at the time of asking."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain

from wardline import records, review
from wardline.errors import ConflictError
from wardline.pipeline import wellbeing
from wardline.pipeline.parts import Parts
from wardline.pipeline.review import claim

_LOOK_AT = 4
"""Rows of each kind that are read at first; twice as many each time that others are about to take all of them."""
_LOOK_AT_MOST = 512
_PAGES_BY_AGE = 20
"""Somebody who takes only some cases, and for whom none is among the first, is looked for so many pages of the oldest further on."""
_Look = Callable[[int], Sequence[records.Case]]
_Takes = Callable[[Sequence[records.Case]], Sequence[records.Case]]


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
        Kinds that this person does not take are passed over, and at a limit whatever needs to be looked at.
        """
        chosen = wellbeing.selection(self._parts, user)
        # After several severe ones in a row, what is not known to be severe goes before the rest of what is.
        for aside in (True, False) if chosen.turns_aside else (False,):
            takes = partial(chosen.of, aside=aside)
            for look in chain(self._looks(user), () if chosen.is_open and not aside else self._further(user)):
                case = self._first(look, user, takes)
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
        chosen = wellbeing.selection(self._parts, user)
        asked = most if chosen.is_open else _LOOK_AT_MOST
        for look in looks:
            if len(found) < most:
                found |= {case.id: case for case in chosen.of(look(asked)) if case.id not in found}
        return list(found.values())[:most]

    def _first(self, look: _Look, user: records.User, takes: _Takes) -> records.Case | None:
        most = _LOOK_AT
        while waiting := look(most):
            fitting = takes(waiting)
            for case in fitting:
                with self._reserved(case.id) as is_mine:
                    if is_mine:
                        try:
                            return claim(self._parts, case.id, user)
                        except ConflictError:
                            continue  # somebody was quicker; the next look does not give it any more
            if len(waiting) < most or (most == _LOOK_AT_MOST and not fitting):
                return None
            most = min(2 * most, _LOOK_AT_MOST)
        return None

    def _further(self, user: records.User) -> Iterator[_Look]:
        """Give looks at the oldest, one page after the other, until there are no more."""
        after: str | None = None
        for _ in range(_PAGES_BY_AGE):
            look = partial(self._by_age, user, after=after)
            page = look(_LOOK_AT_MOST)
            if not page:
                return
            yield look
            after = page[-1].id

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

    def _by_age(
        self, user: records.User, most: int, *, escalated: bool = False, after: str | None = None
    ) -> Sequence[records.Case]:
        store, now = self._parts.store, self._parts.now()
        return store.waiting_cases(now=now, user_id=user.id, most=most, escalated=escalated, after=after)
