"""The index file: what an index needs, in one file that is mapped into memory as it is.

::

    16 bytes   WARDLINE-HAMMING
    16 bytes   BLAKE2b of the JSON
     4 bytes   length of the JSON, little-endian
    JSON       version, count, widths, and for each section: name, first byte, length, digest
    sections   each at a multiple of 4096, the first at 8192: near, far, ids, then blocks, rows and overflow of each table, then columns

Columns are arrays that whoever writes the file keeps beside the index: checked like the rest, and otherwise unknown here.

A section's digest is BLAKE2b over the sums of its blocks of 16 KiB (``layout.sums``): as quick to check as memory is to read. All numbers
are little-endian. What lies between sections is zero and means nothing.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from wardline.errors import DependencyError, InputError, IntegrityError, NotFoundError
from wardline.kernels.hamming import fast, layout
from wardline.kernels.hamming.layout import Table
from wardline.kernels.hamming.segments import Rows

_MAGIC = b"WARDLINE-HAMMING"
_VERSION = 1
_DIGEST_BYTES = 16
_PREFIX_BYTES = len(_MAGIC) + _DIGEST_BYTES + 4
_HEADER_BYTES = 8192
_PAGE_BYTES = 4096
_REMEDY = "Remove the file and build the index again from the hash lists."
_HASHES = ("near", "far", "ids")
_COLUMN = "column-"

Content = NDArray[np.uint8]
Columns = Mapping[str, NDArray[Any]]
"""By name, each of one dimension and contiguous. Read from a file they are ``uint8``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the parts of an index lie in its file."""

    sections: tuple[tuple[str, int, NDArray[Any]], ...]
    """Name, first byte, and what is there."""
    size_bytes: int

    @classmethod
    def of(cls, rows: Rows, columns: Columns) -> Plan:
        """Lay the parts of an index and what is kept beside it one after the other."""
        parts: list[tuple[str, NDArray[Any]]] = [("near", rows.near), ("far", rows.far), ("ids", rows.ids)]
        for at, table in enumerate(rows.tables):
            parts += [
                (f"blocks-{at}", table.blocks),
                (f"rows-{at}", table.rows),
                (f"overflow-{at}", table.overflow),
            ]
        parts += [(f"{_COLUMN}{name}", array) for name, array in columns.items()]
        sections, at = [], _HEADER_BYTES
        for name, array in parts:
            sections.append((name, at, array))
            at += -(-array.nbytes // _PAGE_BYTES) * _PAGE_BYTES
        return cls(tuple(sections), at)


def save(rows: Rows, path: str) -> None:
    """Write a file and wait until it is on disk."""
    try:
        content = np.memmap(path, np.uint8, "w+", shape=(Plan.of(rows, {}).size_bytes,))
    except OSError as error:
        raise DependencyError(f"index file {path}: not written, {error.strerror}") from error
    write(rows, {}, content)
    content.flush()


def write(rows: Rows, columns: Columns, content: Content) -> None:
    """Write a file into ``uint8[size]`` that is zero; the header comes last."""
    plan = Plan.of(rows, columns)
    if content.dtype != np.uint8 or content.shape != (plan.size_bytes,):
        raise InputError(
            f"index file: {content.dtype}{list(content.shape)} given, expected uint8[{plan.size_bytes}]"
        )
    listed = []
    for name, start, array in plan.sections:
        content[start : start + array.nbytes] = np.ascontiguousarray(array).view(np.uint8).reshape(-1)
        listed.append([name, start, array.nbytes, _digest(content, start, array.nbytes)])
    about = {"version": _VERSION, "count": len(rows), "widths": rows.widths, "sections": listed}
    text = json.dumps(about, separators=(",", ":")).encode()
    head = _MAGIC + _digest_of(text) + len(text).to_bytes(4, "little") + text
    if len(head) > _HEADER_BYTES:
        raise InputError(f"index file: a header of {len(head)} bytes, expected at most {_HEADER_BYTES}")
    content[: len(head)] = np.frombuffer(head, np.uint8)


class Source:
    """An index file that is mapped into memory, and how much of it was checked."""

    def __init__(self, path: str, content: Content) -> None:
        """Read the header; ``open`` is the way to a source."""
        self._path = path
        self._content = content
        self.hashes_are_checked = self.tables_are_checked = False
        self._about = self._header()
        self.rows = self._rows()
        self.columns: dict[str, Content] = {
            name.removeprefix(_COLUMN): content[start : start + size]
            for name, start, size, _ in self._about["sections"]
            if name.startswith(_COLUMN)
        }

    @classmethod
    def open(cls, path: str) -> Source:
        """Map a file and check its header and length."""
        if sys.byteorder != "little":
            raise DependencyError(f"index file {path}: little-endian, expected a machine that is so too")
        try:
            mapped = np.memmap(path, np.uint8, "r")
        except FileNotFoundError:
            raise NotFoundError(f"index file {path}: not there, expected a file") from None
        except ValueError:
            raise _broken(path, "empty, expected a header") from None
        except OSError as error:
            raise DependencyError(f"index file {path}: not read, {error.strerror}") from error
        return cls(path, np.asarray(mapped))

    def check_hashes(self) -> None:
        """Check the hashes and their ids, once."""
        if not self.hashes_are_checked:
            self._check(lambda name: name in _HASHES)
            self.hashes_are_checked = True

    def check_tables(self) -> None:
        """Check everything else, once."""
        if not self.tables_are_checked:
            self._check(lambda name: name not in _HASHES)
            self.tables_are_checked = True

    def is_read_from(self, path: str) -> bool:
        """Say whether a path leads to this file, or to one of the same content."""
        try:
            other = np.memmap(path, np.uint8, "r")
        except (OSError, ValueError):
            return False
        return np.array_equal(other[:_HEADER_BYTES], self._content[:_HEADER_BYTES])

    def _check(self, is_wanted: Callable[[str], bool]) -> None:
        for name, start, size, expected in self._about["sections"]:
            if is_wanted(name) and _digest(self._content, start, size) != expected:
                self._refuse(f"section {name} is damaged, expected digest {expected}")

    def _header(self) -> dict[str, Any]:
        head = self._content[:_HEADER_BYTES].tobytes()
        if not head.startswith(_MAGIC) or len(head) < _HEADER_BYTES:
            self._refuse("not an index, or cut off, expected its header")
        length = int.from_bytes(head[_PREFIX_BYTES - 4 : _PREFIX_BYTES], "little")
        text = head[_PREFIX_BYTES : _PREFIX_BYTES + length]
        if _digest_of(text) != head[len(_MAGIC) : len(_MAGIC) + _DIGEST_BYTES]:
            self._refuse("its header is damaged, expected its digest")
        about: dict[str, Any] = json.loads(text)
        if about["version"] != _VERSION:
            self._refuse(f"version {about['version']}, expected {_VERSION}")
        _, start, size, _ = about["sections"][-1]
        end = start + -(-size // _PAGE_BYTES) * _PAGE_BYTES
        if len(self._content) != end:
            self._refuse(f"{len(self._content)} bytes long, expected {end}")
        return about

    def _rows(self) -> Rows:
        part = {name: self._content[start : start + size] for name, start, size, _ in self._about["sections"]}
        tables = [
            Table(
                part[f"blocks-{at}"].reshape(-1, layout.BLOCK_BYTES),
                part[f"rows-{at}"].view(np.uint32),
                part[f"overflow-{at}"].view(np.uint32).reshape(-1, 3),
            )
            for at in range(len(self._about["widths"]))
        ]
        near, far = (part[name].view(np.uint64).reshape(-1, 2) for name in ("near", "far"))
        return Rows(near, far, part["ids"].view(np.int64), tuple(self._about["widths"]), tuple(tables))

    def _refuse(self, what: str) -> NoReturn:
        raise _broken(self._path, what)


def _broken(path: str, what: str) -> IntegrityError:
    return IntegrityError(f"index file {path}: {what}", remedy=_REMEDY)


def _digest(content: Content, start: int, size: int) -> str:
    """Sum up a section, padded to whole words with the zeros that follow it."""
    words = content[start : start + -(-size // 8) * 8].view(np.uint64)
    library = fast.available()
    found = layout.sums(words) if library is None else fast.sums(library, words)
    return _digest_of(found.tobytes()).hex()


def _digest_of(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest()
