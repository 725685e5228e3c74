"""Wherever the process ends while several decisions become one report, or fall out of it: each file is reported exactly once."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.acceptance.test_bundles import decided
from tests.acceptance.test_killed_anywhere import KilledAt, KilledError
from wardline import ports
from wardline.records import HoldBasis, ReferralState
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line, nothing_reached

FILES = 3
MOST_VISITS = 300
"""By then all is filed; afterwards only the platform, which is not there, is tried again."""
EVERY, SELDOM = 23, 83
"""So many visits lie between two that are tried on every change, and in the default run; the longest run tries all."""
Faults = Callable[[str, int], Fault | None]


def digest(seed: int) -> str:
    return hashlib.md5(picture(seed), usedforsecurity=False).hexdigest()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Decide three uploads of one account, and stop before any of it takes effect."""
    folder = tmp_path_factory.mktemp("prepared")
    with Line(folder, store="sqlite") as line:
        mika = line.person("mika")
        for seed in range(1, FILES + 1):
            decided(line, mika, seed)
    return folder


class Story:
    """What was prepared, carried on by processes that end."""

    def __init__(self, prepared: Path, folder: Path, faults: Callable[[], Faults] | None) -> None:
        self.folder, self.clock = folder, VirtualClock(START)
        shutil.copytree(prepared, folder)
        self.authority = AuthoritySandbox(clock_now=self.clock.now, faults=faults() if faults else None)

    def line(self, reached: ports.WritePoint = nothing_reached) -> Line:
        return Line(self.folder, store="sqlite", clock=self.clock, authority=self.authority, reached=reached)


def one_refused() -> Faults:
    """Refuse the second file that is described, once."""
    described = 0

    def choose(call: str, _number: int) -> Fault | None:
        nonlocal described
        described += call == "fileinfo"
        return Fault.REJECTED if call == "fileinfo" and described == 2 else None

    return choose


def answers_lost() -> Faults:
    """Lose the first answer to a finish."""
    finished = 0

    def choose(call: str, _number: int) -> Fault | None:
        nonlocal finished
        finished += call == "finish"
        return Fault.DROP_AFTER if call == "finish" and finished == 1 else None

    return choose


def assert_that_each_file_is_reported_once(line: Line, authority: AuthoritySandbox) -> None:
    finished = authority.ledger.finished()
    told = Counter(file.md5 for report in finished for file in report.files)
    assert told == Counter(digest(seed) for seed in range(1, FILES + 1))
    found = line.store.referrals()
    assert {each.state for each in found} == {ReferralState.FINISHED}
    assert Counter(len(each.files) for each in found if each.joined is None) == Counter(
        len(report.files) for report in finished
    )
    by_number = {str(report.report_id): len(report.files) for report in finished}
    for each in found:
        lead = each if each.joined is None else line.store.referral(each.joined)
        assert lead.remote_id == each.remote_id
        assert by_number[each.remote_id or ""] == 1 + len(lead.bundle)
        assert (line.store.receipt_of(each.id) is None) == (each.joined is not None)
    held = Counter(hold.item_id for hold in line.store.holds() if hold.basis is HoldBasis.REPORTED)
    assert held == Counter(item_id for case in line.store.cases() for item_id in case.item_ids)
    assert [each for each in line.waiting() if each.name.startswith("refer")] == []
    assert [each.kind for each in line.store.open_alarms() if each.kind.startswith("filing")] == []
    assert line.verify().ok


def killed_at(visit: int, story: Story, go_on: Callable[[Line], None]) -> str | None:
    """Crash at one visit to a write point, and carry it on in another process; gives where it was, None beyond the last."""
    crash = KilledAt(visit)
    where: str | None = None
    with story.line(crash) as line:
        crash.armed = True
        try:
            go_on(line)
        except KilledError as killed:
            where = str(killed)
        crash.armed = False
    with story.line() as line:
        go_on(line)
    return where


def some_minutes(line: Line) -> None:
    line.pass_time(timedelta(minutes=20))


def places_of_crashes(
    prepared: Path,
    folder: Path,
    faults: Callable[[], Faults] | None,
    every: int,
    story_of: type[Story] = Story,
    look: Callable[[Line, AuthoritySandbox], None] = assert_that_each_file_is_reported_once,
) -> list[str]:
    """Crash at every so many-th visit; gives where that was."""
    places: list[str] = []
    for visit in range(1 + every // 2, MOST_VISITS, every):
        story = story_of(prepared, folder / str(visit), faults)
        with story.authority:
            where = killed_at(visit, story, some_minutes)
            with story.line() as line:
                look(line, story.authority)
        shutil.rmtree(story.folder)
        if where is None:
            break
        places.append(where)
    return places


def test_a_crash_at_a_few_places_leaves_each_file_in_exactly_one_finished_report(
    prepared: Path, tmp_path: Path
) -> None:
    assert len(places_of_crashes(prepared, tmp_path, one_refused, SELDOM)) > 1


@pytest.mark.long
@pytest.mark.parametrize("faults", [None, one_refused, answers_lost])
def test_a_crash_leaves_each_file_in_exactly_one_finished_report(
    prepared: Path, tmp_path: Path, faults: Callable[[], Faults] | None
) -> None:
    places = places_of_crashes(prepared, tmp_path, faults, EVERY)
    assert len(places) > 3


@pytest.mark.faults
@pytest.mark.parametrize("faults", [None, one_refused, answers_lost])
def test_a_crash_anywhere_leaves_each_file_in_exactly_one_finished_report(
    prepared: Path, tmp_path: Path, faults: Callable[[], Faults] | None
) -> None:
    places = places_of_crashes(prepared, tmp_path, faults, 1)
    assert {place.partition(":")[0] for place in places} >= {"store", "authority"}
