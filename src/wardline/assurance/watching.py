"""Watching a certificate: an alarm that is false at most so often in the certificate's whole life, whenever somebody looks.

Each audited item is a bet against "the cap is kept". Capital that starts at 1 and is put on fair odds reaches 20 with probability 1/20 at most,
so that capital of 20 is an alarm of level 5 %, without any plan of when to look (Ville's inequality). Part of the capital is kept back and put in
later, item by item, so that an error which begins late is found as fast as one that was there from the start. Weights of what is put in add
up to 1 over the life that the certificate was made for; afterwards nothing new is put in, and it has to be renewed.

Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", arXiv:2010.09686; A. Podkopaev and A. Ramdas,
"Tracking the risk of a deployed model and detecting harmful distribution shifts", arXiv:2110.06177; J. Shin, A. Ramdas and A. Rinaldo,
"E-detectors", arXiv:2203.03532.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from wardline.errors import InputError

ALTERNATIVES = ((2.0, 0.1), (6.0, 0.4), (12.0, 0.5))
"""How many times the cap is bet on, and with which part of the capital."""
_AT_START = 0.3
"""Part of the capital that is put in at once. With less an error that is there from the start is found later, and one that begins later hardly earlier."""
_LARGEST_ODDS = 0.5
"""No bet is placed on more than every second item being wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One arm of one certificate under watch."""

    cap: float
    """Largest share of harmed items that is allowed, above 0 and below 1."""
    life: int
    """How many audited items it is made for, 1 and up."""
    alarm_level: float = 0.05
    """Largest probability of an alarm although the cap was kept all the time."""
    seen: int = 0
    """Audited items until now."""
    harmed: int = 0
    """Those of them that the machine decided and a person would have decided rightly."""
    capital: tuple[float, ...] = (0.0,) * len(ALTERNATIVES)
    """What each bet has become."""
    is_alarmed: bool = False
    """Once true, true for good: an alarm is not taken back by better luck."""

    def __post_init__(self) -> None:
        for name, value in (("cap", self.cap), ("alarm level", self.alarm_level)):
            if not 0 < value < 1:
                raise InputError(f"watch: {name} {value}, expected above 0 and below 1")
        if self.life < 1 or len(self.capital) != len(ALTERNATIVES):
            raise InputError("watch: no life or another number of bets, expected at least one item")
        if not (all(each >= 0 for each in self.capital) and 0 <= self.harmed <= self.seen):
            # What is no number would never reach an alarm.
            raise InputError("watch: a capital or a count that cannot be, expected 0 and up")

    @property
    def is_over(self) -> bool:
        """Whether its life is over, so that a late error would be found slowly."""
        return self.seen >= self.life

    @property
    def evidence(self) -> float:
        """Capital now, 0 and up; an alarm at ``1 / alarm_level``."""
        return sum(part * each for (_, part), each in zip(ALTERNATIVES, self.capital, strict=True))


def observe(watch: Watch, outcomes: Iterable[bool]) -> Watch:
    """Take audited items into account, in the order in which they were drawn.

    Args:
        watch: As it was.
        outcomes: True for an item that the machine decided and a person would have decided rightly. For the arm that clears these are
            violating items drawn independently of the score, whether or not they were cleared; for the arm that acts innocent ones.
    """
    lost, won = (
        [_factor(watch.cap, times, harmed=harmed) for times, _ in ALTERNATIVES] for harmed in (False, True)
    )
    parts = [part for _, part in ALTERNATIVES]
    capital, seen, harms, is_alarmed = list(watch.capital), watch.seen, watch.harmed, watch.is_alarmed
    for harmed in outcomes:
        put_in = _put_in(seen, watch.life)
        capital = [
            (each + put_in) * factor for each, factor in zip(capital, won if harmed else lost, strict=True)
        ]
        seen, harms = seen + 1, harms + bool(harmed)
        evidence = sum(part * each for part, each in zip(parts, capital, strict=True))
        is_alarmed = is_alarmed or evidence >= 1.0 / watch.alarm_level
    return replace(watch, seen=seen, harmed=harms, capital=tuple(capital), is_alarmed=is_alarmed)


def _put_in(seen: int, life: int) -> float:
    """Give what is put in before the next item; over a life it adds up to 1."""
    put_in = (1.0 - _AT_START) / life if seen < life else 0.0
    return put_in + (_AT_START if seen == 0 else 0.0)


def _factor(cap: float, times: float, *, harmed: bool) -> float:
    """Give what a bet of 1 becomes; its expectation is at most 1 while the cap is kept."""
    bet_on = max(cap, min(times * cap, _LARGEST_ODDS))
    return bet_on / cap if harmed else (1.0 - bet_on) / (1.0 - cap)


def wald_limit(cap: float, rate: float, *, alarm_level: float = 0.05) -> float:
    """Compute how many items a test that knows both the rate and when it began needs on average: no watch can be faster at this level.

    Args:
        cap: Above 0 and below ``rate``.
        rate: The share of harmed items after the change, below 1.
        alarm_level: As in ``Watch``.
    """
    if not 0 < cap < rate < 1 or not 0 < alarm_level < 1:
        raise InputError(f"limit: a cap of {cap} and a rate of {rate}, expected 0 < cap < rate < 1")
    divergence = rate * math.log(rate / cap) + (1 - rate) * math.log((1 - rate) / (1 - cap))
    return math.log(1.0 / alarm_level) / divergence
