"""From what a platform knows to what the authority gets; reports about one account name each other; the authority's schema changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.acceptance.stories import decided_violation, picture, the_referral
from tests.unit.ncmec import full
from tests.unit.ncmec.samples import RememberingSandbox
from wardline import records
from wardline.adapters.authorities.ncmec.validation import parse
from wardline.pipeline import schemas
from wardline.records import AlarmKind, ReferralState, Verb
from wardline.testing.authority_calls import Reply, Request, reply
from wardline.testing.authority_schema import schema_document
from wardline.testing.harness import START, Line


class ChangingSandbox(RememberingSandbox):
    """A sandbox whose schema is whatever a test says."""

    served: Reply | None = None
    refused: bytes | None = None
    """What the schema has no place for: documents with it are refused."""

    def take(self, request: Request) -> Reply | None:
        if self.refused and request.call in ("submit", "fileinfo") and self.refused in request.body:
            self.requests.append(request)
            return reply(4100)
        if request.call == "xsd" and self.served is not None:
            return self.served
        return super().take(request)

    def documents(self, call: str) -> list[etree._Element]:
        return [parse(each.body) for each in self.requests if each.call == call]


@pytest.fixture
def sandbox() -> Iterator[ChangingSandbox]:
    started = ChangingSandbox()
    with started:
        yield started


@pytest.fixture
def line(tmp_path: Path, sandbox: ChangingSandbox) -> Iterator[Line]:
    with Line(tmp_path, authority=sandbox) as made:
        yield made


def filed(
    line: Line, number: int = 1, *, account: str = "account-1", facts: records.ReportFacts | None = None, **upload: Any
) -> records.Referral:  # fmt: skip
    person = line.person(f"mika {number}")
    submitted = line.submit(
        picture(number),
        flag="spam",
        account=account,
        content_reference=f"post-{number}",
        facts=facts,
        **upload,
    )
    case = decided_violation(line, submitted, person)
    line.clock.advance(line.parts.rules.undo_window)
    line.run_due()
    return the_referral(line, case)


def prior(document: etree._Element) -> list[str | None]:
    return [each.text for each in document.findall("personOrUserReported/priorCTReports")]


def test_what_the_platform_knows_reaches_the_authority(line: Line, sandbox: ChangingSandbox) -> None:
    assert filed(line, facts=full.facts()).state is ReferralState.FINISHED
    (report,) = sandbox.documents("submit")
    assert report.findtext("victim/victimPerson/age") == "12"
    assert report.findtext("intendedRecipient/espIdentifier") == "recipient-1"
    assert report.findtext("personOrUserReported/estimatedLocation/region") == "TX"
    assert report.findtext("internetDetails/chatImIncident/content") == "12:00 one: hello\n12:01 two: hello"
    assert report.findtext("lawEnforcement/agencyName") == "Agency"
    (file,) = sandbox.documents("fileinfo")
    assert file.findtext("details/nameValuePair/name") == "Make"
    assert file.findtext("ipCaptureEvent/possibleProxy") == "false"


def test_what_the_platform_does_not_know_is_in_no_report(line: Line, sandbox: ChangingSandbox) -> None:
    filed(line)
    (report,) = sandbox.documents("submit")
    assert {child.tag for child in report} == {
        "incidentSummary",
        "reporter",
        "personOrUserReported",
        "additionalInfo",
    }
    known = {"espIdentifier", "ipCaptureEvent", "accountTemporarilyDisabled"}
    assert {child.tag for account in report.findall("personOrUserReported") for child in account} <= known


def test_each_report_names_those_before_it_about_the_same_account(
    line: Line, sandbox: ChangingSandbox
) -> None:
    first, other, second, third = (
        filed(line, number, account=account)
        for number, account in enumerate(("account-1", "account-2", "account-1", "account-1"), start=1)
    )
    assert all(each.state is ReferralState.FINISHED for each in (first, other, second, third))
    assert [prior(each) for each in sandbox.documents("submit")] == [
        [], [], [first.remote_id], [first.remote_id, second.remote_id],
    ]  # fmt: skip
    # Built again to be read, none names what came after it.
    built = [line.wardline.preview_referral(each.id).report for each in (first, other, second, third)]
    assert [each.person.prior_reports for each in built if each is not None] == [
        (),
        (),
        (first.remote_id,),
        (first.remote_id, second.remote_id),
    ]


def test_a_filed_report_that_is_built_again_says_of_each_file_what_was_sent(
    line: Line, sandbox: ChangingSandbox
) -> None:
    mika, lead = line.person("mika"), line.person("lena", records.Role.LEAD)
    submitted = line.submit(picture(1), flag="spam", account="account-1", content_reference="post-1")
    case = decided_violation(line, submitted, mika, viewed=False)
    line.clock.advance(line.parts.rules.undo_window)
    line.run_due()
    referral = the_referral(line, case)
    assert referral.state is ReferralState.FINISHED
    line.clock.advance(timedelta(minutes=1))
    seen = records.Reveal(
        id=line.parts.new_id("reveal"), case_id=case.id, item_id=case.item_ids[0], user_id=lead.user.id, at=line.clock.now(), frame=0
    )  # fmt: skip
    line.store.commit(
        records.Insert(seen), entries=[line.parts.entry(Verb.CASE_REVEALED, case.id, actor=lead.user.id)]
    )
    report = line.wardline.preview_referral(referral.id).report
    assert report is not None
    assert [file.viewed for file in report.files] == [False]
    assert "Not viewed in full by any person" in report.note
    (file,) = sandbox.documents("fileinfo")
    assert file.findtext("fileViewedByEsp") == "false"


def test_a_time_that_is_a_little_ahead_is_the_time_of_receipt_and_one_far_ahead_is_left_out(
    line: Line,
) -> None:
    def seen(*ahead: timedelta) -> records.ReportFacts:
        return records.ReportFacts(
            account=records.Party(ip_events=tuple(full.event(at=START + each) for each in ahead)),
            victims=(records.Party(person=records.Person(age=12, date_of_birth=START.date())),),
        )

    referral = filed(line, facts=seen(timedelta(minutes=2), timedelta(hours=1)))
    assert referral.state is ReferralState.FINISHED
    item = line.store.item(referral.files[0].item_id)
    assert item.context is not None
    known = item.context.facts
    assert known is not None
    assert known.account is not None
    assert [each.at for each in known.account.ip_events] == [START, None]
    assert known.victims == (records.Party(person=records.Person(age=12)),)
    assert known.left_out == ("account.ip_events.1.at", "victims.0.person.date_of_birth")
    shown = line.wardline.preview_referral(referral.id).preview
    assert shown is not None
    (section,) = (each for each in shown.sections if "could not be read" in each.title)
    assert [field.wire for field in section.fields] == list(known.left_out)


def test_a_victims_data_in_free_text_are_taken_out_and_the_report_is_filed(
    line: Line, sandbox: ChangingSandbox
) -> None:
    told = replace(
        full.facts(),
        account=replace(full.account(), note="Writes to Firstname77 and +1 (202) 555-0177 each day."),
    )
    referral = filed(line, facts=told)
    assert referral.state is ReferralState.FINISHED
    (report,) = sandbox.documents("submit")
    note = report.findtext("personOrUserReported/additionalInfo")
    assert note == "Writes to [victim's data removed] and [victim's data removed] each day."
    assert report.findtext("victim/victimPerson/firstName") == "Firstname77"
    found = line.wardline.preview_referral(referral.id)
    assert found.report is not None
    assert found.report.masked == (("person note", 2),)
    assert found.preview is not None
    assert any(section.title.startswith("Taken out of free text") for section in found.preview.sections)


def test_the_schema_is_looked_at_at_the_start_and_once_a_day(line: Line, sandbox: ChangingSandbox) -> None:
    for _ in range(50):
        line.pass_time(timedelta(hours=1))
        line.sequence()
    assert sum(each.call == "xsd" for each in sandbox.requests) == 3
    assert line.parts.authority is not None
    about = schemas.subject(line.parts.authority)
    assert [entry.verb for _, entry in line.wardline.entries_about(about, 9)] == [Verb.SCHEMA_SEEN] * 3
    kept = line.store.newest_authority_schema("ncmec", "sandbox")
    assert kept is not None
    assert (kept.body, kept.understood) == (schema_document(), True)
    assert line.store.open_alarm(AlarmKind.SCHEMA_CHANGED, about) is None


def test_a_schema_that_changes_overnight_is_an_alarm_and_the_next_report_is_written_by_it(
    line: Line, sandbox: ChangingSandbox
) -> None:
    line.pass_time(timedelta(minutes=1))
    changed = schema_document().replace(b'name="vehicleDescription"', b'name="vehicleText"')
    sandbox.served = Reply(200, changed)
    line.pass_time(timedelta(hours=25))
    assert line.parts.authority is not None
    alarm = line.store.open_alarm(AlarmKind.SCHEMA_CHANGED, schemas.subject(line.parts.authority))
    assert alarm is not None
    assert "left out of reports: personOrUserReported/vehicleDescription" in alarm.message
    assert "Not known to this version: personOrUserReported/vehicleText" in alarm.message
    kept = line.store.newest_authority_schema("ncmec", "sandbox")
    assert kept is not None
    assert kept.body == changed
    referral = filed(line, facts=full.facts())
    assert referral.state is ReferralState.FINISHED
    (report,) = sandbox.documents("submit")
    assert report.find("personOrUserReported/vehicleDescription") is None
    shown = line.wardline.preview_referral(referral.id).preview
    assert shown is not None
    assert any(section.title.startswith("Left out") for section in shown.sections)


@pytest.mark.parametrize("gone", ["vehicleDescription", "locationOfFile"])
def test_what_is_refused_because_the_schema_changed_since_the_last_look_is_written_anew_and_filed(
    line: Line, sandbox: ChangingSandbox, gone: str
) -> None:
    line.pass_time(timedelta(minutes=1))
    name = gone.encode()
    sandbox.served = Reply(200, schema_document().replace(b'name="' + name + b'"', b'name="other"'))
    sandbox.refused = b"<" + name
    referral = filed(line, facts=full.facts(), url="https://forum.example/1")
    assert referral.state is not ReferralState.NEEDS_HUMAN
    line.pass_time(timedelta(minutes=2))
    referral = line.store.referral(referral.id)
    assert (referral.state, referral.problem) == (ReferralState.FINISHED, None)
    assert line.parts.authority is not None
    alarm = line.store.open_alarm(AlarmKind.SCHEMA_CHANGED, schemas.subject(line.parts.authority))
    assert alarm is not None
    assert gone in alarm.message
    documents = sandbox.documents("submit") + sandbox.documents("fileinfo")
    assert [each.find(f".//{gone}") is not None for each in documents].count(True) == 1
    assert [str(each.report_id) for each in sandbox.ledger.finished()] == [referral.remote_id]


def test_what_is_refused_under_the_schema_of_now_waits_for_a_person_who_asks_in_vain(
    line: Line, sandbox: ChangingSandbox
) -> None:
    line.pass_time(timedelta(minutes=1))
    sandbox.refused = b"<vehicleDescription"
    assert filed(line, facts=full.facts()).state is ReferralState.NEEDS_HUMAN


def test_a_second_change_is_told_although_the_alarm_of_the_first_is_open(
    line: Line, sandbox: ChangingSandbox
) -> None:
    assert line.parts.authority is not None
    about = schemas.subject(line.parts.authority)
    messages = []
    for name in (b'"vehicleDescription"', b'"profileBio"', None):
        changed = schema_document() if name is None else schema_document().replace(name, b'"other"')
        sandbox.served = Reply(200, changed)
        line.pass_time(timedelta(hours=25))
        alarm = line.store.open_alarm(AlarmKind.SCHEMA_CHANGED, about)
        assert alarm is not None
        messages.append(alarm.message)
    assert "vehicleDescription" in messages[0]
    assert "profileBio" in messages[1]
    assert "left out of reports: nothing" in messages[2]


def test_a_closed_set_that_is_another_one_at_the_first_look_is_an_alarm(
    line: Line, sandbox: ChangingSandbox
) -> None:
    sandbox.served = Reply(200, schema_document().replace(b"Child Sex Tourism", b"Other words"))
    line.pass_time(timedelta(minutes=1))
    assert line.parts.authority is not None
    alarm = line.store.open_alarm(AlarmKind.SCHEMA_CHANGED, schemas.subject(line.parts.authority))
    assert alarm is not None
    assert "In another form: incidentType." in alarm.message


def test_a_process_that_did_not_fetch_the_schema_uses_it_all_the_same(
    tmp_path: Path, sandbox: ChangingSandbox
) -> None:
    without = schema_document().replace(b'name="espIdentifier"', b'name="accountIdentifier"')
    sandbox.served = Reply(200, without)
    with Line(tmp_path, store="sqlite", authority=sandbox) as line:
        line.pass_time(timedelta(minutes=1))
    sandbox.served = Reply(200, b"nonsense")
    with Line(tmp_path, store="sqlite", authority=sandbox, seed=1) as line:
        stopped = filed(line)
        assert stopped.state is ReferralState.NEEDS_HUMAN
        assert stopped.problem is not None
        assert "espIdentifier: not in the authority's schema" in stopped.problem


@pytest.mark.parametrize(
    "inside", [b'<xs:import namespace="x"/>', b'<xs:element name="report" type="xs:anyType"/>', b""]
)
def test_a_schema_that_cannot_be_understood_is_an_alarm_and_changes_no_report(
    line: Line, sandbox: ChangingSandbox, inside: bytes
) -> None:
    line.pass_time(timedelta(minutes=1))
    sandbox.served = Reply(
        200, b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">' + inside + b"</xs:schema>"
    )
    line.pass_time(timedelta(hours=25))
    assert line.parts.authority is not None
    alarm = line.store.open_alarm(AlarmKind.SCHEMA_CHANGED, schemas.subject(line.parts.authority))
    assert alarm is not None
    assert "cannot be understood" in alarm.message
    assert filed(line, facts=full.facts()).state is ReferralState.FINISHED


@pytest.mark.parametrize(
    "answer", [reply(1000), reply(0), Reply(200, b"<html>It works</html>"), Reply(200, b"")]
)
def test_a_schema_that_cannot_be_had_for_two_days_is_an_alarm_until_it_can(
    line: Line, sandbox: ChangingSandbox, answer: Reply
) -> None:
    sandbox.served = answer
    assert line.parts.authority is not None
    about = schemas.subject(line.parts.authority)
    line.pass_time(timedelta(minutes=1))
    line.pass_time(timedelta(hours=47))
    assert line.store.open_alarms() == []
    line.pass_time(timedelta(hours=3))
    assert [each.kind for each in line.store.open_alarms()] == [AlarmKind.SCHEMA_UNSEEN]
    sandbox.served = None
    line.pass_time(timedelta(minutes=1))
    assert line.store.open_alarm(AlarmKind.SCHEMA_UNSEEN, about) is None
    assert line.store.newest_authority_schema("ncmec", "sandbox") is not None
