"""How much one person was shown: read from the reveal log, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wardline import records
from wardline.records import Grade
from wardline.review.limits import Limits

LONGEST_LOOK = timedelta(seconds=60)
"""A showing ends by itself after this time at the latest; the person may end it before."""
BRIEF_LOOK = timedelta(seconds=5)
"""How long a picture stays for somebody who wants to hold the button and whose browser runs no scripts."""
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What one person was shown in their shift so far."""

    files: int
    """Different files of which any part was revealed."""
    seconds: float
    """Time during which something was revealed on the screen, 0 and up: an upper bound of the time spent looking."""
    weighted: float
    """The files again, each counted by its grade as the settings weigh it."""
    by_grade: Mapping[Grade, int]
    """How many of the files are of which grade; those that there are none of are left out."""
    severe_in_a_row: int
    """Since the last break, of the files shown last: how many of A or B without another one between. Unknown ones are passed over."""
    repeats: int
    """Files that are byte for byte the same as one before, or of the same cluster."""
    since_break: int
    """Different files since the last break."""
    stretch: timedelta
    """Since the first showing after the last break; nothing during a break."""
    began_at: datetime | None
    """The first showing of the shift; None before there is one."""
    last_at: datetime | None
    """When the newest showing of the shift ended, or now while it lasts; None before there is one."""


@dataclass(frozen=True, slots=True)
class _Showing:
    reveal: records.Reveal
    until: datetime


def exposure(
    reveals: Iterable[records.Reveal], coverings: Iterable[records.Covering], *, now: datetime, limits: Limits | None = None,
    grades: Mapping[str, Grade] | None = None, alike: Mapping[str, str] | None = None,
) -> Exposure:  # fmt: skip
    """Count one person's exposure in the shift that runs now.

    A file counts once however often it is shown. Each showing lasts until it was covered, at most as long as it was meant to. A shift
    begins with the first showing after a pause of ``limits.shift_gap``, a stretch with the first after one of ``limits.break_length``.

    Args:
        reveals: What this person was shown, from before the shift began.
        coverings: The ends of those showings.
        now: The time.
        limits: What counts as a pause, and the weights.
        grades: By item id; what is missing is unknown.
        alike: By item id what it shares with its copies and near copies; one that is missing is like no other.
    """
    rule = limits or Limits()
    shift = _after_pause(_showings(reveals, coverings, now), now, rule.shift_gap)
    return _counted(shift, now, rule, grades or {}, alike or {})


def past_shifts(
    reveals: Iterable[records.Reveal], coverings: Iterable[records.Covering], *, now: datetime, limits: Limits,
    grades: Mapping[str, Grade],
) -> tuple[Exposure, ...]:  # fmt: skip
    """Count one person's exposure in each shift of some time that is over; see ``exposure``. The newest comes first."""
    found, rest = [], _showings(reveals, coverings, now)
    while rest:
        shift = _after_pause(rest, rest[-1].until, limits.shift_gap)
        found.append(_counted(shift, rest[-1].until, limits, grades, {}))
        rest = rest[: len(rest) - len(shift)]
    return tuple(found)


def _counted(
    shift: Sequence[_Showing],
    now: datetime,
    rule: Limits,
    known: Mapping[str, Grade],
    alike: Mapping[str, str],
) -> Exposure:
    stretch = _after_pause(shift, now, rule.break_length)
    files = _in_order(shift)
    found = [known.get(item_id, Grade.UNKNOWN) for item_id in files]
    return Exposure(
        files=len(files), seconds=sum((each.until - each.reveal.at for each in shift), _NOTHING).total_seconds(),
        weighted=float(sum(rule.weight_of(grade) for grade in found)),
        by_grade={grade: found.count(grade) for grade in Grade if grade in found},
        severe_in_a_row=_severe_at_the_end([known.get(item_id, Grade.UNKNOWN) for item_id in _in_order(stretch)]),
        repeats=_repeats(files, alike), since_break=len(_in_order(stretch)),
        stretch=max(_NOTHING, now - stretch[0].reveal.at) if stretch else _NOTHING,
        began_at=shift[0].reveal.at if shift else None, last_at=max(each.until for each in shift) if shift else None,
    )  # fmt: skip


def running_reveals(
    reveals: Iterable[records.Reveal], coverings: Iterable[records.Covering], *, now: datetime
) -> tuple[records.Reveal, ...]:
    """Give the showings to one person that nobody ended and whose time is not over."""
    ended = {covering.reveal_id for covering in coverings}
    return tuple(
        reveal for reveal in reveals if reveal.id not in ended and now - reveal.at < _longest(reveal)
    )


def reaches_back(reveals: Sequence[records.Reveal], *, since: datetime, gap: timedelta) -> bool:
    """Say whether what was read from then on holds the whole shift: nothing was shown for as long as a pause at its start."""
    return not reveals or min(reveal.at for reveal in reveals) - gap - LONGEST_LOOK >= since


def _longest(reveal: records.Reveal) -> timedelta:
    return min(LONGEST_LOOK, timedelta(seconds=reveal.seconds))


def _showings(
    reveals: Iterable[records.Reveal], coverings: Iterable[records.Covering], now: datetime
) -> list[_Showing]:
    """Put the showings in order, each with its end."""
    ended = {covering.reveal_id: covering.at for covering in coverings}
    found = []
    for reveal in sorted(reveals, key=lambda each: (each.at, each.id)):
        until = min(ended.get(reveal.id, now), now, reveal.at + _longest(reveal))
        found.append(_Showing(reveal, max(reveal.at, until)))
    return found


def _after_pause(showings: Sequence[_Showing], now: datetime, gap: timedelta) -> Sequence[_Showing]:
    """Give what came after the last pause of this length; nothing when one lasts now."""
    if not showings or now - showings[-1].until >= gap:
        return ()
    start = len(showings) - 1
    while start > 0 and showings[start].reveal.at - showings[start - 1].until < gap:
        start -= 1
    return showings[start:]


def _in_order(showings: Iterable[_Showing]) -> list[str]:
    """Give the different files, in the order in which each was shown first."""
    return list(dict.fromkeys(each.reveal.item_id for each in showings))


def _severe_at_the_end(grades: Sequence[Grade]) -> int:
    counted = 0
    for grade in reversed(grades):
        if grade.is_severe:
            counted += 1
        elif grade is not Grade.UNKNOWN:
            break
    return counted


def _repeats(files: Iterable[str], alike: Mapping[str, str]) -> int:
    kinds = [alike.get(item_id, item_id) for item_id in files]
    return len(kinds) - len(set(kinds))
