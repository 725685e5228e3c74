"""Reports that a person files: the pack is made once, the clock goes on until its reference is recorded, and what fell is not filed."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture, reveal_all, the_referral, violation
from tests.acceptance.test_files_that_look_alike import flagged, like, say
from tests.acceptance.test_taken_back_everywhere import overturned_on_appeal
from wardline import records, referral, review
from wardline.adapters.authorities.pack import NcaPack
from wardline.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    PackTakenError,
    ReferenceTakenError,
    RefusedError,
    VersionConflictError,
)
from wardline.pipeline import Complaint, Rules, alarms
from wardline.pipeline.filing_rules import FilingRules
from wardline.records import (
    ActionKind,
    AlarmKind,
    FactKind,
    HoldBasis,
    Outcome,
    Priority,
    ReferralState,
    Role,
    Verb,
)
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, Line, Person

HOUR = timedelta(hours=1)
REFERENCE = "IRP-2026-000123"


@pytest.fixture
def packs(tmp_path: Path, clock: VirtualClock) -> NcaPack:
    folder = tmp_path / "packs"
    folder.mkdir(mode=0o700)
    return NcaPack(
        environment="sandbox", clock_now=clock.now, folder=folder, key=Ed25519PrivateKey.from_private_bytes(b"l" * 32), entropy=secrets.token_bytes
    )  # fmt: skip


@pytest.fixture
def line(make_line: MakeLine, packs: NcaPack) -> Line:
    return make_line(authority=packs, rules=Rules(reporter=REPORTER))


def reported(line: Line, *, seed: int = 1, **upload: Any) -> tuple[records.Referral, Person]:
    lead = line.person(f"mika {seed}", Role.LEAD)
    case = decided_violation(line, line.submit(picture(seed), flag="spam", **upload), lead)
    line.pass_time(line.parts.rules.undo_window)
    return the_referral(line, case), lead


def now_of(line: Line, found: records.Referral) -> records.Referral:
    return line.store.referral(found.id)


def told(line: Line, subject_id: str, verb: Verb) -> list[records.Entry]:
    line.sequence()
    return [each for _, each in line.wardline.entries_about(subject_id, 50) if each.verb is verb]


def open_kinds(line: Line) -> set[AlarmKind]:
    return {
        each.kind for each in line.store.open_alarms() if "referral" in each.kind or "filing" in each.kind
    }


def test_a_pack_is_made_once_and_is_no_finished_report_before_its_reference_is_recorded(
    line: Line, packs: NcaPack
) -> None:
    found, lead = reported(line)
    assert (found.state, found.problem, referral.awaits(found)) == (
        ReferralState.NEEDS_HUMAN, referral.TO_FILE, True,
    )  # fmt: skip
    assert found.finished_at is None
    assert line.store.receipt_of(found.id) is None
    assert open_kinds(line) == {AlarmKind.FILING_NEEDS_HUMAN}
    line.pass_time(HOUR)
    assert list(packs.packs()) == [(found.id, found.remote_id)]
    filed = line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE)
    assert (filed.state, filed.remote_id) == (ReferralState.FINISHED, REFERENCE)
    assert filed.completeness is not None
    receipt = line.store.receipt_of(found.id)
    assert receipt is not None
    assert json.loads(receipt.body)["pack"] == found.remote_id
    (hold,) = [
        each for each in line.store.holds_of(found.files[0].item_id) if each.basis is HoldBasis.REPORTED
    ]
    assert filed.finished_at is not None
    assert hold.until == filed.finished_at + line.parts.rules.periods.after_filing
    assert open_kinds(line) == set()
    with pytest.raises(ConflictError):
        line.wardline.record_reference(found.id, user=lead.user, reference="another")
    with pytest.raises(ConflictError):
        line.wardline.file_again(found.id, user=lead.user)


def test_the_clock_of_a_pack_goes_on_and_is_an_alarm_until_somebody_filed_it(line: Line) -> None:
    found, lead = reported(line)
    line.pass_time(73 * HOUR)
    assert {AlarmKind.REFERRAL_PAST, AlarmKind.FILING_NEEDS_HUMAN} <= open_kinds(line)
    line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE)
    line.pass_time(HOUR)
    assert open_kinds(line) == set()


def test_whoever_takes_a_pack_is_in_the_log_before_they_have_it(line: Line) -> None:
    found, lead = reported(line)
    name, content = line.wardline.take_pack(found.id, user=lead.user)
    assert name.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        said = json.loads(archive.read("report.json"))
    assert (said["referral"], said["priority"], said["is_test"]) == (found.id, "3", True)
    (entry,) = told(line, found.id, Verb.PACK_TAKEN)
    assert entry.actor == lead.user.id
    with pytest.raises(NotAllowedError):
        line.wardline.take_pack(found.id, user=line.person("noor").user)


@pytest.mark.parametrize("reference", ["", " padded ", "two\nlines", "x" * 101])
def test_what_is_no_reference_finishes_nothing(line: Line, reference: str) -> None:
    found, lead = reported(line)
    with pytest.raises(InputError):
        line.wardline.record_reference(found.id, user=lead.user, reference=reference)
    assert now_of(line, found) == found


def test_a_reference_is_recorded_for_one_report_to_a_receiver(line: Line) -> None:
    first, lead = reported(line)
    second, _ = reported(line, seed=2, account="account-2")
    line.wardline.record_reference(first.id, user=lead.user, reference=REFERENCE)
    with pytest.raises(ReferenceTakenError, match=first.id):
        line.wardline.record_reference(
            second.id, user=lead.user, reference=f"{REFERENCE[:4].lower()}{REFERENCE[4:]}"
        )
    assert now_of(line, second) == second
    assert line.store.receipt_of(second.id) is None
    assert line.wardline.record_reference(second.id, user=lead.user, reference="other").remote_id == "other"


def test_of_two_people_who_record_one_reference_at_once_one_is_told(
    make_line: MakeLine, packs: NcaPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line(store="sqlite", authority=packs, rules=Rules(reporter=REPORTER))
    first, lead = reported(line)
    second, other = reported(line, seed=2, account="account-2")
    asked = line.store.referrals_known_as
    raced: list[records.Referral] = []

    def before_the_other(*given: Any, **named: Any) -> list[records.Referral]:
        found = asked(*given, **named)
        if not raced:
            raced.append(second)
            raced[0] = line.wardline.record_reference(second.id, user=other.user, reference=REFERENCE)
        return found

    monkeypatch.setattr(line.store, "referrals_known_as", before_the_other)
    with pytest.raises(ReferenceTakenError, match=second.id):
        line.wardline.record_reference(first.id, user=lead.user, reference=REFERENCE)
    assert raced[0].state is ReferralState.FINISHED
    assert now_of(line, first) == first


def test_a_correction_may_have_the_reference_of_what_it_corrects(line: Line) -> None:
    found, lead = reported(line)
    overturned(line, found, line.person("olli"))
    line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE)
    line.pass_time(HOUR)
    _, correction = line.store.referrals(case_id=found.case_id)
    filed = line.wardline.record_reference(correction.id, user=lead.user, reference=REFERENCE)
    assert (filed.state, filed.remote_id) == (ReferralState.FINISHED, REFERENCE)


def test_a_pack_that_nobody_filed_is_made_anew(line: Line, packs: NcaPack) -> None:
    found, lead = reported(line)
    line.wardline.give_up_pack(found.id, user=lead.user)
    line.pass_time(HOUR)
    again = now_of(line, found)
    assert referral.awaits(again)
    assert again.remote_id != found.remote_id
    assert again.orphans == (found.remote_id,)
    assert list(packs.packs()) == [(found.id, again.remote_id)]  # the first is deleted


def test_who_took_a_pack_is_asked_before_somebody_else_says_that_nobody_filed_it(line: Line) -> None:
    found, lead = reported(line)
    other = line.person("ada", Role.ADMIN)
    line.wardline.take_pack(found.id, user=other.user)  # a moment ago: the log has not sequenced it
    waits = now_of(line, found)
    for asked in ((), (lead.user.id,)):
        with pytest.raises(PackTakenError, match="ada"):
            line.wardline.give_up_pack(found.id, user=lead.user, asked=asked)
    assert now_of(line, found) == waits
    given_up = line.wardline.give_up_pack(found.id, user=lead.user, asked=[other.user.id])
    assert given_up.state is ReferralState.OPENING
    (entry,) = told(line, found.id, Verb.PACK_GIVEN_UP)
    assert other.user.id in entry.detail


def test_who_took_a_pack_says_by_themselves_that_they_did_not_file_it(line: Line) -> None:
    found, lead = reported(line)
    line.wardline.take_pack(found.id, user=lead.user)
    assert line.wardline.give_up_pack(found.id, user=lead.user).state is ReferralState.OPENING


def test_a_pack_that_is_taken_at_the_moment_when_it_is_given_up_is_not_given_up(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, lead = reported(line)
    other, unasked = line.person("ada", Role.ADMIN), referral.unasked

    def before_the_other(*given: Any) -> tuple[str, ...]:
        seen = unasked(*given)
        line.wardline.take_pack(found.id, user=other.user)
        return seen

    monkeypatch.setattr(referral, "unasked", before_the_other)
    with pytest.raises(VersionConflictError):
        line.wardline.give_up_pack(found.id, user=lead.user)
    assert referral.awaits(now_of(line, found))


def test_a_form_about_an_earlier_pack_gives_up_no_later_one(line: Line) -> None:
    found, lead = reported(line)
    line.wardline.give_up_pack(found.id, user=lead.user, pack_id=found.remote_id)
    line.run_due()
    again = now_of(line, found)
    with pytest.raises(ConflictError, match="another pack"):
        line.wardline.give_up_pack(found.id, user=lead.user, pack_id=found.remote_id)
    line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE)
    with pytest.raises(ConflictError, match=REFERENCE):
        line.wardline.give_up_pack(found.id, user=lead.user, pack_id=again.remote_id)


def test_danger_that_is_added_to_a_pack_makes_another_one_that_says_so(line: Line) -> None:
    found, lead = reported(line)
    asked = line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id)
    assert asked is not None
    assert "priority 3" in asked.message
    line.wardline.add_to_referral(found.id, user=lead.user, kind=FactKind.DANGER, text="They meet today.")
    line.run_due()
    urgent = line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id)
    assert urgent is not None
    assert "priority 1 waits for a person (a child may be in danger now; due by " in urgent.message
    assert line.store.alarm(asked.id).resolved_at is not None
    assert "They meet" not in urgent.message
    again = now_of(line, found)
    assert (again.priority, referral.awaits(again)) == (Priority.FIRST, True)
    _, content = line.wardline.take_pack(found.id, user=lead.user)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert json.loads(archive.read("report.json"))["danger"] == "They meet today."


def overturned(line: Line, found: records.Referral, olli: Person) -> None:
    """Have another person find nothing wrong, on the user's appeal."""
    action = next(
        each for each in line.store.actions_of(found.case_id) if each.kind is ActionKind.REMOVE_CONTENT
    )
    complaint = Complaint(text="It is my garden.", action_id=action.id)
    line.wardline.appeal(complaint, api_key=line.platform_key().record)
    line.run_due()
    line.wardline.claim(found.case_id, user=olli.user)
    reveal_all(line, line.store.case(found.case_id), olli)
    line.wardline.decide(
        found.case_id, user=olli.user, judgement=review.Judgement(outcome=Outcome.NOT_VIOLATION)
    )
    line.pass_time(line.parts.rules.undo_window)


def test_a_pack_whose_decision_falls_is_not_given_out_and_ends_when_a_person_says_that_nobody_filed_it(
    line: Line, packs: NcaPack
) -> None:
    found, lead = reported(line)
    overturned(line, found, line.person("olli"))
    fallen = now_of(line, found)
    assert (fallen.state, fallen.problem) == (ReferralState.NEEDS_HUMAN, referral.UNWANTED)
    alarm = line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id)
    assert alarm is not None
    assert "do not file it" in alarm.message
    with pytest.raises(RefusedError):
        line.wardline.take_pack(found.id, user=lead.user)
    line.wardline.give_up_pack(found.id, user=lead.user)
    line.pass_time(HOUR)
    assert now_of(line, found).state is ReferralState.WITHDRAWN
    assert list(packs.packs()) == []
    assert open_kinds(line) == set()


def test_a_pack_that_was_filed_before_its_decision_fell_is_corrected_by_another(line: Line) -> None:
    found, lead = reported(line)
    overturned(line, found, line.person("olli"))
    line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE)
    line.pass_time(HOUR)
    first, correction = line.store.referrals(case_id=found.case_id)
    assert (first.state, correction.corrects) == (ReferralState.FINISHED, found.id)
    assert referral.awaits(correction)
    _, content = line.wardline.take_pack(correction.id, user=lead.user)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert json.loads(archive.read("report.json"))["corrects"] == REFERENCE


def test_a_pack_goes_with_what_it_holds(line: Line, packs: NcaPack) -> None:
    found, lead = reported(line)
    line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE)
    line.pass_time(timedelta(days=300))
    assert len(list(packs.packs())) == 1
    line.pass_time(timedelta(days=66))
    line.pass_time(HOUR)
    assert list(packs.packs()) == []
    assert told(line, found.id, Verb.PACK_DELETED)


# --- several receivers ------------------------------------------------------------------------------------------------------------------
GB = referral.Duty(receivers=("nca-pack",), basis="a law", reported_elsewhere=("ncmec",))


def both(make_line: MakeLine, packs: NcaPack, duty: referral.Duty) -> Line:
    rules = Rules(reporter=REPORTER, filing=FilingRules(duties={"GB": duty}))
    return make_line(rules=rules, replaced={"receivers": {"nca-pack": packs}})


def test_an_account_of_a_region_is_reported_to_whom_the_region_asks(
    make_line: MakeLine, packs: NcaPack
) -> None:
    line = both(make_line, packs, GB)
    found, _ = reported(line, region="GB")
    assert found.authority == "nca-pack"
    elsewhere, _ = reported(line, seed=2, account="account-2", region="FR")
    unknown, _ = reported(line, seed=3, account="account-3")
    assert {elsewhere.authority, unknown.authority} == {"ncmec"}
    kingdom, _ = reported(line, seed=4, account="account-4", region="UK")
    assert kingdom.authority == "nca-pack"
    assert {elsewhere.state, unknown.state} == {ReferralState.FINISHED}


def test_both_are_told_where_the_region_asks_for_both_and_each_is_finished_by_itself(
    make_line: MakeLine, packs: NcaPack, authority: AuthoritySandbox
) -> None:
    line = both(make_line, packs, replace(GB, receivers=("ncmec", "nca-pack"), reported_elsewhere=()))
    lead = line.person("mika", Role.LEAD)
    case = decided_violation(line, line.submit(picture(), flag="spam", region="GB"), lead)
    line.pass_time(line.parts.rules.undo_window)
    found = {each.authority: each for each in line.store.referrals(case_id=case.id)}
    assert found["ncmec"].state is ReferralState.FINISHED
    assert referral.awaits(found["nca-pack"])
    assert len(authority.ledger.finished()) == 1
    line.wardline.record_reference(found["nca-pack"].id, user=lead.user, reference=REFERENCE)
    overturned(line, found["ncmec"], line.person("olli"))
    corrections = [each for each in line.store.referrals(case_id=case.id) if each.corrects]
    assert {each.authority: each.corrects for each in corrections} == {
        name: each.id for name, each in found.items()
    }


def test_a_report_that_counts_for_another_receiver_is_named_by_the_log(
    make_line: MakeLine, packs: NcaPack
) -> None:
    line = both(make_line, packs, replace(GB, receivers=("ncmec", "nca-pack")))
    found, _ = reported(line, region="GB")
    assert found.authority == "ncmec"
    (entry,) = told(line, found.id, Verb.DUTY_DISCHARGED)
    assert entry.detail == "GB: reported to ncmec, so nothing goes to nca-pack"


def test_one_that_was_drafted_for_nobody_is_not_filed_twice_when_its_receiver_comes(
    make_line: MakeLine, packs: NcaPack
) -> None:
    rules = Rules(
        reporter=REPORTER, filing=FilingRules(duties={"GB": replace(GB, receivers=("nca-pack", "none"))})
    )
    line = make_line(store="sqlite", authority=None, rules=rules, replaced={"receivers": {"nca-pack": packs}})
    case = decided_violation(line, line.submit(picture(), flag="spam", region="GB"), line.person("mika"))
    line.pass_time(line.parts.rules.undo_window)
    again = make_line(store="sqlite", authority=packs, rules=rules)
    again.pass_time(2 * HOUR)
    found = {each.authority: each.state for each in again.store.referrals(case_id=case.id)}
    assert found == {"nca-pack": ReferralState.NEEDS_HUMAN, "none": ReferralState.WITHDRAWN}
    assert len(list(packs.packs())) == 1
    alarms.resolve_about(again.parts, AlarmKind.FILING_FAILED, "none")


def test_a_pack_on_a_decision_that_had_spread_must_not_be_filed_when_that_falls(
    make_line: MakeLine, packs: NcaPack
) -> None:
    line = make_line(authority=packs, rules=Rules(reporter=REPORTER, audit_share=0.0))
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    for case, name in zip(cases, ("mika", "noor"), strict=False):
        say(line, case, line.person(name), violation(case))
    line.run_due()
    copy = the_referral(line, cases[2])
    assert referral.awaits(copy)
    overturned_on_appeal(line, cases[0])
    fallen = now_of(line, copy)
    assert (fallen.state, fallen.problem) == (ReferralState.NEEDS_HUMAN, referral.UNWANTED)
    alarm = line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, copy.id)
    assert alarm is not None
    assert "do not file it" in alarm.message
    admin = line.person("ada", Role.ADMIN)
    with pytest.raises(RefusedError):
        line.wardline.take_pack(copy.id, user=admin.user)
    assert line.wardline.give_up_pack(copy.id, user=admin.user).state is ReferralState.WITHDRAWN
