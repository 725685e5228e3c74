"""Walking through JSON by its brackets and quotation marks."""

from __future__ import annotations

import io
import json

import pytest

from wardline.adapters.hash_lists.json_bytes import JsonBytes
from wardline.errors import InputError

VALUES = [
    {}, [], "", 0, -1.5e3, True, None, "é\U0001f600", 'a"b\\', "\\", "}]{[", {"a": [{"b": [{"c": ["]"]}]}]}, [[[[[[]]]]]], "x" * 300, [1, 2, "3"],
]  # fmt: skip
CHUNKS = [1, 2, 3, 7, 64, 1 << 17]


def walked(raw: bytes, chunk_bytes: int, most_bytes: int) -> list[bytes | None]:
    text = JsonBytes(io.BytesIO(raw), 0, chunk_bytes=chunk_bytes)
    given = [text.value(most_bytes) for _ in text.items()]
    assert text.peek() == b""
    assert text.offset == len(raw)
    return given


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
def test_every_value_of_an_array_is_given_as_it_stands(chunk_bytes: int) -> None:
    given = walked(json.dumps(VALUES, ensure_ascii=False).encode() + b" \n", chunk_bytes, 1000)
    assert [json.loads(each or b"") for each in given] == VALUES


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
@pytest.mark.parametrize("most_bytes", [0, 1, 2, 5, 20, 301])
def test_a_value_that_is_too_large_is_passed_over(chunk_bytes: int, most_bytes: int) -> None:
    written = [json.dumps(each).encode() for each in VALUES]
    expected = [each if len(each) <= most_bytes else None for each in written]
    assert walked(b"[" + b" , ".join(written) + b"]", chunk_bytes, most_bytes) == expected


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
def test_members_are_given_by_their_keys(chunk_bytes: int) -> None:
    content = {"a": 1, 'b"\n': [2], "é": {"c": 3}, "": None}
    text = JsonBytes(io.BytesIO(json.dumps(content, indent=2).encode()), 0, chunk_bytes=chunk_bytes)
    assert {key: json.loads(text.value(100) or b"") for key in text.members()} == content


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
def test_the_walk_goes_on_from_an_offset_inside_an_array(chunk_bytes: int) -> None:
    raw = b'[ {"a": 1} , "b" , 3 ]'
    text = JsonBytes(io.BytesIO(raw), 0, chunk_bytes=chunk_bytes)
    rest = [b'{"a": 1}', b'"b"', b"3"]
    for _ in text.items():
        assert text.value(10) == rest.pop(0)
        later = JsonBytes(io.BytesIO(raw), text.offset, chunk_bytes=chunk_bytes)
        assert [later.value(10) for _ in later.items(inside=True)] == rest


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
@pytest.mark.parametrize(
    "raw",
    [b"", b"[", b"[1", b"[1,", b"[1 2]", b"[,]", b"[1,]", b'["a]', b'["a\\"]', b'["a\\', b"[{]", b"[:]", b"[}", b"{]", b"x"],
)  # fmt: skip
def test_what_is_no_array_to_its_end_is_refused(raw: bytes, chunk_bytes: int) -> None:
    with pytest.raises(InputError):
        walked(raw, chunk_bytes, 1000)


@pytest.mark.parametrize(
    "raw",
    [b"[]", b"{1: 2}", b'{"a" 1}', b'{"a": 1 "b": 2}', b'{"a": 1,}', b'{"\\x": 1}', b'{"\xff": 1}', b"{"],
)
def test_what_is_no_object_to_its_end_is_refused(raw: bytes) -> None:
    with pytest.raises(InputError):
        walk_members(raw)


def walk_members(raw: bytes) -> None:
    text = JsonBytes(io.BytesIO(raw), 0)
    for _ in text.members():
        text.skip()
