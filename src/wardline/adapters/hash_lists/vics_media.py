"""One Media of a VICS document: its category by a profile, and its hashes.

Read: ``Category``, ``MD5``, ``SHA1``, ``PhotoDNA``, ``AlternativeHashes``, whatever the case of their names. Everything else is passed over,
also ``IsPrecategorized`` and ``IsSuspected``: programs set these by rules of their own, so nothing may follow from them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from wardline import records
from wardline.adapters.hash_lists.fields import Found, Malformed, Untaken, signal_entry
from wardline.records import CategoryMeaning, CategoryProfile, HashKind

NO_CATEGORY = "none"
"""How a profile names the media without a category."""

_MOST_CATEGORY_DIGITS = 9
# Line breaks and tabs inside texts are not JSON; programs write them all the same.
_JSON = json.JSONDecoder(strict=False)
_HASH_FIELDS = ("md5", "sha1", "photodna", "alternativehashes")
_NO_HASH = Malformed("no hash")
_UNGRADED = Untaken("media without a category")
_UNNAMED = Malformed("Category is a number that the profile does not name")
_PHOTODNA = Untaken("PhotoDNA hashes")
_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_KINDS = {kind.value: kind for kind in HashKind}


def read_media(raw: bytes, profile: CategoryProfile) -> tuple[Found, ...]:
    """Give what one Media holds: an entry for each hash that can be matched, and why others are none."""
    try:
        value = _JSON.decode(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return (Malformed("not UTF-8 text"),)
    except (ValueError, RecursionError):
        return (Malformed("not JSON"),)
    if not isinstance(value, dict):
        return (Malformed("not a JSON object"),)
    media = _folded(value)
    if not any(map(media.get, _HASH_FIELDS)):
        return (_NO_HASH,)
    meaning = _meaning(media.get("category"), profile)
    if not isinstance(meaning, CategoryMeaning):
        return (meaning,)
    if meaning is CategoryMeaning.SKIP:
        return (Untaken("media of a category that the profile skips"),)
    category = None if meaning is CategoryMeaning.TAKE else records.Category(meaning.value)
    return tuple(_hashes(media, category)) or (_NO_HASH,)


def _folded(value: dict[str, Any]) -> dict[str, Any]:
    return {name.lower(): each for name, each in value.items()}


def _meaning(value: object, profile: CategoryProfile) -> CategoryMeaning | Malformed | Untaken:
    if value is None or (isinstance(value, str) and not value.strip()):
        return profile.categories.get(NO_CATEGORY, _UNGRADED)
    number = _number(value)
    if number is None:
        return Malformed("Category is not a whole number")
    return profile.categories.get(number, _UNNAMED)


def _number(value: object) -> str | None:
    """Give a category number as a profile writes it. Programs write numbers as text, some with a point."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return str(value)
    text = value.strip() if isinstance(value, str) else ""
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_CATEGORY_DIGITS:
        return str(int(text))
    return None


def _hashes(media: dict[str, Any], category: records.Category | None) -> Iterator[Found]:
    for kind in (HashKind.MD5, HashKind.SHA1):
        yield from _one(kind.value, media.get(kind.value), category)
    yield from _one("photodna", media.get("photodna"), category)
    others = media.get("alternativehashes")
    if others is None or others == "":
        return
    if not isinstance(others, list):
        yield Malformed("AlternativeHashes is not a list")
        return
    for each in others:
        other = _folded(each) if isinstance(each, dict) else {}
        name = other.get("hashname")
        if isinstance(name, str):
            yield from _one(_NOT_LETTERS.sub("", name.lower()), other.get("hashvalue"), category)
        else:
            yield Malformed("an alternative hash without a name")


def _one(name: str, value: object, category: records.Category | None) -> Iterator[Found]:
    """Give one hash by its name in small letters; nothing where the field is empty."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return
    kind = _KINDS.get(name)
    if name.startswith(("photodna", "pdna")):
        yield _PHOTODNA
    elif kind is None:
        yield Untaken("hashes of other types")
    elif isinstance(value, str):
        yield signal_entry(kind, value, category)
    else:
        yield Malformed("hash is not text")
