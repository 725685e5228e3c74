"""Makes the screenshots of the documentation from the demo: ``.venv/bin/python docs/images/make.py``.

Everything on them is harmless and drawn by code. It needs the ``dev`` extra and a Chromium on PATH.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from wardline.cli import logging_setup
from wardline.cli.demo import outcome
from wardline.cli.demo.story import Story
from wardline.cli.demo.world import World, world
from wardline.testing import write_points

HERE = Path(__file__).parent
SCENES = 96
MOST_BYTES = 200_000
_DESK: ViewportSize = {"width": 1440, "height": 1000}
_TELEPHONE: ViewportSize = {"width": 390, "height": 844}
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_COLOURS = (256, 128, 64, 32)
_PICTURE = "img[src^='/pictures/']"

Theme = Literal["light", "dark"]


def main() -> None:
    """Play a small demo and take every picture."""
    logging_setup.configure(logging_setup.WARNING)
    with (
        tempfile.TemporaryDirectory(prefix="wardline-screenshots-") as folder,
        _played(Path(folder)) as running,
        _browser() as browser,
    ):
        for name, take in SHOTS.items():
            path = HERE / f"{name}.png"
            path.write_bytes(_small(take(browser, running)))
            sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")


@contextmanager
def _played(folder: Path) -> Iterator[World]:
    with world(folder, reached=write_points.from_environment()) as running:
        Story(running, SCENES).play()
        outcome.settle(running)
        running.durable.settle_log()
        running.installation.wardline.verify_audit()
        yield running


@contextmanager
def _browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        sys.exit("screenshots: no chromium on PATH, expected one (on Debian: apt-get install chromium)")
    with (
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=program, args=["--disable-gpu"]) as browser,
    ):
        yield browser


def queue(browser: Browser, running: World, size: ViewportSize = _DESK) -> bytes:
    """What waits, without pictures."""
    return _taken(_signed_in(browser, running, "moderator-2", size, "light"))


def queue_narrow(browser: Browser, running: World) -> bytes:
    """The same on a telephone: the rows are cards."""
    return queue(browser, running, _TELEPHONE)


def case(browser: Browser, running: World) -> bytes:
    """A case that a list knows something like, taken and covered."""
    return _taken(_a_case(browser, running, "light"))


def case_revealed(browser: Browser, running: World) -> bytes:
    """The same case after a reveal, in colour."""
    page = _a_case(browser, running, "dark")
    page.locator("[name=show][value=colour]").first.check(force=True)
    page.locator("form[action$='/reveals'] button").first.click()
    page.locator(_PICTURE).wait_for()
    page.wait_for_function("(picture) => document.querySelector(picture).complete", arg=_PICTURE)
    return _taken(page)


def referral(browser: Browser, running: World) -> bytes:
    """A report that was filed, with what was sent."""
    page = _signed_in(browser, running, "lead", _DESK, "light")
    page.goto("/referrals")
    address = page.locator("main a[href^='/referrals/referral-']").first.get_attribute("href")
    page.goto(str(address))
    return _taken(page)


SHOTS: dict[str, Callable[[Browser, World], bytes]] = {
    "queue-light": queue, "case-light": case, "case-revealed-dark": case_revealed, "referral-light": referral,
    "queue-narrow": queue_narrow,
}  # fmt: skip


def _a_case(browser: Browser, running: World, theme: Theme) -> Page:
    """Open the case in hand; if there is none, one that is near an entry of a list, and take it."""
    page = _signed_in(browser, running, "moderator-1", _DESK, theme)
    rows = page.locator("a.why")
    near, mine = page.locator("a.why", has_text="Close to"), page.locator("tr.mine a.why")
    chosen = next((each for each in (mine, near) if each.count()), rows)
    page.goto(str(chosen.first.get_attribute("href")))
    take = page.locator("form[action$='/claim'] button")
    if not page.locator("form[action$='/decisions']").count():
        take.first.click()
        page.locator("form[action$='/decisions']").wait_for()
    page.wait_for_load_state("networkidle")
    return page


def _signed_in(browser: Browser, running: World, name: str, size: ViewportSize, theme: Theme) -> Page:
    context = browser.new_context(
        base_url=running.api, viewport=size, color_scheme=theme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", running.passwords[name])
    page.locator("form[action='/sign-in'] button").click()
    page.locator("nav.side").wait_for()
    return page


def _taken(page: Page) -> bytes:
    page.evaluate("document.activeElement?.blur()")
    page.evaluate("window.scrollTo(0, 0)")
    options: dict[str, Any] = {"animations": "disabled", "caret": "hide"}
    shot = page.screenshot(**options)
    page.context.close()
    return shot


def _small(shot: bytes) -> bytes:
    """Write a picture with as many colours as fit into the size that is allowed."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    for colours in _COLOURS:
        file = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() < MOST_BYTES:
            return file.getvalue()
    sys.exit(
        f"screenshots: one is too large with {_COLOURS[-1]} colours, expected fewer than {MOST_BYTES} bytes"
    )


if __name__ == "__main__":
    main()
