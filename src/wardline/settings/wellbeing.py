"""How much one person shall be shown, as a team sets it. No number here is known to be safe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from wardline.review import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class WellbeingSettings:
    shift_gap_hours: float = 6.0
    """After so long without a reveal a new shift begins."""
    most_views: int = 200
    """Different files in a shift; 0: no limit."""
    most_seconds: int = 3600
    """Time with something revealed on the screen, in a shift; 0: no limit."""
    most_severe_in_a_row: int = 20
    """Files of A or B one after the other, then a break is due; 0: no limit."""
    views_before_break: int = 60
    """Different files, then a break is due; 0: no limit."""
    minutes_before_break: float = 60.0
    """From the first reveal on, then a break is due; 0: no limit."""
    break_minutes: float = 10.0
    """So long without a reveal is a break."""
    severe_before_rotation: int = 5
    """After so many of A or B in a row, others come first while some wait; 0: off."""
    weight_a: float = 3.0
    """A file of A counts as so many in a person's own figures."""
    weight_b: float = 2.0

    def limits(self) -> Limits:
        """Give them as the steps take them."""
        minutes = self.minutes_before_break
        return Limits(
            shift_gap=timedelta(hours=self.shift_gap_hours), most_files=self.most_views or None, most_seconds=self.most_seconds or None,
            most_severe_in_a_row=self.most_severe_in_a_row or None, files_before_break=self.views_before_break or None,
            time_before_break=timedelta(minutes=minutes) if minutes else None, break_length=timedelta(minutes=self.break_minutes),
            severe_before_rotation=self.severe_before_rotation or None, weight_a=self.weight_a, weight_b=self.weight_b,
        )  # fmt: skip
