"""One file that several accounts spread is one report where the receiver agreed to that; whatever would be lost is filed by itself."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance.batching import AGREED, MEME, decided, rules, without_wait
from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture, the_referral
from tests.acceptance.test_bundles import overturned, take_effect
from wardline import records, referral
from wardline.errors import RefusedError
from wardline.pipeline import Complaint
from wardline.records import Category, FactKind, FileAnnotation, HoldBasis, Priority, ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.harness import Line, Person

ACCOUNTS = ("account-1", "account-2", "account-3")


def reports(authority: AuthoritySandbox) -> list[tuple[bool, int]]:
    """Give, for each finished report, whether it is batched and how many files it has."""
    return sorted((each.batched, len(each.files)) for each in authority.ledger.finished())


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=rules())


@pytest.fixture
def mika(line: Line) -> Person:
    return line.person("mika")


def test_one_file_of_three_accounts_is_one_report(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = [decided(line, mika, each) for each in ACCOUNTS]
    take_effect(line)
    (report,) = authority.ledger.finished()
    assert report.batched
    assert [file.md5 for file in report.files] == [hashlib.md5(picture(1), usedforsecurity=False).hexdigest()]
    (lead,) = [each for each in line.store.referrals() if each.bundle]
    assert set(lead.case_ids) == {case.id for case in cases}
    for case in cases:
        found = the_referral(line, case)
        assert (found.state, found.remote_id) == (ReferralState.FINISHED, str(report.report_id))
        own = next(each for each in found.files if each.item_id == case.item_ids[0])
        assert own.described
        assert own.remote_file_id == report.files[0].file_id
    held = {each.item_id: each.case_id for each in line.store.holds() if each.basis is HoldBasis.REPORTED}
    assert held == {case.item_ids[0]: case.id for case in cases}
    day = line.clock.now().date()
    counts = {each.step: each.count for each in line.store.counts(day, day)}
    assert (counts[records.Step.REFERRALS_FILED], counts[records.Step.FILES_REPORTED]) == (1, 1)
    assert [each for each in line.waiting() if each.name.startswith("refer")] == []


def test_the_preview_names_each_account_and_nothing_else_of_it(line: Line, mika: Person) -> None:
    cases = [decided(line, mika, each, ip_address="192.0.2.7", file_name="f.jpg") for each in ACCOUNTS]
    take_effect(line)
    shown = [line.wardline.preview_referral(the_referral(line, case).id) for case in cases]
    assert shown[0].report == shown[1].report == shown[2].report
    report, preview = shown[0].report, shown[0].preview
    assert report is not None
    assert preview is not None
    assert shown[0].problems == ()
    assert report.batch is not None
    named = (report.person.account_reference, *report.batch.account_references)
    assert sorted(named) == list(ACCOUNTS)
    sent = b"".join(each.body for each in preview.documents)
    assert all(each.encode() in sent for each in ACCOUNTS)
    assert b"192.0.2.7" not in sent
    assert b"f.jpg" not in sent
    details = {each.name: each.detail for each in shown[0].checklist}
    assert "3 accounts" in details["Account identifier"]
    assert "no place" in details["Upload address"]


def test_nothing_is_batched_unless_the_receiver_agreed(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line(rules=rules(None))
    mika = line.person("mika")
    for each in ACCOUNTS:
        decided(line, mika, each)
    take_effect(line)
    assert reports(authority) == [(False, 1)] * 3


ALONE: dict[str, dict[str, Any]] = {
    "another file": {"seed": 2},
    "another category": {"category": Category.B2},
    "no answer": {"answers": ()},
    "other answers": {"answers": MEME},
    "another annotation": {"annotations": (FileAnnotation.INFANT,)},
    "not viewed": {"viewed": False},
    "an annotated incident": {"said": {"annotations": (records.ReportAnnotation.SPAM,)}},
    "danger": {"said": {"escalation": "somebody is with a child"}},
    "a fact of the platform": {
        "facts": records.ReportFacts(account=records.Party(screen_name="somebody"))
    },
    "a victim": {"facts": records.ReportFacts(victims=(records.Party(person=records.Person(first_name="Somebody")),))},
    "another visibility": {"visibility": records.Visibility.PRIVATE},
}  # fmt: skip


@pytest.mark.parametrize("different", ALONE)
def test_what_is_unlike_or_would_be_lost_is_filed_by_itself(
    line: Line, mika: Person, authority: AuthoritySandbox, different: str
) -> None:
    cases = [decided(line, mika, each) for each in ACCOUNTS[:2]]
    other = decided(line, mika, ACCOUNTS[2], **ALONE[different])
    take_effect(line)
    assert reports(authority) == [(False, 1), (True, 1)]
    assert the_referral(line, cases[0]).remote_id == the_referral(line, cases[1]).remote_id
    assert not the_referral(line, other).batched


BARE: dict[str, Any] = {"ip_address": None, "port": None, "file_name": None}
KNOWN: dict[str, tuple[referral.LeftOut, dict[str, Any]]] = {
    "an address": (referral.LeftOut.UPLOAD_ADDRESS, {"ip_address": "192.0.2.7"}),
    "a web address": (referral.LeftOut.WEB_ADDRESS, {"url": "https://platform.example/1"}),
    "a file name": (referral.LeftOut.FILE_NAME, {"file_name": "f.jpg"}),
}


@pytest.mark.parametrize("known", KNOWN)
def test_what_the_receiver_did_not_agree_to_do_without_is_filed_by_itself(
    make_line: MakeLine, authority: AuthoritySandbox, known: str
) -> None:
    left_out, context = KNOWN[known]
    agreed = without_wait(leaves_out=tuple(each for each in referral.LeftOut if each is not left_out))
    line = make_line(rules=rules(agreed))
    mika = line.person("mika")
    for each in ACCOUNTS[:2]:
        decided(line, mika, each, **BARE | context)
    for each in ("account-4", "account-5"):
        decided(line, mika, each, **BARE)
    take_effect(line)
    assert reports(authority) == [(False, 1), (False, 1), (True, 1)]


def test_an_account_of_which_more_is_reported_is_reported_in_full(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    more = [decided(line, mika, ACCOUNTS[0]), decided(line, mika, ACCOUNTS[0], seed=2)]
    for each in ACCOUNTS[1:]:
        decided(line, mika, each)
    take_effect(line)
    assert reports(authority) == [(False, 2), (True, 1)]
    assert the_referral(line, more[0]).remote_id == the_referral(line, more[1]).remote_id


def test_a_later_report_about_an_account_names_the_batched_one(line: Line, mika: Person) -> None:
    cases = [decided(line, mika, each) for each in ACCOUNTS]
    take_effect(line)
    number = the_referral(line, cases[1]).remote_id
    later = decided(line, mika, ACCOUNTS[1])
    take_effect(line)
    found = line.wardline.preview_referral(the_referral(line, later).id)
    assert found.report is not None
    assert found.report.person.prior_reports == (number,)
    assert not the_referral(line, later).batched


@pytest.mark.parametrize("refused_at", ["submit", "upload", "fileinfo", "finish"])
def test_a_batch_that_is_refused_falls_apart_and_each_account_is_reported(
    line: Line, mika: Person, authority: AuthoritySandbox, refused_at: str
) -> None:
    refused: list[int] = []

    def faults(call: str, number: int) -> Fault | None:
        if call == refused_at and not refused:
            refused.append(number)
            return Fault.REJECTED
        return None

    authority.faults = faults
    cases = [decided(line, mika, each) for each in ACCOUNTS]
    take_effect(line)
    line.pass_time(timedelta(hours=2))
    assert refused
    assert reports(authority) == [(False, 1)] * 3
    numbers = {the_referral(line, case).remote_id for case in cases}
    assert len(numbers) == 3
    for case in cases:
        found = the_referral(line, case)
        assert (found.state, found.batched, found.joined) == (ReferralState.FINISHED, False, None)
    assert len([each for each in line.store.holds() if each.basis is HoldBasis.REPORTED]) == 3


def away(_call: str, _number: int) -> Fault | None:
    return Fault.SERVER_ERROR


def opened_later(line: Line, authority: AuthoritySandbox, mika: Person) -> list[records.Case]:
    """Have three accounts batched while the authority is away."""
    authority.faults = away
    cases = [decided(line, mika, each) for each in ACCOUNTS]
    take_effect(line)
    assert the_referral(line, cases[1]).state is ReferralState.JOINED
    authority.faults = None
    return cases


def test_danger_that_is_said_of_one_account_takes_that_one_out_at_once(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = opened_later(line, authority, mika)
    lead = line.person("lea", Role.LEAD)
    line.wardline.add_to_referral(
        the_referral(line, cases[1]).id, user=lead.user, kind=FactKind.DANGER, text="a child is there now"
    )
    line.run_due()
    assert reports(authority) == [(False, 1), (True, 1)]
    danger = the_referral(line, cases[1])
    assert (danger.priority, danger.state, danger.batched) == (Priority.FIRST, ReferralState.FINISHED, False)
    found = line.wardline.preview_referral(danger.id)
    assert found.report is not None
    assert found.report.escalation is not None
    assert "a child is there now" in found.report.escalation
    assert {the_referral(line, cases[each]).priority for each in (0, 2)} == {Priority.THIRD}


def test_danger_that_is_said_of_the_first_one_lets_the_others_go(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = opened_later(line, authority, mika)
    lead = line.person("lea", Role.LEAD)
    line.wardline.add_to_referral(
        the_referral(line, cases[0]).id, user=lead.user, kind=FactKind.DANGER, text="a child is there now"
    )
    line.run_due()
    line.pass_time(timedelta(hours=2))
    assert reports(authority) == [(False, 1), (True, 1)]
    assert the_referral(line, cases[0]).priority is Priority.FIRST
    assert the_referral(line, cases[1]).remote_id == the_referral(line, cases[2]).remote_id


def test_what_a_person_writes_down_about_one_account_is_reported_with_it(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = opened_later(line, authority, mika)
    lead = line.person("lea", Role.LEAD)
    line.wardline.add_to_referral(
        the_referral(line, cases[2]).id, user=lead.user, kind=FactKind.LOCATION, text="a town"
    )
    line.pass_time(timedelta(hours=2))
    assert reports(authority) == [(False, 1), (True, 1)]
    found = line.wardline.preview_referral(the_referral(line, cases[2]).id)
    assert found.report is not None
    assert "a town" in found.report.note


@pytest.mark.parametrize("which", [0, 2])
def test_a_decision_that_falls_later_is_corrected_for_its_account_alone(
    line: Line, mika: Person, authority: AuthoritySandbox, which: int
) -> None:
    cases = [decided(line, mika, each) for each in ACCOUNTS]
    take_effect(line)
    number = the_referral(line, cases[which]).remote_id
    overturned(line, cases[which], line.person("noor"))
    (correction,) = [each for each in line.store.referrals() if each.corrects is not None]
    assert correction.case_id == cases[which].id
    found = line.wardline.preview_referral(correction.id)
    assert found.report is not None
    assert found.report.corrects == number
    assert found.report.person.account_reference == ACCOUNTS[which]
    assert "several accounts that spread one file" in found.report.note
    assert correction.state is ReferralState.FINISHED
    assert reports(authority) == [(False, 0), (True, 1)]


@pytest.mark.parametrize("which", [0, 2])
def test_a_decision_that_falls_before_takes_its_account_out(
    line: Line, mika: Person, authority: AuthoritySandbox, which: int
) -> None:
    cases = opened_later(line, authority, mika)
    authority.faults = away
    overturned(line, cases[which], line.person("noor"))
    authority.faults = None
    line.pass_time(timedelta(hours=2))
    assert reports(authority) == [(True, 1)]
    left = [each for number, each in enumerate(cases) if number != which]
    assert the_referral(line, cases[which]).state is ReferralState.WITHDRAWN
    assert len({the_referral(line, each).remote_id for each in left}) == 1


def test_whoever_may_have_to_judge_one_account_sees_nothing_of_the_report(line: Line, mika: Person) -> None:
    cases = [decided(line, mika, each) for each in ACCOUNTS]
    take_effect(line)
    noor = line.person("noor")
    action = next(each for each in line.store.actions_of(cases[1].id) if each.stands)
    line.wardline.appeal(Complaint(text="no", action_id=action.id), api_key=line.platform_key().record)
    line.run_due()
    line.wardline.claim(cases[1].id, user=noor.user)
    for case in cases:
        with pytest.raises(RefusedError):
            line.wardline.open_referral(the_referral(line, case).id, user=noor.user)
    assert line.wardline.visible_referrals(line.store.referrals(), user=noor.user) == []


def test_an_agreement_that_ended_lets_what_waits_go_by_itself(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line(rules=rules(AGREED))
    opened_later(line, authority, line.person("mika"))
    line.parts.rules.filing.batches.clear()  # type: ignore[attr-defined]  # as after a start with other settings
    line.pass_time(timedelta(hours=2))
    assert reports(authority) == [(False, 1)] * 3
