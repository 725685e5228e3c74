"""Assurance: how well people agree, how often they are overruled, and files with a known answer. For training, never for a ranking."""

from wardline.assurance.agreement import LEAST_OPINIONS, Measures, Share, alpha, measure, share
from wardline.assurance.golden import choose, disguise
from wardline.assurance.intervals import Interval, exact_interval

__all__ = [
    "LEAST_OPINIONS",
    "Interval",
    "Measures",
    "Share",
    "alpha",
    "choose",
    "disguise",
    "exact_interval",
    "measure",
    "share",
]
