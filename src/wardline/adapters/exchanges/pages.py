"""A page while it is read: what each key stands for by the page's last word on it. Reasons are fixed phrases, never what was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from wardline import records
from wardline.errors import InputError


@dataclass(frozen=True, slots=True)
class Malformed:
    """Why something was skipped."""

    reason: str


@dataclass(frozen=True, slots=True)
class Untaken:
    """What is well formed and not taken."""

    what: str
    """In the plural: it is told behind a number."""


Found = records.EntryChange | Malformed | Untaken


def hash_of(
    kind: records.HashKind, text: object, category: records.Category | None = None
) -> records.EntryChange | Malformed:
    """Make an entry of a hash as written; spaces around it and its case do not matter."""
    value = text.strip().lower() if isinstance(text, str) else ""
    try:
        records.Hash(kind=kind, value=value, quality=0 if kind is records.HashKind.PDQ else None)
    except InputError:
        return Malformed(f"a {kind} hash that is not hexadecimal of its length")
    return records.EntryChange(kind=kind, value=value, category=category)


class PageReading:
    """Takes what a page says, entry by entry, and gives the page.

    Args:
        untaken: Counts what is well formed and not taken; goes on over the pages.
    """

    def __init__(self, untaken: Counter[str]) -> None:
        self._untaken = untaken
        self._said: dict[str, tuple[records.EntryChange, ...]] = {}
        self._malformed: list[records.MalformedLine] = []

    def tell(self, place: int, key: str, found: Iterable[Found]) -> None:
        """Take an entry. Malformed parts are reported and hide no other part; one that has no other part leaves its key as it was.

        An entry with nothing that is taken counts as withdrawn: its key stands for nothing here any more.
        """
        if not self._is_key(place, key):
            return
        hashes: dict[tuple[records.HashKind, str], records.EntryChange] = {}
        broken = False
        for each in found:
            if isinstance(each, Malformed):
                self.skip(place, each.reason)
                broken = True
            elif isinstance(each, Untaken):
                self.count(each.what)
            else:
                hashes[each.kind, each.value] = replace(each, key=key)
        if hashes or not broken:
            self._said[key] = tuple(hashes.values())

    def withdraw(self, place: int, key: str) -> None:
        """Take the word that an entry is no more."""
        if self._is_key(place, key):
            self._said[key] = ()

    def count(self, what: str) -> None:
        """Count something that is well formed and not taken. See ``Untaken``."""
        self._untaken[what] += 1

    def skip(self, place: int, reason: str) -> None:
        """Report something that cannot be taken."""
        self._malformed.append(records.MalformedLine(line=place, reason=reason))

    def finish(
        self, *, cursor: str | None = None, resume: str | None = None, restarted: bool = False
    ) -> records.HashListPage:
        """Give the page."""
        return records.HashListPage(
            added=tuple(entry for hashes in self._said.values() for entry in hashes),
            malformed=tuple(self._malformed),
            cursor=cursor,
            removed=tuple(key for key, hashes in self._said.items() if not hashes),
            resume=resume,
            restarted=restarted,
        )

    def _is_key(self, place: int, key: str) -> bool:
        try:
            records.check_key(key)
        except InputError:
            self.skip(place, "an id that is empty, too long or no plain text")
            return False
        return True
