"""A VICS document gives the same entries however it is cut into pieces, wherever reading goes on, and as they were written."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.hash_lists.vics import PROFILE, cases, context, document, found, hex_of
from wardline import records
from wardline.adapters.hash_lists.fields import Found
from wardline.adapters.hash_lists.file_source import Row
from wardline.adapters.hash_lists.lines import START
from wardline.adapters.hash_lists.vics_file import VicsReader
from wardline.adapters.hash_lists.vics_writer import Medium, write_media
from wardline.errors import InputError
from wardline.records import CategoryMeaning, HashKind

# What strings may hold that a reader could take for the end of one.
texts = st.text(st.sampled_from('"\\{}[],: \n\u00e9\U0001f600a'), max_size=12)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
hashes = st.integers(0, 2**128 - 1).map(hex_of)
media = st.fixed_dictionaries(
    {"MD5": hashes},
    optional={
        "Category": st.sampled_from([0, 1, "2", None, 9]),
        "Comments": texts,
        "Exifs": anything,
        "AlternativeHashes": anything,
    },
)
elements = media | anything
lists = st.lists(elements, max_size=6)


def rows(raw: bytes, chunk_bytes: int, start: Any = START) -> list[Row]:
    return list(VicsReader(PROFILE, chunk_bytes=chunk_bytes)(io.BytesIO(raw), start))


@given(lists, st.booleans(), st.booleans(), st.sampled_from([None, 1]), st.integers(1, 40))
def test_a_document_gives_the_same_however_it_is_cut_into_pieces(
    value: list[Any], escaped: bool, last: bool, indent: int | None, chunk_bytes: int
) -> None:
    parts: list[dict[str, Any]] = [{"value": value}, context()] if last else [context(), {"value": value}]
    raw = json.dumps({**parts[0], **parts[1]}, ensure_ascii=escaped, indent=indent).encode()
    whole = rows(raw, 1 << 17)
    assert [row.end.number for row in whole] == list(range(1, len(value) + 1))
    assert rows(raw, chunk_bytes) == whole
    for done, row in enumerate(whole, start=1):
        assert rows(raw, chunk_bytes, row.end) == whole[done:]


@given(st.lists(lists, max_size=4), st.integers(1, 40))
def test_cases_give_the_media_of_one_after_the_other(groups: list[list[Any]], chunk_bytes: int) -> None:
    raw = cases(*groups).encode()
    whole = rows(raw, 1 << 17)
    assert rows(raw, chunk_bytes) == whole
    assert [row.found for row in whole] == [
        row.found for row in rows(document([each for group in groups for each in group]).encode(), 1 << 17)
    ]
    for done, row in enumerate(whole, start=1):
        assert rows(raw, chunk_bytes, row.end) == whole[done:]


@given(lists, st.data(), st.integers(1, 40))
def test_a_damaged_document_is_read_or_refused_the_same_however_it_is_cut(
    value: list[Any], data: st.DataObject, chunk_bytes: int
) -> None:
    raw = cases(value).encode()
    place = data.draw(st.integers(0, len(raw) - 1))
    damage = data.draw(st.binary(max_size=2) | st.sampled_from([b'"', b"{", b"}", b"[", b"]", b"\\", b","]))
    raw = raw[:place] + damage + raw[place + data.draw(st.integers(0, 3)) :]
    assert read_or_refused(raw, chunk_bytes) == read_or_refused(raw, 1 << 17)


def read_or_refused(raw: bytes, chunk_bytes: int) -> list[Row] | str:
    try:
        return rows(raw, chunk_bytes)
    except InputError as refusal:
        return refusal.message


media_of_ours = st.builds(
    Medium,
    md5=hashes.map(str.lower),
    category=st.sampled_from([1, 2, 4]),
    sha1=st.none() | st.integers(0, 2**160 - 1).map(lambda number: f"{number:040x}"),
    pdq=st.none() | st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}"),
)


@given(st.lists(media_of_ours, max_size=8))
def test_what_is_written_is_read_as_it_was(written: list[Medium]) -> None:
    file = io.BytesIO()
    assert write_media(file, written, document="US") == len(written)
    assert found(file.getvalue()) == [entry for each in written for entry in entries_of(each)]


def entries_of(medium: Medium) -> list[Found]:
    meaning = PROFILE.categories[str(medium.category)]
    category = None if meaning is CategoryMeaning.TAKE else records.Category(meaning.value)
    named = ((HashKind.MD5, medium.md5), (HashKind.SHA1, medium.sha1), (HashKind.PDQ, medium.pdq))
    return [
        records.EntryChange(kind=kind, value=value, category=category)
        for kind, value in named
        if value is not None
    ]
