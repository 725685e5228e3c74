"""Finding and starting a Chromium, and keeping an eye on what it refuses."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, StorageState

_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip
_PATIENCE_MS = 30_000
_FOCUSED = "Autofocus processing was blocked because a document already has a focused element"
"""Said where a key was pressed before the browser had come to the field that a page offers first. Nothing is wrong with that."""
_LEFT = "net::ERR_ABORTED"
_GONE = "Execution context was destroyed"
# Runs before any script of a page, and is no script of the page: the policy does not hold for it.
_WATCH = """
window.refusals = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.refusals.push(`${event.violatedDirective} refused ${event.blockedURI}`));
"""


@contextmanager
def started() -> Iterator[Browser]:
    """Start the machine's Chromium, or skip with what is missing."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no browser tests: playwright is not installed"
    )
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip(
            "no browser tests: no chromium on PATH (on Debian: apt-get install chromium-headless-shell)"
        )
    # Without Chromium's own sandbox, as is Playwright's default: root and containers cannot have it, and nothing but our pages is opened.
    with (
        playwright.sync_playwright() as driver,
        driver.chromium.launch(executable_path=program, args=_ARGUMENTS) as browser,
    ):
        yield browser


@dataclass
class Visitors:
    """People who come to one server with this browser, each signed in once."""

    browser: Browser
    address: str
    password: str
    refused: list[str] = field(default_factory=list)
    """What a page made the browser refuse, write to its console, or fail to load."""
    listed: list[tuple[str | None, str]] = field(default_factory=list)
    """Every page there is, once ``pages`` looked for them."""
    _cookies: dict[str, StorageState] = field(default_factory=dict)
    _open: list[Page] = field(default_factory=list)

    def page(self, name: str | None = None, **options: Any) -> Page:
        """Open a window of somebody, or of nobody.

        Args:
            name: Who; they sign in by the form at the first time.
            options: As for Playwright's ``new_context``.
        """
        if name is not None and name not in self._cookies:
            self._cookies[name] = self._signed_in(name)
        kept = self._cookies[name] if name is not None else None
        context = self.browser.new_context(base_url=self.address, storage_state=kept, **options)
        context.set_default_timeout(_PATIENCE_MS)
        if options.get("java_script_enabled", True):
            context.add_init_script(_WATCH)
        page = context.new_page()
        self._watch(page)
        self._open.append(page)
        return page

    def close(self) -> list[str]:
        """Close every window; gives what was refused in them."""
        for page in self._open:
            self.look(page)
            page.context.close()
        self._open.clear()
        found = list(self.refused)
        self.refused.clear()
        return found

    def look(self, page: Page) -> None:
        """Note what the policy refused on this page, before another one is opened."""
        seen = _unless_left(page, "() => window.refusals ? window.refusals.splice(0) : []") or []
        self.refused += [f"{page.url}: {each}" for each in seen]

    def _signed_in(self, name: str) -> StorageState:
        page = self.page()
        page.goto("/sign-in")
        page.fill("[name=name]", name)
        page.fill("[name=password]", self.password)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: not url.endswith("/sign-in"))
        state = page.context.storage_state()
        self._open.remove(page)
        page.context.close()
        return state

    def _watch(self, page: Page) -> None:
        def console(message: ConsoleMessage) -> None:
            if not _is_status(message, page) and not message.text.startswith(_FOCUSED):
                self.refused.append(f"{page.url}: console {message.type}: {message.text}")

        def script(error: Error) -> None:
            self.refused.append(f"{page.url}: script: {error}")

        def request(failed: Request) -> None:
            # What a page had no use for any more, because another was opened, was not refused.
            if failed.failure != _LEFT:
                self.refused.append(f"{page.url}: request: {failed.url} {failed.failure}")

        page.on("console", console)
        page.on("pageerror", script)
        page.on("requestfailed", request)


def _unless_left(page: Page, script: str) -> Any:
    """Ask a page something; None from one that is being left for another just now, which cannot answer: the console had what it was refused."""
    from playwright.sync_api import Error

    if page.is_closed() or not page.url.startswith("http"):
        return None
    try:
        return page.evaluate(script)
    except Error as left:
        if _GONE not in str(left):
            raise
        return None


def _is_status(message: ConsoleMessage, page: Page) -> bool:
    """Say whether the browser only tells that the page itself is one about an error."""
    return message.text.startswith("Failed to load resource") and message.location["url"] == page.url
