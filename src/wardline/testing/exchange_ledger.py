"""What the owners of the sandbox's exchanges share: entries that come, change and go."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedEntry:
    """One entry as it is now."""

    key: str
    hashes: tuple[tuple[str, str], ...] = ()
    """Each a name of a fingerprint, as the exchange writes it, and its value."""
    grade: str = ""
    """NCMEC: the classification. ThreatExchange: the members' statuses, with commas between them."""
    kind: str = "image"
    """NCMEC: ``"image"`` or ``"video"``."""
    is_deleted: bool = False
    raw: str | None = None
    """Stands in the page instead of all this."""
    at: int = 0
    """When it changed last, seconds since 1970."""
    first: int = 0
    """Its place in the order in which entries came."""
    place: int = 0
    """Its place in the order of changes."""


class ExchangeLedger:
    """The entries of one exchange. Safe to share between threads.

    Args:
        clock_now: Gives the time of changes, aware.
    """

    def __init__(self, clock_now: Callable[[], datetime]) -> None:
        self._now = clock_now
        self._entries: dict[str, SharedEntry] = {}
        self._changes = 0
        self._lock = threading.Lock()

    def tell(
        self, key: str, *hashes: tuple[str, str], grade: str = "", kind: str = "image", ago_seconds: int = 0
    ) -> None:
        """Share an entry, or say what it is from now on. With ``ago_seconds`` it becomes visible late: it says that it changed before."""
        self._put(SharedEntry(key=key, hashes=hashes, grade=grade, kind=kind), ago_seconds)

    def forget(self, key: str) -> None:
        """Drop an entry without a tombstone, as exchanges do with old tombstones."""
        with self._lock:
            self._entries.pop(key, None)

    def withdraw(self, key: str, *hashes: tuple[str, str], kind: str = "image") -> None:
        """Leave a tombstone, also where nothing stood."""
        self._put(SharedEntry(key=key, hashes=hashes, kind=kind, is_deleted=True))

    def put_raw(self, text: str) -> None:
        """Let a piece of a document stand among the entries: an XML element, or a JSON value."""
        self._put(SharedEntry(key=f"raw-{self._changes}", raw=text))

    def in_order_of_coming(self) -> list[SharedEntry]:
        """Give all entries; the order says nothing of the time when they changed."""
        with self._lock:
            return sorted(self._entries.values(), key=lambda entry: entry.first)

    def in_order_of_change(self) -> list[SharedEntry]:
        """Give all entries, those that changed last at the end."""
        with self._lock:
            return sorted(self._entries.values(), key=lambda entry: entry.place)

    def _put(self, entry: SharedEntry, ago_seconds: int = 0) -> None:
        with self._lock:
            self._changes += 1
            before = self._entries.get(entry.key)
            self._entries[entry.key] = SharedEntry(
                key=entry.key, hashes=entry.hashes, grade=entry.grade, kind=entry.kind, is_deleted=entry.is_deleted, raw=entry.raw,
                at=int(self._now().timestamp()) - ago_seconds, first=before.first if before else self._changes, place=self._changes,
            )  # fmt: skip
