"""What one person's opinions come to beside those of others who judged the same cases blind.

The measure beyond chance is Krippendorff's alpha for names without an order. Cohen's kappa is made for two fixed people who judge the same
cases; here the other person is another one each time, and alpha does not mind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wardline import records
from wardline.assurance.intervals import Interval, exact_interval

LEAST_OPINIONS = 20
"""Nothing is said of fewer: the interval would be as wide as what it is about."""
_ADJUDICATED = 3
"""So many opinions or more: two differed, and somebody decided between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share with its base and its exact interval, 95 %."""

    hits: int
    base: int
    """1 and up."""
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """For one person, and for nobody else but a lead who trains them."""

    opinions: int
    """Of this person, about cases that another person judged too."""
    agreement: Share | None
    """How often the other of the first two said the same; None below ``LEAST_OPINIONS``."""
    alpha: float | None
    """Agreement beyond chance: 1 is full, 0 is what chance gives. None where too little is known, or everybody always said the same."""
    alpha_interval: Interval | None
    """From the exact interval of the agreement, with the shares of the answers taken as they are."""
    overruled: Share | None
    """Of the opinions about cases in which two differed: how many were not what the case was settled with."""


def measure(user_id: str, cases: Mapping[str, Sequence[records.Opinion]]) -> Measures:
    """Measure one person against others.

    Args:
        user_id: Whose opinions are measured.
        cases: The opinions of each case in which this person gave one, oldest first.
    """
    pairs = [pair for pair in map(blind_pair, cases.values()) if pair and user_id in (pair[0].user_id, pair[1].user_id)]  # fmt: skip
    adjudicated = [
        each
        for opinions in cases.values()
        if len(opinions) >= _ADJUDICATED
        for each in opinions
        if each.user_id == user_id and each.settled is not None
    ]
    answers = [(first.answer, second.answer) for first, second in pairs]
    agreement = share(sum(first == second for first, second in answers), len(answers))
    beyond, interval = alpha(answers) if agreement is not None else (None, None)
    return Measures(
        opinions=len(pairs), agreement=agreement, alpha=beyond, alpha_interval=interval,
        overruled=share(sum(each.answer != each.settled for each in adjudicated), len(adjudicated)),
    )  # fmt: skip


def blind_pair(opinions: Sequence[records.Opinion]) -> tuple[records.Opinion, records.Opinion] | None:
    """Give the first two opinions of a case; later ones knew that those differed, so they are no measure of agreement."""
    return (opinions[0], opinions[1]) if len(opinions) > 1 else None


def share(hits: int, base: int) -> Share | None:
    """Give a share with its exact interval; None below ``LEAST_OPINIONS``."""
    if base < LEAST_OPINIONS:
        return None
    return Share(hits=hits, base=base, interval=exact_interval(hits, base))


def alpha(pairs: Iterable[tuple[str, str]]) -> tuple[float | None, Interval | None]:
    """Compute Krippendorff's alpha of pairs of answers, and its interval; None where nobody could have disagreed.

    Source: Krippendorff, Content Analysis, 4th ed. 2019, chapter 12; nominal data, two answers a case.
    """
    given = list(pairs)
    counted = Counter(answer for pair in given for answer in pair)
    total = sum(counted.values())
    by_chance = 1 - sum(count * (count - 1) for count in counted.values()) / (total * (total - 1)) if total > 1 else 0.0  # fmt: skip
    if not given or by_chance <= 0:
        return None, None
    differed = sum(first != second for first, second in given)
    found = exact_interval(differed, len(given))
    return 1 - differed / len(given) / by_chance, Interval(
        low=1 - found.high / by_chance, high=1 - found.low / by_chance
    )
