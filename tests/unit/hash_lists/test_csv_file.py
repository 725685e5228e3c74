"""CSV files as they come: from spreadsheets, from other systems, and broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.hash_lists.lists import MD5, PDQ, SHA1, SHA256, lines, read, values
from wardline import records
from wardline.errors import InputError

HEADER = "hash_type,hash,category\n"
KIND = records.HashKind


def test_every_type_and_category_is_read(tmp_path: Path) -> None:
    page = read(
        tmp_path, f"{HEADER}md5,{MD5},A1\nsha1,{SHA1},A2\nsha256,{SHA256},B1\npdq,{PDQ},B2\nmd5,{'0' * 32},\n"
    )
    category = records.Category
    assert [(change.kind, change.value, change.category) for change in page.added] == [
        (KIND.MD5, MD5, category.A1), (KIND.SHA1, SHA1, category.A2), (KIND.SHA256, SHA256, category.B1),
        (KIND.PDQ, PDQ, category.B2), (KIND.MD5, "0" * 32, None),
    ]  # fmt: skip
    assert (page.malformed, page.cursor) == ((), None)


@pytest.mark.parametrize(
    "content",
    [
        f"hash_type,hash\nmd5,{MD5}\n",
        f"hash,hash_type\n{MD5},md5\n",
        f"hash_type,hash\nmd5,{MD5}",
        f"hash_type,hash\r\nmd5,{MD5}\r\n",
        f"\ufeffhash_type,hash\nmd5,{MD5}\n",
        f"\ufeffhash_type,hash,category\r\n\r\nmd5,{MD5},\r\n\r\n",
        f" Hash_Type , HASH \nmd5,{MD5}\n",
        f"hash_type,hash\nMD5,{MD5.upper()}\n",
        f"hash_type,hash\n md5 ,  {MD5} \n",
        f'"hash_type","hash"\n"md5","{MD5}"\n',
        f"hash_type,hash,category\n,,\n \nmd5,{MD5},\n",
    ],
)
def test_the_same_entry_is_read_from_every_usual_spelling(tmp_path: Path, content: str) -> None:
    page = read(tmp_path, content)
    assert page.added == (records.EntryChange(kind=KIND.MD5, value=MD5, category=None),)
    assert page.malformed == ()


def test_a_category_in_small_letters_is_the_category(tmp_path: Path) -> None:
    [change] = read(tmp_path, f"{HEADER}md5,{MD5},a2\n").added
    assert change.category is records.Category.A2


@pytest.mark.parametrize(
    "line",
    [
        f"md6,{MD5},",
        f",{MD5},",
        "md5,,",
        f"md5,{MD5[:-1]},",
        f"md5,{MD5}0,",
        f"md5,{MD5[:-1]}g,",
        f"sha1,{MD5},",
        f"md5,{MD5},C1",
        f"md5,{MD5}",
        f"md5,{MD5},A1,more",
        f'md5,"{MD5},A1',
        f'md5,"{MD5}"x,A1',
        f"md5,{MD5[:-1]}\0,",
        "md5," + "0" * 5000 + ",",
        "md5," + "0" * 50_000 + ",",
        f"md5;{MD5};A1",
        "no such line",
    ],
)
def test_a_malformed_line_is_named_by_its_number_and_hides_no_other(tmp_path: Path, line: str) -> None:
    page = read(tmp_path, f"{HEADER}sha1,{SHA1},\n\n{line}\npdq,{PDQ},\n")
    assert (values(page), lines(page)) == ([SHA1, PDQ], [4])


def test_bytes_that_are_no_text_spoil_their_line_only(tmp_path: Path) -> None:
    page = read(tmp_path, HEADER.encode() + b"md5,\xff\xfe,\n" + f"sha1,{SHA1},\n".encode())
    assert (values(page), lines(page)) == ([SHA1], [2])


def test_a_malformed_last_line_without_an_end_is_reported(tmp_path: Path) -> None:
    assert lines(read(tmp_path, HEADER + "x" * 9000)) == [2]


@pytest.mark.parametrize(
    "header",
    ["hash_type,hash,category,comment", "hash_type,hash,url", "hash_type,hash,", "type,hash", "hash", "hash_type", "hash_type;hash",
     "hash_type,hash,hash", f"md5,{MD5}"],
)  # fmt: skip
def test_other_columns_are_refused_and_the_known_ones_named(tmp_path: Path, header: str) -> None:
    with pytest.raises(InputError, match="hash_type") as refusal:
        read(tmp_path, f"{header}\nmd5,{MD5},\n")
    assert MD5 not in refusal.value.message
    assert "comment" not in refusal.value.message


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xd8\xff\xe0 picture",
        "hash_type,hash\n".encode("utf-16"),
        b"\0" * 100,
        b"x" * 100_000,
        b'"hash_type,hash\n',
    ],
)
def test_a_file_that_is_no_csv_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError):
        read(tmp_path, content)


def test_a_header_alone_is_a_list_without_entries(tmp_path: Path) -> None:
    assert read(tmp_path, HEADER) == records.HashListPage(added=(), malformed=(), cursor=None)


def test_a_repeated_hash_counts_once_unless_its_category_changes(tmp_path: Path) -> None:
    page = read(tmp_path, f"{HEADER}md5,{MD5},A1\nMD5,{MD5.upper()},A1\nmd5,{MD5},B1\nmd5,{MD5},\n")
    assert (values(page), lines(page)) == ([MD5], [4, 5])


def test_the_same_digits_of_two_types_are_two_entries(tmp_path: Path) -> None:
    assert len(read(tmp_path, f"{HEADER}sha256,{SHA256},\npdq,{SHA256},\n").added) == 2


def test_reasons_repeat_nothing_of_the_line(tmp_path: Path) -> None:
    page = read(tmp_path, f"{HEADER}q7z,{MD5},\nmd5,q7z,\nmd5,{MD5},q7z\n")
    assert lines(page) == [2, 3, 4]
    assert not any("q7z" in line.reason for line in page.malformed)
