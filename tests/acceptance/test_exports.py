"""What is taken out for an authority: hashes and categories that our own reader reads again, and a held file with its chain of custody."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.acceptance.stories import decided_violation, picture, the_referral
from tests.acceptance.test_an_incident_without_a_file import decided, told
from wardline import audit, plugins, preservation, records
from wardline.adapters.hash_lists import open_source
from wardline.errors import (
    ConflictError,
    IdempotencyMismatchError,
    InputError,
    NotAllowedError,
    RefusedError,
    SecondPersonError,
)
from wardline.pipeline import blind_requests, custody, vics_export
from wardline.records import (
    CaseState,
    Category,
    CategoryMeaning,
    CategoryProfile,
    ExportCause,
    ExportReason,
    ExportState,
    HashKind,
    HoldBasis,
    HoldState,
    Insert,
    Replace,
    Role,
    Stage,
    Verb,
)
from wardline.testing import store_records
from wardline.testing.harness import Line, Person

CAUSE = ExportCause(reason=ExportReason.POLICE_REQUEST, reference="OP-2026/17")
PROFILE = CategoryProfile(
    document="UK",
    categories={"1": CategoryMeaning.A1, "2": CategoryMeaning.A2, "3": CategoryMeaning.B1, "4": CategoryMeaning.B2, "0": CategoryMeaning.SKIP},
)  # fmt: skip
RECEIVER = X25519PrivateKey.from_private_bytes(bytes(range(32)))


def reported(line: Line, *, seed: int = 1) -> tuple[records.Case, Person]:
    lead = line.person(f"mika {seed}", Role.LEAD)
    case = decided_violation(line, line.submit(picture(seed), flag="spam", account=f"account-{seed}"), lead)
    line.pass_time(line.parts.rules.undo_window)
    return line.store.case(case.id), lead


def reported_words(line: Line, lead: Person) -> records.Case:
    """An incident without a file in which a violation stands."""
    case = line.case_of(line.wardline.tell(told(), api_key=line.platform_key().record))
    decided(line, case, lead)
    line.pass_time(line.parts.rules.undo_window)
    return line.store.case(case.id)


def proposed(line: Line, cases: list[str], user: records.User, **given: Any) -> records.Approval:
    _, approval = line.wardline.propose_export(wanted(cases), user=user, **given)
    return approval


def wanted(cases: list[str]) -> vics_export.Wanted:
    return vics_export.Wanted(case_ids=tuple(cases), profile="theirs", cause=CAUSE)


def vics(line: Line, cases: list[str], user: records.User) -> vics_export.VicsExport:
    """One proposes, another approves, and the first one takes it."""
    approval = proposed(line, cases, user)
    line.wardline.approve(approval.id, user=line.person(f"second of {approval.id}", Role.ADMIN).user)
    return line.wardline.take_export(approval.subject_id, user=user)


def know(line: Line, profile: CategoryProfile = PROFILE) -> None:
    """Let the settings name what their numbers mean."""
    line.wardline.parts = line.parts = replace(
        line.parts,
        category_profiles={"theirs": profile},
        write_vics=plugins.load("hash_lists", "vics-writer"),
    )


@pytest.fixture(autouse=True)
def _their_numbers(request: pytest.FixtureRequest) -> None:
    if "line" in request.fixturenames:
        know(request.getfixturevalue("line"))


def package(line: Line, case: records.Case, user: records.User) -> custody.HoldPackage:
    hold = next(each for each in line.store.holds_of(case.item_ids[0]) if each.state is HoldState.ACTIVE)
    return custody.export(
        line.parts, hold.id, recipient=RECEIVER.public_key(), cause=CAUSE, user=user, sequence=line.sequence,
        prove_entry=line.wardline.prove_entry,
    )  # fmt: skip


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def exports_told(line: Line, subject_id: str) -> list[records.Entry]:
    line.sequence()
    return [each for _, each in line.wardline.entries_about(subject_id, 50) if each.verb is Verb.EXPORT_MADE]


def awaiting_opinion(line: Line, case: records.Case) -> None:
    """Let a case wait for the blind opinion of somebody else."""
    opinion = store_records.opinion(case_id=case.id, decision_id=case.decision_id, user_id="user-other")
    case = line.store.case(case.id)
    waiting = replace(case, state=CaseState.OPEN, stage=Stage.SECOND, version=case.version + 1)
    entry = line.parts.entry(Verb.CASE_REOPENED, case.id)
    line.store.commit(Replace(waiting), Insert(opinion), entries=[entry])


def test_our_own_reader_reads_what_was_written_with_the_same_categories(line: Line, tmp_path: Path) -> None:
    first, lead = reported(line)
    second, _ = reported(line, seed=2)
    made = vics(line, [first.id, second.id, first.id], lead.user)
    path = tmp_path / "export.json"
    path.write_bytes(made.content)
    page = open_source(
        path, form=records.ListForm.VICS, profile="theirs", profiles={"theirs": PROFILE}
    ).fetch(None)
    read = {each.value: each.category for each in page.added if each.kind is HashKind.MD5}
    wanted = [
        each.value
        for case in (first, second)
        for each in line.store.item(case.item_ids[0]).hashes
        if each.kind is HashKind.MD5
    ]
    assert read == dict.fromkeys(wanted, Category.A2)
    assert made.media == 2
    for case in (first, second):
        (entry,) = exports_told(line, case.id)
        assert (entry.actor, CAUSE.words in entry.detail, made.sha256 in entry.detail) == (
            lead.user.id,
            True,
            True,
        )


def test_neither_account_nor_file_name_nor_address_is_in_an_export(line: Line) -> None:
    case, lead = reported(line)
    content = vics(line, [case.id], lead.user).content.decode()
    assert not any(each in content for each in ("account-1", "picture.jpg", "192.0.2.7", case.id, "post-1"))


def test_a_category_without_a_number_of_its_own_is_refused_and_nothing_is_logged(line: Line) -> None:
    case, lead = reported(line)
    rest = {number: meaning for number, meaning in PROFILE.categories.items() if number != "2"}
    for categories in (rest, {**PROFILE.categories, "7": CategoryMeaning.A2}):
        know(line, replace(PROFILE, categories=categories))
        with pytest.raises(InputError):
            proposed(line, [case.id], lead.user)
    assert exports_told(line, case.id) == []
    assert line.store.exports(most=9) == []


def test_only_violations_that_stand_are_exported_and_only_by_who_manages(line: Line) -> None:
    case, lead = reported(line)
    undecided = line.case_of(line.submit(picture(3), flag="spam", account="account-3"))
    with pytest.raises(ConflictError):
        proposed(line, [case.id, undecided.id], lead.user)
    with pytest.raises(NotAllowedError):
        proposed(line, [case.id], line.person("noor").user)
    with pytest.raises(InputError):
        proposed(line, [], lead.user)
    know(line)
    line.parts = line.wardline.parts = replace(line.parts, category_profiles={})
    with pytest.raises(InputError):
        proposed(line, [case.id], lead.user)
    assert exports_told(line, case.id) == []
    assert line.store.exports(most=9) == []


def test_a_document_without_any_file_is_refused_with_what_to_do_instead(line: Line) -> None:
    lead = line.person("lena", Role.LEAD)
    case = reported_words(line, lead)
    with pytest.raises(InputError, match="none of these 1 has a file") as refused:
        proposed(line, [case.id], lead.user)
    assert "wardline hold export" in refused.value.advice
    assert line.store.exports(most=9) == []
    assert line.store.approvals() == []


def test_a_document_says_of_which_cases_it_has_no_file(line: Line) -> None:
    case, lead = reported(line)
    words = reported_words(line, lead)
    made = vics(line, [words.id, case.id], lead.user)
    assert (made.media, made.without_files) == (1, (words.id,))
    assert vics(line, [case.id], lead.user).without_files == ()
    undecided = line.case_of(line.submit(picture(3), flag="spam", account="account-3"))
    assert vics_export.without_files(line.parts, [undecided.id, case.id]) == (undecided.id,)


def test_nobody_gives_hashes_out_alone(line: Line) -> None:
    case, lead = reported(line)
    approval = proposed(line, [case.id], lead.user)
    with pytest.raises(SecondPersonError):
        line.wardline.approve(approval.id, user=lead.user)
    with pytest.raises(ConflictError):
        line.wardline.take_export(approval.subject_id, user=lead.user)
    assert exports_told(line, case.id) == []
    ada = line.person("ada", Role.ADMIN)
    line.wardline.approve(approval.id, user=ada.user)
    assert line.store.export(approval.subject_id).decided_by == ada.user.id
    with pytest.raises(NotAllowedError):
        line.wardline.take_export(approval.subject_id, user=line.person("noor").user)
    for _ in range(2):
        line.wardline.take_export(approval.subject_id, user=ada.user)
    assert [each.actor for each in exports_told(line, case.id)] == [ada.user.id] * 2
    line.sequence()
    told = [each.verb for _, each in line.wardline.entries_about(approval.subject_id, 9)]
    assert told == [Verb.EXPORT_DECIDED, Verb.EXPORT_PROPOSED]


def test_what_was_refused_is_not_given_out(line: Line) -> None:
    case, lead = reported(line)
    approval = proposed(line, [case.id], lead.user)
    line.wardline.refuse(approval.id, user=line.person("ada", Role.ADMIN).user)
    assert line.store.export(approval.subject_id).state is ExportState.REFUSED
    with pytest.raises(ConflictError):
        line.wardline.take_export(approval.subject_id, user=lead.user)
    assert exports_told(line, case.id) == []


def test_what_changed_since_it_was_proposed_is_neither_approved_nor_given(line: Line) -> None:
    case, lead = reported(line)
    ada = line.person("ada", Role.ADMIN).user
    first = proposed(line, [case.id], lead.user)
    line.wardline.approve(first.id, user=ada)
    second = proposed(line, [case.id], lead.user)
    other = {**PROFILE.categories, "2": CategoryMeaning.SKIP, "9": CategoryMeaning.A2}
    know(line, replace(PROFILE, categories=other))
    with pytest.raises(ConflictError):
        line.wardline.take_export(first.subject_id, user=lead.user)
    with pytest.raises(ConflictError):
        line.wardline.approve(second.id, user=ada)
    assert line.store.export(second.subject_id).state is ExportState.PROPOSED
    assert exports_told(line, case.id) == []


def test_an_approval_is_no_standing_leave(line: Line) -> None:
    case, lead = reported(line)
    approval = proposed(line, [case.id], lead.user)
    line.wardline.approve(approval.id, user=line.person("ada", Role.ADMIN).user)
    line.clock.advance(vics_export.LASTS - timedelta(minutes=1))
    assert line.wardline.take_export(approval.subject_id, user=lead.user).media == 1
    line.clock.advance(timedelta(minutes=1))
    with pytest.raises(ConflictError):
        line.wardline.take_export(approval.subject_id, user=lead.user)


def test_the_same_proposal_under_the_same_key_is_one(line: Line) -> None:
    case, lead = reported(line)
    first, again = (proposed(line, [case.id, case.id], lead.user, once="export-1") for _ in range(2))
    assert first == again
    with pytest.raises(IdempotencyMismatchError):
        line.wardline.propose_export(
            replace(wanted([case.id]), profile="another"), user=lead.user, once="export-1"
        )
    assert len(line.store.exports(most=9)) == 1


def test_a_held_file_goes_out_sealed_with_every_entry_about_it_proved(line: Line) -> None:
    case, lead = reported(line)
    made = package(line, case, lead.user)
    found = members(made.content)
    said = json.loads(found["manifest.json"])
    about = f"{said['pack']}\n{case.item_ids[0]}".encode()
    assert preservation.open_sealed(found["evidence-1.sealed"], RECEIVER, about=about) == picture()
    assert picture() not in made.content
    (evidence,) = said["evidence"]
    assert evidence["sha256"] == hashlib.sha256(picture()).hexdigest()
    for kind in (evidence, json.loads(found["hold.json"])["file"]):
        assert (kind["kind"], kind["format"]) == ("picture", "jpeg")
    chain = json.loads(found["custody.json"])
    assert chain["complete"]
    events = chain["events"]
    key = line.parts.log_key.public_key()
    for each in events:
        proof = each["proof"]
        taken = audit.Proof(
            origin=proof["origin"], position=proof["position"], leaf=base64.b64decode(proof["leaf"]), size=proof["size"],
            hashes=tuple(map(base64.b64decode, proof["hashes"])), checkpoint=proof["checkpoint"],
        )  # fmt: skip
        audit.check_proof(taken, line.parts.log_origin, key)
        assert json.loads(taken.leaf)["verb"] == each["verb"]
    verbs = {each["verb"] for each in events}
    wanted = {Verb.ITEM_ROUTED, Verb.CASE_REVEALED, Verb.HOLD_PLACED, Verb.REFERRAL_FILED, Verb.EXPORT_MADE}
    assert wanted <= verbs
    assert [each["position"] for each in events] == sorted(each["position"] for each in events)
    assert json.loads(found["hold.json"])["receipts"][0]["number"] == the_referral(line, case).remote_id


def test_a_package_is_opened_by_nothing_that_the_installation_keeps(line: Line) -> None:
    case, lead = reported(line)
    made = members(package(line, case, lead.user).content)
    # Once a file's key was made of the log's key and the file's digest: whoever had both could open it, also after it was destroyed.
    kept = HKDF(hashes.SHA256(), 32, None, b"wardline custody v1").derive(
        line.parts.log_key.private_bytes_raw()
    )
    about = f"{json.loads(made['manifest.json'])['pack']}\n{case.item_ids[0]}".encode()
    former = preservation.seal(picture(), RECEIVER.public_key(), secret=kept, about=about)
    assert preservation.open_sealed(made["evidence-1.sealed"], RECEIVER, about=about) == picture()
    assert made["evidence-1.sealed"] != former


def test_what_no_decoder_reads_goes_out_as_that(line: Line) -> None:
    case = line.case_of(line.submit(b"no picture at all", flag="spam"))
    found = members(package(line, case, line.person("lea", Role.LEAD).user).content)
    for name, at in (("hold.json", "file"), ("manifest.json", "evidence")):
        said = json.loads(found[name])[at]
        kind = said if isinstance(said, dict) else said[0]
        assert (kind["kind"], kind["format"]) == ("unreadable", None)


def test_a_chain_that_is_cut_says_so(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    case, lead = reported(line)
    monkeypatch.setattr(custody, "_MOST", 2)
    chain = json.loads(members(package(line, case, lead.user).content)["custody.json"])
    assert not chain["complete"]
    assert chain["events"]


def test_a_chain_of_which_somebody_made_an_entry_unreadable_says_that_it_is_not_whole(tmp_path: Path) -> None:
    with Line(tmp_path, store="sqlite") as line:
        case, lead = reported(line)
        line.sequence()
        position = line.store.log_positions_of(case.item_ids[0], most=1)[0]
        with closing(sqlite3.connect(tmp_path / "wardline.sqlite")) as database, database:
            database.execute("UPDATE audit_entries SET leaf = ? WHERE position = ?", (b"{}", position))
        chain = json.loads(members(package(line, case, lead.user).content)["custody.json"])
    assert position not in [each["position"] for each in chain["events"]]
    assert not chain["complete"]


def test_another_file_of_the_account_is_not_in_the_chain_of_custody(line: Line) -> None:
    case, lead = reported(line)
    other, _ = reported(line, seed=2)
    text = members(package(line, case, lead.user).content)["custody.json"].decode()
    assert case.item_ids[0] in text
    assert other.item_ids[0] not in text


def test_nothing_is_taken_out_that_is_not_kept_or_by_whom_it_must_not(line: Line) -> None:
    case, lead = reported(line)
    with pytest.raises(NotAllowedError):
        package(line, case, line.person("noor").user)
    (hold,) = [each for each in line.store.holds_of(case.item_ids[0]) if each.basis is HoldBasis.REPORTED]
    line.pass_time(timedelta(days=400))
    given: dict[str, Any] = {"recipient": RECEIVER.public_key(), "cause": CAUSE, "user": lead.user}
    with pytest.raises(ConflictError):
        custody.export(
            line.parts, hold.id, sequence=line.sequence, prove_entry=line.wardline.prove_entry, **given
        )
    assert exports_told(line, case.item_ids[0]) == []


def test_whoever_may_have_to_judge_the_case_blind_takes_nothing_out(line: Line) -> None:
    case, lead = reported(line)
    awaiting_opinion(line, case)
    other = line.person("another lead", Role.LEAD)
    for take in (lambda: proposed(line, [case.id], other.user), lambda: package(line, case, other.user)):
        with pytest.raises(RefusedError):
            take()
    assert lead.user.id != other.user.id


def test_whoever_may_have_to_judge_the_case_blind_is_told_of_no_export_and_approves_none(line: Line) -> None:
    case, lead = reported(line)
    approval = proposed(line, [case.id], lead.user)
    made, other = line.store.export(approval.subject_id), line.person("another lead", Role.LEAD).user
    assert blind_requests.seen_exports(line.parts, [made], other) == [made]
    assert blind_requests.seen_approvals(line.parts, [approval], other) == [approval]
    awaiting_opinion(line, case)
    assert blind_requests.seen_exports(line.parts, [made], other) == []
    assert blind_requests.seen_approvals(line.parts, [approval], other) == []
    with pytest.raises(RefusedError):
        blind_requests.require_open_export(line.parts, made.id, other)
    with pytest.raises((RefusedError, ConflictError)):
        line.wardline.approve(approval.id, user=other)
    assert line.store.export(made.id).state is ExportState.PROPOSED
