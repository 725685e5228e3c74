"""A report's number means something at one authority in one of its systems only: whoever corrects it stays there, and names that one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.test_an_appeal import INNOCENT, Scene, scene
from wardline import records
from wardline.adapters.authorities.ncmec import NcmecAuthority
from wardline.records import AlarmKind, ReferralState
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import Line


class Movable(NcmecAuthority):
    """Says that it is whichever system a test wants."""

    where = "sandbox"

    @property
    def environment(self) -> str:
        return self.where


@pytest.fixture
def movable(authority: AuthoritySandbox, clock: VirtualClock) -> Movable:
    return Movable("sandbox", authority.username, authority.password, clock.now, authority.url)


@pytest.fixture
def overturned_after(
    make_line: MakeLine, movable: Movable
) -> Callable[[str, str], tuple[Line, Scene, list[records.Referral]]]:
    def told(before: str, after: str) -> tuple[Line, Scene, list[records.Referral]]:
        movable.where = before
        line = make_line(authority=movable)
        story = scene(line)
        movable.where = after
        story.appeal()
        story.answer(INNOCENT)
        return line, story, line.store.referrals(case_id=story.case.id)

    return told


def test_a_report_of_a_test_is_never_corrected_in_production(
    overturned_after: Callable[[str, str], tuple[Line, Scene, list[records.Referral]]],
    authority: AuthoritySandbox,
) -> None:
    line, _, found = overturned_after("test", "production")
    assert [(each.environment, each.state) for each in found] == [("test", ReferralState.FINISHED)]
    assert len(authority.ledger.finished()) == 1
    assert line.store.open_alarm(AlarmKind.FILING_FAILED, "ncmec") is None


def test_a_report_in_production_is_corrected_there_as_soon_as_reports_go_there_again(
    overturned_after: Callable[[str, str], tuple[Line, Scene, list[records.Referral]]],
    authority: AuthoritySandbox,
    movable: Movable,
) -> None:
    line, story, found = overturned_after("production", "test")
    (correction,) = (each for each in found if each.corrects is not None)
    assert (correction.environment, correction.state) == ("production", ReferralState.DRAFT)
    assert len(authority.ledger.finished()) == 1
    assert line.store.open_alarm(AlarmKind.FILING_FAILED, "ncmec") is not None
    movable.where = "production"
    line.pass_time(line.parts.rules.undo_window * 400)
    assert line.store.referral(correction.id).state is ReferralState.FINISHED
    assert len(authority.ledger.finished()) == 2
    assert story.case.id == correction.case_id


def test_a_correction_names_its_report_also_after_another_one_of_the_case_was_filed(
    make_line: MakeLine, movable: Movable
) -> None:
    line = make_line(authority=movable)
    story = scene(line)
    story.appeal()
    story.answer(INNOCENT)
    first, correction = line.store.referrals(case_id=story.case.id)
    later = records.Referral(
        id=line.parts.new_id("referral"), case_id=first.case_id, decision_id=line.parts.new_id("decision"), authority="ncmec", environment="sandbox",
        state=ReferralState.FINISHED, files=(), created_at=line.clock.now(), remote_id="4299999", finished_at=line.clock.now(),
    )  # fmt: skip
    line.store.commit(
        records.Insert(later), entries=[line.parts.entry(records.Verb.REFERRAL_DRAFTED, later.id)]
    )
    built = line.wardline.preview_referral(correction.id).report
    assert built is not None
    assert built.corrects == first.remote_id
