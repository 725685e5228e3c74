"""Lines of a text file, one by one, with the byte offset where each ends so that reading can go on there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from wardline.adapters.hash_lists.fields import Malformed

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_LINE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Place:
    """Between two rows of a file."""

    offset: int
    """Bytes before it."""
    number: int
    """Lines, or entries where the form has no lines, before it."""


START = Place(0, 0)


@dataclass(frozen=True, slots=True)
class Line:
    text: str | Malformed
    """Without the end of line."""
    end: Place


def read_lines(file: BinaryIO, start: Place, *, most_bytes: int = MOST_LINE_BYTES) -> Iterator[Line]:
    """Give the lines after a place. What cannot be read as text is one malformed line and does not hide the next."""
    file.seek(start.offset)
    offset, number = start.offset, start.number
    while raw := file.readline(most_bytes + 1):
        offset += len(raw)
        too_long = len(raw) > most_bytes
        tail = raw
        while too_long and tail and not tail.endswith(b"\n"):
            tail = file.readline(most_bytes)
            offset += len(tail)
        if number == 0:
            raw = raw.removeprefix(BYTE_ORDER_MARK)
        number += 1
        yield Line(
            Malformed(f"longer than {most_bytes:,} bytes") if too_long else _decoded(raw),
            Place(offset, number),
        )


def _decoded(raw: bytes) -> str | Malformed:
    try:
        return raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        return Malformed("not UTF-8 text")
