"""Three people at work in the demo, a case each in turn, until nothing waits that one of them may take."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from tests.browser.moderating import Moderator, digit_for, wait_until
from wardline import ports, records
from wardline.cli.demo.world import World
from wardline.records import CaseState, HashKind, Stage

NOTE = "what the first one wrote"
MANY = 100_000


@dataclass
class Shift:
    """Three people at work in the demo, and how things stood before."""

    running: World
    thread: ThreadPoolExecutor
    people: list[Moderator]
    open_before: set[str]
    began: datetime
    position: int
    """Of the newest log entry."""
    disputed: str = ""
    """A case on which they are going to differ."""
    passed: str = ""
    stopped: str = ""
    undone: str = ""

    @property
    def store(self) -> ports.Store:
        return self.running.installation.wardline.parts.store

    def digest(self, case_id: str) -> str:
        item = self.store.item(self.store.case(case_id).item_ids[0])
        return next(each.value for each in item.hashes if each.kind is HashKind.SHA256)

    def reference(self, case_id: str) -> str:
        context = self.store.item(self.store.case(case_id).item_ids[0]).context
        return (context.content_reference or "") if context else ""

    def about(self, begins: str) -> list[str]:
        """Cases about content whose reference begins like this."""
        return [case.id for case in self.store.cases(most=MANY) if self.reference(case.id).startswith(begins)]

    def settle(self) -> None:
        """Wait until what was decided is in effect, and what follows from it is done."""
        wait_until(lambda: self.thread.submit(self._is_quiet).result(), "decisions take effect")

    def _is_quiet(self) -> bool:
        return not self.store.cases(state=CaseState.DECIDED, most=1) and not self.running.durable.pending()


def work(shift: Shift) -> None:
    """Let everybody take turns until nothing waits for anybody."""
    idle = False
    while True:
        took = [_turn(shift, each) for each in shift.people]
        if any(took):
            idle = False
        elif idle:
            return
        else:
            idle = True
            shift.settle()


def _turn(shift: Shift, person: Moderator) -> bool:
    case_id = person.take()
    if case_id is None:
        return False
    first, second, third = shift.people
    case = shift.store.case(case_id)
    is_listed = (
        case.stage is Stage.FIRST
        and "an entry of" in person.head()
        and "hidden" not in shift.reference(case_id)
    )
    if person is first and is_listed and not shift.disputed:
        shift.disputed = case_id
        person.note(NOTE)
        person.decide(case_id, "2")
    elif case_id == shift.disputed:
        _differ(shift, person, case)
    elif person is second and case.stage is Stage.FIRST and len(person.decided) > 2 and not shift.passed:
        shift.passed = case_id
        person.pass_on()
    elif person is third and case.stage is Stage.FIRST and len(person.decided) > 2 and not shift.stopped:
        shift.stopped = case_id
        person.look(case_id)
        person.stop()
    else:
        person.work(case_id)
        if person is first and not shift.undone and person.take_back(case_id):
            shift.undone = case_id
            person.decide(case_id, digit_for(person.head(), case_id))
        _wait_for_what_spreads(shift, case_id)
    return True


def _differ(shift: Shift, person: Moderator, case: records.Case) -> None:
    """Say something else than the first one did; nothing of that one's answer is on the page."""
    words = person.page.locator("main").inner_text()
    assert NOTE not in person.page.content()
    assert not any(
        f"moderator-{number}" in words for number in (1, 2, 3) if f"moderator-{number}" != person.user.name
    )
    if case.stage is Stage.SECOND:
        assert "A first opinion is in. Nothing of it is sent to you" in words
        # As a word: an id may hold these letters by chance. What this person said of a file near it is their own.
        others = words.split("Decision")[0].replace(_own_words(shift, person), "")
        assert re.search(r"\bA2\b", others) is None, others
    else:
        assert "Answers to decide between" in words
    person.decide(case.id, "3")


def _own_words(shift: Shift, person: Moderator) -> str:
    """What the page says of what this person was shown, and decided, in another case."""
    note = person.page.locator(".viewer .note", has_text="You were shown")
    if note.count() == 0:
        return ""
    earlier = (note.get_by_role("link").get_attribute("href") or "").removeprefix("/cases/")
    assert any(each.user_id == person.user.id for each in shift.store.reveals_of(earlier))
    return note.inner_text()


def _wait_for_what_spreads(shift: Shift, case_id: str) -> None:
    """When a second person has judged the same file, its copies need nobody any more: wait for that, as after a coffee."""
    if not shift.reference(case_id).startswith("post-alike-"):
        return
    digest = shift.digest(case_id)
    same = [each for each in shift.about("post-alike-") if shift.digest(each) == digest]
    judged = [each for each in same if any(each in person.decided for person in shift.people)]
    if len(judged) == 2:
        rest = [each for each in same if each not in judged]
        wait_until(lambda: all(_is_reached(shift, each) for each in rest), "what two people agree on spreads")


def _is_reached(shift: Shift, case_id: str) -> bool:
    case = shift.store.case(case_id)
    return case.state is CaseState.CLOSED or case.stage is Stage.AUDIT
