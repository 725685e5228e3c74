"""Accessibility, as far as a program can judge it: axe-core on every page and in every state of a case."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.browser.furnished import Furnished
from tests.browser.pages import pages
from tests.browser.reports import REFERENCE
from tests.browser.working import COVER, DECISION, PICTURE, REVEAL

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.chromium import Visitors

pytestmark = pytest.mark.long

WORDS = ".words.lines"
WIDE, NARROW = 1440, 390
WIDTHS = (WIDE, NARROW)
# What axe would fetch anew for every page serves two rules: one is off, and the other one never calls anything a violation.
_SHORT = {"resultTypes": ["violations"], "preload": False}
# Of WCAG 2.2, and not on by itself.
_OPTIONS = {**_SHORT, "rules": {"target-size": {"enabled": True}}}
# Nothing but the colours differs between the themes.
_COLOURS = {**_SHORT, "runOnly": ["color-contrast", "link-in-text-block"]}
# Nor does anything but the layout between the widths.
_LAYOUT = {
    **_SHORT,
    "rules": {"target-size": {"enabled": True}},
    "runOnly": [
        "target-size",
        "scrollable-region-focusable",
        "color-contrast",
        "link-in-text-block",
        "aria-hidden-focus",
    ],
}
_Theme = Literal["light", "dark"]
_JUDGED: dict[int, tuple[tuple[_Theme, dict[str, Any]], ...]] = {
    WIDE: (("light", _OPTIONS), ("dark", _COLOURS)),
    NARROW: (("light", _LAYOUT),),
}


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core."""
    pytest.importorskip(
        "axe_playwright_python", reason="no browser tests: axe-playwright-python is not installed"
    )
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def window(visitors: Visitors, who: str | None, width: int) -> Page:
    """Open a window in which colours change at once, and do not fade while they are measured."""
    return visitors.page(who, viewport={"width": width, "height": 900}, reduced_motion="reduce")


def findings(page: Page, axe: str) -> Iterator[str]:
    """Judge the page as it stands: everything in a wide window, the colours of both themes, and in a narrow one the layout."""
    page.evaluate(axe)
    size = page.viewport_size
    assert size is not None
    for theme, options in _JUDGED[size["width"]]:
        page.emulate_media(color_scheme=theme)
        result: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
        for broken in result["violations"]:
            for node in broken["nodes"]:
                where = node["html"].replace("\n", " ")[:160]
                yield f"{page.url} {theme}: {broken['impact']}: {broken['id']}: {broken['help']}: {where}"


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_any_page(width: int, visitors: Visitors, house: Furnished, axe: str) -> None:
    windows: dict[str | None, Page] = {}
    found: list[str] = []
    for who, address in pages(visitors, house):
        if who not in windows:
            windows[who] = window(visitors, who, width)
        windows[who].goto(address)
        found += findings(windows[who], axe)
        visitors.look(windows[who])
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_in_any_state_of_a_case(
    width: int, visitors: Visitors, house: Furnished, axe: str
) -> None:
    page = window(visitors, "lea", width)
    page.goto(f"/cases/{house.ids['case_id'][0]}")
    page.locator("details").evaluate_all("(all) => all.forEach((each) => { each.open = true; })")
    found = list(findings(page, axe))
    page.locator(REVEAL).first.click()
    page.locator(PICTURE).wait_for()
    found += findings(page, axe)
    page.locator(COVER).click()
    page.locator(COVER).wait_for(state="detached")
    found += findings(page, axe)
    # As from a browser that does not check: nothing was chosen.
    page.locator(DECISION).evaluate("(form) => { form.noValidate = true; form.requestSubmit(); }")
    page.locator("[role=alert]").wait_for()
    found += findings(page, axe)
    page.goto(f"/cases/{house.ids['words_id'][0]}")
    page.locator(REVEAL).first.click()
    page.locator(WORDS).wait_for()
    found += findings(page, axe)
    page.locator(COVER).click()
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_the_pages_of_errors_and_endings(
    visitors: Visitors, house: Furnished, axe: str
) -> None:
    lea, otto, nobody = (window(visitors, who, WIDTHS[1]) for who in ("lea", "otto", None))
    found: list[str] = []
    for page, address in (
        (lea, "/cases/case-00000000000000000000000000"),
        (otto, "/queue"),
        (nobody, "/queue"),
        (lea, "/pause"),
    ):
        page.goto(address)
        found += findings(page, axe)
    lea.goto(f"/referrals/{house.reports['waits']}")
    lea.fill("[name=reference]", REFERENCE)
    lea.get_by_role("button", name="Record it").click()
    lea.get_by_text("reference-taken").wait_for()
    found += findings(lea, axe)
    nobody.fill("[name=name]", "lea")
    nobody.fill("[name=password]", "not the password")
    nobody.locator("form[action='/sign-in'] button").click()
    nobody.locator("[role=alert]").wait_for()
    found += findings(nobody, axe)
    assert not found, "\n".join(found)
