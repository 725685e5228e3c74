"""A file as a source of hash list entries, page by page."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from wardline import records
from wardline.adapters.hash_lists.fields import Found, Malformed, Untaken
from wardline.adapters.hash_lists.lines import START, Place
from wardline.errors import ConflictError, DependencyError, InputError

PAGE_ROWS = 5000

_KIND_BYTES = {kind: bytes([number]) for number, kind in enumerate(records.HashKind)}


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a file, or why it is none. Where a form lists media, one of them may have several hashes, each an entry."""

    found: tuple[Found, ...]
    end: Place
    """Its ``number`` is this row's: of the line, or of the entry where the form has no lines; from 1."""


Reader = Callable[[BinaryIO, Place], Iterator[Row]]
"""Gives the rows after a place; ``InputError`` when the file is not of the reader's form."""


class FileSource:
    """``ports.HashListSource`` over a local file, in constant memory but for one key an entry, by which repeated ones are dropped.

    The same hash with the same category (or again without one) counts once, on its first line; with another category the later line is
    malformed. A page covers up to ``page_rows`` rows and holds only the distinct entries among them. The file must stay as it is
    until the last page. Use one source in one thread.
    """

    def __init__(self, path: Path, read: Reader, *, page_rows: int = PAGE_ROWS) -> None:
        self._path = path
        self._read = read
        self._page_rows = page_rows
        self._seen: dict[bytes, records.Category | None] = {}
        self._seen_until = START
        """``_seen`` holds every entry before this place."""
        self._untaken: Counter[str] = Counter()

    @property
    def untaken(self) -> Mapping[str, int]:
        """What was well formed and not taken, from the start of the file to the end of the last page, by fixed phrases."""
        return dict(self._untaken)

    def fetch(self, cursor: str | None) -> records.HashListPage:
        """Give the next page.

        Raises:
            InputError: There is no such file, it is not of the expected form, or the cursor is none of this source's.
            ConflictError: The file is not the one that the cursor was made for.
            DependencyError: The disk failed.
        """
        with _opened(self._path) as file:
            stamp = _stamp(file)
            self._go_to(file, START if cursor is None else _place(cursor, stamp))
            added: list[records.EntryChange] = []
            malformed: list[records.MalformedLine] = []
            for rows, row in enumerate(self._read(file, self._seen_until), start=1):
                for entry in map(self._once, row.found):
                    if isinstance(entry, Malformed):
                        malformed.append(records.MalformedLine(line=row.end.number, reason=entry.reason))
                    elif entry is not None:
                        added.append(entry)
                self._seen_until = row.end
                if rows == self._page_rows:
                    next_cursor = f"{row.end.offset}:{row.end.number}:{stamp}"
                    return records.HashListPage(
                        added=tuple(added), malformed=tuple(malformed), cursor=next_cursor
                    )
        self._forget()
        return records.HashListPage(added=tuple(added), malformed=tuple(malformed), cursor=None)

    def _go_to(self, file: BinaryIO, place: Place) -> None:
        """Know every entry before a place: at once when the last page ended there, else by reading it all again."""
        if place == self._seen_until and place != START:
            return
        self._forget()
        self._untaken = Counter()
        if place == START:
            return
        for row in self._read(file, START):
            for entry in row.found:
                self._once(entry)
            self._seen_until = row.end
            if row.end == place:
                return
        raise InputError("hash list cursor: not between two rows of the file, expected one that a page gave")

    def _forget(self) -> None:
        self._seen = {}
        self._seen_until = START

    def _once(self, entry: Found) -> records.EntryChange | Malformed | None:
        """Pass an entry on the first time; None when it repeats an earlier one or is counted only."""
        if isinstance(entry, Malformed):
            return entry
        if isinstance(entry, Untaken):
            self._untaken[entry.what] += 1
            return None
        key = _KIND_BYTES[entry.kind] + bytes.fromhex(entry.value)
        if key not in self._seen:
            self._seen[key] = entry.category
            return entry
        if self._seen[key] != entry.category:
            return Malformed("the same hash as before with another category")
        return None


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        if not path.is_file():  # a pipe could block for ever and cannot be read twice
            raise InputError("hash list file: none there, expected a regular file")
        with path.open("rb") as file:
            yield file
    except PermissionError as error:
        raise InputError("hash list file: cannot be opened, expected one that this user may read") from error
    except OSError as error:
        raise DependencyError("hash list file: reading failed, expected a disk that answers") from error


def _stamp(file: BinaryIO) -> str:
    status = os.fstat(file.fileno())
    return f"{status.st_size}:{status.st_mtime_ns}"


def _place(cursor: str, stamp: str) -> Place:
    parts = cursor.split(":")
    if len(parts) != 4 or not all(part.isascii() and part.isdecimal() and len(part) < 20 for part in parts):
        raise InputError("hash list cursor: malformed, expected one that a page gave")
    if ":".join(parts[2:]) != stamp:
        raise ConflictError(
            "hash list file: changed since the last page, expected the same file to the end",
            remedy="Read the file again from the start, and leave it as it is meanwhile.",
        )
    return Place(int(parts[0]), int(parts[1]))
