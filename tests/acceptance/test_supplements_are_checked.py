"""A supplement says that a child may be in danger now: it waits for nobody, whatever the settings, and is checked afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.acceptance.test_late_danger import DRAWN, LATER, a_line, judge, reports
from tests.acceptance.test_priorities import BOTH
from wardline.errors import SecondPersonError
from wardline.pipeline.filing_rules import FilingRules
from wardline.records import AlarmKind, Priority, ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START


@pytest.fixture
def authority() -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox(clock_now=VirtualClock(START + timedelta(days=9)).now) as started:
        yield started


@pytest.mark.parametrize("filing", [FilingRules(), FilingRules(approval=BOTH)])
def test_it_goes_out_at_once_and_asks_for_a_second_person_until_one_looked(
    tmp_path: Path, authority: AuthoritySandbox, filing: FilingRules
) -> None:
    with a_line(tmp_path, authority, replace(DRAWN, filing=filing)) as line:
        case = line.case_of(line.submit(picture(), flag="spam"))
        first = judge(line, case, "mika")
        (filed,) = reports(line, case)
        if filed.state is not ReferralState.FINISHED:
            lead = line.person("ada", Role.ADMIN).user
            line.wardline.second_referral(filed.id, user=lead)
            line.run_due()
        writer = judge(line, case, "noor", LATER)
        _, supplement = reports(line, case)
        assert (supplement.state, supplement.priority) == (ReferralState.FINISHED, Priority.FIRST)
        assert supplement.waits_until is None
        hours = timedelta(hours=line.parts.rules.filing.approval.check_hours)
        assert supplement.check_by == supplement.created_at + hours
        assert supplement.id in {each.id for each in line.store.unchecked_referrals(most=9)}
        line.pass_time(hours + timedelta(hours=1))
        asked = [each for each in line.store.open_alarms() if each.kind is AlarmKind.REFERRAL_UNCHECKED]
        assert len(asked) == 1
        with pytest.raises(SecondPersonError):
            line.wardline.second_referral(supplement.id, user=replace(writer.user, role=Role.LEAD))
        line.wardline.second_referral(supplement.id, user=replace(first.user, role=Role.LEAD))
        assert line.store.unchecked_referrals(most=9) == []
