"""Holding the button: the picture is there while it is held and at no other time; without scripts it is there once, for a few seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.browser.furnished import Furnished
from tests.browser.working import NEXT, PICTURE, case_on

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.chromium import Visitors

BUTTON = "[data-hold]"
BRIEF_MS = 10_000
_AT_ONCE = """button => ["pointerdown", "pointerup"].forEach(
  name => button.dispatchEvent(new PointerEvent(name, { bubbles: true, button: 0 })))"""
"""In one step of the page, so that no answer comes in between."""


@pytest.fixture(autouse=True)
def _noor_holds(busy_house: Furnished) -> Iterator[None]:
    """Noor wants to hold the button."""
    wardline, noor = busy_house.line.wardline, busy_house.users["noor"]
    wardline.choose(lambda now: replace(now, hold=True), user=noor)
    yield
    for case in busy_house.line.store.claimed_cases(user_id=noor.id, now=busy_house.line.clock.now()):
        wardline.return_case(case.id, user=noor)


def opened(moderators: Visitors, **options: bool) -> Page:
    page = moderators.page("noor", **options)
    page.goto("/queue")
    page.locator(NEXT).first.click()
    page.locator(BUTTON).wait_for()
    return page


def shown(house: Furnished) -> int:
    """How often anything was revealed to Noor."""
    since = house.line.clock.now().replace(hour=0)
    return len(house.line.store.reveals_to(house.users["noor"].id, since=since))


def test_the_picture_is_there_while_the_mouse_holds_the_button(
    moderators: Visitors, busy_house: Furnished
) -> None:
    page, before = opened(moderators), shown(busy_house)
    page.locator(BUTTON).hover()
    page.mouse.down()
    page.locator(PICTURE).wait_for()
    page.wait_for_timeout(300)
    assert page.locator(PICTURE).count() == 1
    page.mouse.up()
    page.locator(BUTTON).wait_for()
    assert page.locator(PICTURE).count() == 0
    assert shown(busy_house) == before + 1
    line, noor = busy_house.line, busy_house.users["noor"]
    since = line.clock.now().replace(hour=0)
    assert len(line.store.coverings_by(noor.id, since=since)) == len(
        line.store.reveals_to(noor.id, since=since)
    )


def test_the_picture_is_there_while_a_key_is_held(moderators: Visitors, busy_house: Furnished) -> None:
    page, before = opened(moderators), shown(busy_house)
    page.keyboard.press("v")
    page.keyboard.down("Enter")
    page.locator(PICTURE).wait_for()
    page.keyboard.up("Enter")
    page.locator(BUTTON).wait_for()
    assert page.locator(PICTURE).count() == 0
    assert shown(busy_house) == before + 1


def test_a_button_let_go_before_the_answer_shows_nothing(moderators: Visitors, busy_house: Furnished) -> None:
    page = opened(moderators)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/pictures/" in request.url else None)
    with page.expect_response(lambda answer: answer.url.endswith("/coverings")):
        page.locator(BUTTON).evaluate(_AT_ONCE)
    page.wait_for_timeout(500)
    assert page.locator(PICTURE).count() == 0
    assert fetched == []


def test_steps_go_on_where_the_button_was_let_go(moderators: Visitors, busy_house: Furnished) -> None:
    wardline, noor = busy_house.line.wardline, busy_house.users["noor"]
    wardline.choose(lambda now: replace(now, steps=True), user=noor)
    page = opened(moderators)
    for step in (
        "First step: small and grey",
        "Next step: small, in colour",
        "Next step: whole, in colour",
        "First step",
    ):
        page.get_by_role("button", name=step).hover()
        page.mouse.down()
        page.locator(PICTURE).wait_for()
        page.mouse.up()
        page.locator(PICTURE).wait_for(state="detached")
    wardline.choose(lambda now: replace(now, steps=False), user=noor)


@pytest.mark.parametrize("without", ["nothing", "keys.js"])
def test_a_press_without_a_hold_shows_it_once_and_records_nothing(
    without: str, moderators: Visitors, busy_house: Furnished
) -> None:
    page, before = moderators.page("noor"), shown(busy_house)
    page.route(
        "**/static/**", lambda route: route.abort() if without in route.request.url else route.continue_()
    )
    page.goto("/queue")
    page.locator(NEXT).first.click()
    page.locator("[name=category][value='A1']").check()
    case_id = case_on(page)
    with page.expect_navigation():
        page.locator(BUTTON).evaluate("button => button.click()")
    page.locator(PICTURE).wait_for()
    assert shown(busy_house) == before + 1
    assert busy_house.line.store.decisions_of(case_id) == []
    assert all("ERR_FAILED" in each for each in moderators.close())


@pytest.mark.long
def test_without_scripts_it_is_there_once_and_briefly(moderators: Visitors, busy_house: Furnished) -> None:
    page = opened(moderators, java_script_enabled=False)
    page.locator(BUTTON).click()
    page.locator(PICTURE).wait_for()
    assert page.locator(BUTTON).count() == 0
    page.locator(BUTTON).wait_for(timeout=BRIEF_MS)
    assert page.locator(PICTURE).count() == 0
    since = busy_house.line.clock.now().replace(hour=0)
    newest = max(
        busy_house.line.store.reveals_to(busy_house.users["noor"].id, since=since), key=lambda each: each.number or 0
    )  # fmt: skip
    assert newest.seconds == 5
