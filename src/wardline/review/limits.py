"""What a team decided how much one person shall be shown, and what is left of it: the capacity that the hand-out counts with.

None of these numbers is known to be safe: docs/explanation/wellbeing.md says what is known and what is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from wardline.records import Grade

if TYPE_CHECKING:
    from wardline.review.exposure import Exposure

_LOOK_SECONDS = 60
"""A showing may last so long, so none begins when less is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The settings, as values. A limit of None is none."""

    shift_gap: timedelta = timedelta(hours=6)
    """After so long without a showing a new shift begins."""
    most_files: int | None = 200
    """Different files in a shift."""
    most_seconds: float | None = 3600.0
    """Time with something revealed on the screen, in a shift."""
    most_severe_in_a_row: int | None = 20
    """Files of A or B one after the other; then a break is due."""
    files_before_break: int | None = 60
    """Different files; then a break is due."""
    time_before_break: timedelta | None = timedelta(minutes=60)
    """From the first showing on; then a break is due."""
    break_length: timedelta = timedelta(minutes=10)
    """So long without a showing is a break."""
    severe_before_rotation: int | None = 5
    """After so many files of A or B in a row, cases that are not known to be of them are handed out first."""
    weight_a: float = 3.0
    """A file of A counts as so many."""
    weight_b: float = 2.0
    """A file of B counts as so many; any other counts as one."""

    def weight_of(self, grade: Grade) -> float:
        """Say as how many a file counts."""
        return {Grade.A: self.weight_a, Grade.B: self.weight_b}.get(grade, 1.0)


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
    files_left: int | None = field(default=None)
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
