"""Sources of hash lists. Here: files, as CSV, JSON, JSON Lines, VICS or what comes out of HMA.

CSV, JSON and JSON Lines have the same fields: ``hash_type`` (md5, sha1, sha256 or pdq), ``hash`` (hexadecimal) and, where known, ``category`` (A1,
A2, B1 or B2). No others. ``vics_file`` and ``hma_file`` say what they read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import assert_never

from wardline import ports
from wardline.adapters.hash_lists import csv_file, hma_file, json_file
from wardline.adapters.hash_lists.file_source import PAGE_ROWS, FileSource, Reader
from wardline.adapters.hash_lists.vics_file import VicsReader
from wardline.errors import InputError
from wardline.records import CategoryProfile, ListForm

__all__ = ["PAGE_ROWS", "FileSource", "open_source"]

_BY_SUFFIX = {
    ".csv": ListForm.CSV,
    ".json": ListForm.JSON,
    ".jsonl": ListForm.JSONL,
    ".ndjson": ListForm.JSONL,
}
_NO_PROFILES: Mapping[str, CategoryProfile] = MappingProxyType({})


def open_source(
    path: Path,
    *,
    form: ListForm = ListForm.AUTO,
    profile: str | None = None,
    profiles: Mapping[str, CategoryProfile] = _NO_PROFILES,
) -> ports.HashListSource:
    """Choose how to read a file. The file is opened by ``fetch``.

    Args:
        path: The file.
        form: How it is written. ``AUTO``: by its suffix, whatever its case.
        profile: VICS only, and required there: which profile translates the category numbers.
        profiles: The profiles by name, as the settings have them.

    Raises:
        InputError: The suffix is not one of ``.csv``, ``.json``, ``.jsonl`` (or ``.ndjson``), the profile is missing or unknown, or the form has none.
    """
    chosen = _by_suffix(path) if form is ListForm.AUTO else form
    if profile is not None and chosen is not ListForm.VICS:
        raise InputError(
            f"category profile {profile}: not for {chosen.value} files, expected a VICS document",
            remedy="Leave --profile out, or add --format vics.",
        )
    return FileSource(path, _reader(chosen, profile, profiles))


def _by_suffix(path: Path) -> ListForm:
    form = _BY_SUFFIX.get(path.suffix.lower())
    if form is None:
        raise InputError(
            f"hash list file: unknown suffix, expected one of {' '.join(_BY_SUFFIX)}",
            remedy="Rename the file, or say with --format how it is written.",
        )
    return form


def _reader(form: ListForm, profile: str | None, profiles: Mapping[str, CategoryProfile]) -> Reader:
    match form:
        case ListForm.CSV:
            return csv_file.read_rows
        case ListForm.JSON:
            return json_file.read_array
        case ListForm.JSONL:
            return json_file.read_lines
        case ListForm.HMA:
            return hma_file.read_rows
        case ListForm.VICS:
            return VicsReader(_profile(profile, profiles))
        case ListForm.AUTO:  # was resolved by the suffix
            raise InputError("hash list file: no form, expected one that is known")
    assert_never(form)


def _profile(name: str | None, profiles: Mapping[str, CategoryProfile]) -> CategoryProfile:
    known = ", ".join(sorted(profiles)) or "one in [matching.category_profiles], which has none"
    remedy = (
        "Name one with --profile; docs/how-to/add-a-hash-list.md says how to write one into wardline.toml."
    )
    if name is None:
        raise InputError(f"VICS document: no category profile named, expected {known}", remedy=remedy)
    if name not in profiles:
        raise InputError(f"category profile {name}: unknown, expected {known}", remedy=remedy)
    return profiles[name]
