"""Hash lists as CSV with a header: UTF-8, commas, one entry a line, at most 4,096 bytes a line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from wardline import records
from wardline.adapters.hash_lists.fields import Malformed, read_entry, require_known
from wardline.adapters.hash_lists.file_source import Row
from wardline.adapters.hash_lists.lines import START, Place, read_lines
from wardline.errors import InputError


def read_rows(file: BinaryIO, start: Place) -> Iterator[Row]:
    """Give the rows after a place. Blank lines are passed over; a line is never continued, so an open quotation mark spoils one only.

    Raises:
        InputError: The file has no header, or one with other columns than ``hash_type``, ``hash`` and perhaps ``category``.
    """
    names, after_header = _read_header(file)
    for line in read_lines(file, after_header if start == START else start):
        if isinstance(line.text, Malformed):
            yield Row((line.text,), line.end)
            continue
        values = _split(line.text)
        if isinstance(values, Malformed):
            yield Row((values,), line.end)
        elif any(value.strip() for value in values):
            yield Row((_read(names, values),), line.end)


def _read_header(file: BinaryIO) -> tuple[list[str], Place]:
    line = next(read_lines(file, START), None)
    names = _split(line.text) if line is not None and isinstance(line.text, str) else None
    if line is None or not isinstance(names, list):
        raise InputError(
            "hash list file: no CSV header in UTF-8, expected columns hash_type, hash and perhaps category"
        )
    names = [name.strip().lower() for name in names]
    require_known(names, "header")
    return names, line.end


def _split(text: str) -> list[str] | Malformed:
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return Malformed("broken quoting")


def _read(names: Sequence[str], values: Sequence[str]) -> records.EntryChange | Malformed:
    if len(values) != len(names):
        return Malformed("another number of fields than the header")
    return read_entry(dict(zip(names, values, strict=True)))
