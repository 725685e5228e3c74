"""What comes out of HMA and python-threatexchange."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.hash_lists.lists import MD5, PDQ, SHA1, SHA256, lines, write
from wardline import records
from wardline.adapters import hash_lists
from wardline.adapters.hash_lists import hma_file
from wardline.errors import InputError
from wardline.records import HashKind, ListForm

HEADER = "bank,content_id,signal_type,signal_val\n"
LONG = json.dumps([f"{PDQ},100,{second}.0" for second in range(1500)])


def source(folder: Path, content: str | bytes) -> hash_lists.FileSource:
    made = hash_lists.open_source(write(folder, content, ".hma"), form=ListForm.HMA)
    assert isinstance(made, hash_lists.FileSource)
    return made


def read(folder: Path, content: str | bytes) -> records.HashListPage:
    return source(folder, content).fetch(None)


def taken(page: records.HashListPage) -> list[tuple[HashKind, str]]:
    assert all(each.category is None for each in page.added)
    return [(each.kind, each.value) for each in page.added]


BOTH = [(HashKind.PDQ, PDQ), (HashKind.MD5, MD5)]


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}ONE,1,pdq,{PDQ}\nONE,2,video_md5,{MD5}\n",
        f"signal_val,signal_type\r\n{PDQ},pdq\r\n\r\n{MD5},md5\r\n",
        f'\ufeff"Signal_Type","SIGNAL_VAL","note"\nPDQ,{PDQ.upper()},"a, ""b"""\nPhoto_MD5,{MD5},\n',
        f'{{"id": 1, "signals": {{"pdq": "{PDQ}", "video_md5": "{MD5}"}}}}\n',
        f'{{"id": 1, "signals": {{"pdq": "{PDQ}"}}}}\n\n{{"id": 2, "signals": {{"md5": "{MD5}"}}}}',
        f'{{"pdq": "{PDQ}", "md5": "{MD5}", "id": 7, "note": "x"}}\n',
        f'{{"signal_type": "pdq", "signal_val": "{PDQ}"}}\n{{"signal_type": "md5", "signal_val": "{MD5}"}}\n',
        f'\ufeff{{"id": 1, "disable_until_ts": 1, "signals": {{"pdq": "{PDQ},80", "video_md5": "{MD5}"}}}}',
        f"pdq {PDQ}\nvideo_md5 {MD5}\n",
        f"pdq\t{PDQ}\r\n  video-md5   {MD5} \r\n\r\n",
        f"pdq {PDQ}\n{MD5}\n",
    ],
)
def test_the_same_signals_are_read_from_every_form(tmp_path: Path, content: str) -> None:
    page = read(tmp_path, content)
    assert (taken(page), page.malformed, page.cursor) == (BOTH, (), None)


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("pdq", HashKind.PDQ, PDQ), ("md5", HashKind.MD5, MD5), ("video_md5", HashKind.MD5, MD5), ("photo_md5", HashKind.MD5, MD5),
        ("sha1", HashKind.SHA1, SHA1), ("sha256", HashKind.SHA256, SHA256), ("video_sha256", HashKind.SHA256, SHA256),
    ],
)  # fmt: skip
def test_every_signal_type_that_is_a_hash_of_ours_is_taken(
    tmp_path: Path, name: str, kind: HashKind, value: str
) -> None:
    for content in (
        f"{HEADER}B,1,{name},{value}\n",
        json.dumps({"signals": {name: value}}),
        f"{name} {value}",
    ):
        assert taken(read(tmp_path, content)) == [(kind, value)]


def test_signals_of_one_hash_and_no_type_are_known_by_their_length(tmp_path: Path) -> None:
    page = read(tmp_path, f"{MD5}\n{SHA1.upper()}\n{PDQ}\n")
    assert taken(page) == [(HashKind.MD5, MD5), (HashKind.SHA1, SHA1)]
    assert lines(page) == [3]


@pytest.mark.parametrize(
    "content",
    [
        f'{HEADER}B,1,pdq,{PDQ}\nB,1,vpdq,{"x" * 100_000}\nB,2,raw_text,"a, ""b"""\nB,3,q7z,x\nB,4,q8z,y\n',
        json.dumps({"signals": {"vpdq": LONG, "raw_text": "a", "q7z": "x", "q8z": "y", "pdq": PDQ}}),
        f"vpdq {LONG}\nraw_text a b c\npdq {PDQ}\nq7z x\nq8z y\n",
    ],
)
def test_signals_of_other_types_are_counted_by_type_where_the_type_is_known(
    tmp_path: Path, content: str
) -> None:
    opened = source(tmp_path, content)
    page = opened.fetch(None)
    assert (taken(page), page.malformed) == ([(HashKind.PDQ, PDQ)], ())
    assert opened.untaken == {
        "signals of type vpdq": 1, "signals of type raw_text": 1, "signals of another type": 2,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["url_md5", "text_md5"])
def test_hashes_of_addresses_and_texts_are_no_hashes_of_files(tmp_path: Path, name: str) -> None:
    opened = source(tmp_path, f"{name} {MD5}\n")
    assert opened.fetch(None).added == ()
    assert opened.untaken == {f"signals of type {name}": 1}


def test_signals_of_content_that_is_switched_off_are_not_taken(tmp_path: Path) -> None:
    content = [{"id": 1, "disable_until_ts": 0, "signals": {"pdq": PDQ}}, {"id": 2, "signals": {"md5": MD5}}]
    opened = source(tmp_path, "".join(json.dumps(each) + "\n" for each in content))
    assert taken(opened.fetch(None)) == [(HashKind.MD5, MD5)]
    assert opened.untaken == {"signals of content that is switched off in HMA": 1}


def test_a_pdq_signal_of_too_low_a_quality_is_not_taken(tmp_path: Path) -> None:
    opened = source(tmp_path, f'signal_type,signal_val\npdq,"{PDQ},10"\n')
    assert opened.fetch(None).added == ()
    assert opened.untaken == {"PDQ hashes of a quality below 50": 1}


@pytest.mark.parametrize(
    "line",
    [
        f"B,1,pdq,{MD5}",
        "B,1,md5,",
        f"B,1,,{MD5}",
        f"B,1,md5,{MD5},x",
        f'B,1,md5,"{MD5}',
        "x" * 1_000_001,
        "B",
    ],
)
def test_a_malformed_line_is_named_by_its_number_and_hides_no_other(tmp_path: Path, line: str) -> None:
    page = read(tmp_path, f"{HEADER}B,1,pdq,{PDQ}\n\n{line}\nB,2,md5,{MD5}\n")
    assert (taken(page), lines(page)) == (BOTH, [4])


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "12",
        "{",
        '{"signals": []}',
        '{"signals": {}}',
        "{}",
        '{"signals": {"md5": 1}}',
        '{"md5": null}',
        "[" * 5000,
    ],
)
def test_a_malformed_object_is_named_by_its_number_and_hides_no_other(tmp_path: Path, line: str) -> None:
    page = read(tmp_path, f'{{"pdq": "{PDQ}"}}\n{line}\n{{"md5": "{MD5}"}}\n')
    assert (taken(page), lines(page)) == (BOTH, [2])


def test_a_malformed_first_signal_is_no_reason_to_refuse_the_others(tmp_path: Path) -> None:
    for content in (f"md5 x\nmd5 {MD5}\n", f'{{"md5": "x"}}\n{{"md5": "{MD5}"}}\n'):
        page = read(tmp_path, content)
        assert (taken(page), lines(page)) == ([(HashKind.MD5, MD5)], [1])


@pytest.mark.parametrize(
    "content",
    [
        "", "\n", "hash_type,hash\n", "signal_type\n", "signal_type,signal_val,signal_val\n", "{}", "[]", '{"hash_type": "md5", "hash": "x"}',
        '{"q7z": 1}', "q7z x\n", PDQ, "{", "\0" * 100, b"\xff\xd8\xff\xe0", bytes(range(256)) * 40,
    ],
)  # fmt: skip
def test_a_file_of_none_of_the_forms_is_refused(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(InputError, match="none of HMA's forms") as refusal:
        read(tmp_path, content)
    assert "q7z" not in refusal.value.message
    assert "add-a-hash-list" in refusal.value.advice


def test_reasons_repeat_nothing_of_the_line(tmp_path: Path) -> None:
    page = read(tmp_path, f"{HEADER}q7z,1,md5,q7z\nq7z\n")
    assert lines(page) == [2, 3]
    assert not any("q7z" in line.reason for line in page.malformed)


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "".join(f"B,1,md5,{number:032x}\nB,1,vpdq,x\n" for number in range(9)),
        "\n"
        + "".join(
            json.dumps({"signals": {"md5": f"{number:032x}", "sha1": f"{number:040x}"}}) + "\n"
            for number in range(9)
        ),
        "".join(f"md5 {number:032x}\n\nq q\n" for number in range(9)),
    ],
)
def test_reading_goes_on_after_any_page_and_counts_each_signal_once(tmp_path: Path, content: str) -> None:
    whole = source(tmp_path, content)
    expected = whole.fetch(None).added
    path = tmp_path / "list.hma"
    for other_process in (False, True):
        paged = hash_lists.FileSource(path, hma_file.read_rows, page_rows=2)
        pages = [paged.fetch(None)]
        while pages[-1].cursor is not None:
            if other_process:
                paged = hash_lists.FileSource(path, hma_file.read_rows, page_rows=2)
            pages.append(paged.fetch(pages[-1].cursor))
        assert tuple(each for page in pages for each in page.added) == expected
        assert paged.untaken == whole.untaken
