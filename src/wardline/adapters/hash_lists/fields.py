"""The fields of one entry, as every file form has them. Reasons are fixed phrases: a list's content never gets into a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wardline import records
from wardline.errors import InputError

REQUIRED = ("hash_type", "hash")
KNOWN = (*REQUIRED, "category")

_KINDS = {kind.value: kind for kind in records.HashKind}
_CATEGORIES = {category.value: category for category in records.Category}


@dataclass(frozen=True, slots=True)
class Malformed:
    """Why an entry was skipped."""

    reason: str


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
    value = _text(fields.get("hash")).lower()
    try:
        records.Hash(kind=kind, value=value, quality=0 if kind is records.HashKind.PDQ else None)
    except InputError:
        return Malformed("hash is not hexadecimal of the length its type has")
    category = fields.get("category")
    if category is None or category == "":
        return records.EntryChange(kind=kind, value=value, category=None)
    known = _CATEGORIES.get(_text(category).upper())
    if known is None:
        return Malformed("category is none of A1, A2, B1, B2")
    return records.EntryChange(kind=kind, value=value, category=known)


def _text(value: object) -> str:
    """Give a field's text without the spaces around it; anything but text counts as empty."""
    return value.strip() if isinstance(value, str) else ""
