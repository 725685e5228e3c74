"""What somebody asks of the group commit and waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from wardline.adapters.stores.preparation import Prepared

_LOOK_AGAIN_SECONDS = 0.5
"""Whoever was to tell a thread may have been interrupted just then."""


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class Job:
    """What somebody waits for."""

    is_done: bool = False
    result: Any = None
    error: BaseException | None = None
    _told: threading.Lock = field(default_factory=_locked)
    """Open once there is something to look at."""

    def succeed(self, result: Any = None) -> None:
        """Note that it is done, and tell whoever waits."""
        self.result, self.is_done = result, True
        self.tell()

    def fail(self, error: BaseException) -> None:
        """Note what went wrong, and tell whoever waits."""
        self.error, self.is_done = error, True
        self.tell()

    def tell(self) -> None:
        """Have whoever waits for it look whether it is done, and else whether nobody writes."""
        with suppress(RuntimeError):  # told before
            self._told.release()

    def wait(self) -> None:
        """Wait until that is told."""
        self._told.acquire(timeout=_LOOK_AGAIN_SECONDS)


@dataclass(slots=True, eq=False, kw_only=True)
class Request(Job):
    """A commit."""

    prepared: Prepared


@dataclass(slots=True, eq=False, kw_only=True)
class Alone(Job):
    """Something that has a transaction to itself."""

    run: Callable[[sa.Connection], Any]


@dataclass(slots=True, eq=False, kw_only=True)
class Pause(Job):
    """Something that is done while nobody writes."""

    run: Callable[[], None]


def outcome(job: Job) -> Any:
    """Give what came of something that is done, or raise it."""
    if job.error is not None:
        raise job.error
    return job.result
