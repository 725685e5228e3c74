"""What leads may know of how much their people were shown: means of a week, as bands, of ten people or more. Never one person's figure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from wardline import records
from wardline.records import Grade
from wardline.review.exposure import Exposure

FEWEST = 10
"""Of fewer people nothing is told: a mean of few tells of each."""
_FILES, _MINUTES, _TENTHS = 5, 5, 10
"""How wide the bands are: a mean to the last digit would tell, from one day to the next, what one person more or less did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A mean, as the two round numbers that it lies between."""

    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamExposure:
    """What ten people or more were shown in a week, for each shift in the mean."""

    files: Band
    """Different files."""
    minutes: Band
    """Time with something revealed on the screen."""
    severe_percent: Band
    """How many of a hundred files were of A or B."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChoices:
    """How many people chose not to take what, where ten or more did; nothing else is told."""

    grades: tuple[tuple[Grade, int], ...]
    queues: tuple[tuple[str, int], ...]


def team_exposure(by_person: Iterable[Sequence[Exposure]]) -> TeamExposure | None:
    """Put the shifts of several people together.

    Args:
        by_person: The shifts of each person that they were shown anything in.

    Returns:
        None of fewer than ``FEWEST`` people who were shown anything.
    """
    people = [shifts for shifts in by_person if shifts]
    if len(people) < FEWEST:
        return None
    # Each person counts once, however many shifts they had: else one person's many shifts would be most of the mean.
    files = fmean(fmean(shift.files for shift in shifts) for shifts in people)
    minutes = fmean(fmean(shift.seconds / 60 for shift in shifts) for shifts in people)
    severe = fmean(fmean(_severe(shift) for shift in shifts) for shifts in people)
    return TeamExposure(
        files=_band(files, _FILES), minutes=_band(minutes, _MINUTES), severe_percent=_band(100 * severe, _TENTHS)
    )  # fmt: skip


def team_choices(chosen: Iterable[records.ViewingChoices]) -> TeamChoices:
    """Count who chose not to take what, as far as ten people or more did."""
    given = list(chosen)
    grades = [(grade, sum(grade in each.grades for each in given)) for grade in records.DECLINABLE]
    names = sorted({name for each in given for name in each.queues})
    queues = [(name, sum(name in each.queues for each in given)) for name in names]
    return TeamChoices(
        grades=tuple(each for each in grades if each[1] >= FEWEST),
        queues=tuple(each for each in queues if each[1] >= FEWEST),
    )


def team_capacity(left: Iterable[int | None]) -> int | None:
    """Add up how many further files people may be shown before a limit or a break, down to full tens; None where that tells too much.

    Args:
        left: Of each person; None where no limit counts.
    """
    given = list(left)
    known = [each for each in given if each is not None]
    if len(given) < FEWEST or len(known) < len(given):
        return None
    return sum(known) // 10 * 10


def _severe(shift: Exposure) -> float:
    severe = sum(count for grade, count in shift.by_grade.items() if grade.is_severe)
    return severe / shift.files if shift.files else 0.0


def _band(mean: float, width: int) -> Band:
    low = math.floor(mean / width) * width
    return Band(low=low, high=low + width)
