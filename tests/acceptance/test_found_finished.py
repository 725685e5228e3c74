"""A report that turns out to be finished while it is being withdrawn is stored as that, whatever was said of it meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.batching import decided, rules
from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import the_referral
from tests.acceptance.test_batches_meet_others import ACCOUNTS, batched, marked, member_of
from wardline.records import AlarmKind, Priority, ReferralState
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.harness import Line, Person


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=rules())


@pytest.fixture
def mika(line: Line) -> Person:
    return line.person("mika")


def nobody_knows(authority: AuthoritySandbox) -> None:
    """Let the authority finish a report, lose its answer, and then be away."""
    chosen = {"finish": Fault.DROP_AFTER, "retract": Fault.SERVER_ERROR}
    authority.faults = lambda call, _number: chosen.get(call)


def test_a_batch_in_which_danger_is_said_after_it_was_finished_is_stored_as_finished(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    nobody_knows(authority)
    cases = batched(line, mika)
    member = member_of(line, cases)
    assert line.store.referral(str(member.joined)).state is ReferralState.RETRACTING
    line.clock.advance(timedelta(minutes=1))
    marked(line, member.case_id)
    authority.faults = None
    line.pass_time(timedelta(hours=3))
    assert [len(authority.ledger.finished()), authority.ledger.open()] == [1, []]
    assert {the_referral(line, case).state for case in cases} == {ReferralState.FINISHED}
    (told,) = [each for each in line.store.open_alarms() if each.kind is AlarmKind.KNOWN_LATE]
    assert told.subject_id == member.id


def test_a_report_that_was_finished_before_its_case_was_marked_has_a_person_tell(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    nobody_knows(authority)
    case = decided(line, mika, ACCOUNTS[0])
    line.pass_time(timedelta(hours=1))
    assert the_referral(line, case).state is ReferralState.RETRACTING
    line.clock.advance(timedelta(minutes=1))
    marked(line, case.id)
    authority.faults = None
    line.pass_time(timedelta(hours=3))
    found = the_referral(line, case)
    assert (found.state, found.priority, len(authority.ledger.finished())) == (
        ReferralState.FINISHED,
        Priority.FIRST,
        1,
    )
    (told,) = [each for each in line.store.open_alarms() if each.kind is AlarmKind.KNOWN_LATE]
    assert told.subject_id == found.id
