"""Hash lists that come out of HMA (hasher-matcher-actioner) or python-threatexchange: signals, each of a type.

Three forms, told apart by the first line: CSV with the columns ``signal_type`` and ``signal_val`` among others (a ``COPY`` from HMA's database), JSON
Lines of objects with signals (what HMA answers when content is banked), and lines of a type, a space and a signal (the local file exchange).
None of them has categories.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from wardline.adapters.hash_lists.fields import Found, Malformed, Untaken, signal_entry
from wardline.adapters.hash_lists.file_source import Row
from wardline.adapters.hash_lists.lines import START, Line, Place, read_lines
from wardline.errors import InputError
from wardline.records import HashKind

MOST_LINE_BYTES = 1_000_000
"""A line with a signal of a whole video is long: it is counted, not taken."""

_TYPE, _VALUE = "signal_type", "signal_val"
# Names as python-threatexchange gives them, and those of its users' own signal types that say which hash they are.
_KINDS = {
    "pdq": HashKind.PDQ, "md5": HashKind.MD5, "video_md5": HashKind.MD5, "photo_md5": HashKind.MD5, "sha1": HashKind.SHA1,
    "sha256": HashKind.SHA256, "video_sha256": HashKind.SHA256, "photo_sha256": HashKind.SHA256,
}  # fmt: skip
# Known by name, so that the name may be told; any other could be anything that stood in the file.
_OTHERS = frozenset(
    {"vpdq", "video_vpdq", "video_tmk_pdqf", "photodna", "pdq_ocr", "text_tlsh", "text_tlsh_pdf", "tlsh", "text_md5", "raw_text",
     "trend_query", "url", "url_md5", "clip"}
)  # fmt: skip
_ALONE = {32: HashKind.MD5, 40: HashKind.SHA1}
"""Digits of a hash that can stand without its type; 64 are SHA-256 or PDQ."""
_SWITCHED_OFF = 0
"""HMA's ``disable_until_ts``: 0 off, 1 on, else the time from which it is on again."""
_HEX = re.compile(r"[0-9A-Fa-f]+")

_ReadLine = Callable[[str], tuple[Found, ...]]


def read_rows(file: BinaryIO, start: Place) -> Iterator[Row]:
    """Give the rows after a place. Blank lines are passed over; a line is never continued, so an open quotation mark spoils one only.

    Raises:
        InputError: The first line is of none of the three forms.
    """
    first = next(
        (line for line in _lines(file, START) if not isinstance(line.text, str) or line.text.strip()), None
    )
    read, is_header = _reader_for(first)
    for line in _lines(file, start):
        if isinstance(line.text, Malformed):
            yield Row((line.text,), line.end)
        elif line.text.strip() and not (is_header and first is not None and line.end == first.end):
            yield Row(read(line.text), line.end)


def _lines(file: BinaryIO, start: Place) -> Iterator[Line]:
    return read_lines(file, start, most_bytes=MOST_LINE_BYTES)


def _reader_for(first: Line | None) -> tuple[_ReadLine, bool]:
    """Choose how to read lines by the first one that is not blank. Gives also whether that one is a header."""
    text = first.text.strip() if first is not None and isinstance(first.text, str) else ""
    if text.startswith("{") and _has_signals(_parsed(text)):
        return _read_object, False
    names = _split(text)
    if isinstance(names, list):
        names = [name.strip().lower() for name in names]
        if names.count(_TYPE) == 1 and names.count(_VALUE) == 1:
            return lambda line: _read_columns(names, line), True
    name, *rest = text.split(None, 1) or [""]
    if not (_is_known(name) if rest else _is_alone(name)):
        raise InputError(
            f"hash list file: none of HMA's forms, expected CSV with {_TYPE} and {_VALUE}, objects with signals, or lines of a type and a signal",
            remedy="Export the banks as docs/how-to/add-a-hash-list.md says under HMA.",
        )
    return _read_words, False


def _read_columns(names: Sequence[str], text: str) -> tuple[Found, ...]:
    values = _split(text)
    if isinstance(values, Malformed):
        return (values,)
    if len(values) != len(names):
        return (Malformed("another number of fields than the header"),)
    fields = dict(zip(names, values, strict=True))
    return (_signal(fields[_TYPE], fields[_VALUE]),)


def _read_words(text: str) -> tuple[Found, ...]:
    name, *rest = text.split(None, 1)
    if rest:
        return (_signal(name, rest[0]),)
    if not _is_alone(name):
        return (Malformed("a signal without a type, and not an MD5 or SHA-1"),)
    return (signal_entry(_ALONE[len(name)], name),)


def _read_object(text: str) -> tuple[Found, ...]:
    value = _parsed(text)
    if not isinstance(value, dict):
        return (value if isinstance(value, Malformed) else Malformed("not a JSON object"),)
    if value.get("disable_until_ts") == _SWITCHED_OFF:
        return (Untaken("signals of content that is switched off in HMA"),)
    if _TYPE in value and _VALUE in value:
        return (_signal(value[_TYPE], value[_VALUE]),)
    if isinstance(value.get("signals"), dict):
        found = tuple(_signal(name, each) for name, each in value["signals"].items())
    else:
        # Beside the signals of a bare object stand ids and notes: only what has a signal type's name is one.
        found = tuple(_signal(name, each) for name, each in value.items() if _is_known(name))
    return found or (Malformed("no signal"),)


def _has_signals(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    rows = _TYPE in value and _VALUE in value
    return rows or isinstance(value.get("signals"), dict) or any(map(_is_known, value))


def _signal(name: object, value: object) -> Found:
    known = _folded(name) if isinstance(name, str) else ""
    if not known:
        return Malformed("no signal type")
    kind = _KINDS.get(known)
    if kind is None:
        return Untaken(f"signals of type {known}" if known in _OTHERS else "signals of another type")
    return signal_entry(kind, value) if isinstance(value, str) else Malformed("signal is not text")


def _is_known(name: str) -> bool:
    return _folded(name) in _KINDS or _folded(name) in _OTHERS


def _is_alone(text: str) -> bool:
    """Whether a signal says by its length which hash it is."""
    return len(text) in _ALONE and _HEX.fullmatch(text) is not None


def _folded(name: str) -> str:
    return name.strip().lower().replace("-", "_")


def _split(text: str) -> list[str] | Malformed:
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return Malformed("broken quoting, or a field of more than 131,072 characters")


def _parsed(text: str) -> object:
    try:
        value: object = json.loads(text)
        return value
    except (ValueError, RecursionError):
        return Malformed("not JSON")
