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


def maker(path: Path, write: Callable[[Contents], str]) -> SourceMaker:
    def make(entries: Contents) -> ports.HashListSource:
        content = write(entries).encode()
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        return hash_lists.open_source(path)

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
