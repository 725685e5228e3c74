"""The scan itself: many files at once, and never more of them in memory than there are threads to look at them."""

from __future__ import annotations

import io
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import ParamSpec, Protocol

from wardline.cli.scan import archives, judging, places
from wardline.cli.scan.bounded import ArchiveError
from wardline.cli.scan.journal import Journal
from wardline.cli.scan.judging import FoundArchive, Judge
from wardline.cli.scan.outcomes import SETTLED, Key, Outcome, Status, WholeArchive

P = ParamSpec("P")

_THREADS_PER_WORKER = 2
"""While one waits for its worker's answer, another reads its next file."""


class Told(Protocol):
    """Who is told what comes of each file."""

    def outcome(self, outcome: Outcome) -> None:
        """Tell it for good: after this it may be written down as told."""
        ...

    def settled(self, counts: dict[Status, int]) -> None:
        """Count files that an earlier run settled."""
        ...


@dataclass(slots=True)
class _OpenArchive:
    """An archive whose members are being looked at."""

    key: Key
    waiting: int = 0
    read: bool = False
    """Whether all members were given out."""
    sound: bool = True
    """Whether everything in it is settled."""
    counts: Counter[Status] = field(default_factory=Counter)


class Run:
    """One run over the places. Everything but the looking happens in the thread that calls ``go``."""

    def __init__(self, judge: Judge, told: Told, journal: Journal | None, *, workers: int) -> None:
        self._judge = judge
        self._told = told
        self._journal = journal
        self._most = _THREADS_PER_WORKER * workers
        self._threads = ThreadPoolExecutor(self._most, thread_name_prefix="scan")
        self._pending: dict[Future[Outcome | FoundArchive], _OpenArchive | None] = {}
        self._archives: deque[FoundArchive] = deque()
        self._unconfirmed: dict[Key, str] = dict(journal.matches) if journal else {}
        self._stopping = False

    def stop(self, *_signal: object) -> None:
        """End it as Ctrl-C does. A handler of signals: what it raises is lost where Python drops exceptions, in a finaliser for instance."""
        self._stopping = True
        raise KeyboardInterrupt

    def go(self, found: Iterable[places.Place | places.Trouble]) -> None:
        """Look at every file. An exception, Ctrl-C too, ends it after the files that are being looked at."""
        try:
            for place in found:
                self._begin(place)
                self._open_archives()
            while self._pending or self._archives:
                self._collect()
                self._open_archives()
            for key, name in self._unconfirmed.items():
                self._told.outcome(Outcome(name=name, status=Status.MATCH, key=key, earlier=True))
        finally:
            self._threads.shutdown(cancel_futures=True)

    def _begin(self, place: places.Place | places.Trouble) -> None:
        if isinstance(place, places.Trouble):
            self._told.outcome(judging.unreadable(place.path, place.reason, None))
            return
        key = places.key_of(place) if self._journal else None
        if key is None or not self._is_settled(key, None):
            self._submit(None, self._judge.file, place)

    def _submit(
        self,
        archive: _OpenArchive | None,
        look: Callable[P, Outcome | FoundArchive],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        self._pending[self._threads.submit(look, *args, **kwargs)] = archive
        if archive is not None:
            archive.waiting += 1
        while len(self._pending) >= self._most:
            self._collect()
        self._take(future for future in list(self._pending) if future.done())

    def _collect(self) -> None:
        if self._pending:
            self._take(wait(self._pending, return_when=FIRST_COMPLETED).done)

    def _take(self, done: Iterable[Future[Outcome | FoundArchive]]) -> None:
        if self._stopping:
            raise KeyboardInterrupt
        for future in done:
            archive = self._pending.pop(future)
            came = future.result()
            if isinstance(came, FoundArchive):
                self._archives.append(came)
                continue
            self._conclude(came)
            if archive is not None:
                archive.waiting -= 1
                self._count(archive, came.status)

    def _conclude(self, outcome: Outcome) -> None:
        self._told.outcome(outcome)
        if outcome.key is None:
            return
        if outcome.status is Status.MATCH:
            self._unconfirmed.pop(outcome.key, None)
        if self._journal is not None:
            self._journal.add(outcome)

    def _is_settled(self, key: Key, archive: _OpenArchive | None) -> bool:
        if self._journal is None:
            return False
        status = self._journal.settled(key)
        counts = {status: 1} if status else self._journal.whole_archive(key)
        if counts is None:
            return False
        self._told.settled(counts)
        if archive is not None and status is not None:
            archive.counts[status] += 1
        return True

    def _open_archives(self) -> None:
        while self._archives:
            found = self._archives.popleft()
            archive = _OpenArchive(found.key)
            for outcome in self._looked_into(found, archive):
                archive.sound = False
                self._conclude(outcome)
            archive.read = True
            self._close(archive)

    def _looked_into(self, found: FoundArchive, archive: _OpenArchive) -> Iterator[Outcome]:
        """Have the members looked at; gives what could not be read."""
        name = found.place.path
        try:
            file, key = places.opened(found.place)
        except (OSError, ValueError) as error:
            yield judging.unreadable(name, places.reason_of(error), found.key)
            return
        with file:
            if key != found.key:
                yield judging.unreadable(name, "changed while it was scanned", found.key)
                return
            try:
                for member in self._members(found, file, archive):
                    member_key = Key(key.path, key.size_bytes, key.modified_ns, member.index)
                    whole_name = f"{name}!/{member.name}"
                    if member.content is None:
                        reason = member.reason or "not opened"
                        yield judging.unopened(whole_name, reason, member_key)
                    else:
                        self._submit(archive, self._judge.content, whole_name, member_key, member.content)
            except ArchiveError as error:
                yield judging.unopened(name, error.reason, key)

    def _members(
        self, found: FoundArchive, file: io.FileIO, archive: _OpenArchive
    ) -> Iterator[archives.Member]:
        key = found.key
        return archives.members(
            file, found.kind, max_bytes=self._judge.max_bytes,
            settled=lambda index: self._is_settled(Key(key.path, key.size_bytes, key.modified_ns, index), archive),
        )  # fmt: skip

    def _count(self, archive: _OpenArchive, status: Status) -> None:
        archive.counts[status] += 1
        archive.sound = archive.sound and status in SETTLED
        self._close(archive)

    def _close(self, archive: _OpenArchive) -> None:
        if self._journal is not None and archive.read and archive.sound and not archive.waiting:
            self._journal.add_archive(WholeArchive(key=archive.key, counts=dict(archive.counts)))
