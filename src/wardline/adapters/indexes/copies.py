"""Copies of hash lists on disk, mapped into memory: every process that follows the lists shares their pages.

A copy is one file, ``<list id>.<number>``: everything that is searched of the list as it was after batch ``number``. It appears by a
rename when all of it is on disk and was read back, is never written to again, and each of its sections has a checksum.

There is no journal beside it, for the store has one: its batches. A process that starts opens the newest copy and reads the batches after
it, into memory of its own; so it never waits for whoever makes copies, and finds a new entry as soon as the store has it. When the
batches since a copy have become many, the first process that can lock the folder makes the next one in a thread, and each goes over to it
when it next looks. A process that dies while it does so leaves an unfinished file that the next one removes, and its lock is gone with it.

Nothing in the folder counts: it may be removed at any time, and comes again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from wardline import matching, ports
from wardline.adapters.indexes import copy_file
from wardline.adapters.indexes.durable import UNFINISHED, Lock, translated
from wardline.adapters.indexes.freed import give_back
from wardline.adapters.indexes.hamming import MemoryIndex, most_changes
from wardline.errors import IntegrityError, NotFoundError, WardlineError

_MOST_BATCHES = 512
"""So many are read beside a copy before the next is made: some hundredths of a second of a start, however small they are."""
_MOST_WAITS = 100
"""So often, about once a second, a process looks whether another one has made a copy before it helps itself."""


class MappedCopies:
    """``ports.Copies`` in a folder.

    Args:
        folder: Made when the first copy is. Nothing else may live there.
        told: Called with a list's id and a sentence when a copy was damaged or could not be made, in whatever thread that was noticed.
        reached: Write points: ``copy:begun``, ``copy:written`` (under another name, not yet durable), ``copy:current`` (the old one is
            still there) and ``copy:old-removed``.
        least_free_bytes: No copy is made that would leave less space on the disk: evidence goes before copies.
        most_batches: After so many a copy is due, however few entries they tell of.
    """

    def __init__(
        self, folder: Path, *, told: Callable[[str, str], None], reached: ports.WritePoint, least_free_bytes: int,
        most_batches: int = _MOST_BATCHES,
    ) -> None:  # fmt: skip
        self._folder, self._told, self._reached = folder, told, reached
        self._least_free_bytes, self._most_batches = least_free_bytes, most_batches
        self._refused: set[Path] = set()
        """Copies that are no good and could not be removed."""
        self._writer: threading.Thread | None = None
        self._is_waiting = self._went_over = False
        self._asked = self._waits = 0

    def stamp(self) -> str:
        """Give the names of all copies, and another text each time while one is to be made that could not be begun."""
        if self._went_over:
            # What the process had in place of the copy was let go of since.
            self._went_over = False
            give_back()
        waiting = []
        if self._is_waiting:
            self._asked += 1
            waiting, self._is_waiting = [f"waiting:{self._asked}"], False
        return " ".join([*sorted(path.name for path in copy_file.paths(self._folder)), *waiting])

    def open(
        self, list_id: str, *, above: int, is_ours: Callable[[matching.ListCopy], bool]
    ) -> matching.ListCopy | None:
        """Open the newest copy of a list that holds a later batch than number ``above``, and check all of it."""
        tried: set[Path] = set()
        # Looked up anew each time: another process may just have replaced the one that was the newest.
        while path := self._newest(list_id, above, tried):
            tried.add(path)
            copy = self._read(list_id, path)
            if copy is not None and is_ours(copy):
                self._went_over = True
                return copy
            if copy is not None:
                self._drop(path)
        return None

    def keep(self, list_id: str, volume: matching.Copied) -> None:
        """Make a copy in a thread if many batches or entries came since the last, or there is none of a list that is long enough."""
        index = volume.index
        if not isinstance(index, MemoryIndex) or not self._is_due(list_id, volume):
            return
        try:
            with translated("list copy"):
                lock = self._lock()
        except WardlineError as error:
            self._give_up(list_id, index, error)
            return
        if lock is None:
            self._wait(index)
            return
        self._waits = 0
        if self._is_due(list_id, volume):
            self._start(list_id, volume, index, lock)
        else:
            lock.release()  # another process was quicker

    def retain(self, list_ids: Iterable[str]) -> None:
        """Remove the copies of all other lists."""
        wanted = set(list_ids)
        for path in copy_file.paths(self._folder):
            if copy_file.list_id_of(path) not in wanted:
                self._drop(path)

    def close(self) -> None:
        """Wait for a copy that is being made: seconds for a list of millions."""
        if self._writer is not None:
            self._writer.join()

    # --- within ---------------------------------------------------------------------------------------------------------------------
    def _of(self, list_id: str) -> dict[int, Path]:
        """Give the copies of a list by number."""
        return {
            copy_file.number_of(path): path
            for path in copy_file.paths(self._folder)
            if copy_file.list_id_of(path) == list_id and path not in self._refused
        }

    def _newest(self, list_id: str, above: int, tried: set[Path]) -> Path | None:
        found = {number: path for number, path in self._of(list_id).items() if path not in tried}
        newest = max(found, default=0)
        return found[newest] if newest > above else None

    def _wait(self, index: MemoryIndex) -> None:
        """Look again soon; and if that goes on for long, whoever makes copies is stuck."""
        self._is_waiting = True
        self._waits += 1
        if self._waits > _MOST_WAITS:
            index.merges = True

    def _is_due(self, list_id: str, volume: matching.Copied) -> bool:
        newest = max(self._of(list_id), default=0)
        if newest > volume.copied:
            return False  # it is to be gone over to first
        changes = volume.changes if newest and newest == volume.copied else len(volume)
        return changes > most_changes(len(volume)) or volume.applied - newest >= self._most_batches

    def _read(self, list_id: str, path: Path) -> matching.ListCopy | None:
        try:
            with translated("list copy"):
                return copy_file.read(path)
        except NotFoundError:
            pass  # the next one replaced it: the stamp will tell
        except IntegrityError as error:
            self._drop(path)
            self._told(list_id, f"{error.message}. It was removed, and the list is read from the store.")
        except WardlineError as error:
            self._refused.add(path)
            self._told(list_id, f"{error.message}. The list is read from the store.")
        return None

    def _drop(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            self._refused.add(path)

    def _lock(self) -> Lock | None:
        """Take the lock of the folder; None when another process, or this one, is making a copy."""
        if self._writer is not None and self._writer.is_alive():
            return None
        self._folder.mkdir(mode=0o700, exist_ok=True)
        return Lock.of(self._folder / "lock")

    def _start(self, list_id: str, volume: matching.Copied, index: MemoryIndex, lock: Lock) -> None:
        path = copy_file.path_of(self._folder, list_id, volume.applied)
        batch_id, state, columns = volume.last_batch_id, index.frozen(), volume.freeze()

        def write() -> None:
            try:
                with translated("list copy"):
                    self._begin()
                    copy_file.write(
                        path, state, columns(), batch_id=batch_id, least_free_bytes=self._least_free_bytes,
                        reached=self._reached,
                    )  # fmt: skip
                    self._end(path)
            except (WardlineError, MemoryError) as error:
                self._give_up(list_id, index, error)
            finally:
                lock.release()

        self._writer = threading.Thread(target=write, name="list-copy", daemon=True)
        self._writer.start()

    def _begin(self) -> None:
        self._reached("copy:begun")
        for left in self._folder.glob(f"*{UNFINISHED}"):
            left.unlink()

    def _end(self, path: Path) -> None:
        self._reached("copy:current")
        self._refused.discard(path)  # there is another file under its name now
        for number, old in self._of(copy_file.list_id_of(path)).items():
            if number < copy_file.number_of(path):
                old.unlink(missing_ok=True)
        self._reached("copy:old-removed")

    def _give_up(self, list_id: str, index: MemoryIndex, error: Exception) -> None:
        index.merges = True
        why = error.message if isinstance(error, WardlineError) else "list copy: no memory, expected enough"
        self._told(list_id, f"{why}. The list is searched all the same, from memory of each process.")
