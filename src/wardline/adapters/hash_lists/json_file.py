"""Hash lists as JSON: an array of objects, ``{"entries": [...]}`` around one, or JSON Lines; UTF-8.

The first entry stands for the header: when its fields are not the known ones the whole file is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from wardline import records
from wardline.adapters.hash_lists.fields import Malformed, read_entry, require_known
from wardline.adapters.hash_lists.file_source import Row
from wardline.adapters.hash_lists.json_text import JsonText
from wardline.adapters.hash_lists.lines import BYTE_ORDER_MARK, START, Place
from wardline.adapters.hash_lists.lines import read_lines as read_text_lines
from wardline.adapters.hash_lists.vics_file import CONTEXT_KEYS
from wardline.errors import InputError

_VICS_KEYS = (*CONTEXT_KEYS, "value")


def read_lines(file: BinaryIO, start: Place) -> Iterator[Row]:
    """Give the entries after a place of a JSON Lines file. A line that is not an object is malformed; blank ones are passed over.

    Raises:
        InputError: The first line is not an object with the known fields.
    """
    first = start == START
    for line in read_text_lines(file, start):
        if isinstance(line.text, Malformed):
            value: object = line.text
        elif not line.text.strip():
            continue
        else:
            value = _parsed(line.text)
        yield Row((_read(value, first=first),), line.end)
        first = False


def read_array(file: BinaryIO, start: Place) -> Iterator[Row]:
    """Give the entries after a place of a JSON file, without holding it in memory. Entries are numbered from 1.

    Raises:
        InputError: It is not JSON in UTF-8 to its end, has another form, or its first entry is not an object with the known fields.
    """
    text = JsonText(file, _text_start(file))
    wrapped = _enter(text)
    number = start.number
    if start != START:
        text = JsonText(file, start.offset)
    while text.peek() != "]":
        if number > 0:
            text.take(",")
        entry = _read(text.value(), first=number == 0)
        number += 1
        yield Row((entry,), Place(text.offset, number))
    text.take("]")
    if wrapped:
        text.take("}")
    if text.peek():
        raise InputError("hash list file: text after the end of the JSON, expected nothing")


def _text_start(file: BinaryIO) -> int:
    file.seek(0)
    return len(BYTE_ORDER_MARK) if file.read(len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK else 0


def _enter(text: JsonText) -> bool:
    """Go to the first entry. Gives whether an object is around the array."""
    wrapped = text.peek() == "{"
    if wrapped:
        text.take("{")
        key = text.value() if text.peek() == '"' else None
        if key in _VICS_KEYS:
            raise InputError(
                'hash list file: begins like a VICS document, expected an array of entries or an object with only "entries"',
                remedy="If it is a VICS document, add --format vics --profile NAME.",
            )
        if key != "entries":
            raise InputError(
                'hash list file: an unknown form, expected an array of entries or an object with only "entries"'
            )
        text.take(":")
    text.take("[")
    return wrapped


def _parsed(text: str) -> object:
    try:
        value: object = json.loads(text)
        return value
    except (ValueError, RecursionError):
        return Malformed("not JSON")


def _read(value: object, *, first: bool) -> records.EntryChange | Malformed:
    if isinstance(value, dict):
        if first:
            require_known(value, "first entry")
        return read_entry(value)
    if first:
        raise InputError(
            "hash list first entry: not a JSON object, expected one with hash_type, hash and perhaps category"
        )
    return value if isinstance(value, Malformed) else Malformed("not a JSON object")
