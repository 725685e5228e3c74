"""An incident without a file: told, judged by a person, and reported once, in words."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from lxml import etree

from tests.acceptance.stories import picture, the_referral, violation
from tests.acceptance.test_a_report_with_everything import ChangingSandbox, prior
from tests.acceptance.test_evidence_on_request import destroyed
from tests.unit.ncmec import full
from wardline import intake, preservation, records, review
from wardline.adapters.authorities.pack import NcaPack
from wardline.errors import InputError, NoLegalBasisError, NotFoundError, RefusedError
from wardline.pipeline import Complaint, Rules, custody
from wardline.records import CaseState, HoldBasis, IncidentKind, Outcome, ReferralState, Step
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line, Person

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


def test_nothing_of_its_words_is_in_a_record_but_the_sealed_one_or_in_an_entry(line: Line) -> None:
    filed(line, line.person("mika"))
    line.sequence()
    known = [*line.store.cases(), *line.store.referrals(), *line.store.holds()]
    known += [line.store.item(each.item_ids[0]) for each in line.store.cases()]
    said = repr([*known, line.wardline.newest_entries(500)])
    assert "case:revealed" in said
    assert WORDS not in said
    assert "fountain" not in said


def test_the_same_account_told_again_is_not_shown_twice(line: Line) -> None:
    key = line.platform_key().record
    first = line.wardline.tell(told(flag=None, visibility=records.Visibility.PUBLIC), api_key=key)
    again = line.wardline.tell(told(flag=None, visibility=records.Visibility.PUBLIC), api_key=key)
    assert (again.route, again.item_id) == (None, None)
    assert len(line.store.cases()) == 1
    others: list[dict[str, Any]] = [
        {"account_reference": "account-2"}, {"content_reference": "conversation-8"}, {"what_happened": "Another account of it."},
        {"said": SAID[:1]},
    ]  # fmt: skip
    for fields in others:
        line.wardline.tell(told(**fields), api_key=key)
    assert len(line.store.cases()) == 1 + len(others)
    assert line.store.item(str(first.item_id)).version == 1
    facts = records.ReportFacts(victims=(records.Party(person=records.Person(age=12)),))
    line.wardline.tell(told(flag=None, visibility=records.Visibility.PUBLIC, facts=facts), api_key=key)
    known = line.store.item(str(first.item_id)).context
    assert known is not None
    assert known.facts is not None
    assert known.facts.victims == facts.victims


def test_danger_said_with_it_is_filed_at_once_and_first(line: Line, sandbox: ChangingSandbox) -> None:
    key, mika = line.platform_key().record, line.person("mika")
    quiet = line.case_of(line.wardline.tell(told(account_reference="account-2"), api_key=key))
    flag = records.Flag(reason=records.IMMINENT_DANGER)
    case = line.case_of(line.wardline.tell(told(flag=flag), api_key=key))
    assert [each.id for each in line.wardline.queue(mika.user)] == [case.id, quiet.id]
    decided(line, case, mika, escalation="It says that they meet today.")
    line.pass_time(line.parts.rules.undo_window)
    assert the_referral(line, case).priority is records.Priority.FIRST
    assert (
        report_of(sandbox).findtext("incidentSummary/escalateToHighPriority")
        == "It says that they meet today."
    )


def test_a_violation_suspends_the_account_and_asks_nothing_about_content(line: Line) -> None:
    key, mika = line.platform_key().record, line.person("mika")
    case = line.case_of(line.wardline.tell(told(), api_key=key))
    decided(line, case, mika)
    line.pass_time(line.parts.rules.undo_window)
    assert [each.kind for each in line.store.actions_of(case.id)] == [records.ActionKind.SUSPEND_ACCOUNT]


def test_a_decision_is_undone_and_one_that_finds_nothing_destroys_the_account(line: Line) -> None:
    key, mika = line.platform_key().record, line.person("mika")
    case = line.case_of(line.wardline.tell(told(), api_key=key))
    decided(line, case, mika)
    assert line.wardline.undo(case.id, user=mika.user).state is CaseState.OPEN
    line.wardline.decide(case.id, user=mika.user, judgement=review.Judgement(outcome=Outcome.NOT_VIOLATION))
    line.pass_time(line.parts.rules.undo_window)
    assert line.store.referrals() == []
    line.pass_time(timedelta(days=200))
    item = line.store.item(case.item_ids[0])
    assert (item.sealed, item.account_reference, item.context) == (False, "", None)
    with pytest.raises(NotFoundError):
        line.parts.vault.open(item.id, "original")


def test_a_victims_data_goes_out_of_what_the_platform_wrote_and_stays_in_what_was_said(
    line: Line, sandbox: ChangingSandbox
) -> None:
    victim = records.Party(person=records.Person(first_name="Alexandra"))
    said = (replace(SAID[0], text="Alexandra, meet me at the fountain"),)
    filed(
        line, line.person("mika"), what_happened="It wrote to Alexandra.", said=said,
        facts=records.ReportFacts(victims=(victim,)),
    )  # fmt: skip
    report = report_of(sandbox)
    note = report.findtext("additionalInfo") or ""
    assert "It wrote to [victim's data removed]." in note
    assert "Alexandra, meet me" in (report.findtext("internetDetails/chatImIncident/content") or "")
    (referral,) = line.store.referrals()
    preview = line.wardline.preview_referral(referral.id)
    assert preview.report is not None
    assert preview.report.masked == (("note", 1),)
    assert "Alexandra, meet" not in repr(preview)


def test_what_is_said_goes_where_the_platform_says_that_it_happened(
    line: Line, sandbox: ChangingSandbox
) -> None:
    facts = records.ReportFacts(incidents=(records.Gaming(game="A game", console="A console"),))
    filed(line, line.person("mika"), facts=facts)
    game = report_of(sandbox).find("internetDetails/onlineGamingIncident")
    assert game is not None
    assert game.findtext("gameName") == "A game"
    assert "fountain" in (game.findtext("content") or "")
    assert report_of(sandbox).find("internetDetails/chatImIncident") is None


def test_everything_that_a_platform_knows_besides_is_in_the_report(
    line: Line, sandbox: ChangingSandbox
) -> None:
    assert filed(line, line.person("mika"), facts=full.facts()).state is ReferralState.FINISHED
    report = report_of(sandbox)
    assert report.findtext("victim/victimPerson/age") == "12"
    assert report.findtext("lawEnforcement/agencyName") == "Agency"


def test_without_messages_a_web_address_says_where_it_stood(line: Line, sandbox: ChangingSandbox) -> None:
    address = "https://service.example/profile/1"
    filed(line, line.person("mika"), said=(), url=address, kind=IncidentKind.MISLEADING_WORDS)
    assert report_of(sandbox).findtext("internetDetails/webPageIncident/url") == address
    assert report_of(sandbox).find("internetDetails/chatImIncident") is None
    with pytest.raises(InputError, match="where it happened"):
        line.wardline.tell(told(said=(), url=None), api_key=line.platform_key().record)


def test_the_checklist_asks_for_what_police_need_of_words_and_for_no_file(line: Line) -> None:
    referral = filed(line, line.person("mika"))
    needs = {each.name: each for each in line.wardline.preview_referral(referral.id).checklist}
    assert needs["What was said"].detail == "2 messages, word for word"
    assert needs["Who took part"].detail == "2 in the excerpt"
    assert needs["When each message was written"].state == "answered"
    assert needs["Account read or not"].detail == "from the reveal log: 1 yes, 0 no"
    assert needs["Kind of incident"].detail == "online enticement"
    assert needs["Port of the upload"].state == "answered"
    assert not {"The files themselves", "Category per file", "Viewed or not, per file", "Viral"} & set(needs)
    assert referral.completeness is not None
    assert referral.completeness > 50


def test_words_that_nobody_read_are_reported_as_unread(line: Line, sandbox: ChangingSandbox) -> None:
    mika = line.person("mika")
    case = line.case_of(line.wardline.tell(told(), api_key=line.platform_key().record))
    case = line.wardline.claim(case.id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=judged(case))
    line.pass_time(line.parts.rules.undo_window)
    note = report_of(sandbox).findtext("additionalInfo") or ""
    assert "Not read in full by any person" in note


def test_reports_of_files_and_of_words_about_one_account_are_apart_and_name_each_other(
    line: Line, sandbox: ChangingSandbox
) -> None:
    mika = line.person("mika")
    words = [
        line.case_of(
            line.wardline.tell(told(content_reference=f"c-{each}"), api_key=line.platform_key().record)
        )
        for each in (1, 2)
    ]
    file = line.case_of(line.submit(picture(1), flag="spam", account="account-1"))
    for case in words:
        decided(line, case, mika)
    line.wardline.claim(file.id, user=mika.user)
    line.wardline.decide(file.id, user=mika.user, judgement=violation(file))
    line.pass_time(line.parts.rules.undo_window)
    found = line.store.referrals()
    assert [(each.joined, each.bundle, each.state) for each in found] == [
        (None, (), ReferralState.FINISHED)
    ] * 3
    assert sorted(len(each.files) for each in sandbox.ledger.finished()) == [0, 0, 1]
    assert sorted(len(prior(each)) for each in sandbox.documents("submit")) == [0, 1, 2]


def test_people_who_differ_about_the_kind_differ_and_two_who_agree_settle_it(tmp_path: Path) -> None:
    rules, sandbox = Rules(reporter=REPORTER), ChangingSandbox()
    with sandbox, Line(tmp_path, authority=sandbox, rules=rules) as line:
        case = line.case_of(line.wardline.tell(told(), api_key=line.platform_key().record))
        people = [line.person(name) for name in ("mika", "noor", "olli")]
        kinds = [IncidentKind.ENTICEMENT, IncidentKind.TRAFFICKING, IncidentKind.TRAFFICKING]
        for person, kind in zip(people, kinds, strict=True):
            line.wardline.claim(case.id, user=person.user)
            asks = person is people[0]
            said = replace(judged(case, kind), second_opinion=asks)
            line.wardline.decide(case.id, user=person.user, judgement=said)
            line.pass_time(line.parts.rules.undo_window)
        assert line.store.case(case.id).state is CaseState.CLOSED
        assert the_referral(line, case).state is ReferralState.FINISHED
        assert report_of(sandbox).findtext("incidentSummary/incidentType") == "Child Sex Trafficking"
        assert not line.store.case(case.id).restricted


def test_an_overturned_one_is_corrected_and_another_kind_is_said(
    line: Line, sandbox: ChangingSandbox
) -> None:
    mika = line.person("mika")
    case = line.case_of(line.wardline.tell(told(), api_key=line.platform_key().record))
    decided(line, case, mika)
    line.pass_time(line.parts.rules.undo_window)
    (action,) = line.store.actions_of(case.id)
    appeal = Complaint(text="It was a joke.", action_id=action.id)
    line.wardline.appeal(appeal, api_key=line.platform_key().record)
    line.run_due()
    noor = line.person("noor")
    line.wardline.claim(case.id, user=noor.user)
    line.wardline.decide(case.id, user=noor.user, judgement=review.Judgement(outcome=Outcome.NOT_VIOLATION))
    line.pass_time(line.parts.rules.undo_window)
    first, correction = line.store.referrals(case_id=case.id)
    assert (correction.corrects, correction.state) == (first.id, ReferralState.FINISHED)
    note = sandbox.documents("submit")[1].findtext("additionalInfo") or ""
    assert "What was told of that incident is kept as the law asks" in note
    types = [each.findtext("incidentSummary/incidentType") for each in sandbox.documents("submit")]
    assert types == ["Online Enticement of Children for Sexual Acts"] * 2
    assert sandbox.documents("submit")[1].findtext("incidentSummary/incidentDateTimeDescription") == (
        "Time at which the incident happened or began, as it was told to the service."
    )


def test_what_goes_out_of_a_hold_says_that_it_is_words(line: Line) -> None:
    lead = line.person("lena", records.Role.LEAD)
    referral = filed(line, lead)
    key, item_id = X25519PrivateKey.from_private_bytes(b"r" * 32), referral.files[0].item_id
    hold = line.store.holds_of(item_id)[-1]
    cause = records.ExportCause(reason=records.ExportReason.COURT_ORDER, reference="7")
    made = custody.export(
        line.parts, hold.id, recipient=key.public_key(), cause=cause, user=lead.user, sequence=line.sequence,
        prove_entry=line.wardline.prove_entry,
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(made.content)) as package:
        said, manifest = (json.loads(package.read(name)) for name in ("hold.json", "manifest.json"))
        sealed = package.read("evidence-1.sealed")
    kind = {"kind": "words", "format": "json", "told_as": "enticement"}
    assert said["file"].items() >= kind.items()
    (evidence,) = manifest["evidence"]
    assert evidence.items() >= kind.items()
    content = preservation.open_sealed(sealed, key, about=f"{manifest['pack']}\n{item_id}".encode())
    assert intake.read_telling(content).what_happened == WORDS


def test_it_is_exported_with_its_chain_and_destroyed_by_two_people(line: Line) -> None:
    referral = filed(line, line.person("mika"))
    (file,) = referral.files
    content = line.parts.vault.open(file.item_id, "original")
    assert intake.read_telling(content).said == SAID
    gone = destroyed(line, file.item_id)
    assert [(each.item_id, each.sha256) for each in gone.destroyed] == [
        (file.item_id, hashlib.sha256(content).hexdigest())
    ]
    with pytest.raises(NotFoundError):
        line.parts.vault.open(file.item_id, "original")
    preview = line.wardline.preview_referral(referral.id)
    assert preview.report is None
    assert preview.unavailable is not None
    assert "destroyed" in preview.unavailable


def test_an_account_that_cannot_be_opened_waits_for_a_person_and_nothing_is_filed(
    line: Line, sandbox: ChangingSandbox
) -> None:
    mika = line.person("mika")
    case = line.case_of(line.wardline.tell(told(), api_key=line.platform_key().record))
    decided(line, case, mika)
    line.parts.vault.destroy(case.item_ids[0], "original")
    line.pass_time(line.parts.rules.undo_window)
    stopped = the_referral(line, case)
    assert stopped.state is ReferralState.NEEDS_HUMAN
    assert stopped.problem is not None
    assert "the evidence cannot be opened" in stopped.problem
    assert sandbox.ledger.finished() == []


def test_a_private_conversation_needs_somebody_who_complained_or_a_legal_basis(line: Line) -> None:
    key = line.platform_key().record
    with pytest.raises(NoLegalBasisError):
        line.wardline.tell(told(flag=None, region="DE"), api_key=key)
    assert line.store.cases() == []
    line.wardline.tell(told(region="DE"), api_key=key)
    assert len(line.store.cases()) == 1


def test_a_pack_holds_the_words_for_the_person_who_files_it(tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    folder.mkdir(mode=0o700)
    clock = VirtualClock(START)
    packs = NcaPack(
        environment="sandbox", clock_now=clock.now, folder=folder, key=Ed25519PrivateKey.from_private_bytes(b"l" * 32),
        entropy=lambda size: b"e" * size,
    )  # fmt: skip
    with Line(tmp_path, authority=packs, clock=clock, rules=Rules(reporter=REPORTER)) as line:
        lead = line.person("lena", records.Role.LEAD)
        waiting = filed(line, lead)
        assert waiting.state is ReferralState.NEEDS_HUMAN
        name, content = line.wardline.take_pack(waiting.id, user=lead.user)
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            report = json.loads(package.read("report.json"))
            page = package.read("report.html").decode()
        assert name.endswith(".zip")
        assert report["incident"]["kind"] == "enticement"
        assert "fountain" in report["incident"]["where"][0]["known"]["content"]
        assert "files" not in report
        assert "fountain" in page
        finished = line.wardline.record_reference(waiting.id, user=lead.user, reference="IRP-1")
        assert finished.state is ReferralState.FINISHED
        assert HoldBasis.REPORTED in {each.basis for each in line.store.holds_of(waiting.files[0].item_id)}


def test_another_kind_is_told_once_somebody_approved_the_correction(
    line: Line, sandbox: ChangingSandbox
) -> None:
    key = line.platform_key().record
    case = line.case_of(line.wardline.tell(told(), api_key=key))
    decided(line, case, line.person("mika"))
    line.pass_time(line.parts.rules.undo_window)
    (action,) = line.store.actions_of(case.id)
    line.wardline.appeal(Complaint(text="It was a joke.", action_id=action.id), api_key=key)
    line.run_due()
    noor = line.person("noor")
    line.wardline.claim(case.id, user=noor.user)
    line.wardline.decide(case.id, user=noor.user, judgement=judged(case, IncidentKind.UNSOLICITED))
    line.pass_time(line.parts.rules.undo_window)
    first, correction = line.store.referrals(case_id=case.id)
    assert (correction.corrects, correction.state) == (first.id, ReferralState.NEEDS_HUMAN)
    line.wardline.file_again(correction.id, user=line.person("lena", records.Role.LEAD).user)
    line.run_due()
    note = sandbox.documents("submit")[1].findtext("additionalInfo") or ""
    assert "The incident: enticement before, unsolicited now." in note
    assert "says that the incident is of another kind" in note
    assert sandbox.documents("submit")[1].findtext("incidentSummary/incidentType") == (
        "Unsolicited Obscene Material Sent to a Child"
    )


class Unasked:
    """A decode sandbox that nobody may ask."""

    def _asked(self, *_values: Any, **_named: Any) -> Any:
        raise AssertionError("words were given to a decoder")

    probe = hash = render = _asked

    def close(self) -> None:
        """Nothing is open."""


def test_no_decoder_no_list_and_no_detector_is_asked_about_words(tmp_path: Path) -> None:
    sandbox, said = ChangingSandbox(), told()
    with sandbox, Line(tmp_path, authority=sandbox, replaced={"media": Unasked()}) as line:
        # Its very bytes stand in a list; nobody looks.
        digest = hashlib.sha256(said.upload(START).content).hexdigest()
        path = tmp_path / "known.csv"
        path.write_text(f"hash_type,hash,category\nsha256,{digest},A2\n", "utf-8")
        first, second = (line.person(name, records.Role.ADMIN).user for name in ("ada", "abe"))
        added = line.wardline.add_list(
            path, name="known", provenance="made for a test", trust=records.ListTrust.VERIFIED, user=first
        )
        line.wardline.approve(added.approval.id, user=second)
        referral = filed(line, line.person("mika"))
        assert referral.state is ReferralState.FINISHED
        item = line.store.item(referral.files[0].item_id)
        assert (item.matches, item.scores, item.scope) == ((), (), None)
        assert not line.store.case(referral.case_id).restricted
