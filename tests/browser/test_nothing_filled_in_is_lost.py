"""What somebody filled in stays theirs: when they do something else first, mean another form, or were signed out meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.furnished import PASSWORD, Furnished
from tests.browser.keys import press_and_go, take_next
from tests.browser.working import COVER, DECISION, NEXT, PICTURE, REVEAL
from wardline.records import CaseState

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser.chromium import Visitors

NOTE = "The account says it is a garden."
# What htmx does by itself each minute.
_ASK = """() => Promise.all(["/queue/count", location.pathname + "/lease"].map((address) => htmx.ajax("GET", address, {
  target: address.endsWith("count") ? ".side .n" : "#lease", swap: address.endsWith("count") ? "innerHTML" : "outerHTML" })))"""


def _filled(page: Page) -> str:
    """Take the next case and fill in a decision; gives the case's id."""
    page.goto("/queue")
    page.locator(NEXT).first.wait_for()
    case_id = take_next(page)
    page.keyboard.press("6")
    page.locator("#note").fill(NOTE)
    return case_id


def _stands_filled_in(page: Page) -> None:
    assert page.locator("#note").input_value() == NOTE
    assert page.locator(f"{DECISION} [name=category]:checked").get_attribute("value") == "not-a-violation"


@pytest.mark.parametrize(("key", "field"), [("h", "hold"), ("e", "escalate")])
def test_ctrl_enter_sends_the_form_in_which_somebody_writes_and_never_the_decision(
    key: str, field: str, moderators: Visitors, busy_house: Furnished
) -> None:
    page = moderators.page("mika")
    case_id = _filled(page)
    page.locator("#note").blur()
    page.keyboard.press(key)
    page.locator(f"#reason-{field}").fill("I wait for an answer.")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    case = busy_house.line.store.case(case_id)
    assert (case.state, case.decision_id) == (CaseState.OPEN, None)
    assert (case.held_until is not None, case.escalated_by is not None) == (key == "h", key == "e")


def test_what_is_added_to_a_case_costs_nothing_of_the_decision_that_is_filled_in(
    moderators: Visitors,
) -> None:
    page = moderators.page("noor")
    _filled(page)
    for summary, field, button in (
        ("Something police should know", "#fact-text", "Add it to the report"),
        ("A child may be in danger now", "#reason-danger", "Mark it"),
    ):
        page.locator("summary", has_text=summary).click()
        page.locator(field).fill("They wrote where they live.")
        with page.expect_navigation():
            page.get_by_role("button", name=button).click()
        _stands_filled_in(page)
    assert page.get_by_text("Added: ").is_visible()
    assert page.get_by_text("A child may be in danger now", exact=True).first.is_visible()


def test_what_goes_along_goes_once_also_from_a_page_that_was_left_and_come_back_to(
    moderators: Visitors,
) -> None:
    page = moderators.page("noor")
    _filled(page)
    along = page.evaluate("""() => {
      const form = document.querySelector("form[data-with]");
      for (const time of [1, 2]) {
        form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
        window.dispatchEvent(new PageTransitionEvent("pageshow"));
      }
      return form.querySelectorAll("[name=category]").length;
    }""")
    assert along == 1


def test_with_scripts_each_form_has_its_own_fields_and_no_other_has_them_before_and_after_a_look(
    moderators: Visitors,
) -> None:
    page = moderators.page("noor")
    _filled(page)
    names = """(form) => [...new Set(new FormData(document.querySelector(form)).keys())].sort()"""
    for _ in range(2):
        assert page.evaluate(names, "#work") == ["category", "csrf", "escalation", "note", "version"]
        assert page.evaluate(names, "form[action$='/reveals']") == ["csrf", "item_id", "show", "size"]
        assert page.evaluate(names, "form[action$='/facts']") == ["csrf", "kind", "text"]
        assert page.locator("#fact-text").evaluate("field => field.required")
        assert page.locator(".viewer [formaction], .decide-after [formaction]").count() == 0
        page.locator(REVEAL).first.click()
        page.locator(PICTURE).wait_for()
        assert page.evaluate(names, "form[action$='/coverings']") == ["csrf", "item_id"]


@pytest.mark.parametrize("button", ["Keep it longer", "Reveal this file"])
def test_a_session_that_ends_while_somebody_writes_says_so_and_loses_nothing(
    button: str, moderators: Visitors
) -> None:
    page = moderators.page("lea")
    _filled(page)
    page.context.clear_cookies()
    page.evaluate(_ASK)
    page.locator("#signed-out").wait_for()
    assert page.locator("[name=password]").count() == 0
    assert page.locator("#signed-out").count() == 1
    _stands_filled_in(page)

    with page.expect_navigation():
        page.get_by_role("button", name=button).click()
    page.locator("[name=name]").fill("lea")
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("[name=password]").press("Enter")
    _stands_filled_in(page)
    # The browser writes of what it was refused.
    assert all("401" in each for each in moderators.close())


def test_a_look_that_is_refused_is_said_and_costs_nothing_that_is_filled_in(
    moderators: Visitors, busy_house: Furnished
) -> None:
    page, line = moderators.page("mika"), busy_house.line
    case_id = _filled(page)
    line.wardline.assign(case_id, lead=busy_house.users["lea"], to="noor")
    for button in ("Reveal this file", "Keep it longer"):
        page.get_by_role("button", name=button).click()
        page.locator("#refused:focus").wait_for()
        assert page.locator("#refused").count() == 1
        page.evaluate("document.activeElement.blur()")
        _stands_filled_in(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Record decision").click()
    assert page.get_by_text(NOTE).is_visible()
    assert all("409" in each for each in moderators.close())


def test_a_server_that_does_not_answer_is_said_until_it_does_and_costs_nothing_that_is_filled_in(
    moderators: Visitors,
) -> None:
    page = moderators.page("noor")
    _filled(page)
    page.get_by_role("button", name="Reveal this file").click()
    page.locator(PICTURE).wait_for()

    page.context.set_offline(True)
    page.locator(COVER).click()
    page.locator("#unanswered[role=alert]").wait_for()
    assert page.locator(PICTURE).count() == 0, "what shall be covered is covered, whoever answers"
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Keep it longer").click()
    assert page.locator("#unanswered").count() == 1
    _stands_filled_in(page)

    page.context.set_offline(False)
    page.locator(COVER).click()
    page.locator("#unanswered").wait_for(state="detached")
    page.locator(COVER).wait_for(state="detached")
    _stands_filled_in(page)
    # The browser and htmx write of what got no answer.
    told = ("ERR_INTERNET_DISCONNECTED", "console error: htmx:")
    assert [each for each in moderators.close() if not any(word in each for word in told)] == []


def test_a_picture_leaves_the_screen_at_once_while_a_server_is_silent_and_the_silence_is_said(
    moderators: Visitors,
) -> None:
    page = moderators.page("mika")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    _filled(page)
    page.get_by_role("button", name="Reveal this file").click()
    page.locator(PICTURE).wait_for()
    page.route("**/coverings", hold)
    page.locator(COVER).click()
    page.locator(PICTURE).wait_for(state="detached")
    assert page.locator("#unanswered").count() == 0, (
        "it left the screen before anything was known of the answer"
    )

    assert page.evaluate("htmx.config.timeout") == 20_000
    page.evaluate("htmx.config.timeout = 200")
    page.route("**/keep", lambda _route: None)
    page.get_by_role("button", name="Keep it longer").click()
    page.locator("#unanswered[role=alert]").wait_for()
    _stands_filled_in(page)

    held[0].continue_()
    page.locator(COVER).wait_for(state="detached")
    page.locator("#unanswered").wait_for(state="detached")
    _stands_filled_in(page)
    assert [each for each in moderators.close() if "console error: htmx:" not in each] == []


def test_after_taking_a_decision_back_the_focus_is_where_it_says_so(moderators: Visitors) -> None:
    page = moderators.page("mika")
    _filled(page)
    page.locator(REVEAL).click()
    page.locator(PICTURE).wait_for()
    page.locator("#note").blur()
    press_and_go(page, "Control+Enter")
    press_and_go(page, "u")
    page.locator("[role=status]:focus", has_text="Your decision is taken back").wait_for()
    assert page.locator(f"{DECISION} [name=category]:checked").get_attribute("value") == "not-a-violation"
    assert page.get_by_text(NOTE).is_visible()
