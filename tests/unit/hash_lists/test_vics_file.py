"""VICS documents: their versions and shapes, whole and broken, small and large."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.unit.hash_lists import vics
from tests.unit.hash_lists.vics import PROFILE, cases, context, document, entry, found, medium
from wardline.adapters.hash_lists import vics_file
from wardline.adapters.hash_lists.fields import Malformed
from wardline.adapters.hash_lists.lines import START
from wardline.adapters.hash_lists.vics_file import MOST_MEDIA_BYTES, VicsReader
from wardline.errors import InputError
from wardline.records import CategoryMeaning, CategoryProfile

TWO = [medium(1), medium(2)]
BOTH = [entry(1), entry(2)]
REORDERED = json.dumps({"value": TWO, "more": {"value": [medium(9)]}, **context()})


@pytest.mark.parametrize(
    "content",
    [
        document(TWO),
        document(TWO, version="1.3"),
        document(TWO, version="1.2"),
        "\ufeff" + document(TWO),
        "\ufeff \n" + document(TWO, version="1.3"),
        json.dumps(json.loads(document(TWO)), indent=4).replace("\n", "\r\n"),
        document(TWO) + "\n \n",
        document(TWO, profile="us"),
        document(TWO).replace("$metadata", "$METADATA").replace("#Media", "#media"),
        document(TWO).replace("@odata.context", "odata.metadata"),
        document(TWO).replace("/", "\\/"),
        document(TWO).replace('"value"', '"@odata.count": 2, "value"'),
        REORDERED,
        "\ufeff" + REORDERED,
        cases(TWO),
        cases([medium(1)], [], [medium(2)]),
        cases([medium(1)], [medium(2)]).replace('"CaseID": "0",', '"CaseID": "0", "Media": null,'),
    ],
)
def test_the_same_entries_are_read_from_every_form_of_document(content: str) -> None:
    assert found(content) == BOTH


def test_media_of_a_case_may_come_first_or_last_in_it() -> None:
    value = [{"Media": [medium(1)], "CaseID": "a"}, {"CaseID": "b", "Media": [medium(2)]}]
    assert found(json.dumps({**context("Cases"), "value": value})) == BOTH


@pytest.mark.parametrize(
    "content",
    [
        document([]),
        document([], version="1.3"),
        cases(),
        cases([], []),
        json.dumps({**context("Cases"), "value": [{"CaseID": "a"}]}),
    ],
)
def test_a_document_without_media_is_a_list_without_entries(content: str) -> None:
    assert found(content) == []


@pytest.mark.parametrize("profile", ["UK", "Default", "CUSTOM"])
def test_a_document_of_another_profile_is_refused_whatever_is_in_it(profile: str) -> None:
    with pytest.raises(InputError, match="another profile, expected US"):
        found(document(TWO, profile=profile))


def test_version_1_names_no_profile_and_is_read_by_the_one_that_a_person_named() -> None:
    other = CategoryProfile(document="UK", categories={"1": CategoryMeaning.TAKE})
    assert found(document([medium(1)], version="1.3"), other) == [entry(1, None)]


@pytest.mark.parametrize(
    "said",
    [
        "3.0.xml/US/$metadata#Media",
        "1.0.xml#Media",
        "2.0.xml/US/$metadata#Persons",
        "2.0.xml/US/$metadata",
        "2.0.xml//$metadata#Media",
        "nonsense",
        "",
    ],
)
def test_an_unknown_context_is_refused_and_not_repeated(said: str) -> None:
    text = json.dumps({"@odata.context": f"{vics.BASE}/q7z/DataModels/{said}", "value": TWO})
    with pytest.raises(InputError, match=r"1\.3, 2\.0") as refusal:
        found(text)
    assert "q7z" not in refusal.value.message


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        json.dumps(TWO),
        "12",
        "{}",
        json.dumps({"value": TWO}),
        json.dumps({"@odata.context": 1, "value": TWO}),
        json.dumps(context()),
        json.dumps({**context(), "value": None}),
        json.dumps({**context(), "value": {}}),
        json.dumps({**context("Cases"), "value": [*TWO[:1], None]}),
        document(TWO) * 2,
        document(TWO) + "]",
        document(TWO)[:-1],
        document(TWO)[:-2],
        document(TWO)[:-40],
        document(TWO).replace('"value": [', '"value": [,'),
        document(TWO).replace("}, {", "} {"),
        document(TWO).replace('"value":', '"value"'),
        document(TWO).replace("}]}", "},]}"),
        document(TWO).replace('"value"', "value"),
        document(TWO).replace('"value"', '"\x01"'),
        cases(TWO)[:-1],
        cases(TWO)[:-3],
        "x" * 1_000_000,
        "[" * 1_000_000,
        '{"' * 1_000_000,
    ],
)
def test_what_is_not_a_document_to_its_end_is_refused(content: str) -> None:
    with pytest.raises(InputError):
        found(content)


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0", b"\0" * 50, document(TWO).encode("utf-16")])
def test_a_file_that_is_no_utf8_text_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        found(content)


@pytest.mark.parametrize(
    "broken",
    [
        "null",
        "12",
        '"text"',
        "[]",
        "{}",
        '{"Category": 1}',
        '{"Media": [{}], "CaseID": "x"}',
        '{"MD5": }',
        "{MD5: 1}",
        '{"Category": 1, "MD5": "' + "0" * 31 + '"}',
        '{"Category": ' + "9" * 5000 + "}",
        '{"Exifs": ' + "[" * 5000 + "]" * 5000 + "}",
        '{"Comments": "\\x"}',
        '{"Comments": "' + "\\\\" * MOST_MEDIA_BYTES + '"}',
        '{"Miniature": "' + "A" * MOST_MEDIA_BYTES + '"}',
        '{"MediaFiles": [' + '{"FileName": "a]}"}, ' * 100_000 + "{}]}",
        "7" * (MOST_MEDIA_BYTES + 1),
    ],
)
def test_a_malformed_medium_is_named_by_its_number_and_hides_no_other(tmp_path: Path, broken: str) -> None:
    text = document([medium(1), "HERE", medium(2)]).replace('"HERE"', broken)
    path = tmp_path / "list.json"
    path.write_text(text, "utf-8")
    page = vics.source(path).fetch(None)
    assert list(page.added) == BOTH
    assert [line.line for line in page.malformed] == [2]


def test_a_medium_as_large_as_one_may_be_is_read() -> None:
    size = len(json.dumps(medium(1, Miniature="")))
    largest = medium(1, Miniature="A" * (MOST_MEDIA_BYTES - size))
    larger = medium(2, Miniature="A" * (MOST_MEDIA_BYTES - size + 1))
    assert found(document([largest, larger])) == [entry(1), Malformed("larger than 1 MB")]


def test_bytes_that_are_no_text_spoil_their_medium_only() -> None:
    raw = document([medium(1), medium(3, Comments="HERE"), medium(2)]).encode().replace(b"HERE", b"\xff\xfe")
    assert found(raw) == [entry(1), Malformed("not UTF-8 text"), entry(2)]


@pytest.mark.parametrize(
    "shape", [document, lambda media: cases(media[:3], [], media[3:]), lambda media: REORDERED]
)
def test_reading_goes_on_after_any_medium(shape: object) -> None:
    assert callable(shape)
    raw = "\ufeff".encode() + shape([medium(number, Comments='é"]}') for number in range(5)]).encode()
    whole = list(VicsReader(PROFILE)(io.BytesIO(raw), START))
    assert len(whole) > 1
    for done, row in enumerate(whole, start=1):
        reader = VicsReader(PROFILE)
        assert list(reader(io.BytesIO(raw), row.end)) == whole[done:]


def test_a_context_at_the_end_of_the_document_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Mock(wraps=vics_file._read_form)
    monkeypatch.setattr(vics_file, "_read_form", looked)
    file, reader = io.BytesIO(REORDERED.encode()), VicsReader(PROFILE)
    first = next(iter(reader(file, START)))
    assert len(list(reader(file, first.end))) == 1
    assert looked.call_count == 1


def large(path: Path, media: int) -> None:
    """Write a document of one case, each Media with the places where it was found."""
    files = [
        {"MD5": vics.hex_of(1), "FileName": "synthetic.png", "FilePath": "/a/b", "Unallocated": "false"}
    ] * 3
    pattern = json.dumps(medium(1, MD5="%032X", SHA1="%040x", IsSuspected="false", MediaFiles=files))
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(context("Cases"))[:-1] + ', "value": [{"CaseID": "a", "Media": [')
        file.writelines((", " if number else "") + pattern % (number, number) for number in range(media))
        file.write("]}]}")


def test_a_document_is_read_in_memory_that_does_not_grow_with_it(tmp_path: Path) -> None:
    large(tmp_path / "large.json", 10_000)
    tracemalloc.start()
    try:
        with (tmp_path / "large.json").open("rb") as raw:
            assert raw.seek(0, 2) > 5_000_000
            assert sum(1 for _ in VicsReader(PROFILE)(raw, START)) == 10_000
        assert tracemalloc.get_traced_memory()[1] < 1_500_000
    finally:
        tracemalloc.stop()
