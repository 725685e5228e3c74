"""The documents that a referral sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ncmec.samples import FILE_ID, bare_file, bare_report, file_bytes, report_bytes
from wardline import records
from wardline.adapters.authorities.ncmec import xml
from wardline.adapters.authorities.ncmec.validation import parse, violations
from wardline.adapters.authorities.ncmec.values import INCIDENT_TYPE
from wardline.testing.authority_contract import sample_file, sample_report


def test_a_report_stands_in_the_order_of_the_schema() -> None:
    root = parse(report_bytes())
    assert [child.tag for child in root] == [
        "incidentSummary",
        "internetDetails",
        "reporter",
        "personOrUserReported",
        "additionalInfo",
    ]
    assert root.findtext("incidentSummary/incidentType") == INCIDENT_TYPE
    assert root.findtext("incidentSummary/incidentDateTime") == "2026-01-02T03:04:05Z"
    assert root.findtext("reporter/reportingPerson/email") == "reports@forum.example"
    assert root.findtext("personOrUserReported/ipCaptureEvent/port") == "49152"


def test_annotations_are_empty_elements_in_the_order_of_the_schema() -> None:
    root = parse(file_bytes(1))
    annotations = root.find("fileAnnotations")
    assert annotations is not None
    assert [(child.tag, child.text) for child in annotations] == [("viral", None), ("generativeAi", None)]


def test_a_possible_meme_is_an_annotation_and_never_the_old_element() -> None:
    file = replace(sample_file(1), annotations=(records.FileAnnotation.POTENTIAL_MEME,))
    root = parse(xml.file_document("1", FILE_ID, file))
    assert root.find("fileAnnotations/potentialMeme") is not None
    assert root.find("potentialMeme") is None


def test_the_viewed_flag_is_written_as_the_report_has_it_and_metadata_is_never_viewed() -> None:
    for number, viewed in ((1, "true"), (2, "false")):
        root = parse(file_bytes(number))
        assert root.findtext("fileViewedByEsp") == viewed
        assert root.findtext("exifViewedByEsp") == "false"


def test_what_is_not_known_is_left_out() -> None:
    root = parse(xml.file_document("1", FILE_ID, bare_file()))
    for name in (
        "originalFileName",
        "locationOfFile",
        "fileAnnotations",
        "industryClassification",
        "originalFileHash",
        "ipCaptureEvent",
    ):
        assert root.find(name) is None
    report = parse(xml.report_document(bare_report()))
    for path in (
        "internetDetails",
        "incidentSummary/escalateToHighPriority",
        "incidentSummary/reportAnnotations",
    ):
        assert report.find(path) is None


def test_a_fraction_of_a_second_is_cut_off_and_not_rounded_up() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC)
    root = parse(xml.report_document(replace(sample_report(), incident_at=at)))
    assert root.findtext("incidentSummary/incidentDateTime") == "2026-01-02T03:04:05Z"


@given(name=st.text(st.characters(exclude_categories=[]), min_size=1, max_size=300))
def test_no_file_name_keeps_a_report_from_being_built(name: str) -> None:
    root = parse(xml.file_document("1", FILE_ID, replace(sample_file(1), file_name=name)))
    assert violations(root, "fileDetails") == ()


@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
        lambda text: "\ufffe" not in text and "\uffff" not in text
    )
)
def test_text_arrives_as_it_was(text: str) -> None:
    root = parse(xml.report_document(replace(sample_report(), note=text)))
    assert root.findtext("additionalInfo") == text
