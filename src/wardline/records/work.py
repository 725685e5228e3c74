"""Changes to the store, and durable work that follows them.

A commit takes changes, the audit entries that tell of them, and the work to enqueue: all three happen, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wardline.records.checks import require_utc
from wardline.records.figures import Step
from wardline.records.list_care import Tally


@dataclass(frozen=True, slots=True)
class Insert:
    """Add a record that does not exist yet."""

    record: Any


@dataclass(frozen=True, slots=True)
class Load:
    """Add many records of one kind under one digest: the entries of a hash list."""

    records: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Replace:
    """Put a record in the place of its previous version: ``record.version`` is one more than what is stored, else it conflicts."""

    record: Any


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a record away, whatever its version."""

    kind: type[Any]
    id: str


@dataclass(frozen=True, slots=True)
class Add:
    """Count: no entry of its own, for totals are logged once a minute."""

    step: Step
    day: date
    amount: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """An idempotency key that was used. Holds keyed digests only and lives 24 hours."""

    key_digest: str
    body_digest: str
    expires_at: datetime

    def __post_init__(self) -> None:
        require_utc("expires_at", self.expires_at)


QUEUE = "wardline"
"""Where work waits that needs nobody outside."""
_QUEUES = {
    "refer": "wardline-filing",
    "watch-schema": "wardline-filing",
    "refer-soon": "wardline-filing-soon",
    "refer-at-once": "wardline-filing-at-once",
    "enforce": "wardline-platforms",
    "reverse": "wardline-platforms",
    "tell": "wardline-platforms",
    "notify": "wardline-notifiers",
    "verify-log": "wardline-log",
    "witness": "wardline-notifiers",
    "sync-list": "wardline-lists",
    "look-back": "wardline-lists",
    "feed-back": "wardline-lists",
    "weigh": "wardline-clusters",
    "withdraw": "wardline-clusters",
    "spread": "wardline-clusters",
    "follow": "wardline-clusters",
    "take-back": "wardline-clusters",
    "bring-back": "wardline-clusters",
}

Change = Insert | Load | Replace | Remove | Add | Tally | Remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Durable work: one record to carry forward."""

    name: str
    """Which step: ``"conclude"``, ``"enforce"``, ``"refer"``."""
    record_id: str
    attempt: int = 0
    """Part of the workflow's id, so that a later try is new work and a repeated commit is not."""
    not_before: datetime | None = None

    def __post_init__(self) -> None:
        require_utc("not_before", self.not_before)

    @property
    def queue(self) -> str:
        """The queue that it waits in: whoever is slow, outside or at a long log, keeps only what is meant for them waiting."""
        return _QUEUES.get(self.name, QUEUE)
