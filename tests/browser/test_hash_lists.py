"""A held entry is released in two steps, by keyboard and with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.furnished import Furnished

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.chromium import Visitors

pytestmark = pytest.mark.long


def _held(house: Furnished) -> set[str]:
    listed = house.ids["hash_list_id"][0]
    return {each.entry_id for each in house.line.store.held_entries() if each.list_id == listed}


def _open(page: Page, house: Furnished) -> str:
    """Open the list's page; gives the first entry on it."""
    page.goto(f"/hash-lists/{house.ids['hash_list_id'][0]}")
    assert not page.get_by_role("button", name="Release this entry").first.is_visible()
    return page.locator("table[aria-labelledby=held] .entry").first.inner_text()


def test_a_held_entry_is_released_after_a_confirmation(visitors: Visitors, house: Furnished) -> None:
    page = visitors.page("ada")
    before, entry = _held(house), _open(page, house)
    page.get_by_text("Release", exact=False).and_(page.locator("summary")).first.click()
    page.get_by_role("button", name="Release this entry").first.click()
    page.wait_for_url("**#held")
    assert _held(house) == before - {entry}
    assert page.locator("table[aria-labelledby=held] .entry").first.inner_text() != entry


def test_a_held_entry_is_released_by_keyboard_without_scripts(visitors: Visitors, house: Furnished) -> None:
    page = visitors.page("lea", java_script_enabled=False)
    before, entry = _held(house), _open(page, house)
    page.locator("table[aria-labelledby=held] summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#held")
    assert _held(house) == before - {entry}
