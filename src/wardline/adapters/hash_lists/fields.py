"""The fields of one entry, as every file form has them. Reasons are fixed phrases: a list's content never gets into a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from wardline import matching, records
from wardline.errors import InputError

REQUIRED = ("hash_type", "hash")
KNOWN = (*REQUIRED, "category")

_KINDS = {kind.value: kind for kind in records.HashKind}
_CATEGORIES = {category.value: category for category in records.Category}
_QUALITY = re.compile(r"\s*[,:;|]\s*(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Malformed:
    """Why an entry was skipped."""

    reason: str


@dataclass(frozen=True, slots=True)
class Untaken:
    """What is well formed and not taken."""

    what: str
    """In the plural: it is told behind a number."""


Found = records.EntryChange | Malformed | Untaken


def require_known(names: Iterable[str], what: str) -> None:
    """Refuse a source whose fields are not the known ones.

    Args:
        names: The fields' names, as found.
        what: Where they stand: ``"header"``, ``"first entry"``.
    """
    found = list(names)
    if set(found) - set(KNOWN):
        raise InputError(f"hash list {what}: an unknown field, expected only {', '.join(KNOWN)}")
    if len(set(found)) < len(found):
        raise InputError(f"hash list {what}: a field twice, expected each of {', '.join(KNOWN)} once")
    if missing := [name for name in REQUIRED if name not in found]:
        raise InputError(
            f"hash list {what}: no {' and no '.join(missing)}, expected {' and '.join(REQUIRED)}"
        )


def read_entry(fields: Mapping[str, object]) -> records.EntryChange | Malformed:
    """Make an entry of one line's fields; spaces around a value and its case do not matter."""
    if set(fields) - set(KNOWN):
        return Malformed("an unknown field")
    kind = _KINDS.get(_text(fields.get("hash_type")).lower())
    if kind is None:
        return Malformed("hash_type is none of md5, sha1, sha256, pdq")
    entry = hash_entry(kind, _text(fields.get("hash")))
    if isinstance(entry, Malformed):
        return entry
    category = fields.get("category")
    if category is None or category == "":
        return entry
    known = _CATEGORIES.get(_text(category).upper())
    if known is None:
        return Malformed("category is none of A1, A2, B1, B2")
    return replace(entry, category=known)


def hash_entry(
    kind: records.HashKind, text: str, category: records.Category | None = None
) -> records.EntryChange | Malformed:
    """Make an entry of a hash as written; spaces around it and its case do not matter."""
    value = text.strip().lower()
    try:
        records.Hash(kind=kind, value=value, quality=0 if kind is records.HashKind.PDQ else None)
    except InputError:
        return Malformed("hash is not hexadecimal of the length its type has")
    return records.EntryChange(kind=kind, value=value, category=category)


def signal_entry(kind: records.HashKind, text: str, category: records.Category | None = None) -> Found:
    """Make an entry of a hash that may have its quality behind it, as PDQ hashes have in some files: ``<64 digits>,<0 to 100>``."""
    digits, quality = text.strip(), None
    if kind is records.HashKind.PDQ and (suffix := _QUALITY.fullmatch(digits, 64)):
        digits, quality = digits[:64], int(suffix[1])
    entry = hash_entry(kind, digits, category)
    if isinstance(entry, Malformed) or quality is None or quality >= matching.MIN_PDQ_QUALITY:
        return entry
    return Untaken(f"PDQ hashes of a quality below {matching.MIN_PDQ_QUALITY}")


def _text(value: object) -> str:
    """Give a field's text without the spaces around it; anything but text counts as empty."""
    return value.strip() if isinstance(value, str) else ""
