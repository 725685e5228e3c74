"""A fixed number of workers, lent to one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wardline.adapters.media.attendant import Attendant
from wardline.errors import SandboxUnavailableError


class Pool:
    """Lend workers out; replace those that are dead, lost or old.

    A worker is kept for so many jobs only: should a hostile picture take one over, what it can misreport afterwards is bounded.
    """

    def __init__(self, spawn: Callable[[], Attendant], *, size: int, jobs_per_worker: int) -> None:
        self._spawn = spawn
        self._size = size
        self._jobs_per_worker = jobs_per_worker
        self._changed = threading.Condition()
        self._idle: list[Attendant] = []
        self._lent: set[Attendant] = set()
        self._count = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether no worker is lent any more."""
        return self._closed

    def fill(self) -> None:
        """Start every worker now, so that the first calls need not wait."""
        started: list[Attendant] = []
        try:
            while len(started) < self._size:
                started.append(self.borrow())
        finally:
            for worker in started:
                self.give_back(worker)

    def borrow(self) -> Attendant:
        """Wait for a worker; ``SandboxUnavailableError`` when there is none to be had."""
        with self._changed:
            while True:
                if self._closed:
                    raise SandboxUnavailableError("media sandbox: closed, expected open")
                worker = self._take_idle()
                if worker is not None:
                    self._lent.add(worker)
                    return worker
                if self._count < self._size:
                    self._count += 1
                    break
                self._changed.wait()
        return self._hire()

    def give_back(self, worker: Attendant) -> None:
        """Take back a worker that answered."""
        with self._changed:
            if worker.jobs < self._jobs_per_worker and not self._closed:
                self._lent.discard(worker)
                self._idle.append(worker)
                self._changed.notify()
                return
        self.dismiss(worker)

    def dismiss(self, worker: Attendant) -> None:
        """Kill a borrowed worker; the next borrower gets a new one in its place."""
        with self._changed:
            self._lent.discard(worker)
            self._count -= 1
            self._changed.notify()
        worker.end()

    def close(self) -> None:
        """Kill the idle workers and interrupt those that are lent, whose borrowers dismiss them."""
        with self._changed:
            self._closed = True
            for worker in self._lent:
                worker.interrupt()
            idle, self._idle = self._idle, []
            self._count -= len(idle)
            self._changed.notify_all()
        for worker in idle:
            worker.end()

    def _take_idle(self) -> Attendant | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive():
                return worker
            self._count -= 1
            worker.end()
        return None

    def _hire(self) -> Attendant:
        try:
            worker = self._spawn()
        except BaseException:
            with self._changed:
                self._count -= 1
                self._changed.notify()
            raise
        with self._changed:
            self._lent.add(worker)
            if self._closed:
                worker.interrupt()
        return worker
