"""Reports of several decisions, and what else reports go through: danger that is said late, packs, several receivers, a copy, blind people."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import the_referral
from tests.acceptance.test_bundles import decided, report_of, take_effect
from tests.acceptance.test_exports import members, package
from tests.acceptance.test_late_danger import DRAWN, judge
from wardline import records, referral
from wardline.adapters.authorities.pack import NcaPack
from wardline.pipeline import Complaint, Rules, alarms, fencing
from wardline.pipeline.filing_rules import Emergency, FilingRules
from wardline.records import AlarmKind, FactKind, Priority, ReferralState, Role, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, Line, Person

HOURS = timedelta(hours=3)
DANGER = "They meet this afternoon."


@pytest.fixture
def packs(tmp_path: Path, clock: VirtualClock) -> NcaPack:
    folder = tmp_path / "packs"
    folder.mkdir(mode=0o700)
    return NcaPack(
        environment="sandbox", clock_now=clock.now, folder=folder, key=Ed25519PrivateKey.from_private_bytes(b"l" * 32), entropy=secrets.token_bytes
    )  # fmt: skip


@pytest.fixture
def mika(line: Line) -> Person:
    return line.person("mika")


def joined_of(line: Line, cases: list[records.Case]) -> records.Referral:
    return next(each for case in cases if (each := the_referral(line, case)).joined)


def not_opened(line: Line, mika: Person, authority: AuthoritySandbox) -> list[records.Case]:
    """Have two decisions become one report that the authority, which is away, has not got."""
    authority.faults = lambda _call, _number: Fault.SERVER_ERROR
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    return cases


def appealed(line: Line, case_id: str) -> None:
    action = next(each for each in line.store.actions_of(case_id) if each.stands)
    line.wardline.appeal(
        Complaint(text="It is not so.", action_id=action.id), api_key=line.platform_key().record
    )
    line.run_due()


# --- danger that is said late -----------------------------------------------------------------------------------------------------------
def test_marking_a_case_whose_file_is_in_the_report_of_another_raises_that_report(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    member = joined_of(line, not_opened(line, mika, authority))
    authority.faults = None
    lea = line.person("lea", Role.LEAD).user
    appealed(line, member.case_id)  # marks are set on what is open
    line.wardline.mark_danger(member.case_id, user=lea, note="a colleague called")
    line.run_due()
    lead = line.store.referral(str(member.joined))
    assert (lead.priority, lead.state) == (Priority.FIRST, ReferralState.FINISHED)
    assert len(report_of(authority).files) == 2
    shown = line.wardline.preview_referral(lead.id).report
    assert shown is not None
    assert shown.escalation == referral.MARKED


def test_marking_a_case_whose_file_was_reported_with_another_has_a_person_tell(
    line: Line, mika: Person
) -> None:
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    member, lea = joined_of(line, cases), line.person("lea", Role.LEAD).user
    line.clock.advance(timedelta(minutes=1))
    appealed(line, member.case_id)  # marks are set on what is open
    line.wardline.mark_danger(member.case_id, user=lea, note="a colleague called")
    line.run_due()
    (told,) = [each for each in line.store.open_alarms() if each.kind is AlarmKind.KNOWN_LATE]
    assert told.subject_id == member.id
    assert str(member.remote_id) in told.message
    before = line.wardline.preview_referral(member.id).report
    assert before is not None
    assert before.escalation is None  # nobody got it with that report


def test_what_a_second_person_writes_of_danger_supplements_the_report_and_names_the_file(
    make_line: MakeLine,
) -> None:
    line = make_line(rules=DRAWN)
    mika, _ = line.person("mika"), line.person("olli")  # whose opinion may be asked for
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    member = joined_of(line, cases)
    judge(line, line.store.case(member.case_id), "noor", DANGER)
    supplement = line.store.referrals(case_id=member.case_id)[-1]
    assert (supplement.corrects, supplement.priority) == (member.id, Priority.FIRST)
    assert supplement.state is ReferralState.FINISHED
    shown = line.wardline.preview_referral(supplement.id).report
    assert shown is not None
    assert (shown.corrects, shown.escalation) == (member.remote_id, DANGER)
    (file,) = member.files
    assert f"only a part of that report: file {file.remote_file_id} ({file.item_id})." in shown.note


def test_a_report_with_danger_that_is_taken_apart_leaves_none_of_its_files_to_wait(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = not_opened(line, mika, authority)
    member, lea = joined_of(line, cases), line.person("lea", Role.LEAD).user
    described = 0

    def refuse_the_second_file(call: str, _number: int) -> Fault | None:
        nonlocal described
        described += call == "fileinfo"
        return Fault.REJECTED if call == "fileinfo" and described == 2 else None

    authority.faults = refuse_the_second_file
    line.wardline.add_to_referral(member.id, user=lea, kind=FactKind.DANGER, text=DANGER)
    line.pass_time(timedelta(minutes=10))
    found = [the_referral(line, case) for case in cases]
    assert [(each.priority, each.alone, each.state) for each in found] == [
        (Priority.FIRST, True, ReferralState.FINISHED)
    ] * 2
    assert sorted(len(report.files) for report in authority.ledger.finished()) == [1, 1]


def test_a_call_that_is_noted_after_a_report_of_several_was_filed_does_not_stand_in_it(
    make_line: MakeLine,
) -> None:
    filing = FilingRules(emergency={"GB": Emergency(phone="999", words="Police")})
    line = make_line(rules=Rules(reporter=REPORTER, filing=filing))
    mika = line.person("mika")
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    member, lea = joined_of(line, cases), line.person("lea", Role.LEAD).user
    before = line.wardline.preview_referral(member.id).report
    line.clock.advance(timedelta(minutes=1))
    line.wardline.note_call(member.id, user=lea, region="GB", at=line.clock.now())
    assert line.wardline.preview_referral(str(member.joined)).report == before
    assert [each.case_id for each in line.store.facts_of(member.case_id)] == [member.case_id]


# --- receivers --------------------------------------------------------------------------------------------------------------------------
def test_a_pack_that_a_person_files_is_about_one_case(make_line: MakeLine, packs: NcaPack) -> None:
    line = make_line(authority=packs, rules=Rules(reporter=REPORTER))
    mika = line.person("mika")
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    found = [the_referral(line, case) for case in cases]
    assert [(each.bundle, each.joined, referral.awaits(each)) for each in found] == [((), None, True)] * 2
    assert {of for of, _ in packs.packs()} == {each.id for each in found}


def test_what_is_owed_to_two_receivers_goes_together_for_each_by_itself(
    make_line: MakeLine, packs: NcaPack, authority: AuthoritySandbox
) -> None:
    duty = referral.Duty(receivers=("ncmec", "nca-pack"), basis="a law")
    rules = Rules(reporter=REPORTER, filing=FilingRules(duties={"GB": duty}))
    line = make_line(rules=rules, replaced={"receivers": {"nca-pack": packs}})
    mika = line.person("mika")
    cases = [decided(line, mika, seed, region="GB") for seed in (1, 2)]
    take_effect(line)
    found = [each for case in cases for each in line.store.referrals(case_id=case.id)]
    assert len(report_of(authority).files) == 2
    assert {(each.authority, each.state) for each in found} == {
        ("ncmec", ReferralState.FINISHED), ("nca-pack", ReferralState.NEEDS_HUMAN),
    }  # fmt: skip
    assert sorted(len(each.bundle) for each in found) == [0, 0, 0, 1]
    assert len(list(packs.packs())) == 2


def test_what_was_drafted_for_nobody_is_one_report_to_whom_the_settings_name_then(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    rules = Rules(reporter=REPORTER)
    line = make_line(store="sqlite", authority=None, rules=rules)
    mika = line.person("mika")
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    again = make_line(store="sqlite", rules=rules)
    again.pass_time(HOURS)
    assert len(report_of(authority).files) == 2
    found = [the_referral(again, case) for case in cases]
    assert {(each.authority, each.environment, each.state) for each in found} == {
        ("ncmec", "sandbox", ReferralState.FINISHED)
    }
    alarms.resolve_about(again.parts, AlarmKind.FILING_FAILED, "none")


# --- a copy, an export, blind people ----------------------------------------------------------------------------------------------------
def test_a_report_of_several_in_a_restored_copy_waits_for_a_person_and_is_filed_whole(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = not_opened(line, mika, authority)
    member, lea = joined_of(line, cases), line.person("lea", Role.LEAD).user
    fencing.raise_(line.parts)
    authority.faults = None
    assert line.wardline.lift_fence(user=lea) == (member.joined,)
    line.pass_time(HOURS)
    assert authority.ledger.finished() == []
    line.wardline.file_again(str(member.joined), user=lea)
    line.pass_time(HOURS)
    assert len(report_of(authority).files) == 2
    assert {the_referral(line, case).state for case in cases} == {ReferralState.FINISHED}
    assert [each for each in line.store.open_alarms() if each.kind is AlarmKind.FILING_NEEDS_HUMAN] == []


def test_an_exported_file_that_was_reported_with_another_has_the_receipt_of_that_report(
    line: Line, mika: Person
) -> None:
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    member, lea = joined_of(line, cases), line.person("lea", Role.LEAD).user
    found = members(package(line, line.store.case(member.case_id), lea).content)
    (receipt,) = json.loads(found["hold.json"])["receipts"]
    assert receipt["number"] == member.remote_id
    events = json.loads(found["custody.json"])["events"]
    assert [each["subject"] for each in events if each["verb"] == Verb.REFERRAL_FILED] == [member.joined]


def test_whoever_judges_one_file_hears_no_alarm_about_the_report_that_it_is_in(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = not_opened(line, mika, authority)
    member = joined_of(line, cases)
    line.person("ada", Role.ADMIN)
    noor = line.person("noor", Role.LEAD).user
    for each in (member.id, str(member.joined)):
        alarms.raise_alarm(line.parts, AlarmKind.FILING_NEEDS_HUMAN, each, "A referral waits for a person.")
    appealed(line, member.case_id)
    line.wardline.claim(member.case_id, user=noor)

    def heard(user: records.User) -> int:
        told = line.wardline.open_alarms(user=user)
        return sum(each.kind is AlarmKind.FILING_NEEDS_HUMAN for each in told)

    olli = line.person("olli", Role.LEAD).user
    assert heard(olli) == 2
    assert heard(noor) == 0
    line.sequence()
    entries = line.wardline.entries_about(str(member.joined), 50)
    assert entries
    assert line.wardline.told(entries, user=olli) == entries
    assert line.wardline.told(entries, user=noor) == []
