"""How much one person was shown: read from the reveal log, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wardline import records

LONGEST_LOOK = timedelta(seconds=60)
"""A showing ends by itself after this time; the person may end it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What one person saw in a time."""

    files: int
    """Different files of which any part was revealed."""
    seconds: float
    """Time during which something was revealed on the screen, 0 and up: an upper bound of the time spent looking."""


def exposure(
    reveals: Iterable[records.Reveal], coverings: Iterable[records.Covering], *, now: datetime
) -> Exposure:
    """Count one person's exposure.

    A file counts once however often it is shown. Each showing lasts until it was covered, at most ``LONGEST_LOOK``.

    Args:
        reveals: What this person was shown.
        coverings: The ends of those showings.
        now: The time.
    """
    ended = {covering.reveal_id: covering.at for covering in coverings}
    shown = list(reveals)
    lengths = (min(ended.get(reveal.id, now), now) - reveal.at for reveal in shown)
    looked = sum((max(timedelta(0), min(length, LONGEST_LOOK)) for length in lengths), timedelta(0))
    return Exposure(files=len({reveal.item_id for reveal in shown}), seconds=looked.total_seconds())


def running_reveals(
    reveals: Iterable[records.Reveal], coverings: Iterable[records.Covering], *, now: datetime
) -> tuple[records.Reveal, ...]:
    """Give the showings to one person that nobody ended and whose time is not over."""
    ended = {covering.reveal_id for covering in coverings}
    return tuple(reveal for reveal in reveals if reveal.id not in ended and now - reveal.at < LONGEST_LOOK)
