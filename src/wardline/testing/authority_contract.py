# ruff: noqa: S101 - the assertions are those of the tests that a subclass runs
"""The contract of ``ports.Authority`` as tests. Subclass ``AuthorityContract``, name the class ``Test...`` and give its fixtures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wardline import ports, records
from wardline.errors import (
    AuthorityDeniedError,
    AuthorityUncertainError,
    AuthorityUnreachableError,
    ReportFinishedError,
    ReportGoneError,
)

REPORTED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONTENTS = (
    b"first harmless file",
    b"second harmless file\r\n--with a line that looks like a boundary--\r\n\x00\xff",
)


def sample_file(number: int, *, at: datetime = REPORTED_AT) -> records.ReportedFile:
    """Make one harmless file of a report.

    Args:
        number: 1 and up; makes it another file.
        at: Aware UTC upload time.
    """
    upload = records.IpEvent(ip_address="192.0.2.17", event="Upload", at=at, port=49152)
    return records.ReportedFile(
        item_id=records.new_id("item", at, number.to_bytes(10, "big")),
        file_name=f"synthetic {number} & <more>.png",
        uploaded_at=at,
        url=f"https://forum.example/post/{number}",
        viewed=number % 2 == 1,
        publicly_available=True,
        category=records.Category.B2 if number % 2 == 1 else None,
        annotations=(records.FileAnnotation.GENERATIVE_AI, records.FileAnnotation.VIRAL)
        if number % 2 == 1
        else (),
        hashes=(
            records.Hash(kind=records.HashKind.MD5, value="0" * 32),
            records.Hash(kind=records.HashKind.PDQ, value="0" * 64, quality=50),
        ),
        upload=upload,
    )


def sample_report(*, files: int = 2, at: datetime = REPORTED_AT) -> records.Report:
    """Make a report with invented values that any authority should accept.

    Args:
        files: 1 and up.
        at: Aware UTC; the time of upload. It has to lie in the authority's past.
    """
    reported = tuple(sample_file(number, at=at) for number in range(1, files + 1))
    referral_id = records.new_id("referral", at, bytes(10))
    return records.Report(
        referral_id=referral_id,
        incident_at=at,
        incident_time_meaning="Time of upload to the service",
        annotations=(records.ReportAnnotation.SPAM,),
        escalation="Test only: an invented reason.",
        reporter=records.Reporter(
            first_name="Test",
            last_name="Operator",
            email="reports@forum.example",
            platform="Example Forum",
            legal_url="https://forum.example/legal",
        ),
        person=records.ReportedPerson(
            account_reference="account-000001",
            ip_events=tuple(file.upload for file in reported[:1] if file.upload is not None),
            temporarily_disabled_at=at + timedelta(seconds=1),
        ),
        files=reported,
        urls=("https://forum.example/post/1",),
        note=f"Invented for a test. Reference at the service: {referral_id}.",
    )


class AuthorityContract:
    """What the referral's state machine relies on."""

    @pytest.fixture
    def authority(self) -> ports.Authority:
        """Give an authority that works, freshly started."""
        raise NotImplementedError

    @pytest.fixture
    def unreachable_authority(self) -> ports.Authority:
        """Give an authority to which no connection can be made."""
        raise NotImplementedError

    @pytest.fixture
    def denied_authority(self) -> ports.Authority:
        """Give an authority that does not accept our credentials."""
        raise NotImplementedError

    @pytest.fixture
    def lose_next_answer(self, authority: ports.Authority) -> Callable[[], None]:
        """Give a function after which the next call takes effect but its answer is lost."""
        raise NotImplementedError

    @pytest.fixture
    def received(self, authority: ports.Authority) -> Callable[[], Sequence[bytes]]:
        """Give a function that gives the bodies of the requests that the receiver behind ``authority`` got so far."""
        raise NotImplementedError

    def test_it_says_its_name_and_where_reports_go(self, authority: ports.Authority) -> None:
        assert authority.name
        assert authority.environment in {"sandbox", "test", "production"}

    def test_a_good_report_has_no_problems(self, authority: ports.Authority) -> None:
        assert authority.check(sample_report()) == ()

    def test_the_problems_of_a_bad_report_name_the_field_and_not_its_content(
        self, authority: ports.Authority
    ) -> None:
        report = sample_report()
        content = "not an address at all"
        problems = authority.check(replace(report, reporter=replace(report.reporter, email=content)))
        assert problems
        assert "email" in problems[0]
        assert not any(content in problem for problem in problems)

    def test_a_preview_is_made_without_the_receiver_and_is_the_same_each_time(
        self, unreachable_authority: ports.Authority
    ) -> None:
        report = sample_report()
        preview = unreachable_authority.preview(report)
        assert preview == unreachable_authority.preview(report)
        assert preview.documents
        assert all(section.title and (section.fields or section.table) for section in preview.sections)

    def test_a_preview_tells_what_the_report_tells_and_names_the_receivers_field(
        self, authority: ports.Authority
    ) -> None:
        report = sample_report()
        fields = [field for section in authority.preview(report).sections for field in section.fields]
        values = {field.value for field in fields}
        assert {report.person.account_reference, report.reporter.email, report.escalation} <= values
        assert {file.file_name for file in report.files} <= values
        assert any(report.referral_id in value for value in values)
        assert all(field.label and field.wire for field in fields)

    def test_a_preview_has_every_file_with_whether_a_person_viewed_it(
        self, authority: ports.Authority
    ) -> None:
        report = sample_report()
        (table,) = (section.table for section in authority.preview(report).sections if section.table)
        assert len(table.rows) == len(report.files)
        viewed = ["yes" if file.viewed else "no" for file in report.files]
        assert any([row[column] for row in table.rows] == viewed for column in range(len(table.columns)))

    def test_a_report_with_problems_can_still_be_looked_at(self, authority: ports.Authority) -> None:
        report = sample_report()
        bad = replace(report, reporter=replace(report.reporter, email="not an address at all"))
        values = {field.value for section in authority.preview(bad).sections for field in section.fields}
        assert "not an address at all" in values

    def test_a_preview_has_the_very_bytes_that_are_sent(
        self, authority: ports.Authority, received: Callable[[], Sequence[bytes]]
    ) -> None:
        report = sample_report()
        ready = [document for document in authority.preview(report).documents if not document.awaits]
        assert ready
        _file(authority, report)
        got = received()
        assert [document.name for document in ready if document.body not in got] == []

    def test_a_report_with_every_file_can_be_finished_and_gives_a_receipt(
        self, authority: ports.Authority
    ) -> None:
        report = sample_report()
        opened, attached, finished = _file(authority, report)
        assert len({answer.remote_id for answer in attached} - {None}) == len(report.files)
        assert finished.remote_id == opened.remote_id
        assert finished.body

    def test_every_submit_opens_another_report(self, authority: ports.Authority) -> None:
        first, second = (authority.submit(sample_report()).remote_id for _ in range(2))
        assert first != second

    def test_a_finished_report_can_not_be_withdrawn_and_says_so(self, authority: ports.Authority) -> None:
        remote_id = _opened(authority)
        authority.finish(remote_id)
        with pytest.raises(ReportFinishedError) as caught:
            authority.retract(remote_id)
        assert caught.value.body

    def test_finishing_twice_says_that_it_is_finished(self, authority: ports.Authority) -> None:
        remote_id = _opened(authority)
        authority.finish(remote_id)
        with pytest.raises(ReportFinishedError):
            authority.finish(remote_id)

    def test_a_withdrawn_report_takes_nothing_more(self, authority: ports.Authority) -> None:
        remote_id = _opened(authority)
        authority.retract(remote_id)
        with pytest.raises(ReportGoneError):
            authority.attach(remote_id, sample_file(1), CONTENTS[0])
        with pytest.raises(ReportGoneError):
            authority.finish(remote_id)
        with pytest.raises(ReportGoneError):
            authority.retract(remote_id)

    def test_a_report_that_never_was_is_gone(self, authority: ports.Authority) -> None:
        with pytest.raises(ReportGoneError):
            authority.finish("999999999")

    def test_no_connection_certainly_had_no_effect(self, unreachable_authority: ports.Authority) -> None:
        with pytest.raises(AuthorityUnreachableError):
            unreachable_authority.submit(sample_report())

    def test_wrong_credentials_are_told_apart(self, denied_authority: ports.Authority) -> None:
        with pytest.raises(AuthorityDeniedError):
            denied_authority.submit(sample_report())

    def test_a_lost_answer_is_uncertain(
        self, authority: ports.Authority, lose_next_answer: Callable[[], None]
    ) -> None:
        remote_id = _opened(authority)
        lose_next_answer()
        with pytest.raises(AuthorityUncertainError):
            authority.finish(remote_id)
        with pytest.raises(ReportFinishedError):
            authority.retract(remote_id)


def _file(
    authority: ports.Authority, report: records.Report
) -> tuple[records.AuthorityAnswer, list[records.AuthorityAnswer], records.AuthorityAnswer]:
    opened = authority.submit(report)
    remote_id = _id_of(opened)
    attached = [
        authority.attach(remote_id, file, content)
        for file, content in zip(report.files, CONTENTS, strict=True)
    ]
    return opened, attached, authority.finish(remote_id)


def _opened(authority: ports.Authority) -> str:
    return _id_of(authority.submit(sample_report()))


def _id_of(opened: records.AuthorityAnswer) -> str:
    if opened.remote_id is None:
        pytest.fail("submit answered without the report's id")
    return opened.remote_id
