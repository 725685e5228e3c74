"""A report that is filed and built again to be read says what it said when it was opened, and nothing that came before its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import the_referral
from tests.acceptance.test_bundles import decided, take_effect
from wardline import records, referral
from wardline.pipeline import prior, reported
from wardline.records import FactKind, ReferralState, Replace
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.harness import Line


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line()


@pytest.mark.parametrize("is_bundle", [False, True])
def test_what_is_written_down_while_its_files_are_attached_is_not_in_it(
    line: Line, authority: AuthoritySandbox, is_bundle: bool
) -> None:
    mika = line.person("mika")
    case = decided(line, mika, 1)
    others = [decided(line, mika, 2)] if is_bundle else []
    authority.faults = lambda call, _number: Fault.ERROR_IN_SUCCESS if call == "upload" else None
    take_effect(line)
    opened = [the_referral(line, each) for each in (case, *others)]
    (lead,) = [each for each in opened if each.joined is None]
    assert lead.state is ReferralState.OPENED
    assert lead.sent_at is not None
    late = records.Fact(
        id=line.parts.new_id("fact"), case_id=lead.case_id, kind=FactKind.LOCATION, user_id=mika.user.id,
        at=line.clock.now() + timedelta(seconds=1), text="a town in the north",
    )  # fmt: skip
    line.clock.advance(timedelta(seconds=2))
    line.store.commit(
        records.Insert(late), entries=[line.parts.entry(records.Verb.FACT_ADDED, lead.id, actor=mika.user.id)]
    )
    authority.faults = None
    line.pass_time(timedelta(hours=3))
    for each in (case, *others):
        filed = the_referral(line, each)
        assert filed.state is ReferralState.FINISHED
        assert filed.sent_at == lead.sent_at
        found = line.wardline.preview_referral(filed.id)
        assert found.report is not None
        assert late.text not in found.report.note
        assert reported.facts_of_report(line.parts, filed) == []
        (location,) = [need for need in found.checklist if need.name == "Location"]
        assert location.state is referral.NeedState.MISSING


def test_another_report_that_was_finished_meanwhile_is_not_named_in_it(
    line: Line, authority: AuthoritySandbox
) -> None:
    mika = line.person("mika")
    earlier = decided(line, mika, 1)
    take_effect(line)
    first = decided(line, mika, 2)
    authority.faults = lambda call, _number: Fault.ERROR_IN_SUCCESS if call == "upload" else None
    take_effect(line)
    authority.faults = None
    line.pass_time(timedelta(hours=3))
    filed, other = the_referral(line, first), the_referral(line, earlier)
    assert filed.sent_at is not None
    assert filed.finished_at is not None
    assert filed.sent_at < filed.finished_at
    assert prior.reports_about(line.parts, first, filed.id) == (other.remote_id,)
    between = replace(other, finished_at=filed.sent_at + timedelta(seconds=1), version=other.version + 1)
    line.store.commit(Replace(between), entries=[line.parts.entry(records.Verb.REFERRAL_MOVED, other.id)])
    assert prior.reports_about(line.parts, first, filed.id) == ()
