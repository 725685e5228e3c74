"""The demo's moderators: they sign in to the console, take a case, look where they must, and decide, as people would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

from wardline.cli.demo.desk import Desk
from wardline.cli.demo.extras import ADVERTISING_FLAG, DIFFERING_FLAG
from wardline.cli.demo.forms import Form, Page
from wardline.cli.demo.scenario import ACCOUNTS_NAME, UNSURE_FLAG
from wardline.cli.demo.uploads import Journal
from wardline.errors import DependencyError
from wardline.records import ASKED, Reply

Given = TypeVar("Given")

_ROUNDS = 10
"""A case that one cannot tell comes back for another: a few rounds are enough for all."""
_CATEGORIES = ("A1", "A2", "B1", "B2")
_OTHER_RULE, _NO_VIOLATION, _CANNOT_TELL = "other-rule", "not-a-violation", "cannot-tell"
_PNG = b"\x89PNG"


def work(
    address: str, passwords: Mapping[str, str], diary: Path, *, done: Callable[[], None], settled: Callable[[], None],
) -> None:  # fmt: skip
    """Let every moderator work until no case waits, and none comes back for a second opinion.

    Args:
        address: Where the console is.
        passwords: Of each moderator, by name.
        diary: Where they note what they could not tell, for the page of a case does not say who passed it on.
        done: Called for each case that was decided.
        settled: Waits until all decisions took effect or wait for another opinion.
    """
    with ExitStack() as ending:
        notes = Journal(diary)
        ending.callback(notes.close)
        people = [
            _Moderator(ending.enter_context(Desk(address)), name, set(passwords) - {name}, notes, done)
            for name in passwords
        ]
        pool = ending.enter_context(ThreadPoolExecutor(len(people), thread_name_prefix="demo-moderator"))
        _together(pool, (partial(each.come, passwords[each.name]) for each in people))
        for _ in range(_ROUNDS):
            handled = sum(_together(pool, (each.shift for each in people)))
            settled()
            if not handled and not sum(_together(pool, (each.shift for each in people))):
                _together(pool, (each.go for each in people))
                return
    raise DependencyError("demo: cases still wait after ten rounds, expected none")


def begin(
    address: str, passwords: Mapping[str, str], name: str, case_ids: Iterable[str], diary: Path
) -> None:
    """Let one moderator decide these cases, and no others; those of them that they have not decided yet."""
    notes = Journal(diary)
    try:
        with Desk(address) as desk:
            moderator = _Moderator(desk, name, set(passwords) - {name}, notes, lambda: None)
            moderator.come(passwords[name])
            for case_id in case_ids:
                moderator.decide(case_id)
            moderator.go()
    finally:
        notes.close()


def _together(pool: ThreadPoolExecutor, acts: Iterable[Callable[[], Given]]) -> list[Given]:
    return [each.result() for each in [pool.submit(act) for act in acts]]


class _Moderator:
    """One person at one desk."""

    def __init__(
        self, desk: Desk, name: str, others: set[str], diary: Journal, done: Callable[[], None]
    ) -> None:
        self._desk = desk
        self.name = name
        self._others = others
        self._diary = diary
        self._done = done

    def come(self, password: str) -> None:
        """Sign in."""
        form = _the(self._desk.open("/sign-in"), "/sign-in")
        self._desk.send(form, name=self.name, password=password)

    def go(self) -> None:
        """Sign out."""
        self._desk.send(_the(self._desk.open("/queue"), "/sign-out"))

    def shift(self) -> int:
        """Work until nothing waits for this person; gives how many cases were handled.

        Who takes the next case while having one in hand gets that one: so a resumed demo finishes first what was begun.
        """
        handled = 0
        page = self._desk.open("/queue")
        while True:
            page = self._desk.send(_the(page, "/queue/next"))
            if not page.forms("/decisions"):
                return handled
            page = self._handle(page)
            handled += 1

    def decide(self, case_id: str) -> None:
        """Decide one case, if it is still to be had."""
        page = self._desk.open(f"/cases/{case_id}")
        if page.forms("/claim"):
            page = self._desk.send(_the(page, "/claim"))
        if page.forms("/decisions"):
            self._handle(page)

    def _handle(self, page: Page) -> Page:
        reasons = page.reasons
        case_id = _the(page, "/decisions").action.split("/")[-2]
        looks = "Same as" not in reasons and "Could not be scanned" not in reasons
        # A file that is the same as a listed one may be decided without looking: the best view is the one not needed.
        if looks:
            page = self._look(page)
        judgement = self._judgement(page, reasons, case_id)
        answers = _answers(looked=looks) if judgement in _CATEGORIES else {}
        if judgement == _OTHER_RULE and DIFFERING_FLAG in reasons:
            answers["second-opinion"] = "yes"
        after = self._desk.send(_the(page, "/decisions"), category=judgement, **answers)
        if judgement != _CANNOT_TELL:
            self._done()
        return after

    def _judgement(self, page: Page, reasons: str, case_id: str) -> str:
        # The first one cannot tell, or asks for another opinion; whoever comes after says otherwise, so that a third decides between two.
        for flag, at_first in ((UNSURE_FLAG, _CANNOT_TELL), (DIFFERING_FLAG, _OTHER_RULE)):
            if flag in reasons:
                return _NO_VIOLATION if self._comes_after_others(case_id) else at_first
        if ADVERTISING_FLAG in reasons:
            return _OTHER_RULE
        return _category(page) if "entry of a" in reasons else _NO_VIOLATION

    def _comes_after_others(self, case_id: str) -> bool:
        """Say whether a colleague had this case before; if not, note it for them.

        The note comes before the decision: if the demo is killed in between, the case is still this person's, and they go on from here.
        """
        after = any(f"{other} {case_id}" in self._diary for other in self._others)
        if not after:
            self._diary.note(f"{self.name} {case_id}")
        return after

    def _look(self, page: Page) -> Page:
        """Reveal every file of a case that this person has not seen yet, and fetch its picture once."""
        items = [form.value("item_id") for form in page.forms("/reveals")]
        for item_id in [each for each in items if not _has_seen(page, each)]:
            form = next(each for each in page.forms("/reveals") if each.value("item_id") == item_id)
            page = self._desk.send(form)
            shown = page.pictures("/pictures/")
            if len(shown) != 1 or not self._desk.picture(shown[0]).startswith(_PNG):
                raise DependencyError(
                    f"{item_id}: revealed with {len(shown)} pictures, expected one, as a PNG"
                )
        return page


def _the(page: Page, action: str) -> Form:
    found = page.forms(action)
    if not found:
        raise DependencyError(f"demo: a page has no form for {action}, expected one")
    return found[0]


def _has_seen(page: Page, item_id: str) -> bool:
    """Read what happened in the case: a demo that was killed after a reveal goes on behind it."""
    return f"You revealed file {item_id[-6:].upper()}" in page.text


def _answers(*, looked: bool) -> dict[str, str]:
    """Answer the questions that police sort by; whoever did not look is not sure."""
    return {f"answer-{about}": Reply.NO if looked else Reply.NOT_SURE for about in ASKED}


def _category(page: Page) -> str:
    """Choose by the account, so that the same case gets the same category at every run."""
    account = re.search(ACCOUNTS_NAME, page.text)
    if account is None:
        raise DependencyError("demo: the page of a case does not name its account, expected it")
    return _CATEGORIES[sum(account.group().encode()) % len(_CATEGORIES)]
