"""Capacity: the rehearsal. What is simulated here walks the very functions that decide in a running installation."""

from wardline.capacity.automation import Plot, Scene, Turn, rehearse_automation
from wardline.capacity.clusters import Clustered, Counted, rehearse

__all__ = ["Clustered", "Counted", "Plot", "Scene", "Turn", "rehearse", "rehearse_automation"]
