"""A receipt that lists fewer files than were sent: the report is finished once, and a person hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance import batching
from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import the_referral
from tests.acceptance.test_bundles import decided, take_effect
from wardline import records, referral
from wardline.errors import ReportFinishedError
from wardline.records import AlarmKind, HoldBasis, ReferralState
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.harness import Line


@pytest.mark.parametrize("count", [1, 2])
def test_a_person_hears_which_files_it_does_not_list_and_nothing_is_sent_twice(
    line: Line, authority: AuthoritySandbox, count: int
) -> None:
    mika = line.person("mika")
    authority.faults = lambda call, _number: Fault.FEWER_FILES if call == "finish" else None
    cases = [decided(line, mika, seed + 1) for seed in range(count)]
    take_effect(line)
    line.pass_time(timedelta(hours=3))
    (lead,) = [each for each in line.store.referrals() if each.joined is None]
    (alarm,) = [each for each in line.store.open_alarms() if each.kind is AlarmKind.RECEIPT_LACKS]
    assert alarm.subject_id == lead.id
    assert f"lists {count - 1} of its {count} files" in alarm.message
    assert str(lead.files[-1].remote_file_id) in alarm.message
    assert [each.state for each in line.store.referrals()] == [ReferralState.FINISHED] * count
    (report,) = authority.ledger.finished()
    assert len(report.files) == count
    held = [hold.item_id for hold in line.store.holds() if hold.basis is HoldBasis.REPORTED]
    assert sorted(held) == sorted(item for case in cases for item in case.item_ids)
    receipt = line.store.receipt_of(lead.id)
    assert receipt is not None
    assert receipt.body.count(b"<fileId>") == count - 1


def test_the_one_file_of_a_batch_is_told_once_and_not_for_each_account(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line(rules=batching.rules())
    mika = line.person("mika")
    authority.faults = lambda call, _number: Fault.FEWER_FILES if call == "finish" else None
    for account in ("account-1", "account-2", "account-3"):
        batching.decided(line, mika, account)
    take_effect(line)
    (lead,) = [each for each in line.store.referrals() if each.joined is None]
    (alarm,) = [each for each in line.store.open_alarms() if each.kind is AlarmKind.RECEIPT_LACKS]
    assert "lists 0 of its 1 files" in alarm.message
    assert alarm.message.count(str(lead.files[0].remote_file_id)) == 1


def test_a_receipt_that_lists_all_of_them_alarms_nobody(line: Line, authority: AuthoritySandbox) -> None:
    case = decided(line, line.person("mika"), 1)
    take_effect(line)
    assert the_referral(line, case).state is ReferralState.FINISHED
    assert line.store.open_alarms() == []
    assert len(authority.ledger.finished()) == 1


def test_what_lists_no_files_by_its_nature_or_was_lost_lacks_none(line: Line) -> None:
    case = decided(line, line.person("mika"), 1)
    take_effect(line)
    filed = the_referral(line, case)
    quiet = records.AuthorityAnswer(remote_id="1", request_id=None, body=b"")
    assert referral.unlisted(filed, quiet) == ()
    assert referral.unlisted(filed, ReportFinishedError("finished", body=b"")) == ()
