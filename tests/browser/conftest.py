"""The browser, a server with one of everything, and people who are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser import chromium
from tests.browser.chromium import Visitors
from tests.browser.furnished import PASSWORD, Furnished, busy, furnished
from tests.browser.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CASES = 24
"""Some to be worked in a row, and some for single keys."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for this folder, and no longer: while Playwright runs, no other test may start an event loop in this thread."""
    with chromium.started() as found:
        yield found


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """An installation with one of everything."""
    with furnished(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="package")
def _visitors_of_the_house(browser: Browser, house: Furnished) -> Iterator[Visitors]:
    with serving(house.line) as address:
        yield Visitors(browser, address, PASSWORD)


@pytest.fixture
def visitors(_visitors_of_the_house: Visitors) -> Iterator[Visitors]:
    """Who comes to the house. Nothing that a test opens may make the browser refuse something or complain."""
    yield _visitors_of_the_house
    assert _visitors_of_the_house.close() == []


@pytest.fixture(scope="module")
def busy_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """An installation where many cases wait."""
    with busy(tmp_path_factory.mktemp("busy"), CASES) as made:
        yield made


@pytest.fixture(scope="module")
def _moderators_at_work(browser: Browser, busy_house: Furnished) -> Iterator[Visitors]:
    with serving(busy_house.line) as address:
        yield Visitors(browser, address, PASSWORD)


@pytest.fixture
def moderators(_moderators_at_work: Visitors) -> Iterator[Visitors]:
    """Who works there; otherwise like ``visitors``."""
    yield _moderators_at_work
    assert _moderators_at_work.close() == []
