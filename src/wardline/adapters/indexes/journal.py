"""The journal of an index: every change since a generation, one record each, appended and synced before the call returns.

::

    16 bytes   WARDLINE-CHANGES
    records    4 bytes CRC-32 of the next 8 · 4 bytes kind and count · 4 bytes CRC-32 of the content · content

The kind is the count's highest bit: set for a removal. The content is ``int64[n]`` ids and, for an addition, ``uint8[n, 32]`` hashes;
all numbers are little-endian.

A process that dies while it appends leaves the beginning of a record, which nobody was told is there: it is cut off. A record that is
there at full length and is not what was written is damage, and refused. After a change that could not be written nothing is appended any
more: it is cut off, and the next change goes to the next journal.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from wardline.adapters.indexes import durable
from wardline.adapters.indexes.merging import Hashes, Ids
from wardline.errors import IntegrityError
from wardline.kernels.hamming import HASH_BYTES

_MAGIC = b"WARDLINE-CHANGES"
_HEAD = struct.Struct("<III")
_REMOVAL = 1 << 31
_MOST_ROWS = 1 << 20
"""Rows in a record; a larger change takes several. An interrupted one may then be there in part, and its call did not return."""

Change = tuple[Hashes | None, Ids]


def encoded(hashes: Hashes | None, ids: Ids) -> Iterator[bytes]:
    """Write a change as records."""
    for start in range(0, len(ids), _MOST_ROWS):
        some = ids[start : start + _MOST_ROWS]
        content = some.astype("<i8").tobytes()
        if hashes is not None:
            content += hashes[start : start + _MOST_ROWS].tobytes()
        count = len(some) | (_REMOVAL if hashes is None else 0)
        rest = struct.pack("<II", count, zlib.crc32(content))
        yield struct.pack("<I", zlib.crc32(rest)) + rest + content


def created(path: Path) -> Journal:
    """Make an empty journal, which is there whole or not at all, and open it to append to."""
    with durable.appearing(path) as descriptor:
        durable.write(descriptor, _MAGIC)
    try:
        return Journal(path)
    except BaseException:
        # A journal that nobody writes to must not look like the current one.
        path.unlink()
        raise


class Reader:
    """Reads a journal from where it stopped last. Another process may be appending to it."""

    def __init__(self, path: Path) -> None:
        """Open a journal; ``FileNotFoundError`` when it is gone."""
        self._path = path
        self._file = path.open("rb", buffering=0)
        if self._file.read(len(_MAGIC)) != _MAGIC:
            self.close()
            raise _damaged(path, 0)
        self.end = len(_MAGIC)
        """Where the records end that were read and whole."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def has_grown(self) -> bool:
        """Say whether there is more than was read."""
        return os.fstat(self._file.fileno()).st_size > self.end

    def is_overtaken(self) -> bool:
        """Say whether the writer has removed it, for a generation holds all of it, or has cut off a change that was read here."""
        status = os.fstat(self._file.fileno())
        return status.st_nlink == 0 or status.st_size < self.end

    def changes(self) -> Iterator[Change]:
        """Give the whole records that were appended since; stop before one that is not whole yet."""
        size = os.fstat(self._file.fileno()).st_size
        while self.end < size:
            change = self._record(size)
            if change is None:
                return
            yield change

    def _record(self, size: int) -> Change | None:
        head = os.pread(self._file.fileno(), _HEAD.size, self.end)
        if len(head) < _HEAD.size or self._is_blank(head, size):
            return None
        head_crc, count, content_crc = _HEAD.unpack(head)
        if zlib.crc32(head[4:]) != head_crc:
            raise _damaged(self._path, self.end)
        rows = count & ~_REMOVAL
        length = rows * (8 if count & _REMOVAL else 8 + HASH_BYTES)
        if self.end + _HEAD.size + length > size:
            return None
        content = self._content(self.end + _HEAD.size, length)
        if len(content) < length:
            return None
        if zlib.crc32(content) != content_crc:
            raise _damaged(self._path, self.end)
        self.end += _HEAD.size + length
        ids = np.frombuffer(content, "<i8", rows).astype(np.int64)
        if count & _REMOVAL:
            return None, ids
        return np.frombuffer(content, np.uint8, offset=8 * rows).reshape(rows, HASH_BYTES), ids

    def _is_blank(self, head: bytes, size: int) -> bool:
        """Say whether all that follows is zero: some file systems lengthen a file before what was written is there."""
        return not any(head) and not any(self._content(self.end, size - self.end))

    def _content(self, start: int, length: int) -> bytes:
        parts, left = [], length
        while left and (part := os.pread(self._file.fileno(), left, start + length - left)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)


class Journal:
    """A journal that this process appends to; nobody else does."""

    def __init__(self, path: Path, end: int | None = None) -> None:
        """Open a journal to append to.

        Args:
            path: Of a journal that exists.
            end: Where its whole records end; what is after it is cut off. None: at the end of the file.
        """
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        self._end = os.fstat(self._descriptor).st_size if end is None else end
        self.is_finished = False
        """A change was not written: the next one goes to another journal. Readers may have gone further here than it ends now."""
        self.cut()

    def append(self, hashes: Hashes | None, ids: Ids) -> None:
        """Write a change and see it on disk; when it raises, the change is not there, and the journal is finished."""
        end = self._end
        try:
            with durable.translated("index journal"):
                for record in encoded(hashes, ids):
                    durable.write(self._descriptor, record)
                    end += len(record)
                os.fdatasync(self._descriptor)
        except BaseException:
            self.is_finished = True
            with suppress(OSError):
                self.cut()
            raise
        self._end = end

    def cut(self) -> None:
        """Cut off what is not whole, durably."""
        if self.is_finished or os.fstat(self._descriptor).st_size != self._end:
            os.ftruncate(self._descriptor, self._end)
            os.fdatasync(self._descriptor)
        os.lseek(self._descriptor, self._end, os.SEEK_SET)

    def close(self) -> None:
        """Close the file. A later change fails: its descriptor may be another file's by then."""
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)


def _damaged(path: Path, at: int) -> IntegrityError:
    return IntegrityError(
        f"index journal {path.name}: byte {at} and what follows are damaged, expected a record",
        remedy=durable.REMEDY,
    )
