"""Somebody recorded a reference wrongly: it is put right, the first stays in the record and the log, and nothing is finished twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.test_packs import REFERENCE, now_of, packs, reported, told
from wardline import records
from wardline.adapters.authorities.pack import NcaPack
from wardline.errors import ConflictError, InputError, NotAllowedError, ReferenceTakenError
from wardline.pipeline import Rules
from wardline.records import AlarmKind, Insert, ReferralState, Remove, Role, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import REPORTER, Line

__all__ = ["packs"]
WRONG = "IRP-2026-000132"


@pytest.fixture(params=["memory", "sqlite"])
def line(make_line: MakeLine, packs: NcaPack, request: pytest.FixtureRequest) -> Line:
    return make_line(authority=packs, rules=Rules(reporter=REPORTER), store=request.param)


def late(line: Line) -> list[records.Alarm]:
    return [each for each in line.store.open_alarms() if each.kind is AlarmKind.KNOWN_LATE]


def test_a_reference_that_was_recorded_wrongly_is_put_right_and_what_it_was_is_kept(line: Line) -> None:
    found, lead = reported(line)
    filed = line.wardline.record_reference(found.id, user=lead.user, reference=WRONG)
    first = line.store.receipt_of(found.id)
    line.pass_time(timedelta(hours=1))
    other = line.person("ada", Role.ADMIN).user
    right = line.wardline.record_reference(found.id, user=other, reference=REFERENCE, instead_of=WRONG)
    assert (right.state, right.remote_id, right.finished_at) == (
        ReferralState.FINISHED,
        REFERENCE,
        filed.finished_at,
    )
    receipt = line.store.receipt_of(found.id)
    assert first is not None
    assert receipt is not None
    assert (receipt.remote_id, receipt.received_at) == (REFERENCE, first.received_at)
    said = json.loads(receipt.body)
    assert (said["reference"], said["pack"], said["recorded_by"]) == (REFERENCE, found.remote_id, other.id)
    assert [(each["reference"], each["recorded_by"]) for each in said["instead_of"]] == [
        (WRONG, lead.user.id)
    ]
    (entry,) = told(line, found.id, Verb.REFERENCE_CORRECTED)
    assert entry.detail == f"{receipt.id} report {REFERENCE} instead of {WRONG}"
    assert line.wardline.take_pack(found.id, user=lead.user)[1].startswith(b"PK")
    assert late(line) == []
    assert line.wardline.verify_audit().ok


def test_the_report_whose_reference_it_was_gets_it_then(line: Line) -> None:
    """The references of two packs were mixed up: without a way back, the second report could never be finished."""
    mixed, lead = reported(line, account="account-1")
    waits, _ = reported(line, seed=2, account="account-2")
    line.wardline.record_reference(mixed.id, user=lead.user, reference=WRONG)
    with pytest.raises(ReferenceTakenError):
        line.wardline.record_reference(waits.id, user=lead.user, reference=WRONG)
    line.wardline.record_reference(mixed.id, user=lead.user, reference=REFERENCE, instead_of=WRONG)
    filed = line.wardline.record_reference(waits.id, user=lead.user, reference=WRONG)
    assert filed.state is ReferralState.FINISHED
    with pytest.raises(ReferenceTakenError):
        line.wardline.record_reference(
            mixed.id, user=lead.user, reference=WRONG.lower(), instead_of=REFERENCE
        )


def test_later_reports_name_the_right_one_and_of_those_between_somebody_tells_the_receiver(
    line: Line,
) -> None:
    found, lead = reported(line, account="account-1")
    line.wardline.record_reference(found.id, user=lead.user, reference=WRONG)
    line.pass_time(timedelta(minutes=5))
    between, _ = reported(line, seed=2, account="account-1")
    report = line.wardline.preview_referral(between.id).report
    assert report is not None
    assert report.person.prior_reports == (WRONG,)
    line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE, instead_of=WRONG)
    (alarm,) = late(line)
    assert alarm.subject_id == found.id
    remade = line.wardline.give_up_pack(between.id, user=lead.user)
    line.run_due()
    report = line.wardline.preview_referral(remade.id).report
    assert report is not None
    assert report.person.prior_reports == (REFERENCE,)


def test_what_is_no_such_correction_changes_nothing(line: Line) -> None:
    found, lead = reported(line)
    with pytest.raises(ConflictError):  # nothing is recorded yet
        line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE, instead_of=WRONG)
    filed = line.wardline.record_reference(found.id, user=lead.user, reference=WRONG)
    with pytest.raises(ConflictError):  # a form from before somebody else put it right
        line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE, instead_of="other")
    for nothing in ("", WRONG, "two\nlines"):
        with pytest.raises(InputError):
            line.wardline.record_reference(found.id, user=lead.user, reference=nothing, instead_of=WRONG)
    with pytest.raises(NotAllowedError):
        line.wardline.record_reference(
            found.id, user=line.person("mod").user, reference=REFERENCE, instead_of=WRONG
        )
    assert now_of(line, found) == filed


def test_the_receivers_own_number_is_nobodys_to_correct(make_line: MakeLine) -> None:
    with AuthoritySandbox() as sandbox:
        line = make_line(authority=sandbox)
        found, lead = reported(line)
        assert (found.state, found.remote_id is None) == (ReferralState.FINISHED, False)
        with pytest.raises(ConflictError, match="the receiver's own answer"):
            line.wardline.record_reference(
                found.id, user=lead.user, reference=REFERENCE, instead_of=found.remote_id
            )


def test_an_answer_that_only_begins_like_a_record_is_nobodys_to_correct(make_line: MakeLine) -> None:
    with AuthoritySandbox() as sandbox:
        line = make_line(authority=sandbox)
        found, lead = reported(line)
        receipt = line.store.receipt_of(found.id)
        assert receipt is not None
        odd = replace(receipt, id=line.parts.new_id("receipt"), body=b"{ it is taken")
        line.store.commit(
            Remove(records.Receipt, receipt.id),
            Insert(odd),
            entries=[line.parts.entry(Verb.REFERENCE_CORRECTED, found.id)],
        )
        with pytest.raises(ConflictError, match="the receiver's own answer"):
            line.wardline.record_reference(
                found.id, user=lead.user, reference=REFERENCE, instead_of=found.remote_id
            )


def two_mixed_up(line: Line) -> tuple[records.Referral, records.Referral, records.User]:
    one, lead = reported(line, account="account-1")
    two, _ = reported(line, seed=2, account="account-2")
    line.wardline.record_reference(one.id, user=lead.user, reference=WRONG)
    line.wardline.record_reference(two.id, user=lead.user, reference=REFERENCE)
    return one, two, lead.user


def test_two_references_that_were_mixed_up_are_exchanged_at_one_moment(line: Line) -> None:
    one, two, lead = two_mixed_up(line)
    with pytest.raises(ReferenceTakenError):
        line.wardline.record_reference(one.id, user=lead, reference=REFERENCE, instead_of=WRONG)
    packs = [line.wardline.pack_of(now_of(line, each)) for each in (one, two)]
    right = line.wardline.exchange_references(
        one.id, user=lead, reference=REFERENCE.lower(), instead_of=WRONG
    )
    assert right == now_of(line, one)
    assert [now_of(line, each).remote_id for each in (one, two)] == [REFERENCE, WRONG]
    assert [line.wardline.pack_of(now_of(line, each)) for each in (one, two)] == packs
    for each, had, has in ((one, WRONG, REFERENCE), (two, REFERENCE, WRONG)):
        receipt = line.store.receipt_of(each.id)
        assert receipt is not None
        said = json.loads(receipt.body)
        assert (receipt.remote_id, said["reference"], said["instead_of"][0]["reference"]) == (has, has, had)
        (entry,) = told(line, each.id, Verb.REFERENCE_CORRECTED)
        assert entry.detail == f"{receipt.id} report {has} instead of {had}"
    with pytest.raises(ReferenceTakenError):  # each stands for one report still
        line.wardline.record_reference(two.id, user=lead, reference=REFERENCE, instead_of=WRONG)
    line.wardline.exchange_references(one.id, user=lead, reference=WRONG, instead_of=REFERENCE)
    assert [now_of(line, each).remote_id for each in (one, two)] == [WRONG, REFERENCE]
    assert line.wardline.verify_audit().ok


def test_what_is_no_such_exchange_changes_nothing(line: Line) -> None:
    one, two, lead = two_mixed_up(line)
    waits, _ = reported(line, seed=3, account="account-3")
    before = [now_of(line, each) for each in (one, two, waits)]
    for wanted, has in (("IRP-nobody-has-it", WRONG), (REFERENCE, "a form of before")):
        with pytest.raises(ConflictError):
            line.wardline.exchange_references(one.id, user=lead, reference=wanted, instead_of=has)
    with pytest.raises(InputError):
        line.wardline.exchange_references(one.id, user=lead, reference=WRONG, instead_of=WRONG)
    with pytest.raises(ConflictError):  # a pack that waits has no reference yet
        line.wardline.exchange_references(
            waits.id, user=lead, reference=WRONG, instead_of=str(waits.remote_id)
        )
    with pytest.raises(NotAllowedError):
        line.wardline.exchange_references(
            one.id, user=line.person("mod").user, reference=REFERENCE, instead_of=WRONG
        )
    assert [now_of(line, each) for each in (one, two, waits)] == before
