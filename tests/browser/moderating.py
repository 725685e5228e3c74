"""A moderator in the demo who has a keyboard and no mouse, and decides by what stands on the page of a case."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.browser import keys
from tests.browser.working import DECISION, PICTURE, REVEAL, case_on
from wardline import records
from wardline.cli.demo.extras import ALIKE_FLAG

if TYPE_CHECKING:
    from playwright.sync_api import Page

_PATIENCE_SECONDS = 400
_TABS = 60
SEEN_BEFORE = "You need not look again to say the same"
"""What the page says of a picture that this person has seen."""


def wait_until(there: Callable[[], bool], what: str) -> None:
    """Wait for what happens by itself, however slow the machine is today."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not there():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.2)


@dataclass
class Moderator:
    """Somebody in front of a window."""

    page: Page
    user: records.User
    decided: dict[str, str] = field(default_factory=dict)
    """The digit that was pressed, by case."""
    looked: dict[str, int] = field(default_factory=dict)
    """How often this person looked, by case."""

    def take(self) -> str | None:
        """Take what comes next; None when nothing waits for this person."""
        if self.page.locator("[data-key=N]").count() == 0:
            self.go_to("/queue")
        keys.press_and_go(self.page, "n")
        return case_on(self.page) if self.page.locator(DECISION).count() else None

    def head(self) -> str:
        """Read why the case is here."""
        return self.page.locator(".page-head").inner_text()

    def look(self, case_id: str) -> None:
        """Reveal the file, if there is something to see and this person has not seen it."""
        if self.page.locator(REVEAL).count() and not self.page.get_by_text(SEEN_BEFORE).count():
            keys.look(self.page)
            self.looked[case_id] = self.looked.get(case_id, 0) + 1

    def cover(self) -> None:
        """Cover what is revealed, if anything is."""
        if self.page.locator(PICTURE).count():
            keys.cover(self.page)

    def decide(self, case_id: str, digit: str) -> None:
        """Record a decision."""
        keys.decide(self.page, digit)
        self.decided[case_id] = digit

    def work(self, case_id: str) -> None:
        """Do with a case what somebody does who goes by the lists and looks at a part of the files."""
        head, number = self.head(), sum(case_id.encode())
        if ALIKE_FLAG in head or number % 3 == 0:
            self.look(case_id)
            if number % 2 == 0:
                self.cover()
        self.decide(case_id, digit_for(head, case_id))

    def take_back(self, case_id: str) -> bool:
        """Take a decision back at once; gives whether there was still time."""
        if self.page.locator("[data-key=U]").count() == 0:
            return False
        keys.press_and_go(self.page, "u")
        if self.page.locator(DECISION).count() == 0:
            return False
        del self.decided[case_id]
        return True

    def pass_on(self) -> None:
        """Pass a case on, without a word."""
        keys.press_and_go(self.page, "p")

    def stop(self) -> None:
        """Stop at once, and come back later."""
        keys.press_and_go(self.page, ".")
        assert self.page.get_by_role("heading", name="You have stopped.").count() == 1
        assert self.page.locator("img").count() == 0
        self.go_to("/")

    def note(self, text: str) -> None:
        """Write a note beside the decision."""
        self.tab_to("document.activeElement.name === 'note'")
        self.page.keyboard.type(text)
        # Digits are text in there, so the focus leaves it before one is pressed.
        self.page.keyboard.press("Tab")

    def go_to(self, address: str) -> None:
        """Follow a link of the page."""
        self.tab_to(f"document.activeElement.getAttribute('href') === '{address}'")
        keys.press_and_go(self.page, "Enter")

    def tab_to(self, there: str) -> None:
        """Press Tab until the focus is there."""
        for _ in range(_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(there):
                keys.assert_focus_shows(self.page)
                return
        raise AssertionError(f"{there}: not reached by {_TABS} times Tab")


def digit_for(head: str, case_id: str) -> str:
    """Choose an answer: the same whoever asks, so that people agree where nothing else is planned."""
    if ALIKE_FLAG in head:
        return "3"
    if "an entry of" not in head or "appeals" in head:
        return "6"
    return "3332"[sum(case_id.encode()) % 4]
