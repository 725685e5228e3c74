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


NOTE = "The account says it is a garden."
DANGER = "They wrote that they meet at four."


def filled(page: Page) -> str:
    """Take the next case and fill in a decision; gives the case's id."""
    page.goto("/queue")
    page.locator(NEXT).first.click()
    case_id = case_on(page)
    page.locator(f"{DECISION} [name=category][value='B1']").check()
    page.locator(f"{DECISION} [name^=answer-][value=no]").first.check(force=True)
    page.locator("summary", has_text="About the whole report").click()
    page.locator("#escalation").fill(DANGER)
    page.locator("#note").fill(NOTE)
    page.locator("[name=second-opinion]").check()
    return case_id


def assert_stands(page: Page) -> None:
    """Require that what was filled in stands in the form."""
    assert page.locator(f"{DECISION} [name=category]:checked").get_attribute("value") == "B1"
    assert page.locator("[name^=answer-]:checked").get_attribute("value") == "no"
    assert page.locator("#escalation").input_value() == DANGER
    assert page.locator("#note").input_value() == NOTE
    assert page.locator("[name=second-opinion]").is_checked()


def test_what_is_filled_in_of_a_decision_stays_whatever_else_is_pressed_and_nothing_is_recorded_by_it(
    page: Page, busy_house: Furnished
) -> None:
    case_id, store = filled(page), busy_house.line.store
    before = store.decisions_of(case_id)  # of others, who could not tell
    page.locator("[name=show][value=colour]").check(force=True)
    page.locator(REVEAL).first.click()
    page.locator(PICTURE).wait_for()
    assert_stands(page)
    assert page.locator("[name=show]:checked").get_attribute("value") == "colour", "as it was chosen"
    refresh = page.locator("meta[http-equiv=refresh]").get_attribute("content") or ""
    page.goto(refresh.partition("url=")[2])
    assert page.locator(PICTURE).count() == 0
    assert_stands(page)  # when the picture covers itself
    page.locator(REVEAL).first.click()
    page.locator(COVER).click()
    assert page.locator(PICTURE).count() == 0
    assert_stands(page)
    for summary, field, button in (
        ("Something police should know", "#fact-text", "Add it to the report"),
        ("A child may be in danger now", "#reason-danger", "Mark it"),
    ):
        page.locator("summary", has_text=summary).click()
        page.get_by_role("button", name=button).click()
        assert page.locator("[role=alert]", has_text="Not recorded yet").locator(f"a[href='{field}']").count()
        assert_stands(page)
        if not page.locator(field).is_visible():
            page.locator("summary", has_text=summary).click()
        page.locator(field).fill("They wrote where they live.")
        page.get_by_role("button", name=button).click()
        assert_stands(page)
    assert (len(store.facts_of(case_id)), store.case(case_id).imminent_since is not None) == (1, True)
    assert store.decisions_of(case_id) == before

    page.locator("[name=second-opinion]").uncheck()
    page.get_by_role("button", name="Record decision").click()
    (decision,) = (each for each in store.decisions_of(case_id) if each not in before)
    assert decision.escalation == DANGER
    assert [each.category for each in decision.findings] == ["B1"]


@pytest.mark.parametrize("field", ["[name=category]:checked", "[name=second-opinion]", "[name=show]:checked"])
def test_enter_in_the_decisions_form_keeps_the_case_longer_and_neither_reveals_nor_records(
    page: Page, busy_house: Furnished, field: str
) -> None:
    case_id, store = filled(page), busy_house.line.store
    looks, before = len(store.reveals_of(case_id)), store.decisions_of(case_id)
    page.locator(field).press("Enter")
    page.wait_for_url("**draft=*")
    assert_stands(page)
    assert page.locator(PICTURE).count() == 0
    assert len(store.reveals_of(case_id)) == looks
    assert store.decisions_of(case_id) == before


def test_a_look_that_is_refused_and_a_session_that_ended_lose_nothing_without_scripts(
    moderators: Visitors, busy_house: Furnished
) -> None:
    page = moderators.page("lea", java_script_enabled=False)
    case_id, store = filled(page), busy_house.line.store
    before = store.decisions_of(case_id)
    page.context.clear_cookies()
    page.locator(REVEAL).first.click()
    page.locator("[name=name]").fill("lea")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action='/sign-in'] button").first.click()
    assert_stands(page)

    line = busy_house.line
    line.wardline.assign(case_id, lead=busy_house.users["lea"], to="noor")
    page.locator(REVEAL).first.click()
    assert page.get_by_text("Your answers wait on the case's page").is_visible()
    assert store.decisions_of(case_id) == before
    assert all("401" in each or "409" in each for each in moderators.close())


def test_a_look_costs_no_word_where_nothing_is_filled_in(moderators: Visitors) -> None:
    # Not the one who works many in a row: of those the looks are counted.
    page = moderators.page("lea", java_script_enabled=False)
    page.goto("/queue")
    page.locator(NEXT).first.click()
    page.locator(REVEAL).first.click()
    page.locator(PICTURE).wait_for()
    assert "draft=" not in page.url
    assert page.get_by_text("Your answers are kept").count() == 0


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
