"""Every field rule of the documentation: one document that is accepted and one that is refused, by us and by the sandbox apart."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from tests.unit.ncmec import documents
from tests.unit.ncmec.documents import CASES, NOW, document, malformed, numbered
from tests.unit.ncmec.samples import shared_file
from wardline.adapters.authorities.ncmec import fields
from wardline.adapters.authorities.ncmec.breaches import breaches
from wardline.adapters.authorities.ncmec.checks import CHECKS
from wardline.adapters.authorities.ncmec.fields import FIELDS, Field, Rule
from wardline.adapters.authorities.ncmec.schema import BUILT_IN, VERSION
from wardline.adapters.authorities.ncmec.validation import parse, violations
from wardline.testing.authority_ledger import NO_FILE, NO_REPORT, AuthorityLedger, LedgerRefusal
from wardline.testing.authority_rules import file_breaches, report_breaches

DOCUMENTED = (Path(__file__).parent / "documented.txt").read_text(encoding="utf-8").splitlines()
RULES = [pair for pair in numbered(FIELDS) if not CHECKS[pair[1].name].by_receiver]


def name_of(value: object) -> str | None:
    match value:
        case Field():
            return f"{value.section}-{value.place}"
        case Rule():
            return value.notation
        case _:
            return None


def sandbox_breaches(root: etree._Element) -> tuple[str, ...]:
    if root.tag == "report":
        return report_breaches(root, NOW)
    return file_breaches(root, NOW) if root.tag == "fileDetails" else ()


def arrived(root: etree._Element) -> etree._Element:
    return parse(etree.tostring(root))


def test_every_field_that_the_documentation_has_is_in_the_table() -> None:
    """The committed list names each by section, parent, name and the number of the demand, so that none can be lost."""
    ours = {
        f"{field.section} {field.documented} {number if documented else '-'}"
        for field in FIELDS
        for documented in [[rule for rule in field.rules if rule.name != "one-unless-batched"]]
        for number in range(max(1, len(documented)))
    }
    assert ours == set(DOCUMENTED)
    assert len({line.rsplit(" ", 1)[0] for line in DOCUMENTED}) == len(FIELDS) == 252


def test_the_committed_list_is_the_documentation_itself() -> None:
    told = json.loads(shared_file("field-rules.json"))
    assert len(told) == 253  # one of them twice: the victim's allEmailsReported
    names = [(each["parent"], each["name"], len(each["validation"])) for each in told]
    listed: dict[tuple[str, str, str], int] = {}
    for line in DOCUMENTED:
        section, place, number = line.split(" ")
        listed[section, *place.split("/")] = 0 if number == "-" else int(number) + 1  # type: ignore[index]  # two parts
    assert {(parent, name, count) for (_, parent, name), count in listed.items()} == set(names)


def test_the_table_has_the_schema_that_the_adapter_brings() -> None:
    assert fields.SCHEMA_VERSION == VERSION
    for field in FIELDS:
        type_ = BUILT_IN.types[field.owner]
        names = {name for particle in type_.particles for name in particle.alternatives}
        assert field.name in names or field.name.lstrip("@") in type_.attributes, field.place


def test_every_rule_has_an_accepted_and_a_refused_case_and_no_case_is_without_a_rule() -> None:
    used = {rule.name for field in FIELDS for rule in field.rules}
    assert used == set(CHECKS)
    assert set(CASES) == {name for name in used if not CHECKS[name].by_receiver}
    assert all(accepted and refused for accepted, refused in CASES.values())


@pytest.mark.parametrize(("field", "rule"), RULES, ids=name_of)
def test_a_document_that_keeps_a_rule_is_accepted(field: Field, rule: Rule) -> None:
    for change in CASES[rule.name][0]:
        made = document(field, rule)
        change(made)
        root = arrived(made.root)
        assert violations(root, str(root.tag)) == (), etree.tostring(root)
        assert breaches(root, NOW) == (), etree.tostring(root)
        assert sandbox_breaches(root) == (), etree.tostring(root)


@pytest.mark.parametrize(("field", "rule"), RULES, ids=name_of)
def test_a_document_that_breaks_a_rule_is_refused_for_it(field: Field, rule: Rule) -> None:
    for change in CASES[rule.name][1]:
        made = document(field, rule)
        change(made)
        root = arrived(made.root)
        by_schema = violations(root, str(root.tag))
        found = {each.rule for each in breaches(root, NOW)} if not by_schema else {rule.notation}
        assert rule.notation in found, etree.tostring(root)
        assert by_schema or sandbox_breaches(root), etree.tostring(root)


@pytest.mark.parametrize("field", FIELDS, ids=name_of)
def test_a_field_is_accepted_at_its_place_and_refused_malformed(field: Field) -> None:
    rule = Rule(name="form")
    made = document(field, rule)
    made.put_good()
    root = arrived(made.root)
    assert violations(root, str(root.tag)) == (), etree.tostring(root)
    assert breaches(root, NOW) == (), etree.tostring(root)
    wrong = malformed(document(field, rule))
    assert wrong
    for what, made_wrong in wrong:
        root = arrived(made_wrong)
        assert violations(root, str(root.tag)) or any(each.rule == "once" for each in breaches(root, NOW)), (
            what
        )


@pytest.mark.parametrize("number", range(2))
def test_ids_that_the_receiver_never_gave_are_refused_by_it(number: int) -> None:
    """Only the authority knows its ids, so this rule is its own to check: ``known-to-receiver`` in the table."""
    assert sum(rule.name == "known-to-receiver" for field in FIELDS for rule in field.rules) == 2
    ledger = AuthorityLedger(clock_now=lambda: datetime.now(UTC))
    report_id = ledger.submit()
    file_id = ledger.upload(report_id, 1, "0" * 32)
    with pytest.raises(LedgerRefusal) as caught:
        ledger.describe(report_id + 1 - number, "f" * 32 if number else file_id)
    assert caught.value.code == (NO_FILE if number else NO_REPORT)
    ledger.describe(report_id, file_id)


@pytest.mark.parametrize(
    "inside",
    [
        "<originalFileName>x</originalFileName>{}",
        "<locationOfFile>https://forum.example/1</locationOfFile>{}",
        "<fileRelevance>Supplemental Reported</fileRelevance>",
        "",
        "<fileAnnotations><viral/><infant/></fileAnnotations>",
        '{}<originalFileHash hashType="MD5">0</originalFileHash>',
        "{}<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress></ipCaptureEvent>",
        "{}<deviceId><idType>x</idType><idValue>x</idValue></deviceId>",
        '{}<details type="EXIF"><nameValuePair><name>x</name><value>x</value></nameValuePair></details>',
        "{}<additionalInfo>x</additionalInfo>",
    ],
)
def test_the_file_of_a_batch_has_no_more_than_its_annotation_and_its_class(inside: str) -> None:
    frame = "<fileDetails><reportId>1</reportId><fileId>f</fileId>{}</fileDetails>"
    good = parse(frame.format("<fileAnnotations><viral/></fileAnnotations>").encode())
    assert breaches(good, NOW, batched=True) == ()
    bad = parse(frame.format(inside.format("<fileAnnotations><viral/></fileAnnotations>")).encode())
    assert violations(bad, "fileDetails") == ()
    assert any(each.rule == "batched" for each in breaches(bad, NOW, batched=True))


@pytest.mark.parametrize(
    "name", sorted(name for owner, name in fields.BATCHED.absent if owner != "fileDetails")
)
def test_a_batch_has_nothing_of_what_is_only_for_single_reports(name: str) -> None:
    field = next(each for each in FIELDS if each.name == name and each.owner in ("report", "incidentSummary"))
    made = document(field, Rule(name="form"))
    documents.place(made.root, "report", "batchedReport")
    root = arrived(made.root)
    assert violations(root, "report") == ()
    assert breaches(root, NOW) == ()
    assert report_breaches(root, NOW) == ()
    made.put_good()
    root = arrived(made.root)
    assert violations(root, "report") == ()
    assert [each.rule for each in breaches(root, NOW)] == ["batched"]
    assert report_breaches(root, NOW)


def test_a_breach_says_where_and_what_and_nothing_of_the_content() -> None:
    field = next(each for each in FIELDS if each.place == "personOrUserReported/screenName")
    made = document(field, field.rules[0])
    made.put("secret" * 100)
    (found,) = breaches(arrived(made.root), NOW)
    assert str(found) == "report/personOrUserReported/screenName: too long, expected at most 256 characters"
