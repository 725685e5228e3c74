"""VICS documents for tests. Every hash is made of a counter, none is of a file."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from wardline import records
from wardline.adapters import hash_lists
from wardline.adapters.hash_lists.fields import Found
from wardline.adapters.hash_lists.json_bytes import CHUNK_BYTES
from wardline.adapters.hash_lists.lines import START
from wardline.adapters.hash_lists.vics_file import VicsReader
from wardline.records import CategoryMeaning, CategoryProfile

BASE = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels"
OLD_BASE = "http://github.com/ICMEC/ProjectVic/DataModels"
PROFILE = CategoryProfile(
    document="US",
    categories={
        "0": CategoryMeaning.SKIP, "1": CategoryMeaning.A1, "2": CategoryMeaning.B2, "4": CategoryMeaning.TAKE,
    },
)  # fmt: skip


def hex_of(number: int, digits: int = 32) -> str:
    return f"{number:0{digits}X}"


def medium(number: int, **fields: Any) -> dict[str, Any]:
    """One Media as programs write it; a field given as None stays, with null."""
    return {"MediaID": number, "Category": 1, "MD5": hex_of(number), **fields}


def context(kind: str = "Media", *, version: str = "2.0", profile: str = "US") -> dict[str, str]:
    if version == "2.0":
        return {"@odata.context": f"{BASE}/{version}.xml/{profile}/$metadata#{kind}"}
    return {"odata.metadata": f"{OLD_BASE}/{version}.xml#{kind}"}


def document(media: Iterable[object], **said: str) -> str:
    return json.dumps({**context(**said), "value": list(media)})


def cases(*groups: Sequence[object]) -> str:
    value = [
        {"CaseID": str(number), "Media": list(group), "CaseMetadata": [{"PropertyName": "Media"}]}
        for number, group in enumerate(groups)
    ]
    return json.dumps({**context("Cases"), "value": value})


def found(
    content: str | bytes, profile: CategoryProfile = PROFILE, chunk_bytes: int = CHUNK_BYTES
) -> list[Found]:
    """Everything that a document holds, in order."""
    raw = content if isinstance(content, bytes) else content.encode()
    reader = VicsReader(profile, chunk_bytes=chunk_bytes)
    return [each for row in reader(io.BytesIO(raw), START) for each in row.found]


def source(path: Path, profile: CategoryProfile = PROFILE) -> hash_lists.FileSource:
    made = hash_lists.open_source(path, form=records.ListForm.VICS, profile="p", profiles={"p": profile})
    assert isinstance(made, hash_lists.FileSource)
    return made


def entry(number: int, category: records.Category | None = records.Category.A1) -> records.EntryChange:
    """The entry of a ``medium``'s MD5."""
    return records.EntryChange(kind=records.HashKind.MD5, value=hex_of(number).lower(), category=category)
