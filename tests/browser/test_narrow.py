"""Narrow windows and large print: no page scrolls sideways. Wide things scroll inside their own region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.furnished import Furnished
from tests.browser.pages import pages
from tests.browser.working import DECISION, NEXT

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

    from tests.browser.chromium import Visitors

pytestmark = pytest.mark.long

# Source: WCAG 2.2, success criterion 1.4.10: a window of 1280 x 1024 at 400 % has 320 x 256 CSS pixels.
_ZOOM = 4
_ZOOMED: ViewportSize = {"width": 320, "height": 256}
_TELEPHONE: ViewportSize = {"width": 320, "height": 640}
# What sticks out, if the page does: elements that no region of their own lets scroll.
_STICKS_OUT = """() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= window.innerWidth) return [];
  const scrolls = (element) => element && element !== root && (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const wide = [...document.body.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > window.innerWidth && !scrolls(each.parentElement));
  return [`${root.scrollWidth} pixels wide`, ...wide.slice(0, 3).map((each) => each.outerHTML.slice(0, 120))];
}"""


def test_no_page_scrolls_sideways_on_a_small_screen_or_at_four_hundred_per_cent(
    visitors: Visitors, house: Furnished
) -> None:
    windows: dict[str | None, Page] = {}
    found: list[str] = []
    for who, address in pages(visitors, house):
        if who not in windows:
            windows[who] = visitors.page(who, viewport=_ZOOMED, device_scale_factor=_ZOOM)
        page = windows[who]
        page.goto(address)
        for size in (_ZOOMED, _TELEPHONE):
            page.set_viewport_size(size)
            found += [f"{address}: {each}" for each in page.evaluate(_STICKS_OUT)]
        visitors.look(page)
    assert not found, "\n".join(found)


def test_the_button_that_records_a_decision_is_in_sight_on_a_common_screen(
    moderators: Visitors,
) -> None:
    page = moderators.page("mika", viewport={"width": 1440, "height": 900})
    page.goto("/queue")
    page.click(NEXT)
    button = page.locator(f"{DECISION} button", has_text="Record decision")
    button.wait_for()
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900
    # What has the focus is not behind it.
    page.focus("#note")
    note, box = page.locator("#note").bounding_box(), button.bounding_box()
    assert note is not None
    assert box is not None
    assert note["y"] + note["height"] <= box["y"]
