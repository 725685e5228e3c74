"""The edge: bodies are capped before they are buffered, and every answer carries its headers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api, assert_problem, context
from wardline.pipeline import Rules
from wardline.records import KeyTrust, Role
from wardline.testing.harness import REPORTER, Line
from wardline.web.edge import SMALL_BODY_BYTES

MOST = 100_000
CHUNK = 10_000
HEADERS = {
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}  # fmt: skip


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, rules=Rules(reporter=REPORTER, max_bytes=MOST)) as made:
        yield made


class Endless:
    """A body that never ends and counts what was taken of it."""

    def __init__(self) -> None:
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += CHUNK
            yield b"x" * CHUNK


def raw_headers() -> dict[str, str]:
    return {"Wardline-Context": json.dumps(context()), "Content-Type": "image/jpeg"}


def test_an_endless_upload_is_stopped_at_the_cap(api: Api, line: Line) -> None:
    body = Endless()
    answer = api.post("/v1/items", line.platform_key().secret, content=body, headers=raw_headers())
    assert_problem(answer, 413, "too-large")
    assert body.taken <= MOST + SMALL_BODY_BYTES + 2 * CHUNK


def test_an_endless_decision_is_stopped_at_its_smaller_cap(api: Api, line: Line) -> None:
    body = Endless()
    answer = api.post(f"/v1/cases/case-{'0' * 26}/decisions", line.person("mika").secret, content=body)
    assert_problem(answer, 413, "too-large")
    assert body.taken <= SMALL_BODY_BYTES + 2 * CHUNK


def test_nobody_without_a_key_gets_an_upload_read(api: Api) -> None:
    body = Endless()
    assert_problem(api.post("/v1/items", content=body, headers=raw_headers()), 401, "not-authenticated")
    assert body.taken == 0


@pytest.mark.parametrize("length", [str(MOST + SMALL_BODY_BYTES + 1), "9" * 15, "9" * 5000])
def test_a_declared_length_over_the_cap_is_refused_unread(api: Api, line: Line, length: str) -> None:
    body = Endless()
    headers = {"Content-Length": length, **raw_headers()}
    answer = api.post("/v1/items", line.platform_key().secret, content=body, headers=headers)
    assert_problem(answer, 413, "too-large")
    assert body.taken == 0
    assert dict(answer.headers).items() >= HEADERS.items()


@pytest.mark.parametrize("length", ["-1", "\xb2", "12x", " "])
def test_an_odd_declared_length_is_no_fault(api: Api, line: Line, length: str) -> None:
    headers = {
        name: value.encode("latin-1") for name, value in ({"Content-Length": length} | raw_headers()).items()
    }
    headers["Authorization"] = f"Bearer {line.platform_key().secret}".encode()
    assert api.send("POST", "/v1/items", content=picture(), headers=headers).status_code < 500


def test_a_file_of_exactly_the_cap_is_taken_and_one_byte_more_is_not(api: Api, line: Line) -> None:
    key = line.platform_key()
    for raw in (True, False):
        assert api.upload(key.secret, b"x" * MOST, raw=raw).status_code == 202
        assert_problem(api.upload(key.secret, b"x" * (MOST + 1), raw=raw), 413, "too-large")


def test_every_answer_carries_the_headers(api: Api, line: Line) -> None:
    low, trusted, mika = (
        line.platform_key(),
        line.platform_key(trust=KeyTrust.TRUSTED),
        line.person("mika", Role.LEAD),
    )
    item_id = api.upload(trusted.secret, picture(), flag="spam").json()["item_id"]
    case_id = line.store.cases()[0].id
    api.post(f"/v1/cases/{case_id}/claim", mika.secret)
    answers = [
        api.get("/health"), api.get("/ready"), api.get("/openapi.json"), api.get("/nothing"), api.call("PUT", "/v1/items"),
        api.get("/v1/cases"), api.get("/v1/cases", mika.secret), api.get("/v1/cases?limit=0", mika.secret),
        api.upload(low.secret, picture()), api.upload(low.secret, picture(), visibility="private"),
        api.post(f"/v1/cases/{case_id}/reveals", mika.secret, json={"item_id": item_id}),
        api.post(f"/v1/cases/{case_id}/reveals", mika.secret, content=b"{"), api.get("/metrics", mika.secret),
    ]  # fmt: skip
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 200, 200, 404, 405, 401, 200, 400, 202, 403, 200, 400, 200]
    for answer in answers:
        assert dict(answer.headers).items() >= HEADERS.items(), answer.request.url
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"


def test_numbers_are_kept_by_route_and_never_by_what_a_caller_makes_up(api: Api, line: Line) -> None:
    lead = line.person("lead", Role.LEAD)
    for made_up in ("BREW", "X" * 50):
        assert api.call(made_up, "/v1/cases").status_code == 405
    api.get(f"/v1/cases/case-{'0' * 26}", lead.secret)
    text = api.get("/metrics", lead.secret).text
    assert 'route="/v1/cases/{case_id}"' in text
    assert 'method="other"' in text
    for secret in ("BREW", "XXXX", "0" * 26):
        assert secret not in text
