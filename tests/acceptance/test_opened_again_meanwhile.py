"""A case that is opened again between the last look at it and the commit that destroys its evidence keeps it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.acceptance.test_evidence_on_request import After, is_kept, reported, running, wanted
from wardline import records
from wardline.errors import VersionConflictError
from wardline.pipeline import destroying, preserve
from wardline.records import DestructionState, Role
from wardline.testing.harness import Line


@pytest.mark.parametrize(
    ("after", "count"), [("item", 3), ("holds_of", 9), ("case", 4), ("referrals", 3), ("facts_of", 1)]
)
def test_a_case_that_is_opened_again_at_the_very_moment_of_a_destruction_keeps_its_evidence(
    line: Line, after: str, count: int
) -> None:
    """Whichever of its looks it comes after."""
    lead, other = line.person("lea", Role.LEAD).user, line.person("leo", Role.LEAD).user
    came = 0
    for nth in range(count):
        item_id = reported(line, f"account-{nth}")
        made, approval = line.wardline.propose_destruction(
            wanted(line, item_id, *running(line, item_id)), user=lead
        )
        line.wardline.approve(approval.id, user=other)
        store: Any = After(line.store, after, nth, partial(opened_again, line, item_id))
        with suppress(VersionConflictError):
            destroying.carry_out(replace(line.parts, store=store), made.id, 0)
        came += store.came
        if store.came:
            line.run_due()
            assert is_kept(line, item_id)
            assert line.store.destruction(made.id).state is DestructionState.STOPPED
    assert came


@pytest.mark.parametrize(
    ("after", "count"), [("case", 2), ("referrals", 2), ("item", 2), ("holds_of", 1), ("facts_of", 1)]
)
def test_a_case_that_is_opened_again_at_the_very_moment_its_time_is_over_keeps_its_evidence(
    line: Line, after: str, count: int
) -> None:
    came = 0
    for nth in range(count):
        item_id = reported(line, f"account-{nth}")
        last = max(hold.until for hold in line.store.holds_of(item_id))
        line.clock.advance(last - line.clock.now() + timedelta(seconds=1))
        store: Any = After(line.store, after, nth, partial(opened_again, line, item_id))
        preserve.sweep(replace(line.parts, store=store))
        came += store.came
        if store.came:
            assert is_kept(line, item_id)
            assert line.store.item(item_id).sealed
    assert came


def opened_again(line: Line, item_id: str) -> None:
    case = line.store.case(line.store.holds_of(item_id)[0].case_id)
    again = replace(case, state=records.CaseState.OPEN, version=case.version + 1)
    line.store.commit(records.Replace(again), entries=[line.parts.entry(records.Verb.CASE_REOPENED, case.id)])
