"""The hash list contract over every form of file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from wardline import ports, records
from wardline.adapters import hash_lists
from wardline.testing.hash_list_contract import Broken, HashListContract, SourceMaker

Contents = Sequence[records.EntryChange | Broken]


def fields(entry: records.EntryChange | Broken) -> tuple[str, str, str]:
    if isinstance(entry, Broken):
        return "md5", entry.text, ""
    return entry.kind.value, entry.value, entry.category or ""


def as_csv(entries: Contents) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([("hash_type", "hash", "category"), *map(fields, entries)])
    return text.getvalue()


def as_objects(entries: Contents) -> list[dict[str, str]]:
    return [dict(zip(("hash_type", "hash", "category"), fields(entry), strict=True)) for entry in entries]


def as_json(entries: Contents) -> str:
    return json.dumps(as_objects(entries), ensure_ascii=False)


def as_wrapped_json(entries: Contents) -> str:
    return json.dumps({"entries": as_objects(entries)}, indent=2, ensure_ascii=False)


def as_json_lines(entries: Contents) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in as_objects(entries))


NUMBERS = {category: str(number) for number, category in enumerate((None, *records.Category))}
PROFILE = records.CategoryProfile(
    document="CUSTOM",
    categories={number: records.CategoryMeaning(category or "take") for category, number in NUMBERS.items()},
)


def as_media(entries: Contents) -> list[dict[str, object]]:
    """One Media for each entry; a broken one stands where a hash does that has to be there."""
    media: list[dict[str, object]] = []
    for entry in entries:
        if isinstance(entry, Broken):
            media.append({"Category": 0, "MD5": entry.text})
        elif entry.kind in (records.HashKind.MD5, records.HashKind.SHA1):
            media.append({"Category": NUMBERS[entry.category], entry.kind.upper(): entry.value.upper()})
        else:
            others = [{"HashName": entry.kind.upper(), "HashValue": entry.value}]
            media.append({"Category": NUMBERS[entry.category], "AlternativeHashes": others})
    return media


def as_vics(entries: Contents) -> str:
    context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/CUSTOM/$metadata#Media"
    return json.dumps({"@odata.context": context, "value": as_media(entries)}, ensure_ascii=False)


def as_vics_cases(entries: Contents) -> str:
    """Cases of a hundred Media each, of the earlier version."""
    context = "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Cases"
    media = as_media(entries)
    cases = [{"Media": media[first : first + 100], "CaseID": "x"} for first in range(0, len(media), 100)]
    return json.dumps({"value": cases, "odata.metadata": context}, indent=1)


def open_vics(path: Path) -> ports.HashListSource:
    return hash_lists.open_source(path, form=records.ListForm.VICS, profile="p", profiles={"p": PROFILE})


def maker(
    path: Path,
    write: Callable[[Contents], str],
    opened: Callable[[Path], ports.HashListSource] = hash_lists.open_source,
) -> SourceMaker:
    def make(entries: Contents) -> ports.HashListSource:
        content = write(entries).encode()
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        return opened(path)

    return make


def foreign(path: Path) -> ports.HashListSource:
    path.write_bytes(bytes(range(256)) * 40)
    return hash_lists.open_source(path)


class TestCsvFile(HashListContract):
    @pytest.fixture
    def make_source(self, tmp_path: Path) -> SourceMaker:
        return maker(tmp_path / "list.csv", as_csv)

    @pytest.fixture
    def foreign_source(self, tmp_path: Path) -> ports.HashListSource:
        return foreign(tmp_path / "foreign.csv")


class TestJsonFile(HashListContract):
    @pytest.fixture
    def make_source(self, tmp_path: Path) -> SourceMaker:
        return maker(tmp_path / "list.json", as_json)

    @pytest.fixture
    def foreign_source(self, tmp_path: Path) -> ports.HashListSource:
        return foreign(tmp_path / "foreign.json")


class TestWrappedJsonFile(HashListContract):
    @pytest.fixture
    def make_source(self, tmp_path: Path) -> SourceMaker:
        return maker(tmp_path / "list.json", as_wrapped_json)

    @pytest.fixture
    def foreign_source(self, tmp_path: Path) -> ports.HashListSource:
        path = tmp_path / "foreign.json"
        path.write_text('{"hashes": []}')
        return hash_lists.open_source(path)


class TestJsonLinesFile(HashListContract):
    @pytest.fixture
    def make_source(self, tmp_path: Path) -> SourceMaker:
        return maker(tmp_path / "list.jsonl", as_json_lines)

    @pytest.fixture
    def foreign_source(self, tmp_path: Path) -> ports.HashListSource:
        return foreign(tmp_path / "foreign.jsonl")


class TestVicsFile(HashListContract):
    @pytest.fixture
    def make_source(self, tmp_path: Path) -> SourceMaker:
        return maker(tmp_path / "list.json", as_vics, open_vics)

    @pytest.fixture
    def foreign_source(self, tmp_path: Path) -> ports.HashListSource:
        foreign(tmp_path / "foreign.json")
        return open_vics(tmp_path / "foreign.json")


class TestVicsCasesFile(HashListContract):
    @pytest.fixture
    def make_source(self, tmp_path: Path) -> SourceMaker:
        return maker(tmp_path / "list.json", as_vics_cases, open_vics)

    @pytest.fixture
    def foreign_source(self, tmp_path: Path) -> ports.HashListSource:
        path = tmp_path / "foreign.json"
        path.write_text(as_json([]))
        return open_vics(path)
