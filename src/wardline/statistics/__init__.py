"""Statistics: counts and times of a period, as Figures, and how two periods differ."""

from wardline.statistics.changes import Change, change
from wardline.statistics.figures import figures

__all__ = ["Change", "change", "figures"]
