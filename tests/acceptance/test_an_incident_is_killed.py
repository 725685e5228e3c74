"""Wherever the process ends while an incident without a file is told, judged and reported: it is reported exactly once, and nothing is left over."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.test_an_incident_without_a_file import judged, told
from tests.acceptance.test_killed_anywhere import KilledAt, KilledError, World, world
from wardline import records
from wardline.records import ActionState, CaseState, HoldBasis, ReferralState, Step
from wardline.testing.harness import Key, Line, Person

SHARES = 4
MOST_VISITS = 200


def go_on(line: Line, key: Key, mika: Person) -> None:
    """Do what is still to be done, as those outside would: each repeats what it got no answer to."""
    line.wardline.tell(told(), api_key=key.record, idempotency_key="incident")
    (case,) = line.store.cases()
    if case.state is CaseState.OPEN:
        line.wardline.claim(case.id, user=mika.user)
        if not line.store.reveals_of(case.id):
            line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
        line.wardline.decide(case.id, user=mika.user, judgement=judged(case))
    line.pass_time(timedelta(hours=2))
    line.sequence()


def assert_that_everything_happened_once(line: Line, outside: World) -> None:
    (case,) = line.store.cases()
    (referral,) = line.store.referrals()
    (report,) = outside.authority.ledger.finished()
    assert (case.state, referral.state) == (CaseState.CLOSED, ReferralState.FINISHED)
    assert (referral.remote_id, list(report.files)) == (str(report.report_id), [])
    assert line.store.receipt_of(referral.id) is not None
    assert sorted(hold.basis for hold in line.store.holds()) == [HoldBasis.PROVISIONAL, HoldBasis.REPORTED]
    assert [action.state for action in line.store.actions_of(case.id)] == [ActionState.DELIVERED]
    assert [name for name, _, _ in line.parts.vault.inventory()] == list(case.item_ids)
    assert line.waiting() == []
    assert line.store.open_alarms() == []
    day = line.clock.now().date()
    counts = Counter[Step]()
    for count in line.store.counts(day - timedelta(days=7), day):  # many lives take longer than a day
        counts[count.step] += count.count
    assert +counts == {
        Step.INCIDENTS_TOLD: 1, Step.ITEMS_FLAGGED: 1, Step.CASES_OPENED: 1, Step.REVEALS: 1, Step.CASES_DECIDED: 1,
        Step.ACTIONS_TAKEN: 1, Step.REFERRALS_FILED: 1, Step.RECEIPTS_STORED: 1, Step.HOLDS_PLACED: 1,
    }  # fmt: skip
    assert line.verify().ok


def killed_at(visit: int, outside: World) -> str | None:
    """Live the story with a crash at one visit and carry it on in another process; gives where it was, None beyond the last."""
    crash = KilledAt(visit)
    where: str | None = None
    with outside.line(crash) as line:
        key, mika = line.platform_key(), line.person("mika")
        crash.armed = True
        try:
            go_on(line, key, mika)
        except KilledError as killed:
            where = str(killed)
        crash.armed = False
    with outside.line() as line:
        # What was sealed and not committed belongs to nobody, and goes.
        line.clock.advance(timedelta(hours=2))
        go_on(line, key, mika)
        line.pass_time(timedelta(hours=2))
        assert_that_everything_happened_once(line, outside)
    return where


@pytest.mark.parametrize(
    "share", [0, *(pytest.param(share, marks=pytest.mark.long) for share in range(1, SHARES))]
)
def test_a_crash_at_any_visit_to_any_write_point_changes_no_figure(tmp_path: Path, share: int) -> None:
    places = []
    for visit in range(1 + share, MOST_VISITS, SHARES):
        with world(tmp_path / str(visit)) as outside:
            where = killed_at(visit, outside)
        if where is None:
            break
        places.append(where)
    assert len(places) > 5
    assert {place.partition(":")[0] for place in places} >= {"store", "authority"}


def test_told_three_times_it_is_one_case_and_one_complaint_that_is_counted(tmp_path: Path) -> None:
    with world(tmp_path / "one") as outside, outside.line() as line:
        key = line.platform_key()
        done = [line.wardline.tell(told(), api_key=key.record, idempotency_key=str(n)) for n in range(3)]
        assert [each.route is not None for each in done] == [True, False, False]
        (case,) = line.store.cases()
        assert [each.count for each in line.store.notices_of(case.id)] == [3]
        assert isinstance(done[0].route, records.Review)
