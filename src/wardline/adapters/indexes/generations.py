"""The index on disk: one process changes it, any number of others follow, and all share one copy of the pages.

::

    with closing(GenerationIndex(folder)) as index:      # the one writer
        index.add(hashes, ids)
    follower = GenerationReader(folder)                  # in each worker
    follower.search(queries, radius_bits=31)

The folder holds a generation, which is an index file mapped into memory, and a journal of the changes since. When these grow many, a
thread merges both into a new generation; the old one's file goes at once, and its pages when the last process has let go of it. Readers
follow at their next search.

It is a copy: the hash lists in the store are what counts. When a file is damaged (``IntegrityError``), remove the folder and add all
hashes again. Merging needs the memory and the disk of a second index for as long as it takes: 1 GB each for ten million hashes.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np

from wardline import ports
from wardline.adapters.indexes import durable, folder, journal
from wardline.adapters.indexes.merging import Hashes, Ids, MergingIndex
from wardline.errors import BusyError
from wardline.kernels.hamming import HammingIndex


def _ignore(name: str) -> None:
    """Do nothing at a write point."""


class GenerationIndex(MergingIndex):
    """``ports.Index`` over a folder, durable: a change is on disk and searchable when its call returns.

    Args:
        path: The folder; made when missing, its parent must exist. Nothing else may live there.
        reached: Write points: ``index:before-change``, ``index:change-durable``, and in a merge ``index:journal-started``,
            ``index:generation-written`` (under another name, not yet durable), ``index:generation-current`` (the old one is still there)
            and ``index:old-removed``.

    Raises:
        BusyError: Another process, or another object of this one, writes to the folder.
        IntegrityError: A file is not as it was written.
    """

    def __init__(self, path: Path, *, reached: ports.WritePoint = _ignore) -> None:
        self._path, self._reached = path, reached
        with durable.translated("index"), ExitStack() as undoing:
            path.mkdir(mode=0o700, exist_ok=True)
            undoing.callback(os.close, _locked(path))
            state = _recovered(path)
            with closing(state.reader):
                self._journal = journal.Journal(
                    folder.path_of(path, "journal", state.number), state.reader.end
                )
            undoing.callback(self._close_journal)
            self._ending = undoing.pop_all()
        super().__init__(state.index)
        self._number = state.number
        self._merging = 0
        """The number of the generation that a merge is making: the journal that was started with it."""

    def close(self) -> None:
        """Wait for a merge under way, then let another process write."""
        super().close()
        with self._writing, self._ending:
            pass

    def add(self, hashes: Hashes, ids: Ids) -> None:
        """Make hashes findable: all of them or, when an id is taken (``AlreadyExistsError``), none."""
        super().add(hashes, ids)
        self._merge_when_due(self._merge_in_background)

    def remove(self, ids: Ids) -> None:
        """Take hashes out. Unknown ids are ignored."""
        super().remove(ids)
        self._merge_when_due(self._merge_in_background)

    def _record(self, hashes: Hashes | None, ids: Ids) -> None:
        self._reached("index:before-change")
        if self._journal.is_finished:
            self._start_journal()
        self._journal.append(hashes, ids)
        self._reached("index:change-durable")

    def _close_journal(self) -> None:
        self._journal.close()

    def _start_journal(self) -> None:
        following = folder.path_of(self._path, "journal", self._number + 1)
        with durable.translated("index journal"):
            self._journal.cut()
            fresh = journal.created(following)
        old, self._journal = self._journal, fresh
        self._number += 1
        old.close()

    def _begin_merge(self) -> HammingIndex:
        self._start_journal()
        self._merging = self._number
        self._reached("index:journal-started")
        return self._index.frozen()

    def _merged(self, state: HammingIndex) -> HammingIndex:
        merged = state.merged()
        path, size = folder.path_of(self._path, "generation", self._merging), merged.file_bytes()
        with durable.translated("index generation"), durable.appearing(path) as descriptor:
            # With the room taken, writing through the mapping cannot meet a full disk, which would end the process.
            os.posix_fallocate(descriptor, 0, size)
            with mmap.mmap(descriptor, size) as mapped:
                content = np.frombuffer(mapped, np.uint8)
                merged.write_into(content)
                del content
                mapped.flush()
            fresh = HammingIndex.open(str(durable.unfinished_name(path)))
            fresh.verify()
            self._reached("index:generation-written")
        self._reached("index:generation-current")
        return fresh

    def _end_merge(self) -> None:
        _remove_before(self._path, self._merging)
        self._reached("index:old-removed")


class GenerationReader:
    """Searches the same folder from another process, or many, while the writer changes it. Safe to call from many threads.

    A search sees every change whose call returned before the search began. After a merge one search pays for opening the new generation:
    a fifth of a second for ten million hashes.

    Raises:
        NotFoundError: There is no index in the folder yet.
        IntegrityError: A file is not as it was written; the same from a search.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._following = threading.Lock()
        with durable.translated("index"):
            self._state = folder.load(path)

    def __len__(self) -> int:
        """Count the hashes that could be found at the last search."""
        return len(self._state.index)

    def search(self, queries: Hashes, *, radius_bits: int) -> list[list[tuple[int, int]]]:
        """For each of ``uint8[q, 32]`` give every ``(id, distance_bits)`` within the radius, nearest first, then by id."""
        # Who comes while another takes changes in waits for them: without them it might not find what was there before it asked.
        with self._following, durable.translated("index"):
            self._follow()
        return self._state.index.search(queries, radius_bits).pairs()

    def close(self) -> None:
        """Let go of the journal. The generation's pages go with the object."""
        self._state.reader.close()

    def _follow(self) -> None:
        state = self._state
        has_ended = (
            state.reader.is_overtaken() or folder.path_of(self._path, "journal", state.number + 1).exists()
        )
        folder.take_in(state.index, state.reader)
        is_behind = state.generation < state.number
        if has_ended or (is_behind and folder.path_of(self._path, "generation", state.number).exists()):
            self._state = folder.load(self._path)
            state.reader.close()


def _locked(path: Path) -> int:
    descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise BusyError(
            f"index folder {path.name}: another process writes to it, expected one writer"
        ) from None
    return descriptor


def _recovered(path: Path) -> folder.State:
    """Finish or undo what a process left that died, and read the state."""
    for left in path.glob(f"*{durable.UNFINISHED}"):
        left.unlink()
    listed = folder.numbers(path)
    if not listed["generation"] and not listed["journal"]:
        journal.created(folder.path_of(path, "journal", 0)).close()
    state = folder.load(path)
    _remove_before(path, state.generation)
    return state


def _remove_before(path: Path, number: int) -> None:
    """Remove the generations and journals that a generation replaced: generations first, for they need their journals."""
    for kind, found in folder.numbers(path).items():
        for old in found:
            if old < number:
                folder.path_of(path, kind, old).unlink(missing_ok=True)
