"""Lists written as VICS 2.0 Media, one by one: what is known of each and nothing else, in the spelling that most programs read.

No flag is written: that a victim is not identified, or that nobody graded a file beforehand, is a statement too, and no list here makes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from wardline.errors import InputError
from wardline.records import Hash, HashKind

DOCUMENTS = ("US", "UK", "Default", "CUSTOM")
"""The profiles that a VICS 2.0 document may name."""

_CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{document}/$metadata#Media"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One file as a VICS document lists it. Hashes are lower-case hexadecimal."""

    md5: str
    """Its key in the document."""
    category: int
    """In the numbers of the document's profile, 0 or more."""
    sha1: str | None = None
    pdq: str | None = None

    def __post_init__(self) -> None:
        Hash(kind=HashKind.MD5, value=self.md5)
        if self.sha1 is not None:
            Hash(kind=HashKind.SHA1, value=self.sha1)
        if self.pdq is not None:
            Hash(kind=HashKind.PDQ, value=self.pdq, quality=0)
        if self.category < 0:
            raise InputError("vics medium category: negative, expected 0 or more")


def write_media(file: BinaryIO, media: Iterable[Medium], *, document: str) -> int:
    """Write a document without holding it in memory. Gives how many media it lists.

    Args:
        file: Where to; UTF-8 without a byte order mark.
        media: In order; each MD5 once, for it is the key.
        document: The profile whose category numbers these are, one of ``DOCUMENTS``.

    Raises:
        InputError: The profile is none that a document may name.
    """
    if document not in DOCUMENTS:
        raise InputError(f"vics document profile: unknown, expected one of {', '.join(DOCUMENTS)}")
    context = json.dumps(_CONTEXT.format(document=document))
    file.write(f'{{"@odata.context": {context}, "value": ['.encode())
    number = 0
    for number, medium in enumerate(media, start=1):
        file.write(b",\n" if number > 1 else b"\n")
        file.write(json.dumps(_fields(number, medium)).encode("ascii"))
    file.write(b"\n]}\n")
    return number


def _fields(number: int, medium: Medium) -> dict[str, Any]:
    fields: dict[str, Any] = {"MediaID": number, "Category": medium.category, "MD5": medium.md5.upper()}
    if medium.sha1 is not None:
        fields["SHA1"] = medium.sha1.upper()
    if medium.pdq is not None:
        fields["AlternativeHashes"] = [{"HashName": "PDQ", "HashValue": medium.pdq}]
    return fields


def write_entries(
    file: BinaryIO, entries: Iterable[tuple[int, Mapping[HashKind, str]]], document: str
) -> int:
    """Write a document of category numbers and hashes; see ``write_media``."""
    media = (
        Medium(
            md5=hashes[HashKind.MD5],
            category=category,
            sha1=hashes.get(HashKind.SHA1),
            pdq=hashes.get(HashKind.PDQ),
        )
        for category, hashes in entries
    )
    return write_media(file, media, document=document)
