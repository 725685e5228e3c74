"""Nothing but the keyboard: every key that the console names. Fifty cases in a row are in ``test_demo_by_keyboard``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.furnished import Furnished
from tests.browser.keys import assert_focus_shows, look, take_next
from tests.browser.working import PICTURE
from wardline.records import CaseState

if TYPE_CHECKING:
    from tests.browser.chromium import Visitors

# Faster than anybody is: Space comes in the first turn after the picture stands on the page.
_COVER_AT_ONCE = """() => document.addEventListener("htmx:afterSwap", () => setTimeout(() => {
  if (!document.querySelector("[data-revealed]")) return;
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true }));
}))"""

_KEEP = "document.activeElement.click()"
_POLL = "htmx.ajax('GET', `${location.pathname}/lease`, { target: '#lease', swap: 'outerHTML' })"


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


def test_a_part_that_is_put_in_place_anew_leaves_the_focus_where_it_was(moderators: Visitors) -> None:
    """The line about the lease comes anew when it is asked for, and by itself each minute."""
    page = moderators.page("noor")
    page.goto("/queue")
    take_next(page)
    keep = page.get_by_role("button", name="Keep it longer")
    keep.focus()
    for act in (_KEEP, _POLL):
        page.evaluate("document.getElementById('lease').dataset.before = 'yes'")
        page.evaluate(act)
        page.locator("#lease:not([data-before])").wait_for()
        assert keep.evaluate("(button) => button === document.activeElement")
