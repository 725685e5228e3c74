"""A report names another account, and the decision about that one falls: whoever has the report hears of it, once."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lxml import etree

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import violation
from tests.acceptance.test_files_that_look_alike import HARMLESS, NOBODY_SAMPLED, flagged, like, now, say
from tests.acceptance.test_like_accounts import appeal, named
from tests.acceptance.test_priorities import BOTH
from wardline import records, referral
from wardline.adapters.authorities.pack import NcaPack
from wardline.pipeline import unnaming
from wardline.pipeline.filing_rules import FilingRules
from wardline.records import AlarmKind, DecisionState, ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import Line, Person

LONG = timedelta(hours=2)
_NAMES = ("mika", "noor", "otto")


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=NOBODY_SAMPLED)


def three(line: Line) -> list[Person]:
    return [line.person(name) for name in _NAMES]


@pytest.fixture
def people(line: Line) -> list[Person]:
    return three(line)


def overturn(line: Line, case: records.Case, person: Person) -> None:
    appeal(line, case)
    say(line, now(line, case), person, HARMLESS)
    line.pass_time(LONG)


def own(line: Line, case: records.Case) -> records.Referral:
    return next(each for each in line.store.referrals(case_id=case.id) if each.corrects is None)


def corrections(line: Line, case: records.Case) -> list[records.Referral]:
    return [each for each in line.store.referrals(case_id=case.id) if each.corrects is not None]


def report_of(line: Line, found: records.Referral) -> records.Report:
    report = line.wardline.preview_referral(found.id).report
    assert report is not None
    return report


def prior_in(line: Line, found: records.Referral) -> list[str]:
    """Give the numbers that the document of a report names."""
    preview = line.wardline.preview_referral(found.id).preview
    assert preview is not None
    sent = etree.fromstring(preview.documents[0].body)
    return sorted(str(each.text) for each in sent.iterfind("personOrUserReported/priorCTReports"))


def two(line: Line, people: list[Person]) -> tuple[records.Case, records.Case]:
    """Have two accounts with one file found; the report about the second names the first."""
    first, second = (flagged(line, like(), f"account-{name}") for name in ("one", "two"))
    say(line, first, people[0], violation(first))
    say(line, second, people[1], violation(second))
    return first, second


def test_what_corrects_its_own_report_corrects_every_report_that_names_it(
    line: Line, people: list[Person], authority: AuthoritySandbox
) -> None:
    first, second = two(line, people)
    third = flagged(line, like(40), "account-three")
    say(line, third, people[1], violation(third))
    numbers = [str(own(line, each).remote_id) for each in (first, second, third)]
    assert named(line, third).keys() == {"account-one", "account-two"}
    overturn(line, first, people[2])
    (correction,) = corrections(line, first)
    assert (correction.state, correction.corrects) == (ReferralState.FINISHED, own(line, first).id)
    assert f"is named in our reports {numbers[1]}, {numbers[2]}, about" in report_of(line, correction).note
    assert prior_in(line, correction) == sorted(numbers)
    assert [corrections(line, each) for each in (second, third)] == [[], []]
    unnaming.unname(line.parts, line.store.decisions_of(first.id)[0].id, 0)
    line.pass_time(LONG)
    assert len(authority.ledger.finished()) == 4
    assert line.store.open_alarm(AlarmKind.REPORT_WRONG, first.id) is None


def test_one_without_a_report_of_its_own_there_is_told_once_as_a_correction_of_the_others(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line(rules=replace(NOBODY_SAMPLED, filing=FilingRules(approval=BOTH)))
    people, lena = three(line), line.person("lena", Role.LEAD).user
    first, second = two(line, people)
    assert referral.waits(own(line, first))
    line.wardline.second_referral(own(line, second).id, user=lena)
    line.run_due()
    assert own(line, second).state is ReferralState.FINISHED
    overturn(line, first, people[2])
    assert own(line, first).state is ReferralState.WITHDRAWN
    (correction,) = corrections(line, first)
    assert (correction.state, correction.corrects) == (ReferralState.FINISHED, own(line, second).id)
    report = report_of(line, correction)
    number = own(line, second).remote_id
    assert report.person.account_reference == "account-one"
    assert (
        report.note.splitlines()[0]
        == f"Correction of one thing in report {number}. Please do not treat this as a report of an incident."
    )
    assert "also the account account-one (example)" in report.note
    assert "Everything else in what is corrected stands" in report.note
    assert (report.files, prior_in(line, correction)) == ((), [number])
    assert len(authority.ledger.finished()) == 2


@pytest.mark.parametrize("state", [ReferralState.OPENED, ReferralState.RETRACTING])
def test_an_open_report_is_withdrawn_and_opened_anew_without_the_name(
    line: Line, people: list[Person], authority: AuthoritySandbox, state: ReferralState
) -> None:
    first, second = (flagged(line, like(), f"account-{name}") for name in ("one", "two"))
    say(line, first, people[0], violation(first))
    authority.faults = lambda call, _: Fault.SERVER_ERROR if call in ("upload", "retract") else None
    say(line, second, people[1], violation(second))
    overturn(line, first, people[2])
    before = own(line, second)
    assert (before.state, before.names) == (ReferralState.RETRACTING, frozenset({first.id}))
    waits = replace(before, state=state, in_flight=False, version=before.version + 1)
    line.store.commit(
        records.Replace(waits), entries=[line.parts.entry(records.Verb.REFERRAL_MOVED, waits.id)]
    )
    unnaming.unname(line.parts, line.store.decisions_of(first.id)[0].id, 99)
    assert own(line, second).state is ReferralState.RETRACTING
    authority.faults = None
    line.pass_time(LONG)
    after = own(line, second)
    assert (after.state, after.names) == (ReferralState.FINISHED, frozenset())
    assert before.remote_id in after.orphans
    (correction,) = corrections(line, first)
    assert prior_in(line, correction) == [own(line, first).remote_id]
    assert line.store.open_alarm(AlarmKind.REPORT_WRONG, first.id) is None


def test_a_report_that_is_not_opened_names_it_no_more(
    line: Line, people: list[Person], authority: AuthoritySandbox
) -> None:
    first, second = (flagged(line, like(), f"account-{name}") for name in ("one", "two"))
    say(line, first, people[0], violation(first))
    authority.faults = lambda call, _: Fault.SERVER_ERROR if call == "submit" else None
    say(line, second, people[1], violation(second))
    assert named(line, second) == {"account-one": records.Likeness.IDENTICAL}
    overturn(line, first, people[2])
    authority.faults = None
    line.pass_time(LONG)
    assert (own(line, second).state, own(line, second).names) == (ReferralState.FINISHED, frozenset())
    (correction,) = corrections(line, first)
    assert prior_in(line, correction) == [own(line, first).remote_id]


def test_one_that_was_finished_after_the_correction_is_for_a_person(line: Line, people: list[Person]) -> None:
    first, second = two(line, people)
    overturn(line, first, people[2])
    late = replace(own(line, second), finished_at=line.clock.now(), version=own(line, second).version + 1)
    line.store.commit(records.Replace(late), entries=[line.parts.entry(records.Verb.REFERRAL_MOVED, late.id)])
    unnaming.unname(line.parts, line.store.decisions_of(first.id)[0].id, 9)
    alarm = line.store.open_alarm(AlarmKind.REPORT_WRONG, first.id)
    assert alarm is not None
    assert f"{late.remote_id} ({late.id}, ncmec)" in alarm.message
    assert "not to be named there" in alarm.message
    assert len(corrections(line, first)) == 1


def test_a_report_in_the_same_cluster_that_does_not_name_it_is_left_alone(
    line: Line, people: list[Person]
) -> None:
    first = flagged(line, like(), "account-one")
    say(line, first, people[0], violation(first))
    appeal(line, first)
    second = flagged(line, like(), "account-two")
    say(line, second, people[1], violation(second))
    assert own(line, second).names == frozenset()
    say(line, now(line, first), people[2], HARMLESS)
    line.pass_time(LONG)
    (correction,) = corrections(line, first)
    assert prior_in(line, correction) == [own(line, first).remote_id]


def test_a_violation_in_its_place_takes_nothing_back(line: Line, people: list[Person]) -> None:
    first, _ = two(line, people)
    appeal(line, first)
    say(line, now(line, first), people[2], violation(first))
    line.pass_time(LONG)
    assert corrections(line, first) == []


def test_of_one_that_had_spread_and_is_in_doubt_a_person_hears(line: Line, people: list[Person]) -> None:
    first, second = (flagged(line, like(), f"account-{name}") for name in ("one", "two"))
    third = flagged(line, like(), "account-three")
    say(line, first, people[0], violation(first))
    say(line, second, people[1], violation(second))
    line.pass_time(LONG)
    fourth = flagged(line, like(), "account-four")
    line.pass_time(LONG)
    spread = line.store.decisions_of(third.id)[0]
    assert spread.spread_from
    assert third.id in own(line, fourth).names
    overturn(line, first, people[2])
    assert line.store.decision(spread.id).state is DecisionState.UNDONE
    alarm = line.store.open_alarm(AlarmKind.REPORT_WRONG, third.id)
    assert alarm is not None
    assert "is in doubt" in alarm.message
    assert str(own(line, fourth).remote_id) in alarm.message


@pytest.mark.parametrize("is_taken", [False, True])
def test_a_pack_that_nobody_filed_is_made_anew_without_the_name(
    make_line: MakeLine, tmp_path: Path, clock: VirtualClock, is_taken: bool
) -> None:
    folder = tmp_path / "packs"
    folder.mkdir(mode=0o700)
    packs = NcaPack(
        environment="sandbox", clock_now=clock.now, folder=folder, key=Ed25519PrivateKey.from_private_bytes(b"l" * 32), entropy=secrets.token_bytes
    )  # fmt: skip
    line = make_line(authority=packs, rules=NOBODY_SAMPLED)
    people = three(line)
    first, second = two(line, people)
    before = own(line, second)
    assert (referral.awaits(before), before.names) == (True, frozenset({first.id}))
    if is_taken:
        line.wardline.take_pack(before.id, user=line.person("ada", Role.ADMIN).user)
    overturn(line, first, people[2])
    after = own(line, second)
    assert (referral.awaits(after), after.names) == (True, frozenset())
    assert after.remote_id != before.remote_id
    assert report_of(line, after).like == records.LikeAccounts()
    assert (line.store.open_alarm(AlarmKind.REPORT_WRONG, after.id) is not None) is is_taken


def test_a_report_of_several_decisions_that_names_it_is_named_once(
    line: Line, people: list[Person], authority: AuthoritySandbox
) -> None:
    first = flagged(line, like(), "account-one")
    say(line, first, people[0], violation(first))
    authority.faults = lambda _call, _number: Fault.SERVER_ERROR
    several = [flagged(line, like(quality), "account-two") for quality in (40, 60)]
    for case in several:
        say(line, case, people[1], violation(case))
    authority.faults = None
    line.pass_time(LONG)
    numbers = {own(line, case).remote_id for case in several}
    assert len(numbers) == 1
    assert any(first.id in own(line, case).names for case in several)
    overturn(line, first, people[2])
    (correction,) = corrections(line, first)
    assert prior_in(line, correction) == sorted([str(own(line, first).remote_id), *map(str, numbers)])
