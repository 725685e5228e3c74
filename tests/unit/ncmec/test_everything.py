"""Everything that the schema has a place for can be said, and whatever a platform may say is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.unit.ncmec import full
from tests.unit.ncmec.documents import NOW
from tests.unit.ncmec.samples import FILE_ID, shared_file
from tests.unit.referral.test_facts import saying
from wardline import records
from wardline.adapters.authorities.ncmec import preview, rules, xml
from wardline.adapters.authorities.ncmec.schema import BUILT_IN, child_types
from wardline.adapters.authorities.ncmec.served import BROUGHT, Served
from wardline.adapters.authorities.ncmec.validation import parse
from wardline.adapters.authorities.ncmec.wire import WIRE
from wardline.adapters.authorities.ncmec.writing import ESSENTIAL, Writing
from wardline.errors import AuthorityRejectedError, InputError
from wardline.referral.facts import gather
from wardline.testing.authority_contract import sample_report
from wardline.testing.authority_ledger import AuthorityLedger, LedgerRefusal
from wardline.testing.authority_rules import file_breaches, report_breaches
from wardline.testing.authority_schema import schema_document

LEFT_TO_OTHERS = {
    "fileDetails/fileName",  # the documentation does not have it
    "fileDetails/potentialMeme",  # the old form of the annotation
}


def problems(report: records.Report) -> tuple[str, ...]:
    return rules.problems(report) or BROUGHT.problems(report, NOW)


def places_in(root: etree._Element, type_: str) -> Iterator[str]:
    yield from (f"{type_}/@{name}" for name in map(str, root.attrib))
    if type_ in BUILT_IN.types:
        for child in root:
            yield f"{type_}/{child.tag}"
            yield from places_in(child, child_types(type_)[str(child.tag)])


def test_every_element_and_attribute_of_the_schema_can_be_said() -> None:
    said: set[str] = set()
    for report in (full.whole_report(), full.batched_report(), full.text_report()):
        for document in preview.documents(report):
            root = parse(document.body)
            said |= set(places_in(root, str(root.tag)))
    answers = ("reportResponse", "reportDoneResponse")
    wanted = {f"{type_}/{name}" for type_ in BUILT_IN.types for name in child_types(type_)}
    wanted |= {f"{type_}/@{name}" for type_, known in BUILT_IN.types.items() for name in known.attributes}
    assert said == {each for each in wanted if not each.startswith(answers)} - LEFT_TO_OTHERS


@pytest.mark.parametrize(
    "report",
    [full.whole_report(), full.batched_report(), full.text_report()],
    ids=["whole", "batched", "text"],
)
def test_what_can_be_said_is_accepted_by_us_by_the_published_schema_and_by_the_sandbox(
    report: records.Report,
) -> None:
    published = xmlschema.XMLSchema(shared_file("cybertipline-2025-11.xsd").decode())
    assert problems(report) == ()
    opening, *files = (parse(document.body) for document in preview.documents(report))
    for root in (opening, *files):
        published.validate(root)
    assert report_breaches(opening, NOW) == ()
    assert all(file_breaches(file, NOW) == () for file in files)


@pytest.mark.parametrize("kind", records.IncidentKind)
def test_every_kind_of_incident_has_the_authoritys_words(kind: records.IncidentKind) -> None:
    root = parse(xml.report_document(replace(full.text_report(), kind=kind)))
    assert root.findtext("incidentSummary/incidentType") in BUILT_IN.enumerations["incidentType"]
    assert problems(replace(full.text_report(), kind=kind)) == ()


def test_every_field_of_a_party_is_in_the_table_of_where_it_stands() -> None:
    apart = {(records.Party, "person")}
    for type_, places in WIRE.items():
        assert {(type_, field.name) for field in fields(type_)} - {(type_, name) for name in places} <= apart


def thinned(value: Any, draw: st.DrawFn) -> Any:
    """Leave out of a record whatever may be left out, by chance."""
    if isinstance(value, tuple):
        return tuple(thinned(each, draw) for each in value if draw(st.booleans()))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    kept: dict[str, Any] = {}
    for field in fields(value):
        if field.default in (None, ()) and draw(st.integers(0, 3)) == 0:
            continue
        kept[field.name] = thinned(getattr(value, field.name), draw)
    try:
        return type(value)(**kept)
    except InputError:
        return value  # what is left may not be said alone


@st.composite
def parts_of_the_whole(draw: st.DrawFn) -> records.ReportFacts:
    found = thinned(full.facts(), draw)
    assert isinstance(found, records.ReportFacts)
    return found


@settings(max_examples=60, deadline=None)
@given(facts=parts_of_the_whole())
def test_whatever_of_it_a_platform_may_say_keeps_no_report_from_being_sent(
    facts: records.ReportFacts | None,
) -> None:
    if facts is not None:
        assert problems(full.report_of(facts)) == ()


@settings(max_examples=60, deadline=None)
@given(said=st.lists(parts_of_the_whole(), min_size=1, max_size=4))
def test_whatever_several_uploads_say_is_put_together_and_keeps_no_report_from_being_sent(
    said: list[records.ReportFacts],
) -> None:
    items = [
        saying(number, facts, after=timedelta(hours=number)) for number, facts in enumerate(said, start=1)
    ]
    known = gather(items)
    facts = records.ReportFacts(
        account=known.account, recipients=known.recipients, victims=known.victims, incidents=known.incidents,
        law_enforcement=known.law_enforcement,
    )  # fmt: skip
    report = full.report_of(facts)
    assert problems(report) == ()
    shown = BROUGHT.preview(report, NOW)
    (left_out,) = [each.fields for each in shown.sections if each.title.startswith("Left out")] or [()]
    assert {field.wire.rpartition("/")[2] for field in left_out} <= {"ageAssertionDiscrepancy"}


def test_a_batched_report_is_taken_by_the_sandbox_and_a_file_with_more_is_not() -> None:
    ledger = AuthorityLedger(clock_now=lambda: NOW)
    report = full.batched_report()
    root = parse(xml.report_document(report))
    assert [each.text for each in root.findall("personOrUserReported/espIdentifier")] == [
        "account-000001",
        "account-2",
        "account-3",
    ]
    assert all(len(each) == 1 for each in root.findall("personOrUserReported"))
    file = parse(xml.file_document("1", FILE_ID, report.files[0]))
    assert [child.tag for child in file.findall("fileAnnotations/*")] == ["viral"]
    for fits in (False, True):
        report_id = ledger.submit(batched=True)
        ledger.describe(report_id, ledger.upload(report_id, 1, "0" * 32), fits_batch=fits)
        if fits:
            assert ledger.finish(report_id)
        else:
            with pytest.raises(LedgerRefusal):
                ledger.finish(report_id)


@pytest.mark.parametrize(
    "change",
    [
        lambda report: replace(report, files=()),
        lambda report: replace(report, files=report.files * 2),
        lambda report: replace(report, files=(replace(report.files[0], batched=False),)),
        lambda report: replace(report, files=(replace(report.files[0], annotations=()),)),
        lambda report: replace(report, escalation="A reason."),
        lambda report: replace(report, urls=("https://forum.example/1",)),
        lambda report: replace(report, victims=(full.victim(),)),
        lambda report: replace(report, batch=records.Batch(account_references=("account-000001",))),
        lambda report: replace(report, corrects="4200001"),
    ],
)
def test_a_batch_that_says_more_or_less_than_it_may_is_refused(change: Any) -> None:
    assert problems(change(full.batched_report()))


def test_a_report_without_a_file_needs_an_incident() -> None:
    assert problems(full.text_report()) == ()
    assert problems(replace(full.text_report(), incidents=()))


def test_files_that_only_explain_others_are_no_report() -> None:
    report = full.whole_report()
    only = replace(report, files=report.files[1:], incidents=())
    assert problems(only) == ("files: only such as explain others, expected one that is reported",)


def test_the_schema_that_the_sandbox_serves_is_the_one_that_it_checks() -> None:
    served = Served.of(schema_document())
    assert (served.schema.types, served.schema.enumerations, served.schema.patterns) == (
        BUILT_IN.types, BUILT_IN.enumerations, BUILT_IN.patterns,
    )  # fmt: skip
    assert (served.reading.gone, served.reading.new) == ((), ())
    assert all(
        served.problems(each, NOW) == ()
        for each in (full.whole_report(), full.batched_report(), full.text_report())
    )


def test_what_has_no_more_place_is_left_out_and_told_unless_the_report_cannot_be_without_it() -> None:
    content = schema_document().decode()
    without = content.replace('name="vehicleDescription"', 'name="vehicleText"')
    served = Served.of(without.encode())
    report = full.whole_report()
    assert served.reading.gone == ("personOrUserReported/vehicleDescription",)
    assert served.reading.new == ("personOrUserReported/vehicleText",)
    assert served.problems(report, NOW) == ()
    shown = preview.preview(report, served.schema)
    assert b"vehicle" not in shown.documents[0].body
    (section,) = (each for each in shown.sections if each.title.startswith("Left out"))
    assert "report/personOrUserReported/vehicleDescription" in [field.wire for field in section.fields]
    needed = Served.of(content.replace('name="espIdentifier"', 'name="accountIdentifier"').encode())
    assert any("espIdentifier" in each for each in needed.problems(report, NOW))
    with pytest.raises(AuthorityRejectedError):  # were it found out only after the check
        needed.report_document(report, NOW)
    unviewed = Served.of(content.replace('name="fileViewedByEsp"', 'name="fileSeen"').encode())
    with pytest.raises(AuthorityRejectedError):
        unviewed.file_document("1", FILE_ID, report.files[0], NOW)


def changed(*pairs: tuple[str, str]) -> Served:
    """Give the schema with something else in it."""
    content = schema_document().decode()
    for before, after in pairs:
        assert before in content
        content = content.replace(before, after)
    return Served.of(content.encode())


@pytest.mark.parametrize(
    ("pair", "gone"),
    [
        (('<xs:enumeration value="Upload"/>', ""), "fileDetails/ipCaptureEvent/eventName"),
        (('<xs:enumeration value="Recovery"/>', ""), None),
        (('name="displayName" type="xs:string" minOccurs="0" maxOccurs="unbounded"', 'name="displayName" type="xs:string" minOccurs="0"'),
         "report/personOrUserReported/displayName"),
        (('<xs:element name="idType" type="xs:string"/>', '<xs:element name="idType" type="xs:string"/><xs:element name="newThing" type="xs:string"/>'),
         "fileDetails/deviceId"),
        (('name="latitude" type="xs:double"', 'name="latitude" type="xs:boolean"'), "report/internetDetails/cellPhoneIncident/latitude"),
        (('name="verified" type="xs:boolean"', 'name="verified" type="xs:dateTime"'), "report/victim/victimPerson/email/@verified"),
    ],
)  # fmt: skip
def test_what_a_changed_schema_would_refuse_of_what_was_told_besides_is_left_out_and_the_report_sent(
    pair: tuple[str, str], gone: str | None
) -> None:
    served = changed(pair)
    report = full.whole_report()
    assert served.problems(report, NOW) == ()
    assert served.library is not None
    assert served.library.takes(parse(served.report_document(report, NOW)))
    shown = served.preview(report, NOW)
    told = [field.wire for section in shown.sections if section.title.startswith("Left out") for field in section.fields]  # fmt: skip
    assert gone is None or gone in told


def test_what_a_report_cannot_be_without_is_never_left_out_when_the_schema_changes() -> None:
    wrong = changed(('value="Child Sex Tourism"', 'value="Other words"'))
    report = replace(full.whole_report(), kind=records.IncidentKind.TOURISM)
    assert any("incidentType" in each for each in wrong.problems(report, NOW))
    gone = changed(('<xs:element name="fileRelevance"', '<xs:element name="fileMeaning"'))
    assert any("fileRelevance" in each for each in gone.problems(full.whole_report(), NOW))
    assert gone.problems(sample_report(), NOW) == ()
    silent = changed(
        ('<xs:element name="additionalInfo" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType><xs:element name="report"',
         '</xs:sequence></xs:complexType><xs:element name="report"'),
    )  # fmt: skip
    correction = replace(sample_report(), files=(), escalation=None, corrects="4200001")
    assert BROUGHT.problems(correction, NOW) == ()
    assert any("additionalInfo" in each for each in silent.problems(correction, NOW))
    with pytest.raises(AuthorityRejectedError):
        silent.report_document(correction, NOW)


def test_the_reason_for_danger_stands_in_the_note_where_the_schema_has_no_other_place_for_it() -> None:
    served = changed(('name="escalateToHighPriority"', 'name="urgency"'))
    report = full.whole_report()
    assert served.problems(report, NOW) == ()
    note = parse(served.report_document(report, NOW)).findtext("additionalInfo")
    assert note == f"High priority is asked for, because: {report.escalation}\n{report.note}"
    assert parse(BROUGHT.report_document(report, NOW)).findtext("additionalInfo") == report.note


def test_the_reason_for_danger_stands_in_the_note_where_the_schema_would_refuse_it_in_its_place() -> None:
    served = changed(
        ('name="escalateToHighPriority" type="xs:string"', 'name="escalateToHighPriority" type="xs:boolean"')
    )
    report = full.whole_report()
    assert served.problems(report, NOW) == ()
    note = parse(served.report_document(report, NOW)).findtext("additionalInfo")
    assert note == f"High priority is asked for, because: {report.escalation}\n{report.note}"


def test_a_reason_for_danger_that_has_no_place_at_all_waits_for_a_person() -> None:
    silent = changed(
        ('name="escalateToHighPriority"', 'name="urgency"'),
        ('<xs:element name="additionalInfo" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType><xs:element name="report"',
         '</xs:sequence></xs:complexType><xs:element name="report"'),
    )  # fmt: skip
    assert any("additionalInfo" in each for each in silent.problems(full.whole_report(), NOW))
    assert silent.problems(replace(full.whole_report(), escalation=None), NOW) == ()


def test_earlier_reports_stand_in_the_note_where_they_have_no_other_place_and_a_correction_waits() -> None:
    served = changed(('name="priorCTReports"', 'name="earlier"'))
    report = full.whole_report()
    assert served.problems(report, NOW) == ()
    note = parse(served.report_document(report, NOW)).findtext("additionalInfo")
    assert note == f"{report.note}\nEarlier reports about the same account: 4200001, 4200002, 4200003."
    correction = replace(sample_report(), files=(), escalation=None, corrects="4200001")
    assert any("priorCTReports" in each for each in served.problems(correction, NOW))


def test_documents_that_are_sent_are_those_that_are_shown() -> None:
    late = replace(full.account(), ip_events=(full.event(at=NOW + timedelta(days=1)),))
    report = replace(full.whole_report(), person=replace(full.whole_report().person, facts=late))
    shown = BROUGHT.preview(report, NOW)
    assert [each.body for each in shown.documents] == [
        BROUGHT.report_document(report, NOW),
        *(BROUGHT.file_document("1", FILE_ID, each, NOW) for each in report.files),
    ]
    assert BROUGHT.problems(report, NOW) == ()
    left_out = [field.wire for section in shown.sections if section.title.startswith("Left out") for field in section.fields]  # fmt: skip
    assert "report/personOrUserReported/ipCaptureEvent/dateTime" in left_out


def test_an_element_that_the_authority_newly_demands_and_we_do_not_know_stops_the_report() -> None:
    content = schema_document().decode()
    more = content.replace(
        '<xs:element name="incidentDateTime"', '<xs:element name="newThing" type="xs:string"/><xs:element name="incidentDateTime"'
    )  # fmt: skip
    served = Served.of(more.encode())
    assert served.reading.new == ("incidentSummary/newThing",)
    assert any("newThing" in each for each in served.problems(full.whole_report(), NOW))


def test_an_element_that_newer_schemas_have_is_sent_to_them_only() -> None:
    content = schema_document().decode()
    newer = content.replace(
        '<xs:element name="dateOfBirth"', '<xs:element name="ageAssertionDiscrepancy" minOccurs="0" type="xs:boolean"/><xs:element name="dateOfBirth"'
    )  # fmt: skip
    served = Served.of(newer.encode())
    assert served.problems(full.whole_report(), NOW) == ()
    assert b"ageAssertionDiscrepancy" in served.report_document(full.whole_report(), NOW)
    assert b"ageAssertionDiscrepancy" not in xml.report_document(full.whole_report(), Writing(BUILT_IN))


@pytest.mark.parametrize("content", [b"", b"<html/>", b"<!DOCTYPE x><x/>", b"x" * 100, b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>',
    b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import namespace="x"/></xs:schema>'])  # fmt: skip
def test_nonsense_in_the_place_of_a_schema_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        Served.of(content)


@pytest.mark.parametrize(
    "pattern", [r"\p{L}+", r"\i\c*", "[a-z-[aeiou]]", "^x$", "(?i)x", "a++", "[", r"\w+"]
)
def test_a_pattern_that_means_something_else_here_is_not_taken_for_understood(pattern: str) -> None:
    with pytest.raises(InputError):
        changed(("[0-9]+", pattern))


@pytest.mark.parametrize("pattern", ["[0-9]{1,12}", r"\d+", "[^a]+", "[A-Z]{2}|x"])
def test_a_plain_pattern_is_understood(pattern: str) -> None:
    served = changed((r"\+[0-9]{1,3}", pattern))
    assert served.reading.changed == ("phoneCountryCallingCode",)


def test_a_schema_with_a_namespace_is_not_understood() -> None:
    with pytest.raises(InputError, match="namespace"):
        changed(('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">', '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x">'))  # fmt: skip


def test_what_has_another_form_is_told_of_a_changed_schema() -> None:
    served = changed(
        ('value="Child Sex Tourism"', 'value="Other words"'),
        ('<xs:element name="platform" type="xs:string" minOccurs="0"/>', '<xs:element name="platform" type="xs:string"/>'),
        ('name="hashType" type="xs:string" use="required"', 'name="hashType" type="xs:string"'),
    )  # fmt: skip
    assert (served.reading.gone, served.reading.new) == ((), ())
    assert served.reading.changed == ("hash/@hashType", "incidentSummary/platform", "incidentType")


def test_the_essential_places_are_places_of_the_schema() -> None:
    for path in ESSENTIAL:
        type_, *names = path.split("/")
        for name in names:
            type_ = child_types(type_)[name]
