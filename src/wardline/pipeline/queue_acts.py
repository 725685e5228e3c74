"""What ``Wardline`` does with queues."""

from __future__ import annotations

from datetime import datetime

from wardline import records, review
from wardline.pipeline import passing, targets
from wardline.pipeline.handing_out import HandingOut
from wardline.pipeline.nobody_takes import LeftAlone, Untaken
from wardline.pipeline.parts import Parts
from wardline.pipeline.taking import Takers
from wardline.pipeline.team import Team, TeamFigures


class QueueActs:
    """Part of ``Wardline``: who takes from which queue, and what leads see."""

    parts: Parts
    takers: Takers
    """From which queues a person takes."""
    _handing_out: HandingOut
    _team: TeamFigures
    _left_alone: LeftAlone

    def order(self) -> review.Order:
        """Say which order of the queue holds now."""
        return self._handing_out.order()

    def team(self) -> Team:
        """Give what leads see of their queues, as it was a minute ago at most."""
        return self._team.newest()

    def waits_since(self, case: records.Case) -> datetime:
        """Say from when an open case waits: from when it came, or was opened once more."""
        return targets.waits_since(self.parts, case)

    def untaken(self) -> tuple[Untaken, ...]:
        """Give the kinds of work that wait and that nobody takes, as it was a minute ago at most."""
        return self._left_alone.newest()

    def pass_on(self, case_id: str, *, user: records.User, note: str | None = None) -> records.Case:
        """Give a claimed case back for good; it is not handed to this person again."""
        return passing.pass_on(self.parts, case_id, user, note=note)

    def stop(self, case_id: str, *, user: records.User) -> records.Case:
        """Leave a claimed case to a colleague, as if it were passed on; nobody asks why."""
        return passing.stop(self.parts, case_id, user)

    def assign(self, case_id: str, *, lead: records.User, to: str, note: str | None = None) -> records.Case:
        """Claim a case for a person, by name, whoever holds it now."""
        return passing.assign(self.parts, case_id, lead, to=to, note=note)

    def divert(self, case_id: str, *, lead: records.User, queue: str, note: str) -> records.Case:
        """Move a case to another queue, with the reason in a note."""
        return passing.divert(self.parts, case_id, lead, queue=queue, note=note)

    def mark_danger(self, case_id: str, *, user: records.User, note: str) -> records.Case:
        """Note that a child may be in danger now: the case comes before all others."""
        return passing.mark_danger(self.parts, case_id, user, note=note)
