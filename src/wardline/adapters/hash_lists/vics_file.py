"""Hash lists as VICS 1.2, 1.3 or 2.0: the JSON that investigators exchange, read without holding it in memory.

A document says its version, its profile (from 2.0 on) and whether it lists Media or Cases in ``@odata.context`` or ``odata.metadata``; ``value``
is the list. Entries are numbered by Media, from 1. Source: public descriptions of the model only; what is not known here is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from wardline.adapters.hash_lists.fields import Malformed
from wardline.adapters.hash_lists.file_source import Row
from wardline.adapters.hash_lists.json_bytes import CHUNK_BYTES, JsonBytes
from wardline.adapters.hash_lists.lines import BYTE_ORDER_MARK, START, Place
from wardline.adapters.hash_lists.vics_media import read_media
from wardline.errors import InputError
from wardline.records import CategoryProfile

CONTEXT_KEYS = ("@odata.context", "odata.context", "@odata.metadata", "odata.metadata")
MOST_MEDIA_BYTES = 1_000_000
"""A larger Media is malformed. One has a kilobyte or two; a small picture inside may make it some hundred."""

_VERSIONS = ("1.2", "1.3", "2.0")
_CONTEXT = re.compile(
    r".*/DataModels/(\d{1,2}\.\d{1,2})\.xml(?:/([^/#$]{1,40}))?/?(?:\$metadata)?#(Media|Cases?)/?",
    re.IGNORECASE,
)
_MOST_CONTEXT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class _Form:
    """What a document says of itself."""

    cases: bool
    """Its ``value`` lists Cases, each with Media."""


class VicsReader:
    """Reads the Media of one document, their categories translated by one profile. A ``file_source.Reader``."""

    def __init__(self, profile: CategoryProfile, *, chunk_bytes: int = CHUNK_BYTES) -> None:
        self._profile = profile
        self._chunk_bytes = chunk_bytes
        self._form: _Form | None = None
        """Of the file that is being read: kept between pages, for it may stand at the end of a large file."""

    def __call__(self, file: BinaryIO, start: Place) -> Iterator[Row]:
        """Give the Media after a place.

        Raises:
            InputError: It is not a VICS document of a known version to its end, or one that the profile is not for.
        """
        first = _text_start(file)
        if start == START or self._form is None:
            self._form = _read_form(JsonBytes(file, first, chunk_bytes=self._chunk_bytes), self._profile)
        offset = first if start == START else start.offset
        text = JsonBytes(file, offset, chunk_bytes=self._chunk_bytes)
        number = start.number
        for raw in _document(text, self._form, inside=start != START):
            number += 1
            found = (Malformed("larger than 1 MB"),) if raw is None else read_media(raw, self._profile)
            yield Row(found, Place(text.offset, number))


def _text_start(file: BinaryIO) -> int:
    file.seek(0)
    return len(BYTE_ORDER_MARK) if file.read(len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK else 0


def _read_form(text: JsonBytes, profile: CategoryProfile) -> _Form:
    """Find the context, wherever it stands in the document, and compare it with the profile."""
    if text.peek() != b"{":
        raise InputError("hash list file: not a JSON object, expected a VICS document in UTF-8")
    raw = None
    for key in text.members():
        if key.lower() in CONTEXT_KEYS:
            raw = text.value(_MOST_CONTEXT_BYTES)
            break
        text.skip()
    found = _CONTEXT.fullmatch(_text(raw))
    if found is None or found[1] not in _VERSIONS:
        raise InputError(
            f"hash list file: no known VICS context, expected one of version {', '.join(_VERSIONS)} that lists Media or Cases",
            remedy="Export the list as VICS 1.3 or 2.0 JSON; docs/how-to/add-a-hash-list.md says what is read.",
        )
    # Version 1 names no profile: then the person who named one answers for it.
    if found[1] == "2.0" and (found[2] or "").lower() != profile.document.lower():
        raise InputError(
            f"hash list file: a VICS document of another profile, expected {profile.document} as the category profile says",
            remedy="Name the category profile that is for this document with --profile; the numbers mean different things in each.",
        )
    return _Form(cases=found[3].lower() != "media")


def _text(raw: bytes | None) -> str:
    try:
        value = json.loads(raw.decode("utf-8")) if raw is not None else None
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""


# Each of these stops after every Media and gives its bytes, or None for one that is too large. ``inside``: the place is after a Media
# already, at the innermost level; so reading goes on anywhere without knowing what came before.
def _document(text: JsonBytes, form: _Form, *, inside: bool) -> Iterator[bytes | None]:
    listed = inside
    if inside:
        yield from _list(text, form, inside=True)
    for key in text.members(inside=inside):
        if key.lower() == "value":
            listed = True
            yield from _list(text, form)
        else:
            text.skip()
    if not listed:
        raise InputError(
            'hash list file: a VICS document without "value", expected the list of Media or Cases'
        )
    if text.peek():
        raise InputError("hash list file: text after the end of the JSON, expected nothing")


def _list(text: JsonBytes, form: _Form, *, inside: bool = False) -> Iterator[bytes | None]:
    if not form.cases:
        yield from _media(text, inside=inside)
        return
    if inside:
        yield from _case(text, inside=True)
    for _ in text.items(inside=inside):
        yield from _case(text)


def _case(text: JsonBytes, *, inside: bool = False) -> Iterator[bytes | None]:
    if inside:
        yield from _media(text, inside=True)
    for key in text.members(inside=inside):
        if key.lower() == "media" and text.peek() == b"[":
            yield from _media(text)
        else:
            text.skip()


def _media(text: JsonBytes, *, inside: bool = False) -> Iterator[bytes | None]:
    for _ in text.items(inside=inside):
        yield text.value(MOST_MEDIA_BYTES)
