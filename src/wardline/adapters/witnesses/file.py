"""A file elsewhere that signed checkpoints are appended to."""

from __future__ import annotations

import errno
import fcntl
import os
from io import FileIO
from pathlib import Path
from typing import ClassVar

from wardline import audit, records
from wardline.errors import WitnessError

SEPARATOR = "\n"
"""An empty line after each note. A note has one within, before its signatures; three lines of text stand before that."""
_MOST_BYTES = 64 * 2**20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FileWitness:
    """A ``ports.Witness`` that appends notes to a file. It is worth as much as whoever may write to that file is not who holds the log's key:
    put it on another machine's disk, or where files can only grow.

    Args:
        name: What the settings call it.
        path: The file; its folder must exist.
    """

    gives_back: ClassVar[bool] = True
    """What it took is there to be read, so that it is noticed when it is not."""

    def __init__(self, name: str, path: Path) -> None:
        self._name, self._path = name, path

    @property
    def name(self) -> str:
        """What the settings call it."""
        return self._name

    def keep(self, checkpoint: records.Checkpoint) -> None:
        """See ``ports.Witness``. What a crash left half written before is ended with an empty line."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                size = os.fstat(file.fileno()).st_size
                torn = size > 0 and os.pread(file.fileno(), 2, max(0, size - 2)) != b"\n\n"
                data = ((SEPARATOR * 2 if torn else "") + checkpoint.note + SEPARATOR).encode()
                _write(file, data)
                os.fsync(file.fileno())
        except OSError as error:
            why = "its disk is full" if error.errno in _FULL else type(error).__name__
            raise WitnessError(
                f"witness {self._name}: not written ({why}), expected a file that may be appended to"
            ) from None

    def kept(self) -> list[str]:
        """See ``ports.Witness``."""
        try:
            with self._path.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise WitnessError(
                f"witness {self._name}: cannot be read ({type(error).__name__}), expected a readable file"
            ) from None
        if len(data) > _MOST_BYTES:
            raise WitnessError(
                f"witness {self._name}: over {_MOST_BYTES} bytes, expected a shorter file; move older notes to another one"
            )
        return audit.notes_in(data.decode("utf-8", errors="replace"))


def _write(file: FileIO, data: bytes) -> None:
    if file.write(data) != len(data):
        # A full disk takes what it can; only the next write would say why it took no more.
        raise OSError(errno.ENOSPC, "written in part")
