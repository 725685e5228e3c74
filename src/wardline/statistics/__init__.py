"""Statistics: counts and times of a period, as Figures."""

from wardline.statistics.figures import figures

__all__ = ["figures"]
