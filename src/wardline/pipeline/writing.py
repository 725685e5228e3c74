"""What several steps put together before one commit writes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wardline import records
from wardline.pipeline.parts import Parts


@dataclass(slots=True)
class Writing:
    """Changes, what the log says of them, and the work that follows. Nothing is written until somebody commits it."""

    changes: list[records.Change] = field(default_factory=list)
    entries: list[records.Entry] = field(default_factory=list)
    work: list[records.Task] = field(default_factory=list)

    def add(self, other: Writing) -> None:
        """Take in what another step put together."""
        self.changes += other.changes
        self.entries += other.entries
        self.work += other.work

    def note(
        self,
        change: records.Change,
        *entries: records.Entry,
        work: Iterable[records.Task] = (),
    ) -> None:
        """Add one change with its entries and its work."""
        self.changes.append(change)
        self.entries += entries
        self.work += work

    def commit(self, parts: Parts) -> None:
        """Write all of it, or nothing."""
        parts.store.commit(*self.changes, entries=self.entries, work=self.work)
