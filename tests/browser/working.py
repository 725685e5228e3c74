"""How a case is worked, and what then stands on the page: the same by keys, by mouse, and without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wardline import records
from wardline.records import CaseState, Outcome

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from wardline.testing.harness import Line

PICTURE = "img[src^='/pictures/']"
REVEAL = "form[action$='/reveals'] button"
COVER = "form[action$='/coverings'] button"
DECISION = "form[action$='/decisions']"
NEXT = "form[action$='/queue/next'] button"
# 5 is "Other rule", which removes content and reports nothing.
CATEGORIES = {
    "1": "A1",
    "2": "A2",
    "3": "B1",
    "4": "B2",
    "5": "other-rule",
    "6": "not-a-violation",
    "7": "cannot-tell",
}


@dataclass(frozen=True)
class Plan:
    """What a person does with one case."""

    digit: str
    looks: int
    """How often they reveal the file."""
    covers: bool
    """Whether they cover it again before they decide."""


def plan_of(place: int) -> Plan:
    """Vary what is done from case to case."""
    looks = (0, 1, 1, 2, 0)[place % 5]
    return Plan(digit="6152736426"[place % 10], looks=looks, covers=place % 2 == 0 or looks > 1)


def case_on(page: Page) -> str:
    """Give the id of the case whose decision is asked for."""
    action = page.locator(DECISION).get_attribute("action")
    assert action is not None
    return action.split("/")[-2]


def assert_done(line: Line, done: dict[str, Plan], user: records.User) -> None:
    """Require that what stands in the store is what this person did on the page."""
    for case_id, plan in done.items():
        case = line.store.case(case_id)
        (decision,) = line.store.decisions_of(case_id)
        chosen = CATEGORIES[plan.digit]
        if chosen in set(records.Category):
            assert decision.outcome is Outcome.VIOLATION
            assert [finding.category for finding in decision.findings] == [chosen]
        else:
            assert decision.outcome == chosen
        assert case.state is (CaseState.OPEN if plan.digit == "7" else CaseState.DECIDED)
        # Somebody else may have looked, and passed it on.
        theirs = [reveal for reveal in line.store.reveals_of(case_id) if reveal.user_id == user.id]
        assert len(theirs) == plan.looks, "what was revealed is what was asked for"
