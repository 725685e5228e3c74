"""An incident without a file: told, judged by a person, and reported once, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.acceptance.stories import the_referral
from tests.acceptance.test_a_report_with_everything import ChangingSandbox
from tests.unit.ncmec import full
from wardline import intake, records, review
from wardline.errors import InputError, NoLegalBasisError, NotFoundError, RefusedError
from wardline.records import CaseState, HoldBasis, IncidentKind, Outcome, ReferralState, Step
from wardline.testing.harness import START, Line, Person

WORDS = "The account asked somebody whom it took for a child to meet at the fountain at four."
SAID = (
    records.Said(by="account-1", text="meet me at the fountain\nat four", at=START - timedelta(hours=2)),
    records.Said(by="user-9", text="why?", at=START - timedelta(hours=1)),
)


def told(**fields: Any) -> intake.IncidentTold:
    context: dict[str, Any] = {
        "surface": "direct message", "visibility": records.Visibility.PRIVATE, "uploaded_at": START - timedelta(hours=2),
        "content_reference": "conversation-7", "ip_address": "192.0.2.7", "port": 50123,
    }  # fmt: skip
    context |= {
        each: fields.pop(each) for each in list(fields) if each in records.UploadContext.__dataclass_fields__
    }
    given: dict[str, Any] = {
        "kind": IncidentKind.ENTICEMENT, "account_reference": "account-1", "what_happened": WORDS, "said": SAID,
        "flag": records.Flag(reason="contact with a child"), "context": records.UploadContext(**context),
    } | fields  # fmt: skip
    return intake.IncidentTold(**given)


def judged(
    case: records.Case, kind: IncidentKind = IncidentKind.ENTICEMENT, **fields: Any
) -> review.Judgement:
    found = (records.Finding(item_id=case.item_ids[0], incident=kind),)
    return review.Judgement(outcome=Outcome.VIOLATION, findings=found, **fields)


def decided(line: Line, case: records.Case, person: Person, **fields: Any) -> records.Decision:
    case = line.wardline.claim(case.id, user=person.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=person.user)
    return line.wardline.decide(case.id, user=person.user, judgement=judged(case, **fields))


def filed(line: Line, person: Person, **fields: Any) -> records.Referral:
    case = line.case_of(line.wardline.tell(told(**fields), api_key=line.platform_key().record))
    decided(line, case, person)
    line.pass_time(line.parts.rules.undo_window)
    return the_referral(line, case)


@pytest.fixture
def sandbox() -> Iterator[ChangingSandbox]:
    started = ChangingSandbox()
    with started:
        yield started


@pytest.fixture
def line(tmp_path: Path, sandbox: ChangingSandbox) -> Iterator[Line]:
    with Line(tmp_path, authority=sandbox) as made:
        yield made
        assert made.verify().ok


def report_of(sandbox: ChangingSandbox) -> etree._Element:
    (report,) = sandbox.documents("submit")
    return report


def test_it_is_told_judged_and_reported_once_without_a_file(line: Line, sandbox: ChangingSandbox) -> None:
    mika = line.person("mika")
    done = line.wardline.tell(told(), api_key=line.platform_key().record)
    case = line.case_of(done)
    item = line.store.item(case.item_ids[0])
    assert (item.told, item.picture) == (IncidentKind.ENTICEMENT, None)
    assert {each.kind for each in item.hashes} == {"md5", "sha1", "sha256"}
    assert case.reasons == (
        "The platform told of an incident without a file: online enticement",
        "A user flagged it: contact with a child",
    )
    assert review.factors(case)[0] == "Category unknown"
    assert review.factors(case)[2] == "likelihood not measured"

    case = line.wardline.claim(case.id, user=mika.user)
    with pytest.raises(RefusedError):
        line.wardline.cover(case.id, item_id=item.id, user=mika.user)
    shown = line.wardline.reveal(case.id, item_id=item.id, user=mika.user).decode()
    assert WORDS in shown
    assert "user-9: why?" in shown
    (reveal,) = line.store.reveals_of(case.id)
    assert (reveal.user_id, reveal.number) == (mika.user.id, 1)
    line.wardline.decide(case.id, user=mika.user, judgement=judged(case))
    line.pass_time(line.parts.rules.undo_window)

    referral = the_referral(line, case)
    assert referral.state is ReferralState.FINISHED
    assert line.store.receipt_of(referral.id) is not None
    assert [(each.in_text, each.described) for each in referral.files] == [(True, False)]
    (finished,) = sandbox.ledger.finished()
    assert (str(finished.report_id), list(finished.files)) == (referral.remote_id, [])
    assert [each.call for each in sandbox.requests if each.call in ("upload", "fileinfo")] == []
    holds = {each.basis for each in line.store.holds_of(item.id) if each.state is records.HoldState.ACTIVE}
    assert HoldBasis.REPORTED in holds
    figures = line.wardline.statistics(START.date(), line.clock.now().date())
    counted = [
        figures.total(each)
        for each in (Step.INCIDENTS_TOLD, Step.ITEMS_RECEIVED, Step.REFERRALS_FILED, Step.FILES_REPORTED)
    ]
    assert counted == [1, 0, 1, 0]
    assert line.store.case(case.id).state is CaseState.CLOSED


def test_the_report_says_what_was_said_where_it_was_said(line: Line, sandbox: ChangingSandbox) -> None:
    filed(line, line.person("mika"))
    report = report_of(sandbox)
    assert report.findtext("incidentSummary/incidentType") == "Online Enticement of Children for Sexual Acts"
    assert report.findtext("incidentSummary/incidentDateTime") == "2026-03-02T07:00:00Z"
    chat = report.find("internetDetails/chatImIncident")
    assert chat is not None
    assert chat.findtext("chatClient") == "direct message"
    assert chat.findtext("content") == (
        "2026-03-02 07:00:00 UTC account-1: meet me at the fountain\n    at four\n2026-03-02 08:00:00 UTC user-9: why?"
    )
    assert report.findtext("personOrUserReported/ipCaptureEvent/eventName") == "Other"
    note = report.findtext("additionalInfo") or ""
    assert WORDS in note
    assert "Read in full by a person" in note
    assert "This report has no file." in note
