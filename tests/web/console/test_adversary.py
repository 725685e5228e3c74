"""Somebody with every role, every header and every trick wants a picture that was not revealed to them. There is none to be had."""

from __future__ import annotations

import io
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import HOST, Browser, somebody
from wardline import records
from wardline.records import Role
from wardline.testing.harness import Line
from wardline.web import console

PNG = b"\x89PNG\r\n\x1a\n"
HEADERS: tuple[dict[str, str], ...] = (
    {}, {"HX-Request": "true"}, {"Range": "bytes=0-"}, {"If-None-Match": "*"}, {"If-Modified-Since": "Mon, 02 Mar 2026 09:00:00 GMT"},
    {"Cache-Control": "only-if-cached"}, {"Accept": "image/png"}, {"X-HTTP-Method-Override": "POST"}, {"X-Original-URL": "/v1/cases"},
    {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-Host": "elsewhere.example"}, {"Purpose": "prefetch"},
)  # fmt: skip
MOST_PAGES = 400


@pytest.fixture
def cases(line: Line) -> list[records.Case]:
    """Pictures that were never revealed, one that was revealed to somebody else, and one in the adversary's hands."""
    line.list_of([picture(0)])
    return [line.case_of(line.submit(picture(number), flag="looks-wrong")) for number in range(3)]


def _shows_more_than_a_cover(content: bytes) -> bool:
    """Say whether a picture holds more than 32 x 20 points. What cannot be told apart from its own 32 x 20 points holds no more."""
    if not content.startswith(PNG):
        return any(marker in content for marker in (b"\xff\xd8\xff", b"RIFF", b"GIF8"))
    shown = Image.open(io.BytesIO(content))
    pixels = np.asarray(shown.convert("L"), dtype=np.float64)
    points = shown.convert("L").resize((32, 20), Image.Resampling.BOX)
    again = np.asarray(points.resize(shown.size, Image.Resampling.BICUBIC), dtype=np.float64)
    return shown.mode != "L" or float(np.abs(again - pixels).mean()) > 4


def _every_answer(
    browser: Browser, starts: list[str], headers: dict[str, str]
) -> Iterator[tuple[str, httpx.Response]]:
    """Follow every link and picture from some pages on, with some headers; nothing is sent but GET."""
    waiting, seen = list(starts), set[str]()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = browser.request("GET", path, headers)
        yield path, answer
        if answer.headers.get("content-type", "").startswith("text/html"):
            found = browser.read(answer)
            targets = [
                *found.links,
                *found.images,
                *[form.action for form in found.forms if form.method == "get"],
            ]
            waiting += [
                urljoin(path, target)
                for target in targets
                if not urlsplit(target).netloc and not target.startswith("#")
            ]
        if answer.status_code in (302, 303, 307):
            waiting.append(answer.headers["location"])


def _addresses(cases: list[records.Case]) -> list[str]:
    found = [path for method, path, _ in console.rules() if method == "GET"]
    return [
        path.replace("{case_id}", case.id)
        .replace("{item_id}", case.item_ids[0])
        .replace("{name}", case.item_ids[0])
        for path in found
        for case in cases
        if "{case_id}" in path or "{" not in path or "{name}" in path
    ]


@pytest.mark.parametrize("role", [None, *Role])
def test_no_crawl_finds_a_picture_that_was_not_revealed(
    role: Role | None, api: Api, line: Line, cases: list[records.Case]
) -> None:
    somebody(line, "victor", Role.LEAD)
    victor = Browser(api)
    victor.sign_in("victor")
    taken = victor.send(victor.get(f"/cases/{cases[1].id}").form("/claim"))
    revealed = victor.send(taken.form("/reveals"))
    (theirs,) = [image for image in revealed.images if image.startswith("/pictures/")]

    browser = Browser(api)
    if role is not None:
        somebody(line, "adversary", role)
        browser.sign_in("adversary")
        if role in (Role.MODERATOR, Role.LEAD):
            browser.send(browser.get("/queue").form("/queue/next"))
    pictures = 0
    for headers in HEADERS:
        starts = [*_addresses(cases), theirs, f"{theirs}?again", f"/pictures/{cases[0].item_ids[0]}"]
        for path, answer in _every_answer(browser, starts, headers):
            pictures += answer.content.startswith(PNG)
            assert not _shows_more_than_a_cover(answer.content), (role, headers, path)
            assert "public" not in answer.headers.get("cache-control", "") or path.startswith("/static/"), (
                path
            )
    assert (pictures > 0) == (role in (Role.MODERATOR, Role.LEAD)), (
        "covers are what reviewers see of the case in their hands"
    )
    assert victor.get(theirs).answer.content.startswith(PNG), (
        "it still waited for the person it was revealed to"
    )


def test_what_the_crawl_looks_for_is_found_in_a_revealed_picture(
    desk: Browser, cases: list[records.Case]
) -> None:
    page = desk.send(desk.get("/queue").form("/queue/next"))
    (cover,) = page.images
    revealed = desk.send(page.form("/reveals"))
    (address,) = [image for image in revealed.images if image.startswith("/pictures/")]
    assert _shows_more_than_a_cover(desk.get(address).answer.content)
    assert not _shows_more_than_a_cover(desk.get(cover).answer.content)
    assert _shows_more_than_a_cover(picture(0))


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "GET"])
def test_no_other_method_reveals(method: str, desk: Browser, line: Line, cases: list[records.Case]) -> None:
    page = desk.send(desk.get("/queue").form("/queue/next"))
    form = page.form("/reveals")
    answer = desk.request(method, form.action, {"Origin": HOST}, form.fields)
    assert answer.status_code == 405
    assert PNG not in answer.content
    assert line.store.reveals_of(cases[0].id) == []


@pytest.mark.parametrize(
    "path", ["/cases/{case}/covers/{item}/", "//cases/{case}/covers/{item}", "/cases/{case}/covers/..%2f..%2fpictures", "/static/../vault/{item}",
             "/static/%2e%2e/%2e%2e/vault/{item}", "/cases/{case}/reveals", "/vault/{item}", "/v1/items/{item}", "/pictures/", "/pictures/{item}.png"],
)  # fmt: skip
def test_no_address_leads_around_the_reveal(
    path: str, desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    desk.send(desk.get("/queue").form("/queue/next"))
    answer = desk.request("GET", path.format(case=cases[0].id, item=cases[0].item_ids[0]), {})
    assert answer.status_code in (400, 401, 404, 405)
    assert PNG not in answer.content
    assert line.store.reveals_of(cases[0].id) == []


def test_a_file_of_another_case_is_not_covered_or_revealed_through_ones_own(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    page = desk.send(desk.get(f"/cases/{cases[0].id}").form("/claim"))
    foreign = cases[2].item_ids[0]
    assert desk.get(f"/cases/{cases[0].id}/covers/{foreign}").status == 404
    assert desk.send(page.form("/reveals"), item_id=foreign).status == 404
    assert [reveal for case in cases for reveal in line.store.reveals_of(case.id)] == []


def test_the_session_of_the_console_opens_nothing_of_the_programs_interface(
    desk: Browser, cases: list[records.Case]
) -> None:
    for path in ("/v1/cases", f"/v1/cases/{cases[0].id}", "/v1/holds", "/metrics"):
        assert desk.request("GET", path, {}).status_code == 401
