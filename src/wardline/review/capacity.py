"""What is left of a person's limits: the capacity that the hand-out counts with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.review.exposure import LONGEST_LOOK, Exposure
from wardline.review.limits import Limits

_LOOK_SECONDS = LONGEST_LOOK.total_seconds()
"""A showing may last so long, so none begins when less is left."""


class Reached(StrEnum):
    """Which limit a person has reached."""

    FILES = "files"
    """Of the shift."""
    SECONDS = "seconds"
    """Of the shift."""
    SEVERE = "severe"
    """A break is due, after several files of A or B one after the other."""
    BREAK = "break"
    """A break is due, after so many files or so long."""

    @property
    def words(self) -> str:
        """What has been reached, as part of a sentence."""
        return _WORDS[self]

    @property
    def is_over_after_a_break(self) -> bool:
        """Whether a break ends it; else the end of the shift does."""
        return self in (Reached.SEVERE, Reached.BREAK)


_WORDS = {
    Reached.FILES: "the limit of files in a shift is reached", Reached.SECONDS: "the limit of time in a shift is reached",
    Reached.SEVERE: "a break is due", Reached.BREAK: "a break is due",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What one person may take now."""

    reached: Reached | None
    """The limit that keeps them from being shown anything; None while there is none."""
    until: datetime | None
    """When it is over by itself, if nothing is shown meanwhile; None where nothing is reached."""
    files_left: int | None
    """How many further files may be shown before a limit or a break, 0 and up; None: no limit counts files."""
    turns_aside: bool = False
    """Whether cases that are not known to be severe come first."""

    @property
    def may_look(self) -> bool:
        """Whether this person may be shown anything now."""
        return self.reached is None


def capacity(exposure: Exposure, limits: Limits) -> Capacity:
    """Say what a person may take now. Nobody and nothing is an exception to it, danger neither: then others are asked."""
    reached = _reached(exposure, limits)
    over = (exposure.since_break, limits.files_before_break), (exposure.files, limits.most_files)
    left = [most - counted for counted, most in over if most is not None]
    pause = limits.break_length if reached and reached.is_over_after_a_break else limits.shift_gap
    until = exposure.last_at + pause if reached and exposure.last_at else None
    turn = limits.severe_before_rotation
    return Capacity(
        reached=reached, until=until, files_left=0 if reached else max(0, min(left)) if left else None,
        turns_aside=turn is not None and exposure.severe_in_a_row >= turn,
    )  # fmt: skip


def _reached(exposure: Exposure, limits: Limits) -> Reached | None:
    if limits.most_files is not None and exposure.files >= limits.most_files:
        return Reached.FILES
    if limits.most_seconds is not None and exposure.seconds + _LOOK_SECONDS > limits.most_seconds:
        return Reached.SECONDS
    severe = limits.most_severe_in_a_row
    if severe is not None and exposure.severe_in_a_row >= severe:
        return Reached.SEVERE
    if limits.files_before_break is not None and exposure.since_break >= limits.files_before_break:
        return Reached.BREAK
    if limits.time_before_break is not None and exposure.stretch >= limits.time_before_break:
        return Reached.BREAK
    return None
