"""Files that do not let their reader take too much: what an archive says about itself is not to be believed."""

from __future__ import annotations

import io
import os
from collections.abc import Callable

_CHUNK_BYTES = 2**20


class ArchiveError(Exception):
    """Carry a fixed phrase from an archive to the line that tells of it. Never leaves the scan."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Bounded:
    """A file that gives out only so much at once, so that nobody is made to hold more."""

    def __init__(self, file: io.FileIO | io.BufferedIOBase, *, most: int) -> None:
        self._file = file
        self._most = most

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes: exactly so many, unless it ends."""
        if size > self._most:
            raise ArchiveError("an archive that asks for too much memory")
        wanted = self._most + 1 if size < 0 else size
        read = self._read(wanted)
        if len(read) > self._most:
            raise ArchiveError("an archive that asks for too much memory")
        return read

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to another place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Say where it is."""
        return self._file.tell()

    def seekable(self) -> bool:
        """It is."""
        return True

    def _read(self, wanted: int) -> bytes:
        found: list[bytes] = []
        while wanted > 0 and (chunk := self._file.read(min(wanted, _CHUNK_BYTES))):
            found.append(chunk)
            wanted -= len(chunk)
        return found[0] if len(found) == 1 else b"".join(found)


class Inflated(Bounded):
    """What a packed file unpacks to. It goes forwards only, and not on and on from a small file."""

    def __init__(
        self,
        file: io.BufferedIOBase,
        consumed: Callable[[], int],
        *,
        most: int,
        ratio: int,
        free_bytes: int,
    ) -> None:
        super().__init__(file, most=most)
        self._consumed = consumed
        self._ratio = ratio
        self._free_bytes = free_bytes

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go forwards by reading."""
        left = offset - self.tell()
        if whence != os.SEEK_SET or left < 0:
            raise ArchiveError("an archive that leads backwards")
        while left > 0 and (skipped := len(self._read(min(left, _CHUNK_BYTES)))):
            left -= skipped
        return self.tell()

    def _read(self, wanted: int) -> bytes:
        read = super()._read(wanted)
        if self.tell() > self._ratio * self._consumed() + self._free_bytes:
            raise ArchiveError("an archive that is packed too tightly")
        return read
