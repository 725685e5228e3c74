"""A person told a wrong number of a report that the old installation filed: it is put right, with a reason, and what it was is kept."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.acceptance import batching
from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import the_referral
from tests.acceptance.test_filed_before import reported_holds, restored
from wardline import records
from wardline.errors import ConflictError, InputError, NotAllowedError, ReferenceTakenError
from wardline.pipeline import fencing
from wardline.records import ReferralState, Role, Step, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import Line

WHY = "typed off by one"


def receipt_of(line: Line, found: records.Referral) -> records.Receipt:
    receipt = line.store.receipt_of(found.id)
    assert receipt is not None
    return receipt


def filed_today(line: Line) -> int:
    today = line.parts.now().date()
    return sum(each.count for each in line.store.counts(today, today) if each.step is Step.REFERRALS_FILED)


def corrected(line: Line, found: records.Referral) -> list[str]:
    line.sequence()
    entries = line.wardline.entries_about(found.id, 50)
    return [each.detail for _, each in entries if each.verb is Verb.REFERENCE_CORRECTED]


def test_a_number_that_was_told_wrongly_is_put_right_and_what_it_was_is_kept(
    line: Line, authority: AuthoritySandbox
) -> None:
    (found,), lead = restored(line, "account-1")
    filed = line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    first = receipt_of(line, found)
    line.pass_time(timedelta(hours=1))
    other = line.person("ada", Role.ADMIN).user
    right = line.wardline.correct_filed_before(
        found.id, user=other, number="4712", instead_of="4711", reason=WHY
    )
    assert (right.state, right.remote_id, right.finished_at) == (
        ReferralState.FINISHED,
        "4712",
        filed.finished_at,
    )
    receipt = receipt_of(line, found)
    assert (receipt.remote_id, receipt.received_at) == ("4712", first.received_at)
    said = json.loads(receipt.body)
    assert (said["report"], said["told_by"], said["reason"]) == ("4712", other.id, WHY)
    assert [(each["report"], each["told_by"]) for each in said["instead_of"]] == [("4711", lead.user.id)]
    assert corrected(line, found) == [f"{receipt.id} report 4712 instead of 4711"]
    line.wardline.correct_filed_before(
        found.id, user=other, number="4713", instead_of="4712", reason="and again"
    )
    said = json.loads(receipt_of(line, found).body)
    assert [(each["report"], each.get("reason")) for each in said["instead_of"]] == [
        ("4711", None),
        ("4712", WHY),
    ]
    assert len(reported_holds(line, found)) == 1
    assert line.wardline.verify_audit().ok
    line.pass_time(timedelta(days=2))
    assert authority.ledger.reports() == []


def test_what_is_no_such_correction_changes_nothing(line: Line) -> None:
    (found, other), lead = restored(line, "account-1", "account-2")

    def put_right(number: str, instead_of: str = "4711", reason: str = WHY) -> records.Referral:
        return line.wardline.correct_filed_before(
            found.id, user=lead.user, number=number, instead_of=instead_of, reason=reason
        )

    with pytest.raises(ConflictError):  # nothing is told yet
        put_right("4712")
    line.wardline.record_filed_before(other.id, user=lead.user, number="4799")
    line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    filed = line.store.referral(found.id)
    with pytest.raises(ConflictError):  # a form from before somebody else put it right
        put_right("4712", instead_of="4710")
    for number, reason in (("", WHY), ("4711", WHY), ("4712", " "), ("4712", "x" * 501), ("4712", "a\nb")):
        with pytest.raises(InputError):
            put_right(number, reason=reason)
    with pytest.raises(ReferenceTakenError):
        put_right("4799")
    with pytest.raises(ConflictError) as refused:
        line.wardline.record_reference(found.id, user=lead.user, reference="4712", instead_of="4711")
    assert "filed-before --instead-of" in refused.value.advice
    with pytest.raises(NotAllowedError):
        line.wardline.correct_filed_before(
            found.id, user=line.person("mod").user, number="4712", instead_of="4711", reason=WHY
        )
    assert line.store.referral(found.id) == filed


def test_two_that_were_mixed_up_are_exchanged(line: Line) -> None:
    (one, two), lead = restored(line, "account-1", "account-2")
    line.wardline.record_filed_before(one.id, user=lead.user, number="4712")
    line.wardline.record_filed_before(two.id, user=lead.user, number="4711")
    line.wardline.exchange_filed_before(
        one.id, user=lead.user, number="4711", instead_of="4712", reason="mixed up"
    )
    assert [line.store.referral(each.id).remote_id for each in (one, two)] == ["4711", "4712"]
    for each, had in ((one, "4712"), (two, "4711")):
        said = json.loads(receipt_of(line, each).body)
        assert (said["reason"], said["instead_of"][0]["report"]) == ("mixed up", had)
    assert line.wardline.verify_audit().ok


def test_one_that_was_told_to_be_in_another_report_and_is_not_gets_a_number_of_its_own(line: Line) -> None:
    (first, same), lead = restored(line, "account-1", "account-1")
    line.wardline.record_filed_before(first.id, user=lead.user, number="4711")
    line.wardline.record_filed_before(same.id, user=lead.user, number="4711")
    before = filed_today(line)
    out = line.wardline.correct_filed_before(
        same.id, user=lead.user, number="4712", instead_of="4711", reason=WHY
    )
    assert (out.state, out.joined, out.remote_id) == (ReferralState.FINISHED, None, "4712")
    left = line.store.referral(first.id)
    assert (left.remote_id, left.bundle) == ("4711", ())
    assert {file.item_id for file in left.files}.isdisjoint({file.item_id for file in out.files})
    assert (receipt_of(line, out).remote_id, receipt_of(line, left).remote_id) == ("4712", "4711")
    assert [hold.referral_id for hold in reported_holds(line, same)] == [same.id]
    assert filed_today(line) == before + 1
    assert line.wardline.verify_audit().ok


def test_a_number_that_another_of_the_account_has_is_taken_where_both_may_be_one_report(line: Line) -> None:
    (first, same), lead = restored(line, "account-1", "account-1")
    line.wardline.record_filed_before(first.id, user=lead.user, number="4712")
    line.wardline.record_filed_before(same.id, user=lead.user, number="4711")
    right = line.wardline.correct_filed_before(
        first.id, user=lead.user, number="4711", instead_of="4712", reason=WHY
    )
    assert (right.remote_id, receipt_of(line, right).remote_id) == ("4711", "4711")
    assert line.store.referral(same.id).remote_id == "4711"
    line.wardline.correct_filed_before(first.id, user=lead.user, number="4713", instead_of="4711", reason=WHY)


def test_those_in_a_batch_bear_the_number_of_its_report(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line(rules=batching.rules())
    mika, lead = line.person("mika"), line.person("lea", Role.LEAD)
    cases = [batching.decided(line, mika, each) for each in ("account-1", "account-2", "account-3")]
    fencing.raise_(line.parts)
    line.pass_time(line.parts.rules.undo_window)
    line.wardline.lift_fence(user=lead.user)
    first, second, third = [the_referral(line, each) for each in cases]
    for each in (first, second, third):
        line.wardline.record_filed_before(each.id, user=lead.user, number="4711")
    line.wardline.correct_filed_before(first.id, user=lead.user, number="4712", instead_of="4711", reason=WHY)
    assert {line.store.referral(each.id).remote_id for each in (first, second, third)} == {"4712"}
    out = line.wardline.correct_filed_before(
        third.id, user=lead.user, number="4799", instead_of="4712", reason=WHY
    )
    assert (out.batched, len(out.attached)) == (False, 1)
    left = line.store.referral(first.id)
    assert [each.referral_id for each in left.bundle] == [second.id]
    assert line.wardline.verify_audit().ok
