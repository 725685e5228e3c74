"""Working on files that look alike in one go, without leaving the order of the queue for it."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from wardline import records
from wardline.review.order import Stands, in_order, indexes

_WORTH = math.log(2)
"""A case of the cluster that somebody works on comes first while it avoids at least half the harm of what would come instead: a person who
is in the picture needs less time for it, and none of it for another kind of picture."""


def alike_first_by_score(
    cases: Sequence[records.Case], *, alike: Collection[str], seen: Collection[str]
) -> tuple[records.Case, ...]:
    """Do the same with cases in score order: what is like the file that a person just saw comes first while it is at least half as likely.

    Args:
        cases: What waits, the likeliest first.
        alike, seen: See ``alike_first``.
    """
    most = max((_likelihood(each) for each in cases if each.id not in seen), default=0.0)

    def place(case: records.Case) -> int:
        if case.id in seen:
            return 2
        return 0 if case.id in alike and _likelihood(case) >= most / 2 else 1

    return tuple(sorted(cases, key=place))


def _likelihood(case: records.Case) -> float:
    return -case.score_turn if case.score_turn is not None else 0.0


def alike_first(
    cases: Sequence[Stands], *, alike: Collection[str], seen: Collection[str], now: datetime, look_ahead: timedelta
) -> tuple[Stands, ...]:  # fmt: skip
    """Sort cases as ``in_order`` does, but what is like the file that a person just saw comes first, and the very same file last.

    Args:
        cases: What waits, in any order.
        alike: Ids of cases about files near it.
        seen: Ids of cases about files that this person was shown: better somebody else looks at these.
        now: The time.
        look_ahead: See ``in_order``.
    """
    ordered = in_order(cases, now=now, look_ahead=look_ahead)
    if not alike and not seen:
        return ordered
    worth = indexes(ordered, now=now, look_ahead=look_ahead)

    def place(number: int) -> tuple[int, int]:
        case = ordered[number]
        if case.id in seen:
            return 2, number
        return (0 if case.id in alike and worth[number] >= worth[0] - _WORTH else 1), number

    return tuple(ordered[number] for number in sorted(range(len(ordered)), key=place))
