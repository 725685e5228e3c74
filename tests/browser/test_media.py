"""Print and forced colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.furnished import Furnished

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.chromium import Visitors

_PAGES = ("/queue", "/cases/{case}", "/referrals/{referral}", "/audit", "/sign-in")
_MOST_STOPS = 60
# Colours are the system's then, so a ring must be an outline: shadows and backgrounds are taken away.
_UNSEEN_FOCUS = """() => {
  const it = document.activeElement;
  const ring = (element) => element && getComputedStyle(element).outlineStyle !== "none" && parseFloat(getComputedStyle(element).outlineWidth) > 0;
  return it === document.body || ring(it) || ring(it.closest("label")) ? null : it.outerHTML.slice(0, 200);
}"""


def stops(page: Page) -> list[str]:
    """Walk the page with Tab; gives where the focus does not show."""
    unseen = []
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        if (found := page.evaluate(_UNSEEN_FOCUS)) is not None:
            unseen.append(found)
        if page.evaluate("document.activeElement === document.body"):
            break
    return unseen


def is_on_paper(element: Locator) -> bool:
    """Say whether something is shown, and not outside the page, where the skip link waits."""
    box = element.bounding_box()
    return (
        element.is_visible()
        and box is not None
        and box["x"] + box["width"] > 0
        and box["y"] + box["height"] > 0
    )


@pytest.mark.parametrize("address", _PAGES)
def test_the_focus_shows_in_forced_colours(address: str, visitors: Visitors, house: Furnished) -> None:
    page = visitors.page("lea", forced_colors="active")
    page.goto(address.format(case=house.ids["case_id"][0], referral=house.ids["referral_id"][0]))
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    assert stops(page) == []


def test_a_printed_referral_has_its_content_and_no_navigation(visitors: Visitors, house: Furnished) -> None:
    page = visitors.page("lea")
    page.goto(f"/referrals/{house.ids['referral_id'][0]}")
    page.emulate_media(media="print")
    assert page.locator("main h1").is_visible()
    for left_out in ("nav", "header.top", ".skip", "form button", "img"):
        assert not [each for each in page.locator(left_out).all() if is_on_paper(each)], left_out


def test_the_first_stop_of_every_page_skips_to_its_content(visitors: Visitors) -> None:
    page = visitors.page("lea")
    page.goto("/queue")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
