"""Every page is small and whole: at most 60 kB with its style sheet and scripts, and readable with the first answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web.client import Api
from wardline.adapters.authorities.ncmec import NcmecAuthority
from wardline.cli import bench_console, bench_filled
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line
from wardline.web import console
from wardline.web.app import create_app
from wardline.web.console.desk import COOKIE

CASES = 420
"""Enough that every list has more than a page shows."""
MOST_BYTES = 60_000
_STATIC = re.compile(r'"(/static/[^"]+)"')
_LOADS_MORE = re.compile(r'hx-trigger="[^"]*\b(?:load|revealed|intersect)\b')

Pages = dict[tuple[str, str], httpx.Response]
"""By role and path."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Api, Pages]]:
    """Every page as every role gets it, from an installation that is full."""
    clock = VirtualClock(START)
    authority = NcmecAuthority(
        environment="sandbox", username="bench", password="nobody asks", clock_now=clock.now,
        sandbox_url="http://127.0.0.1:9/nobody-listens",
    )  # fmt: skip
    folder: Path = tmp_path_factory.mktemp("full")
    with Line(folder, clock=clock, authority=authority) as line:
        visitors = bench_filled.fill(line.parts, CASES)
        line.sequence()
        api = Api(create_app(line.wardline))
        yield (
            api,
            {
                (visitor.role.value, path): api.get(address, headers={"Cookie": f"{COOKIE}={visitor.token}"})
                for visitor in visitors
                for path, address in bench_console.addresses(visitor.ids, visitor.role)
            },
        )


def html_of(pages: Pages) -> Pages:
    return {key: page for key, page in pages.items() if "text/html" in page.headers.get("content-type", "")}


def test_the_benchmark_asks_for_every_page_of_every_role(full: tuple[Api, Pages]) -> None:
    asked = {(role, path.partition("?")[0]) for role, path in full[1]}
    expected = {
        (role, path)
        for method, path, roles in console.rules()
        for role in roles
        if method == "GET" and path not in bench_console.NO_PAGES
    }
    assert asked == expected
    assert {
        key: page.status_code for key, page in full[1].items() if page.status_code not in (200, 303)
    } == {}


def test_no_page_is_larger_than_60_kilobytes_with_its_style_and_scripts(full: tuple[Api, Pages]) -> None:
    api, pages = full
    names = {name for page in html_of(pages).values() for name in _STATIC.findall(page.text)}
    sent = {name: int(api.get(name).headers["content-length"]) for name in names}
    sizes = {
        key: len(page.content) + sum(sent[name] for name in set(_STATIC.findall(page.text)))
        for key, page in html_of(pages).items()
    }
    assert {key: size for key, size in sizes.items() if size > MOST_BYTES} == {}
    assert sizes["lead", "/queue"] > MOST_BYTES / 2


def test_every_file_of_a_large_referral_stands_on_one_of_its_pages(full: tuple[Api, Pages]) -> None:
    api, pages = full
    first = pages["lead", "/referrals/{referral_id}"]
    address = str(first.request.url.path)
    headers = {"Cookie": first.request.headers["cookie"]}
    numbers = [
        _files_told(api.get(f"{address}?files={number}", headers=headers).text) for number in range(1, 6)
    ]
    assert [each for page in numbers for each in page] == list(range(1, 31))
    assert _files_told(api.get(f"{address}?files=all", headers=headers).text) == list(range(1, 31))


def _files_told(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"<h2>File (\d+) of 30</h2>", text)]


def test_no_page_fetches_what_it_says_after_it_was_shown(full: tuple[Api, Pages]) -> None:
    assert [key for key, page in html_of(full[1]).items() if _LOADS_MORE.search(page.text)] == []
