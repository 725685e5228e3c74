"""The style sheet and the scripts: small on the way, kept by the browser, and nothing beside them."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.web.client import Api
from tests.web.console.browser import Browser
from wardline.web.console import static_files

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
PLAIN = {"Accept-Encoding": "identity"}


def address_in(page: str, name: str) -> str:
    """Find the address under which a page names a file."""
    found = re.search(rf'"(/static/{re.escape(name)}[^"]*)"', page)
    assert found is not None
    return found.group(1)


def test_every_file_of_the_frame_is_there_under_the_address_that_pages_give(desk: Browser, api: Api) -> None:
    page = desk.get("/queue").text
    addresses = set(re.findall(r'"(/static/[^"]+)"', page))
    assert len(addresses) >= 4
    for address in addresses:
        answer = api.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_comes_compressed_to_those_who_take_it_and_is_the_same(api: Api) -> None:
    small, plain = (api.get("/static/console.css", headers=headers) for headers in (GZIP, PLAIN))
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert small.content == plain.content
    assert small.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert small.headers["content-type"] == plain.headers["content-type"] == "text/css; charset=utf-8"
    assert small.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [("gzip", True), ("GZIP;q=0.5", True), ("*", True), ("br, gzip ; q=1", True), ("", False), ("br", False),
     ("gzip;q=0", False), ("gzip;q=0, *", False), ("gzip;q=x", False), ("*;q=0.0", False)],
)  # fmt: skip
def test_compression_is_for_those_only_who_ask_for_it(accepted: str, taken: bool) -> None:
    assert static_files.takes_gzip(accepted) is taken


@pytest.mark.parametrize("headers", [GZIP, PLAIN])
def test_a_file_that_the_browser_has_is_not_sent_again(headers: dict[str, str], api: Api) -> None:
    tag = api.get("/static/keys.js", headers=headers).headers["etag"]
    assert not tag.startswith("W/")
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = api.get("/static/keys.js", headers={**headers, "If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert api.get("/static/keys.js", headers={**headers, "If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789abcdef"])
def test_under_another_address_than_that_of_its_content_a_file_is_asked_for_each_time(
    query: str, api: Api
) -> None:
    answer = api.get(f"/static/console.css{query}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


def test_the_address_changes_with_the_content_only() -> None:
    addresses = {static_files.address(name) for name in static_files.files()}
    assert len(addresses) == len(static_files.files())
    assert static_files.address("console.css") == static_files.address("console.css")


@pytest.mark.parametrize(
    "path",
    ["/static/nothing.css", "/static/", "/static", "/static/../building.py", "/static/..%2fbuilding.py", "/static/%2e%2e/building.py",
     "/static/..%5cbuilding.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/console.css/", "/static/console.css%00.js",
     "/static/templates/frame.html.jinja"],
)  # fmt: skip
def test_nothing_but_the_files_themselves_can_be_fetched(path: str, api: Api) -> None:
    answer = api.get(path)
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_a_file_cannot_be_sent_to(api: Api) -> None:
    assert api.post("/static/console.css").status_code == 405


def test_pages_are_never_compressed_for_they_hold_the_token_of_forms(desk: Browser, api: Api) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in desk.cookies.items())
    answer = api.get("/queue", headers={"Cookie": cookie, **GZIP})
    assert answer.status_code == 200
    assert "csrf" in answer.text
    assert "content-encoding" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_sent_compressed_is_made_once_and_opens_to_the_file() -> None:
    for name, file in static_files.files().items():
        assert gzip.decompress(file.compressed) == file.plain, name
    assert static_files.files() is static_files.files()


def test_scripts_come_without_their_comments_and_otherwise_as_they_stand(api: Api) -> None:
    folder = Path(static_files.__file__).parent / "static"
    for path in folder.glob("*.js"):
        stands = path.read_text(encoding="utf-8").splitlines()
        sent = api.get(f"/static/{path.name}").text.splitlines()
        assert sent == [line for line in stands if not line.lstrip().startswith("//")], path.name
    assert "//" in (folder / "keys.js").read_text(encoding="utf-8")
