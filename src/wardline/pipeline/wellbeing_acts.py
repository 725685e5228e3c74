"""What ``Wardline`` does with people's exposure and choices."""

from __future__ import annotations

from collections.abc import Callable

from wardline import records, review
from wardline.pipeline import wellbeing
from wardline.pipeline.parts import Parts


class WellbeingActs:
    """Part of ``Wardline``: what each person is told of themselves alone, and what may be told of ten or more together."""

    parts: Parts

    def exposure(self, user: records.User) -> review.Exposure:
        """Count what this person was shown in their shift. Show it to them and to nobody else."""
        return wellbeing.exposure(self.parts, user)

    def glance(self, user: records.User) -> review.Exposure:
        """Count files and seconds alone, at less cost."""
        return wellbeing.glance(self.parts, user)

    def capacity(self, user: records.User) -> review.Capacity:
        """Say what this person may take now. Show it to them and to nobody else."""
        return wellbeing.capacity(self.parts, user)

    def choices(self, user: records.User) -> records.ViewingChoices:
        """Give what this person chose. Show it to them and to nobody else."""
        return wellbeing.choices(self.parts, user)

    def choose(
        self, change: Callable[[records.ViewingChoices], records.ViewingChoices], *, user: records.User
    ) -> records.ViewingChoices:
        """Change what this person chose, from the next request on."""
        return wellbeing.choose(self.parts, user, change)

    def team_wellbeing(self) -> wellbeing.Team:
        """Tell of everybody together what may be told of ten people or more."""
        return wellbeing.team(self.parts)
