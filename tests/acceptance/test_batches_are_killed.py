"""Wherever the process ends while several accounts become one report, or that falls apart: each account is reported exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance import test_bundles_are_killed
from tests.acceptance.batching import decided, rules
from tests.acceptance.test_bundles_are_killed import (
    EVERY,
    SELDOM,
    Faults,
    answers_lost,
)
from tests.acceptance.test_bundles_are_killed import Story as _Story
from wardline import ports
from wardline.records import HoldBasis, ReferralState
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.harness import Line, nothing_reached

ACCOUNTS = ("account-1", "account-2", "account-3")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Decide uploads of one file by three accounts, and stop before any of it takes effect."""
    folder = tmp_path_factory.mktemp("prepared")
    with Line(folder, store="sqlite", rules=rules()) as line:
        mika = line.person("mika")
        for each in ACCOUNTS:
            decided(line, mika, each)
    return folder


class Story(_Story):
    def line(self, reached: ports.WritePoint = nothing_reached) -> Line:
        return Line(
            self.folder, store="sqlite", clock=self.clock, authority=self.authority, reached=reached, rules=rules()
        )  # fmt: skip


def refused_when_finished() -> Faults:
    """Refuse the first report that is finished, which is the batched one."""
    refused: list[int] = []

    def choose(call: str, number: int) -> Fault | None:
        if call != "finish" or refused:
            return None
        refused.append(number)
        return Fault.REJECTED

    return choose


def assert_that_each_account_is_reported_once(line: Line, authority: AuthoritySandbox) -> None:
    found = line.store.referrals()
    assert {each.state for each in found} == {ReferralState.FINISHED}
    assert len(found) == len(ACCOUNTS)
    finished = {str(each.report_id): each for each in authority.ledger.finished()}
    named = Counter(each.remote_id for each in found)
    assert set(named) == set(finished)
    for number, report in finished.items():
        assert report.batched == (named[number or ""] > 1)
        assert len(report.files) == 1
    for each in found:
        lead = each if each.joined is None else line.store.referral(each.joined)
        assert (lead.remote_id, all(file.described for file in each.files)) == (each.remote_id, True)
        assert (line.store.receipt_of(each.id) is None) == (each.joined is not None)
    held = Counter(hold.item_id for hold in line.store.holds() if hold.basis is HoldBasis.REPORTED)
    assert held == Counter(item_id for case in line.store.cases() for item_id in case.item_ids)
    assert [each for each in line.waiting() if each.name.startswith("refer")] == []
    assert [each.kind for each in line.store.open_alarms() if each.kind.startswith("filing")] == []
    assert line.verify().ok


def places_of_crashes(
    prepared: Path, folder: Path, faults: Callable[[], Faults] | None, every: int
) -> list[str]:
    look = assert_that_each_account_is_reported_once
    return test_bundles_are_killed.places_of_crashes(prepared, folder, faults, every, Story, look)


def test_a_crash_at_a_few_places_leaves_each_account_in_exactly_one_finished_report(
    prepared: Path, tmp_path: Path
) -> None:
    assert len(places_of_crashes(prepared, tmp_path, refused_when_finished, SELDOM)) > 1


@pytest.mark.long
@pytest.mark.parametrize("faults", [None, refused_when_finished, answers_lost])
def test_a_crash_leaves_each_account_in_exactly_one_finished_report(
    prepared: Path, tmp_path: Path, faults: Callable[[], Faults] | None
) -> None:
    assert len(places_of_crashes(prepared, tmp_path, faults, EVERY)) > 3


@pytest.mark.faults
@pytest.mark.parametrize("faults", [None, refused_when_finished, answers_lost])
def test_a_crash_anywhere_leaves_each_account_in_exactly_one_finished_report(
    prepared: Path, tmp_path: Path, faults: Callable[[], Faults] | None
) -> None:
    places = places_of_crashes(prepared, tmp_path, faults, 1)
    assert {place.partition(":")[0] for place in places} >= {"store", "authority"}
