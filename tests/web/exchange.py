"""An exchange that tells what a test gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from wardline import records
from wardline.pipeline.parts import Exchange
from wardline.records import HashListPage, ListMeaning


@dataclass
class ToldExchange:
    """Gives its pages one by one, then nothing new."""

    describes_itself: str = "the county exchange, sandbox"
    meanings: frozenset[ListMeaning] = frozenset(ListMeaning)
    pages: list[HashListPage] = field(default_factory=list)
    heard: list[tuple[records.EntryChange, records.Verdict]] = field(default_factory=list)

    def fetch(self, cursor: str | None) -> HashListPage:
        """Give the next page."""
        if self.pages:
            return self.pages.pop(0)
        return HashListPage(added=(), malformed=(), cursor=None, resume=cursor or "end")

    def feed_back(self, entry: records.EntryChange, verdict: records.Verdict) -> None:
        """Note what the owner is told."""
        self.heard.append((entry, verdict))


def exchanges(told: ToldExchange | None = None, *, feedback: bool = True) -> dict[str, Exchange]:
    """Make the exchanges of an installation: one, with the name ``county``."""
    made = Exchange(exchange=told or ToldExchange(), interval=timedelta(hours=1), feedback=feedback)
    return {"county": made}
