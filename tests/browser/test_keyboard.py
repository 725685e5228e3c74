"""Nothing but the keyboard: fifty cases, and every key that the console names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.furnished import PASSWORD, Furnished
from tests.browser.working import COVER, DECISION, NEXT, PICTURE, REVEAL, Plan, assert_done, case_on, plan_of
from wardline.records import CaseState

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.chromium import Visitors

CASES = 50
# Of what has the focus: nothing if it shows, or what it is. A radio button shows it by the label around it.
_UNSEEN_FOCUS = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const ring = (element) => element && getComputedStyle(element).outlineStyle !== "none" && parseFloat(getComputedStyle(element).outlineWidth) > 0;
  return it.matches(":focus-visible") && (ring(it) || ring(it.closest("label"))) ? null : it.outerHTML.slice(0, 200);
}"""

# Faster than anybody is: Space comes in the first turn after the picture stands on the page.
_COVER_AT_ONCE = """() => document.addEventListener("htmx:afterSwap", () => setTimeout(() => {
  if (!document.querySelector("[data-revealed]")) return;
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true }));
}))"""


def assert_focus_shows(page: Page) -> None:
    assert page.evaluate(_UNSEEN_FOCUS) is None


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.locator("[name=name]:focus").wait_for()
    page.keyboard.type("mika")
    page.keyboard.press("Tab")
    assert_focus_shows(page)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")


def take_next(page: Page) -> str:
    page.locator(NEXT).first.wait_for()
    page.keyboard.press("n")
    page.locator(DECISION).wait_for()
    page.wait_for_load_state()
    return case_on(page)


def look(page: Page) -> None:
    """Two strokes: V brings the focus to the button, Enter presses it."""
    page.locator(REVEAL).wait_for()
    page.keyboard.press("v")
    assert page.locator(f"{REVEAL}:focus").count() == 1
    assert page.locator(PICTURE).count() == 0
    assert_focus_shows(page)
    page.keyboard.press("Enter")
    page.locator(PICTURE).wait_for()
    page.wait_for_function("(picture) => document.querySelector(picture)?.naturalWidth > 0", arg=PICTURE)
    assert_focus_shows(page)


def cover(page: Page) -> None:
    page.keyboard.press("Space")
    page.locator(COVER).wait_for(state="detached")
    assert page.locator(PICTURE).count() == 0
    assert_focus_shows(page)


def decide(page: Page, digit: str) -> None:
    page.keyboard.press(digit)
    assert page.locator(f"{DECISION} [name=category]:checked").count() == 1
    assert_focus_shows(page)
    page.keyboard.press("Control+Enter")
    page.locator(DECISION).wait_for(state="detached")
    page.wait_for_load_state()
    assert_focus_shows(page)


def work(page: Page, plan: Plan) -> str:
    """Work one case; gives its id."""
    case_id = take_next(page)
    for again in range(plan.looks):
        if again:
            cover(page)
        look(page)
    if plan.looks and plan.covers:
        cover(page)
    decide(page, plan.digit)
    return case_id


def test_fifty_cases_are_worked_with_nothing_but_the_keyboard(
    moderators: Visitors, busy_house: Furnished
) -> None:
    page = moderators.page()
    sign_in(page)
    done: dict[str, Plan] = {}
    for place in range(CASES):
        plan = plan_of(place)
        done[work(page, plan)] = plan
    assert len(done) == CASES
    assert_done(busy_house.line, done, busy_house.users["mika"])


def test_a_row_of_the_queue_is_reached_and_opened_by_keys(moderators: Visitors) -> None:
    page = moderators.page("mika")
    page.goto("/queue")
    rows = page.locator("a.why")
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert rows.nth(place).evaluate("(row) => row === document.activeElement"), (key, place)
        assert_focus_shows(page)
    address = rows.nth(1).get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_letters_and_digits_are_only_text_while_somebody_writes(moderators: Visitors) -> None:
    page = moderators.page("noor")
    page.goto("/queue")
    take_next(page)
    page.locator("textarea[name=note]").focus()
    assert_focus_shows(page)
    page.keyboard.type("no. 6 vs. 7, p. 1 ?")
    assert page.locator("textarea[name=note]").input_value() == "no. 6 vs. 7, p. 1 ?"
    assert page.locator("[name=category]:checked").count() == 0
    assert page.locator(PICTURE).count() == 0


def test_a_key_that_comes_the_moment_a_picture_is_there_costs_nothing_that_was_filled_in(
    moderators: Visitors,
) -> None:
    page = moderators.page("noor")
    page.goto("/queue")
    take_next(page)
    page.locator("textarea[name=note]").fill("kept")
    page.locator("textarea[name=note]").blur()
    page.evaluate(_COVER_AT_ONCE)
    page.keyboard.press("v")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Covered again").wait_for()
    page.keyboard.press("2")
    assert page.locator("[name=category]:checked").get_attribute("data-key") == "2"
    assert page.locator("textarea[name=note]").input_value() == "kept"


def test_the_point_stops_at_once_and_leaves_no_picture(moderators: Visitors, busy_house: Furnished) -> None:
    page = moderators.page("noor")
    page.goto("/queue")
    case_id = take_next(page)
    look(page)
    page.keyboard.press(".")
    page.locator("main.pause").wait_for()
    assert page.locator("img").count() == 0
    assert busy_house.line.store.case(case_id).claimed_by is None


def test_p_passes_a_case_on(moderators: Visitors, busy_house: Furnished) -> None:
    page = moderators.page("noor")
    page.goto("/queue")
    case_id = take_next(page)
    page.keyboard.press("p")
    page.wait_for_url("**/queue")
    case = busy_house.line.store.case(case_id)
    assert (case.state, case.claimed_by) == (CaseState.OPEN, None)


@pytest.mark.parametrize("key", ["e", "h"])
def test_a_case_is_handed_on_with_a_reason_by_keys_alone(
    key: str, moderators: Visitors, busy_house: Furnished
) -> None:
    page = moderators.page("noor")
    page.goto("/queue")
    case_id = take_next(page)
    page.keyboard.press(key)
    for _ in range(4):
        page.keyboard.press("Tab")
        assert_focus_shows(page)
        if page.evaluate("document.activeElement.name") == "reason":
            break
    page.keyboard.type("Two lists do not agree.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    case = busy_house.line.store.case(case_id)
    assert case.claimed_by is None
    assert (case.escalated_by is not None, case.held_until is not None) == (key == "e", key == "h")


def test_the_list_of_keys_opens_with_a_question_mark(moderators: Visitors) -> None:
    page = moderators.page("mika")
    page.goto("/queue")
    page.keyboard.press("?")
    page.wait_for_url("**/keys")
    assert page.locator("kbd").count() > 10
