"""Hostile multipart bodies: whatever is sent, the answer is an acceptance or a refusal, never a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.client import Api, context
from wardline.errors import InputError
from wardline.testing.harness import Line
from wardline.web.api import multipart
from wardline.web.app import create_app

BOUNDARY = b"limit"
TYPE = "multipart/form-data; boundary=limit"


def part(name: bytes, content: bytes, *more: bytes) -> bytes:
    headers = b"".join(
        line + b"\r\n" for line in (b'Content-Disposition: form-data; name="' + name + b'"', *more)
    )
    return b"--" + BOUNDARY + b"\r\n" + headers + b"\r\n" + content + b"\r\n"


END = b"--" + BOUNDARY + b"--\r\n"


def test_parts_are_found_by_name() -> None:
    body = (
        part(b"context", b"{}", b"Content-Type: application/json")
        + part(b"file", b"\r\n--limi\x00\xff\r\n")
        + END
    )
    assert multipart.parse(TYPE, body) == {"context": b"{}", "file": b"\r\n--limi\x00\xff\r\n"}


def test_a_quoted_boundary_and_odd_spelling_are_fine() -> None:
    body = part(b"file", b"x").replace(b"Content-Disposition", b"CONTENT-disposition") + END
    assert multipart.parse('Multipart/Form-Data; BOUNDARY="limit"', body) == {"file": b"x"}


@pytest.mark.parametrize(
    "body",
    {
        "nothing": b"", "no boundary": b"file=1", "another boundary": part(b"file", b"x").replace(b"limit", b"other"),
        "cut in the headers": b"--limit\r\nContent-Disp", "cut in the content": part(b"file", b"x")[:-3],
        "no closing boundary": part(b"file", b"x"), "no name": b"--limit\r\nContent-Type: text/plain\r\n\r\nx\r\n" + END,
        "the same name twice": part(b"file", b"x") + part(b"file", b"y") + END,
        "five parts": b"".join(part(b"p%d" % number, b"x") for number in range(5)) + END,
        "no headers": b"--limit\r\n\r\nx\r\n" + END, "a header without a colon": b"--limit\r\nContent\r\n\r\nx\r\n" + END,
    }.items(),
    ids=lambda given: given[0],
)  # fmt: skip
def test_a_malformed_body_is_refused(body: tuple[str, bytes]) -> None:
    with pytest.raises(InputError):
        multipart.parse(TYPE, body[1])


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 71],
)
def test_a_boundary_has_1_to_70_characters(content_type: str) -> None:
    with pytest.raises(InputError, match="boundary"):
        multipart.parse(content_type, b"")


def test_a_body_of_no_parts_has_none() -> None:
    assert multipart.parse(TYPE, END) == {}


pieces = st.sampled_from(
    [b"--limit", b"--limit--", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"Content-Disposition: form-data", b'; name="file"', b'; name="context"',
     b"; name*=UTF-8''%ff", b'; filename="a\\"b', b"Content-Type: application/json", b"Content-Transfer-Encoding: base64", b":", b"-", b'"',
     b"\x00", b"\xff", b"{}", json.dumps(context()).encode(), b"x" * 300]
)  # fmt: skip
bodies = st.one_of(st.binary(max_size=300), st.lists(pieces, max_size=30).map(b"".join))
types = st.one_of(
    st.just(TYPE),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=80).map(
        lambda text: f"multipart/form-data; boundary={text}"
    ),
)


@settings(max_examples=1000)
@given(types, bodies)
def test_the_parser_gives_parts_or_refuses(content_type: str, body: bytes) -> None:
    try:
        found = multipart.parse(content_type, body)
    except InputError:
        return
    assert len(found) <= 4
    assert all(name for name in found)
    assert sum(map(len, found.values())) <= len(body)


@settings(max_examples=300)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_content_without_the_boundary_comes_back(first: bytes, second: bytes) -> None:
    if b"--limit" in first + second:
        return
    assert multipart.parse(TYPE, part(b"a", first) + part(b"b", second) + END) == {"a": first, "b": second}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Api, str]]:
    with Line(tmp_path_factory.mktemp("multipart")) as line:
        secret = line.platform_key(requests_per_minute=10**6).secret
        yield Api(create_app(line.wardline, low_trust_answer_seconds=0)), secret


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content_type=types, body=bodies)
def test_the_route_accepts_or_refuses(door: tuple[Api, str], content_type: str, body: bytes) -> None:
    api, secret = door
    answer = api.post("/v1/items", secret, content=body, headers={"Content-Type": content_type})
    assert answer.status_code in (202, 400), answer.text
