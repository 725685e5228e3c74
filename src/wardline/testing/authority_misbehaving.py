"""What goes wrong at the sandbox authority, as somebody who practises names it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from wardline.errors import InputError
from wardline.testing.authority_calls import GET_CALLS, POST_CALLS
from wardline.testing.authority_sandbox import Fault, Faults

_CALLS = GET_CALLS | POST_CALLS
_EVERY = "any"


def chosen(named: Sequence[str], percent: float, *, chance: random.Random | None = None) -> Faults | None:
    """Choose from faults that are named as ``fault`` or ``call=fault``; None where none is.

    Args:
        named: One alone goes wrong at any call but that for the schema; of several for a call one is drawn.
        percent: Of the calls that have one, so many in a hundred go wrong, 0 to 100.
        chance: Draws; a generator of its own by default.

    Raises:
        InputError: There is no such call or fault.
    """
    by_call: dict[str, list[Fault]] = {}
    for each in named:
        call, _, fault = each.rpartition("=")
        if (call and call not in _CALLS) or fault not in set(Fault):
            raise InputError(
                f"fault: unknown, expected one of {', '.join(sorted(Fault))}; before it perhaps one of {', '.join(sorted(_CALLS))} and ="
            )
        by_call.setdefault(call or _EVERY, []).append(Fault(fault))
    if not by_call:
        return None
    draw = chance or random.Random()

    def faults(call: str, number: int) -> Fault | None:
        del number
        here = [*by_call.get(call, ()), *(by_call.get(_EVERY, ()) if call != "xsd" else ())]
        return draw.choice(here) if here and draw.random() * 100 < percent else None

    return faults


def clock_ahead(hours: float) -> Callable[[], datetime]:
    """Give a clock that is so many hours ahead of this machine's."""
    return lambda: datetime.now(UTC) + timedelta(hours=hours)
