"""What the store tells of what one person was shown and chose. Only the steps ask it, for that person or for sums."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from wardline import records


class WellbeingReader(Protocol):
    def last_number(self, user_id: str) -> int:
        """The highest number of this person's reveals; 0 where none has one."""
        ...

    def files_shown(self, user_id: str, *, since: datetime) -> list[records.ShownFile]:
        """The stored files that were revealed to this person from then on, each once, by id."""
        ...

    def own_decisions(self, user_id: str, *, since: datetime) -> list[records.Decision]:
        """This person's decisions about cases of which they were shown anything from then on; oldest first."""
        ...

    def clusters_shown(self, user_id: str, *, since: datetime) -> dict[str, str]:
        """By the id of each case of which this person was shown anything from then on, its cluster; cases without one are left out."""
        ...

    def practice_shown(self, user_id: str, *, since: datetime) -> dict[str, records.Category]:
        """By the id of each case that was practice on evidence, of which this person was shown anything from then on and which is answered,
        by them or by whoever came after them: the known category of its file."""
        ...

    def choices_of(self, user_id: str) -> records.ViewingChoices | None:
        """None where this person never chose anything."""
        ...

    def all_choices(self) -> list[records.ViewingChoices]:
        """Everybody's, by id."""
        ...
