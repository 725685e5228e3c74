"""Working on files that look alike in one go, without leaving the order of the queue for it."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from wardline.review.order import Stands, in_order, indexes

_WORTH = math.log(2)
"""A case of the cluster that somebody works on comes first while it avoids at least half the harm of what would come instead: a person who
is in the picture needs less time for it, and none of it for another kind of picture."""


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
