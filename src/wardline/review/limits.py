"""What a team decided how much one person shall be shown.

None of these numbers is known to be safe: docs/explanation/wellbeing.md says what is known and what is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from wardline.records import Grade


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
