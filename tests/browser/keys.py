"""What somebody does with a case who has a keyboard and no mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.working import COVER, DECISION, NEXT, PICTURE, REVEAL, case_on

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Of what has the focus: nothing if it shows, or what it is. A radio button shows it by the label around it.
_UNSEEN_FOCUS = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const ring = (element) => element && getComputedStyle(element).outlineStyle !== "none" && parseFloat(getComputedStyle(element).outlineWidth) > 0;
  return it.matches(":focus-visible") && (ring(it) || ring(it.closest("label"))) ? null : it.outerHTML.slice(0, 200);
}"""


def assert_focus_shows(page: Page) -> None:
    """Require that whoever has no mouse sees where they are."""
    assert page.evaluate(_UNSEEN_FOCUS) is None


def sign_in(page: Page, name: str, password: str) -> None:
    """Sign in."""
    page.goto("/sign-in")
    page.locator("[name=name]:focus").wait_for()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    assert_focus_shows(page)
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")


def press_and_go(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def take_next(page: Page) -> str:
    """Take the next case; gives its id."""
    page.locator(NEXT).first.wait_for()
    press_and_go(page, "n")
    page.locator(DECISION).wait_for()
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
    """Take the picture off the screen."""
    page.keyboard.press("Space")
    page.locator(COVER).wait_for(state="detached")
    assert page.locator(PICTURE).count() == 0
    assert_focus_shows(page)


def decide(page: Page, digit: str) -> None:
    """Choose by a digit, and record it."""
    page.keyboard.press(digit)
    assert page.locator(f"{DECISION} [name=category]:checked").count() == 1
    assert_focus_shows(page)
    press_and_go(page, "Control+Enter")
    page.locator(DECISION).wait_for(state="detached")
    assert_focus_shows(page)
