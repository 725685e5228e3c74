"""JSON and JSON Lines files, whole and broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.hash_lists.lists import MD5, PDQ, SHA1, lines, read, values
from wardline import records
from wardline.adapters import hash_lists
from wardline.errors import InputError

FIRST = {"hash_type": "md5", "hash": MD5, "category": "A1"}
SECOND = {"hash_type": "pdq", "hash": PDQ}
BOTH = (
    records.EntryChange(kind=records.HashKind.MD5, value=MD5, category=records.Category.A1),
    records.EntryChange(kind=records.HashKind.PDQ, value=PDQ, category=None),
)
ARRAY = json.dumps([FIRST, SECOND])
LINES = f"{json.dumps(FIRST)}\n{json.dumps(SECOND)}\n"


@pytest.mark.parametrize(
    "content",
    [
        ARRAY,
        json.dumps([FIRST, SECOND], indent=4),
        f'{{"entries": {ARRAY}}}',
        f' {{ "entries" : {ARRAY} }} \r\n',
        "\ufeff" + ARRAY,
        f'\ufeff\n{{"entries":{ARRAY}}}',
        json.dumps([FIRST, {**SECOND, "category": None}]),
        json.dumps([FIRST, {**SECOND, "category": ""}]),
        json.dumps([{**FIRST, "hash": MD5.upper(), "hash_type": " MD5 "}, SECOND]),
        ARRAY.replace("md5", "\\u006dd5"),
    ],
)
def test_the_same_entries_are_read_from_every_form_of_json(tmp_path: Path, content: str) -> None:
    page = read(tmp_path, content, ".json")
    assert (page.added, page.malformed) == (BOTH, ())


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".JSONL"])
@pytest.mark.parametrize(
    "content",
    [LINES, LINES.rstrip(), "\ufeff" + LINES.replace("\n", "\r\n"), "\n" + LINES.replace("\n", "\n \n")],
)
def test_the_same_entries_are_read_from_json_lines(tmp_path: Path, content: str, suffix: str) -> None:
    page = read(tmp_path, content, suffix)
    assert (page.added, page.malformed) == (BOTH, ())


@pytest.mark.parametrize(
    "element",
    [
        {**FIRST, "hash": MD5[:-1]},
        {**FIRST, "hash": 12},
        {**FIRST, "hash": None},
        {**FIRST, "hash": "\ud800"},
        {**FIRST, "hash_type": ["md5"]},
        {**FIRST, "category": 1},
        {**FIRST, "category": False},
        {**FIRST, "category": {}},
        {**FIRST, "comment": "x"},
        {"hash_type": "md5"},
        {},
        None,
        12,
        -1.5e3,
        "text",
        [FIRST],
        "x" * 3000,
    ],
)
def test_a_malformed_entry_is_named_by_its_number_and_hides_no_other(tmp_path: Path, element: object) -> None:
    content = [SECOND, element, FIRST]
    page = read(tmp_path, json.dumps(content), ".json")
    assert (values(page), lines(page)) == ([PDQ, MD5], [2])
    page = read(tmp_path, "".join(json.dumps(each) + "\n" for each in content), ".jsonl")
    assert (values(page), lines(page)) == ([PDQ, MD5], [2])


@pytest.mark.parametrize(
    "line", ["{", "}", "[" * 3000, "{'hash_type': 'md5'}", '{"hash_type": "md5"', "12 13", "1" * 4090]
)
def test_a_line_that_is_no_json_spoils_itself_only(tmp_path: Path, line: str) -> None:
    page = read(tmp_path, f"{json.dumps(SECOND)}\n\n{line}\n{json.dumps(FIRST)}\n", ".jsonl")
    assert (values(page), lines(page)) == ([PDQ, MD5], [3])


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
@pytest.mark.parametrize(
    "first",
    [
        {"type": "md5", "hash": MD5},
        {**FIRST, "comment": "x"},
        {"hash": MD5},
        {"hash_type": "md5"},
        {},
        [MD5],
        12,
        MD5,
        None,
    ],
)
def test_when_the_first_entry_has_other_fields_the_file_is_refused(
    tmp_path: Path, first: object, suffix: str
) -> None:
    content = json.dumps(first) if suffix == ".jsonl" else json.dumps([first])
    with pytest.raises(InputError, match="hash_type") as refusal:
        read(tmp_path, content, suffix)
    assert MD5 not in refusal.value.message


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        "12",
        '"text"',
        "null",
        "{}",
        '{"entries": {}}',
        '{"entries": 1}',
        '{"hashes": []}',
        '{"version": 1, "entries": []}',
        '{"entries": [], "version": 1}',
        '{"entries": []',
        "{entries: []}",
        "[",
        "[,]",
        "[] []",
        "[]]",
        f"{ARRAY[:-1]}",
        f"{ARRAY[:-1]},]",
        f"{ARRAY[:-3]}]",
        f"{ARRAY[:-1]} {json.dumps(FIRST)}]",
        f"{ARRAY[:-1]}, {'[' * 100_000}]",
        f'{ARRAY[:-1]}, "{"x" * 500_000}',
        f"{ARRAY[:-1]}, {'1' * 5000}]",
        LINES,
    ],
)
def test_what_is_not_a_list_of_entries_to_its_end_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError):
        read(tmp_path, content, ".json")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0",
        ARRAY.encode("utf-16"),
        b"[" + b"\0" * 50 + b"]",
        ARRAY.encode()[:-3] + b'\xff"}]',
        ARRAY.encode() + b"\xe2\x82",
    ],
)
def test_a_file_that_is_no_utf8_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError):
        read(tmp_path, content, ".json")


def test_an_array_without_entries_is_a_list_without_entries(tmp_path: Path) -> None:
    for content in ("[]", '{"entries": [ ]}'):
        assert read(tmp_path, content, ".json") == records.HashListPage(added=(), malformed=(), cursor=None)


def test_characters_of_several_bytes_do_not_move_the_place_to_go_on(tmp_path: Path) -> None:
    malformed = {"hash_type": "\N{SNOWMAN}\N{GRINNING FACE}" * 20, "hash": "é" * 7}
    content = [SECOND, *[malformed] * 6000, FIRST, {"hash_type": "sha1", "hash": SHA1}]
    path = tmp_path / "list.json"
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    first = hash_lists.open_source(path).fetch(None)
    second = hash_lists.open_source(path).fetch(first.cursor)
    assert [*values(first), *values(second)] == [PDQ, MD5, SHA1]
    assert [*lines(first), *lines(second)] == list(range(2, 6002))
