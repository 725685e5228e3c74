"""No page asks the browser for what the content security policy refuses, and none writes to its console."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.furnished import Furnished
from tests.browser.pages import pages

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.chromium import Visitors


@pytest.mark.long
def test_no_page_makes_the_browser_refuse_or_complain(visitors: Visitors, house: Furnished) -> None:
    windows: dict[str | None, Page] = {}
    for who, address in pages(visitors, house):
        if who not in windows:
            windows[who] = visitors.page(who)
        windows[who].goto(address, wait_until="load")
        visitors.look(windows[who])
    assert visitors.refused == []


def test_the_guard_sees_what_the_policy_refuses(visitors: Visitors) -> None:
    page = visitors.page("mika")
    page.goto("/queue")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate(
        "document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/elsewhere.png'}))"
    )
    page.wait_for_function("window.refusals.length > 1")
    refused = " ".join(visitors.close())
    assert "style-src" in refused
    assert "img-src" in refused


def test_a_window_that_is_on_its_way_to_another_page_can_be_closed(visitors: Visitors) -> None:
    page = visitors.page("mika")
    page.goto("/queue")
    # It goes just when it is asked.
    page.evaluate("() => { window.refusals = { splice: () => new Promise(() => location.assign('/you')) }; }")
    assert visitors.close() == []
