"""What a hostile caller over HTTP learns and breaks: nothing."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from tests.acceptance.stories import picture
from tests.web.client import PREFIX, Api, context
from wardline import records
from wardline.errors import StorageFullError
from wardline.records import Role, Scope
from wardline.testing.harness import Line
from wardline.web import edge
from wardline.web.api import items
from wardline.web.app import create_app

GRID = 0.1


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path) as made:
        yield made


# --- timing -------------------------------------------------------------------------------------------------------------------------
@given(
    since=st.floats(0, 1e6), released=st.floats(0, 0.09), kept=st.floats(0, 0.09), size=st.integers(0, 2**26)
)
def test_the_answer_leaves_at_the_same_moment_however_long_keeping_took(
    since: float, released: float, kept: float, size: int
) -> None:
    leaves = [since + took + items._wait(since, since + took, size, GRID) for took in (released, kept)]
    assert leaves[0] == pytest.approx(leaves[1], abs=1e-6)


def test_a_large_file_has_time_to_be_sealed_within_one_step() -> None:
    assert items._wait(0.0, 1.2, 50_000_000, GRID) == pytest.approx(
        items._wait(0.0, 0.01, 50_000_000, GRID) - 1.19
    )


def test_every_low_trust_answer_waits_also_for_repetitions_and_errors(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    full = [False]

    def reached(name: str) -> None:
        if full[0] and name == "vault:before-seal":
            raise StorageFullError("vault: the disk is full, expected room")

    with Line(tmp_path_factory.mktemp("line"), reached=reached) as line:
        line.list_of([picture(2)])
        api, key = Api(create_app(line.wardline, low_trust_answer_seconds=5.0)), line.platform_key()
        answers = [
            api.upload(key.secret, picture(1), key="one"), api.upload(key.secret, picture(2), key="two"),
            api.upload(key.secret, picture(2), key="two"), api.upload(key.secret, picture(3), key="two"),
        ]  # fmt: skip
        full[0] = True
        answers += [api.upload(key.secret, picture(2)), api.upload(key.secret, picture(1), surface="")]
        assert [answer.status_code for answer in answers] == [202, 202, 202, 422, 507, 400]
        assert len({(answer.content, str(answer.headers)) for answer in answers[:3]}) == 1
    long = [wait for wait in waits if wait > 0]
    assert len(long) == len(answers)
    # The beat begins when a close look at a picture of the size would be over, which is a little ahead.
    assert all(wait <= 6.0 for wait in long)


# --- what may be held in memory -----------------------------------------------------------------------------------------------------
def test_uploads_beyond_what_may_be_in_memory_are_asked_to_come_back(line: Line) -> None:
    app = edge.Edge(create_app(line.wardline, low_trust_answer_seconds=0), upload_paths={"/v1/items"},
                    max_upload_bytes=50_000, room=edge.Room(150_000))  # fmt: skip
    secret = line.platform_key().secret
    about = {"Authorization": f"Bearer {secret}", "Wardline-Context": json.dumps(context())}

    async def uploads() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        begun, go_on = asyncio.Semaphore(0), asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield b"x"
            begun.release()
            await go_on.wait()
            yield b"y"

        async with httpx.AsyncClient(transport=transport, base_url="http://wardline.test") as client:
            slow = asyncio.create_task(client.post("/v1/items", content=body(), headers=about))
            await begun.acquire()
            refused = await client.post("/v1/items", content=b"z" * 40_000, headers=about)
            go_on.set()
            taken = await slow
            again = await client.post("/v1/items", content=b"z" * 40_000, headers=about)
        return [refused, taken, again]

    refused, taken, again = asyncio.run(uploads())
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert refused.json()["type"] == PREFIX + "dependency"
    assert (taken.status_code, again.status_code) == (202, 202)


def test_without_a_key_nobody_takes_up_memory(line: Line) -> None:
    app = create_app(line.wardline)
    read: list[int] = []

    async def receive() -> Message:
        read.append(1)
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/v1/items", "raw_path": b"/v1/items",
        "query_string": b"", "root_path": "", "scheme": "http", "headers": [], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 401
    assert read == []


def test_a_body_that_drips_in_is_given_up(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.2)
    api, secret = Api(create_app(line.wardline, low_trust_answer_seconds=0)), line.platform_key().secret

    async def body() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    answer = api.post(
        "/v1/items", secret, content=body(), headers={"Wardline-Context": json.dumps(context())}
    )
    assert answer.status_code == 408
    assert answer.json()["type"] == PREFIX + "request-timeout"


# --- whose key it is ----------------------------------------------------------------------------------------------------------------
def test_a_key_made_for_a_former_role_does_no_more_than_the_role_of_now(line: Line) -> None:
    api, lead = Api(create_app(line.wardline)), line.person("lee", Role.LEAD)
    assert Scope.CASES in lead.key.scopes
    demoted = replace(lead.user, role=Role.AUDITOR, version=lead.user.version + 1)
    entry = line.parts.entry(records.Verb.USER_CREATED, demoted.id)
    line.store.commit(records.Replace(demoted), entries=[entry])
    assert [api.get(path, lead.secret).status_code for path in ("/v1/cases", "/v1/hash-lists")] == [403, 403]


# --- text that goes through everything ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "about",
    [
        '{"account_reference": "\\ud800"}', '{"file_name": "\\udfff"}', '{"surface": "\\u0000"}', '{"surface": " "}',
        '{"account_reference": "   "}', '{"ip_address": "fe80::1%eth0"}', '{"uploaded_at": 1e999}', '{"uploaded_at": "0001-01-01T00:00:00+14:00"}',
        '{"uploaded_at": "9999-12-31T23:59:59-14:00"}', '{"port": 1e400}', '{"port": ' + "9" * 5000 + "}", "[" * 100_00,
        '{"uploaded_at": "2016-12-31T23:59:60Z"}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("listed", [True, False])
def test_hostile_text_is_refused_alike_whether_the_file_is_listed_or_not(
    line: Line, about: str, listed: bool
) -> None:
    line.list_of([picture(2)])
    api, secret = Api(create_app(line.wardline, low_trust_answer_seconds=0)), line.platform_key().secret
    fields = json.dumps(context())
    if about.startswith("{"):
        name = about.split('"')[1]
        fields = (
            json.dumps({key: value for key, value in context().items() if key != name})[:-1]
            + ", "
            + about[1:]
        )
    else:
        fields = about
    files = {
        "context": (None, fields.encode(), "application/json"),
        "file": ("a", picture(2 if listed else 1), "image/jpeg"),
    }
    answer = api.post("/v1/items", secret, files=files)
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] == PREFIX + "invalid-input"
    assert line.store.cases() == []


def test_waits_are_finite() -> None:
    assert math.isfinite(items._wait(0.0, 1e9, 2**31, 0.001))


@pytest.mark.parametrize("listed", [True, False])
def test_a_full_disk_refuses_every_upload_and_so_tells_nothing(
    tmp_path_factory: pytest.TempPathFactory, listed: bool
) -> None:
    with Line(tmp_path_factory.mktemp("full"), replaced={"free_bytes": lambda: 1_000_000}) as line:
        line.list_of([picture(2)])
        api, key = Api(create_app(line.wardline, low_trust_answer_seconds=0)), line.platform_key()
        assert api.upload(key.secret, picture(2 if listed else 1)).status_code == 507
