"""An exchange that tells what a test wrote down, in pages, and can be cut short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from wardline import records
from wardline.errors import DependencyError, RefusedError, WardlineError
from wardline.pipeline import Exchange
from wardline.records import EntryChange, HashKind, HashListPage, ListMeaning, MalformedLine, Verdict


def md5(number: int) -> str:
    return f"{number:032x}"


def told(key: str, *numbers: int, category: records.Category | None = None) -> tuple[EntryChange, ...]:
    """Say that a key stands for these MD5 hashes."""
    return tuple(EntryChange(kind=HashKind.MD5, value=md5(n), category=category, key=key) for n in numbers)


@dataclass
class ScriptedExchange:
    """``ports.HashExchange``. Each step that was told is a page; a cursor is the number of the step."""

    steps: list[HashListPage] = field(default_factory=list)
    meanings: frozenset[ListMeaning] = frozenset({ListMeaning.ILLEGAL})
    describes_itself: str = "an exchange for a test"
    fails_at: int | None = None
    """The step whose fetch fails."""
    failure: WardlineError = field(
        default_factory=lambda: DependencyError("exchange: does not answer, expected an answer")
    )
    fetched: list[str | None] = field(default_factory=list)
    heard: list[tuple[str, str, Verdict]] = field(default_factory=list)
    deaf: bool = False

    def tell(
        self,
        *changes: Sequence[EntryChange],
        removed: Sequence[str] = (),
        restarted: bool = False,
        malformed: int = 0,
    ) -> None:
        """Add a step."""
        self.steps.append(
            HashListPage(
                added=tuple(each for change in changes for each in change), removed=tuple(removed), restarted=restarted,
                malformed=tuple(MalformedLine(line=n + 1, reason="a reason") for n in range(malformed)), cursor=None,
            )
        )  # fmt: skip

    def fetch(self, cursor: str | None) -> HashListPage:
        self.fetched.append(cursor)
        at = int(cursor or 0)
        if at == self.fails_at:
            raise self.failure
        if at >= len(self.steps):
            return HashListPage(added=(), malformed=(), cursor=None, resume=str(at))
        page, last = self.steps[at], at + 1 == len(self.steps)
        return HashListPage(
            added=page.added, malformed=page.malformed, removed=page.removed, restarted=page.restarted,
            cursor=None if last else str(at + 1), resume=str(at + 1) if last else None,
        )  # fmt: skip

    def feed_back(self, entry: EntryChange, verdict: Verdict) -> None:
        if self.deaf:
            raise RefusedError("exchange: takes no feedback, expected none to be given")
        self.heard.append((entry.key, entry.value, verdict))


def as_part(exchange: ScriptedExchange, *, feedback: bool = False) -> dict[str, Exchange]:
    """Give it as the settings would name it."""
    return {"example": Exchange(exchange=exchange, interval=timedelta(hours=1), feedback=feedback)}
