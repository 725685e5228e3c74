"""Who gets which case next. Nothing is ranked anew: every case has its place, and what waits is compared at the time of asking."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TypeVar

from wardline import ports, records, review
from wardline.errors import ConflictError
from wardline.pipeline import cluster_acts, golden, wellbeing
from wardline.pipeline.parts import Parts
from wardline.pipeline.review import bar, claim_read
from wardline.pipeline.taking import Takers
from wardline.records import Drawn, Taker

_LOOK_AT = 4
"""Rows of each kind that are read at first; twice as many each time that others are about to take all of them."""
_LOOK_AT_MOST = ports.LOOKED_AT
_PAGES_BY_AGE = 20
"""For somebody whom only a store that reads each case can find one, so many pages of the oldest are looked through."""
_Look = Callable[[int], Sequence[records.Case]]
_Takes = Callable[[Sequence[records.Case]], list[records.Case]]
_Place = TypeVar("_Place", bound=records.Case | records.Standing)
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
        Kinds that this person does not take are passed over, and at a limit whatever needs to be looked at.
        """
        # What is known of the person is read once: with a million cases that is more than half of what is asked.
        chosen = wellbeing.selection(self._parts, user)
        taker = self._takers.choosing(user, chosen.choices)
        practice = (
            golden.mix_in(self._parts, user, taker, gently=chosen.turns_aside) if chosen.is_open else None
        )
        if practice is not None:
            return practice
        # After several severe ones in a row, what is not known to be severe goes before the rest of what is.
        for aside in (True, False) if chosen.turns_aside else (False,):
            takes = partial(chosen.of, aside=aside)
            for look, drawn in self._looks(user, chosen.narrowed(taker, aside=aside), chosen):
                if (case := self._first(look, user, drawn, takes)) is not None:
                    return case
            every = replace(taker, unseen=not chosen.may_look)
            if not chosen.is_told_by_orders and (case := self._further(every, user, takes)) is not None:
                return case
        return None

    def waiting_in_order(self, user: records.User, *, most: int) -> list[records.Case]:
        """Give what this person may take, the next one first; those that come in between are not foretold."""
        chosen = wellbeing.selection(self._parts, user)
        taker = chosen.narrowed(self._takers.choosing(user, chosen.choices))
        found = self._in_order(taker, self._before_all(user, taker), most, chosen)
        return [case for case in found if not review.is_party(case, user)]

    def first_of_all(self, *, most: int) -> list[records.Case]:
        """Give the first cases of all queues that were not handed to the leads, whoever may take them."""
        every = self._takers.every()
        return self._in_order(every, [partial(self._imminent, every, escalated=False)], most)

    def order(self) -> review.Order:
        """Say which order holds now."""
        parts = self._parts
        return parts.measures.order(parts.store, parts.now(), parts.rules)

    def _in_order(
        self, taker: Taker, before: Iterable[_Look], most: int, chosen: wellbeing.Selection | None = None
    ) -> list[records.Case]:
        found: dict[str, records.Case] = {}
        looks: list[_Look] = [*before, partial(self._ordered, taker, chosen), partial(self._by_age, taker)]
        for look in looks:
            if len(found) < most:
                seen = look(most)
                fitting = seen if chosen is None else chosen.of(seen)
                found |= {case.id: case for case in fitting if case.id not in found}
        return list(found.values())[:most]

    def _first(
        self, look: _QuickLook, user: records.User, drawn: Drawn | None, takes: _Takes
    ) -> records.Case | None:
        """Claim the first that fits: a few are looked at, and twice as many as long as others take all of those."""
        number = _LOOK_AT
        while waiting := look(number):
            cases = [each for each in waiting if isinstance(each, records.Case)]
            fitting = takes(cases) if cases else waiting
            if (claimed := self._one_of(fitting, user, drawn, takes)) is not None:
                return claimed
            if len(waiting) < number or (number == _LOOK_AT_MOST and not fitting):
                return None
            number = min(2 * number, _LOOK_AT_MOST)
        return None

    def _further(self, taker: Taker, user: records.User, takes: _Takes) -> records.Case | None:
        """Claim the oldest that fits, page by page of the oldest."""
        after: str | None = None
        for _ in range(_PAGES_BY_AGE):
            page = self._by_age(taker, _LOOK_AT_MOST, after=after)
            if not page:
                return None
            if (claimed := self._one_of(takes(page), user, None, takes)) is not None:
                return claimed
            after = page[-1].id
        return None

    def _one_of(
        self, cases: Sequence[records.Case] | Sequence[records.Standing], user: records.User, drawn: Drawn | None, takes: _Takes
    ) -> records.Case | None:  # fmt: skip
        """Claim the first of these that nobody else is taking."""
        for case in cases:
            with self._reserved(case.id) as is_mine:
                if is_mine:
                    try:
                        claimed = self._claim(case, user, drawn, takes)
                    except ConflictError:
                        continue  # somebody was quicker; the next look does not give it any more
                    if claimed is not None:
                        return claimed
        return None

    def _claim(
        self, found: records.Case | records.Standing, user: records.User, drawn: Drawn | None, takes: _Takes
    ) -> records.Case | None:
        """Claim what was found; None where it is about an account of the person's own, and for others from here on."""
        case = found if isinstance(found, records.Case) else self._parts.store.case(found.id)
        if case is not found and not takes([case]):
            return None  # more is known of it than when it was looked for
        if review.is_party(case, user):
            bar(self._parts, case, user)
            return None
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

    def _looks(
        self, user: records.User, taker: Taker, chosen: wellbeing.Selection
    ) -> Iterator[tuple[_QuickLook, Drawn | None]]:
        rules = self._parts.rules
        for look in self._before_all(user, taker):
            yield look, None
        # One draw for all of it: what is drawn whatever the order says keeps its share also while much has been hidden for too long.
        chance = self._parts.jitter()
        if chance < rules.oldest_share / 2:
            yield partial(self._by_age, taker), Drawn.OLDEST
        elif chance < rules.oldest_share:
            yield partial(self._by_lot, taker, self._parts.jitter()), Drawn.LOT
        elif chance < rules.oldest_share + rules.restricted_share:
            yield partial(self._restricted_long, taker), None
        # Whoever may look at pictures needs no more of a case than its place.
        ordered = self._standings if chosen.may_look else self._ordered
        yield partial(ordered, taker, chosen), None
        yield partial(self._by_age, taker), None

    def _before_all(self, user: records.User, taker: Taker) -> Iterator[_Look]:
        """Give the looks at what comes before any ranking."""
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
        number = most
        while True:
            found = self._parts.store.restricted_cases(now=now, taker=taker, before=before, most=number)
            # What an appeal is about was decided, and its case may be old: it is not hidden without a decision.
            undecided = [case for case in found if case.stage is not records.Stage.APPEAL]
            if len(undecided) >= most or len(found) < number or number == _LOOK_AT_MOST:
                return undecided[:most]
            number = min(2 * number, _LOOK_AT_MOST)

    def _ordered(self, taker: Taker, chosen: wellbeing.Selection | None, most: int) -> Sequence[records.Case]:
        found = self._standings(taker, chosen, most)
        ids = [each.id for each in found if isinstance(each, records.Standing)]
        cases = self._parts.store.several_cases(ids)
        return [
            case for each in found if (case := each if isinstance(each, records.Case) else cases.get(each.id))
        ]

    def _standings(
        self, taker: Taker, chosen: wellbeing.Selection | None, most: int
    ) -> Sequence[records.Case] | Sequence[records.Standing]:
        """Give the first ones of the order; of most orders as far as it needs them."""
        store, now = self._parts.store, self._parts.now()
        if self.order() is review.Order.SCORE:
            likely = self._past_what_was_left(
                most, partial(store.likeliest_cases, now=now, taker=taker), chosen
            )
            places = [records.standing_of(each) for each in likely]
            near = self._alike(taker, chosen, places)
            return review.alike_first_by_score(likely, alike=near.near, seen=near.seen)[:most]
        found = self._past_what_was_left(most, partial(store.urgent_standings, now=now, taker=taker), chosen)
        alike = self._alike(taker, chosen, found)
        every = {each.id: each for each in (*found, *alike.cases)}.values()
        look_ahead = self._parts.rules.look_ahead
        return review.alike_first(
            tuple(every), alike=alike.near, seen=alike.seen, now=now, look_ahead=look_ahead
        )[:most]

    def _alike(
        self, taker: Taker, chosen: wellbeing.Selection | None, found: Sequence[records.Standing]
    ) -> cluster_acts.Alike:
        """Say what is like the file that this person was shown last, and goes first, and what they saw, or left to others, and goes last."""
        if chosen is None:
            return cluster_acts.Alike()
        cluster = cluster_acts.works_on(self._parts, chosen.shown, chosen.clusters)
        gone = self._left(chosen, found)
        alike = cluster_acts.alike(self._parts, taker, None if cluster in gone else cluster, found)
        if alike.cases and self._left(chosen, alike.cases):
            alike = cluster_acts.Alike()
        last = frozenset(each.id for each in found if each.cluster_id in gone)
        return replace(alike, seen=alike.seen | last)

    def _left(
        self, chosen: wellbeing.Selection, found: Iterable[records.Case | records.Standing]
    ) -> frozenset[str]:
        if chosen.user_id is None:
            return frozenset()
        among = {each.cluster_id for each in found}
        return cluster_acts.left(self._parts, chosen.user_id, chosen.shown, chosen.clusters, among=among)

    def _past_what_was_left(
        self, most: int, look: Callable[..., Sequence[_Place]], chosen: wellbeing.Selection | None
    ) -> Sequence[_Place]:
        """Look at the first, and at twice as many as long as all are like files that this person left to others."""
        number = most
        while True:
            found = look(most=number)
            if chosen is None or len(found) < number or number == _LOOK_AT_MOST:
                return found
            gone = self._left(chosen, found)
            if not all(each.cluster_id in gone for each in found):
                return found
            number = min(2 * number, _LOOK_AT_MOST)

    def _by_age(
        self, taker: Taker, most: int, *, escalated: bool = False, after: str | None = None
    ) -> Sequence[records.Case]:
        store, now = self._parts.store, self._parts.now()
        return store.waiting_cases(now=now, taker=taker, most=most, escalated=escalated, after=after)

    def _by_lot(self, taker: Taker, lot: float, most: int) -> Sequence[records.Case]:
        return self._parts.store.cases_by_lot(now=self._parts.now(), taker=taker, lot=lot, most=most)
