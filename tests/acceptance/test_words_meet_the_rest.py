"""Incidents without a file where they meet what was made for files: near copies, growing lists, statements, supplements, the record of an account."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.acceptance.test_a_report_with_everything import ChangingSandbox
from tests.acceptance.test_an_incident_without_a_file import decided, judged, line, sandbox, told
from wardline import intake, records, review
from wardline.errors import VersionConflictError
from wardline.pipeline import Complaint, Rules
from wardline.records import CaseState, IncidentKind, Outcome, ReferralState
from wardline.referral import corrections
from wardline.testing.harness import REPORTER, START, Line

__all__ = ["line", "sandbox"]
"""Fixtures of the story, for this one."""

OTHER = review.Judgement(outcome=Outcome.OTHER_RULE)
DRAWN = review.SecondOpinions(random_share=1.0)


def tell(line: Line, **fields: object) -> records.Case:
    return line.case_of(line.wardline.tell(told(**fields), api_key=line.platform_key().record))


def test_words_stand_in_no_cluster_and_nobody_decides_them_but_people(tmp_path: Path) -> None:
    rules = Rules(reporter=REPORTER, opinions=DRAWN)
    with Line(tmp_path, rules=rules) as line:
        first = tell(line)
        # The same words by another platform are another incident: nothing says that they are one.
        key = line.platform_key(platform="elsewhere").record
        second = line.case_of(line.wardline.tell(told(), api_key=key))
        assert [each.cluster_id for each in (first, second)] == [None, None]
        for person in [line.person(name) for name in ("mika", "noor", "olli")][:2]:
            line.wardline.claim(first.id, user=person.user)
            line.wardline.decide(first.id, user=person.user, judgement=OTHER)
            line.pass_time(line.parts.rules.undo_window)
        assert line.store.case(first.id).state is CaseState.CLOSED
        assert line.store.case(second.id).state is CaseState.OPEN
        assert line.store.decisions_of(second.id) == []


def test_a_list_that_grows_by_the_bytes_of_an_account_finds_files_and_no_words(tmp_path: Path) -> None:
    rules, said = (
        Rules(reporter=REPORTER, look_back=timedelta(days=30)),
        told(visibility=records.Visibility.PUBLIC),
    )
    with Line(tmp_path, rules=rules) as line:
        words = line.case_of(line.wardline.tell(said, api_key=line.platform_key().record))
        file = line.case_of(line.submit(picture(), flag="spam"))
        digests = [hashlib.sha256(each).hexdigest() for each in (said.upload(START).content, picture())]
        path = tmp_path / "grows.csv"
        path.write_text(
            "hash_type,hash,category\n" + "".join(f"sha256,{each},A2\n" for each in digests), "utf-8"
        )
        first, second = (line.person(name, records.Role.ADMIN).user for name in ("ada", "abe"))
        added = line.wardline.add_list(
            path, name="grows", provenance="made for a test", trust=records.ListTrust.VERIFIED, user=first
        )
        line.wardline.approve(added.approval.id, user=second)
        line.run_due()
        assert line.store.case(words.id) == words
        assert line.store.item(words.item_ids[0]).matches == ()
        assert len(line.store.item(file.item_ids[0]).matches) == 1


def test_a_statement_about_words_names_no_content_for_there_is_none(line: Line) -> None:
    case = tell(line, content_reference="complaint-4711")
    mika = line.person("mika")
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=OTHER)
    line.pass_time(line.parts.rules.undo_window)
    stated = [
        each
        for each in line.store.messages_of(case.id)
        if each.kind is records.MessageKind.STATEMENT_OF_REASONS
    ]
    assert [each.content_reference for each in stated] == [None]
    assert "complaint-4711" not in stated[0].text
    assert "The account got a warning." in stated[0].text


def stated(line: Line, case: records.Case) -> str:
    """Say that a case breaks another rule, and give the reasons that its account is told."""
    user = line.person("mika").user
    line.wardline.claim(case.id, user=user)
    line.wardline.decide(case.id, user=user, judgement=OTHER)
    line.pass_time(line.parts.rules.undo_window)
    (text,) = (
        each.text
        for each in line.store.messages_of(case.id)
        if each.kind is records.MessageKind.STATEMENT_OF_REASONS
    )
    return text


@pytest.mark.parametrize("flag", [records.Flag(reason="contact with a child"), None])
def test_a_statement_about_a_conversation_says_neither_that_somebody_reported_it_nor_that_nobody_did(
    tmp_path: Path, flag: records.Flag | None
) -> None:
    private = intake.PrivateScanning(legal_basis={"GB": "a law"})
    with Line(tmp_path, rules=Rules(reporter=REPORTER, private_scanning=private)) as line:
        text = stated(line, tell(line, flag=flag, region="GB"))
    for word in ("reported", "initiative", "came to look", "automated means pointed"):
        assert word not in text
    assert "made by a person" in text


def test_nor_does_one_about_a_picture_that_somebody_in_the_conversation_flagged(line: Line) -> None:
    sent = line.submit(picture(), flag="contact", visibility=records.Visibility.PRIVATE)
    text = stated(line, line.case_of(sent))
    assert "reported" not in text
    assert "initiative" not in text


def test_of_what_everybody_could_see_it_is_said(line: Line) -> None:
    assert "somebody reported it." in stated(line, tell(line, visibility=records.Visibility.PUBLIC))


def test_two_people_read_the_words_before_somebody_is_reported_for_the_gravest_kind(tmp_path: Path) -> None:
    rules = Rules(reporter=REPORTER, opinions=review.SecondOpinions(gravest=True))
    with Line(tmp_path, rules=rules) as line:
        grave, other = tell(line), tell(line, content_reference="conversation-8")
        mika, noor = line.person("mika"), line.person("noor")
        decided(line, grave, mika)
        claimed = line.wardline.claim(other.id, user=mika.user)
        line.wardline.decide(
            claimed.id, user=mika.user, judgement=judged(claimed, IncidentKind.MISLEADING_WORDS)
        )
        line.pass_time(line.parts.rules.undo_window)
        assert line.store.referrals(case_id=grave.id) == []
        assert len(line.store.referrals(case_id=other.id)) == 1
        decided(line, grave, noor)
        line.pass_time(line.parts.rules.undo_window)
        assert len(line.store.referrals(case_id=grave.id)) == 1


def test_a_supplement_and_another_kind_speak_of_no_files(tmp_path: Path, sandbox: ChangingSandbox) -> None:
    rules = Rules(reporter=REPORTER, opinions=DRAWN)
    with Line(tmp_path, authority=sandbox, rules=rules) as line:
        case = tell(line)
        mika, noor, _ = (line.person(name) for name in ("mika", "noor", "olli"))
        decided(line, case, mika)
        line.pass_time(line.parts.rules.undo_window)
        decided(line, case, noor, escalation="They said that they meet at four.")
        line.pass_time(line.parts.rules.undo_window)
        first, supplement = line.store.referrals(case_id=case.id)
        assert (supplement.corrects, supplement.state) == (first.id, ReferralState.FINISHED)
        note = sandbox.documents("submit")[1].findtext("additionalInfo") or ""
        assert "The files are there" not in note
        assert "What was told of the incident is there." in note


def test_another_kind_of_an_incident_is_told_without_a_word_of_files(
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
    _, correction = line.store.referrals(case_id=case.id)
    shown = line.wardline.preview_referral(correction.id).report
    assert shown is not None
    assert "Its files are kept" not in shown.note
    assert "What was told of that incident is kept as the law asks" in shown.note


def test_told_again_while_somebody_changes_what_is_known_of_it_loses_nothing(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tell(line, flag=None, visibility=records.Visibility.PUBLIC)
    commit, tries = line.store.commit, 0

    def contended(*changes: records.Change, **more: object) -> None:
        nonlocal tries
        if any(
            isinstance(each, records.Replace) and isinstance(each.record, records.Item) for each in changes
        ):
            tries += 1
            if tries == 1:
                raise VersionConflictError("item: changed meanwhile, expected its version")
        commit(*changes, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(line.store, "commit", contended)
    facts = records.ReportFacts(victims=(records.Party(screen_name="user-9", person=records.Person(age=12)),))
    again = told(flag=None, visibility=records.Visibility.PUBLIC, facts=facts)
    done = line.wardline.tell(again, api_key=line.platform_key().record, idempotency_key="one")
    assert (done.item_id, tries) == (None, 2)
    item = line.store.item(case.item_ids[0])
    assert item.context is not None
    assert item.context.facts == facts
    assert len(line.store.cases()) == 1


def test_words_that_stood_in_one_report_with_files_are_named_as_what_they_are(line: Line) -> None:
    """Another installation may have filed them as one: a person says so after a restore."""
    case = tell(line)
    decided(line, case, line.person("mika"))
    line.pass_time(line.parts.rules.undo_window)
    (filed,) = line.store.referrals(case_id=case.id)
    files = (records.ReferralFile(item_id="item-1", remote_file_id="b0a1", described=True), *filed.files)
    both = replace(filed, files=files)
    (named,) = corrections.files_named(both, case)
    assert named == f"This is about only a part of that report: the account {case.item_ids[0]}."
    assert not corrections.is_in_words(both)
    (named,) = corrections.files_named(both, replace(case, item_ids=("item-1",)))
    assert named == "This is about only a part of that report: file b0a1 (item-1)."
