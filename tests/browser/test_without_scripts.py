"""The same work with scripts switched off: every act is a link or a form with a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.furnished import PASSWORD, Furnished
from tests.browser.working import (
    CATEGORIES,
    COVER,
    DECISION,
    NEXT,
    PICTURE,
    REVEAL,
    Plan,
    assert_done,
    case_on,
    plan_of,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.chromium import Visitors

pytestmark = pytest.mark.long

CASES = 12


@pytest.fixture
def page(moderators: Visitors) -> Page:
    return moderators.page("mika", java_script_enabled=False)


def work(page: Page, plan: Plan) -> str:
    """Work one case with the mouse; gives its id."""
    page.locator(NEXT).first.click()
    case_id = case_on(page)
    for again in range(plan.looks):
        if again:
            page.locator(COVER).click()
        assert page.locator(PICTURE).count() == 0
        page.locator(REVEAL).first.click()
        page.locator(PICTURE).wait_for()
    if plan.looks and plan.covers:
        page.locator(COVER).click()
        assert page.locator(PICTURE).count() == 0
    page.locator(f"{DECISION} [name=category][value='{CATEGORIES[plan.digit]}']").check()
    page.locator(f"{DECISION} button").first.click()
    return case_id


def test_cases_are_worked_with_the_mouse_and_without_scripts(
    moderators: Visitors, page: Page, busy_house: Furnished
) -> None:
    page.goto("/queue")
    done: dict[str, Plan] = {}
    for place in range(CASES):
        plan = plan_of(place)
        done[work(page, plan)] = plan
    assert len(done) == CASES
    assert_done(busy_house.line, done, busy_house.users["mika"])


def test_somebody_signs_in_stops_and_signs_out_without_scripts(moderators: Visitors) -> None:
    page = moderators.page(java_script_enabled=False)
    page.goto("/queue")
    page.fill("[name=name]", "noor")
    page.fill("[name=password]", PASSWORD)
    page.locator("form[action='/sign-in'] button").click()
    page.locator(".duty form[action='/pause'] button").click()
    page.locator("main.pause").wait_for()
    page.goto("/queue")
    page.locator("form[action='/sign-out'] button").click()
    page.locator("[name=password]").wait_for()


def test_the_appearance_is_kept_without_scripts(page: Page) -> None:
    page.goto("/queue")
    page.locator("[name=theme][value=dark]").check(force=True)
    page.locator("form[action='/theme'] button").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
