"""What nobody has a duty to report may wait for other accounts, some hours, where the settings say so; everything else is filed at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance.batching import AGREED, decided, rules, without_wait
from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import the_referral
from tests.acceptance.test_bundles import take_effect
from wardline import referral
from wardline.records import FactKind, ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import Line

PACED = without_wait(AGREED, wait_hours=6.0, no_duty_in=("CH", "NO"))


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=rules(PACED))


def test_what_nobody_owes_waits_and_is_one_report_with_what_came_meanwhile(
    line: Line, authority: AuthoritySandbox
) -> None:
    mika = line.person("mika")
    first = decided(line, mika, "account-1", region="CH")
    take_effect(line)
    found = the_referral(line, first)
    assert found.state is ReferralState.DRAFT
    assert found.problem is not None
    assert found.problem.startswith(referral.WAITS)
    line.pass_time(timedelta(hours=3))
    second = decided(line, mika, "account-2", region="NO")
    line.pass_time(timedelta(hours=2))
    assert authority.ledger.reports() == []
    line.pass_time(timedelta(hours=1, minutes=1))
    (report,) = authority.ledger.finished()
    assert report.batched
    assert {the_referral(line, each).remote_id for each in (first, second)} == {str(report.report_id)}
    assert the_referral(line, first).problem is None
    line.pass_time(timedelta(hours=6))
    assert len(authority.ledger.reports()) == 1


def test_one_for_which_nobody_came_is_filed_in_full_when_its_time_is_over(
    line: Line, authority: AuthoritySandbox
) -> None:
    decided(line, line.person("mika"), "account-1", region="CH")
    line.pass_time(timedelta(hours=6, minutes=2))
    assert [each.batched for each in authority.ledger.finished()] == [False]


OWED: dict[str, dict[str, Any]] = {
    "no region": {},
    "a region of which nothing is said": {"region": "FR"},
    "a region with a rule": {"region": "DE"},
    "not viral": {"region": "CH", "answers": ()},
    "danger": {"region": "CH", "said": {"escalation": "somebody is with a child"}},
}


@pytest.mark.parametrize("owed", OWED)
def test_nothing_that_may_be_owed_waits(make_line: MakeLine, authority: AuthoritySandbox, owed: str) -> None:
    rule = referral.Duty(receivers=("ncmec",), basis="a law")
    agreed = without_wait(PACED, no_duty_in=("CH", "DE"))
    line = make_line(rules=rules(agreed, duties={"DE": rule}))
    decided(line, line.person("mika"), "account-1", **OWED[owed])
    take_effect(line)
    assert len(authority.ledger.finished()) == 1


def test_what_is_owed_takes_along_what_waits_and_waits_itself_for_nothing(
    line: Line, authority: AuthoritySandbox
) -> None:
    mika = line.person("mika")
    waits = decided(line, mika, "account-1", region="CH")
    take_effect(line)
    assert the_referral(line, waits).state is ReferralState.DRAFT
    decided(line, mika, "account-2")
    take_effect(line)
    assert [each.batched for each in authority.ledger.finished()] == [True]
    assert the_referral(line, waits).state is ReferralState.FINISHED


def test_danger_that_is_said_of_one_that_waits_is_filed_at_once(
    line: Line, authority: AuthoritySandbox
) -> None:
    case = decided(line, line.person("mika"), "account-1", region="CH")
    take_effect(line)
    lead = line.person("lea", Role.LEAD)
    line.wardline.add_to_referral(
        the_referral(line, case).id, user=lead.user, kind=FactKind.DANGER, text="a child is there now"
    )
    line.run_due()
    assert [each.batched for each in authority.ledger.finished()] == [False]


@pytest.mark.parametrize("change", ["a rule", "no agreement"])
def test_what_waits_is_filed_within_a_minute_once_the_settings_say_otherwise(
    line: Line, authority: AuthoritySandbox, change: str
) -> None:
    case = decided(line, line.person("mika"), "account-1", region="CH")
    take_effect(line)
    assert the_referral(line, case).state is ReferralState.DRAFT
    filing = line.parts.rules.filing
    if change == "a rule":  # as after a start with other settings
        object.__setattr__(filing, "duties", {"CH": referral.Duty(receivers=("ncmec",))})
    else:
        object.__setattr__(filing, "batches", {})
    line.pass_time(timedelta(minutes=1))
    assert len(authority.ledger.finished()) == 1


def test_nobody_waits_beyond_half_of_the_clock(make_line: MakeLine, authority: AuthoritySandbox) -> None:
    clocks = referral.Clocked(everywhere=referral.Clocks(third_hours=4.0))
    line = make_line(rules=rules(PACED, clocks=clocks))
    decided(line, line.person("mika"), "account-1", region="CH")
    line.pass_time(timedelta(hours=2, minutes=2))
    assert len(authority.ledger.finished()) == 1
