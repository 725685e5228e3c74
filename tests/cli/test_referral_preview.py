"""``wardline referral preview``, on a real installation."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest

from tests.cli.conftest import Place
from wardline import records, review, settings, wiring
from wardline.pipeline import conclude
from wardline.testing.clock import VirtualClock


@pytest.fixture
def referral_id(place: Place) -> str:
    """A flagged picture was decided and the decision took effect: its referral is a draft that waits."""
    submitted = place.run(
        "submit", place.picture(1), "--account", "account-1", "--ip-address", "192.0.2.9", "--api-key-file",
        place.key_file("trusted"), "--flag", "spam", "--json",
    )  # fmt: skip
    assert submitted.code == 1, submitted.err
    path = place.folder / "wardline.toml"
    path.write_text(path.read_text("utf-8").replace("#gravest = true", "gravest = false", 1), "utf-8")
    with wiring.open_installation(settings.load(place.folder)) as installation:
        line = installation.wardline
        user = next(user for user in line.parts.store.users() if user.name == "mo")
        case = line.next_case(user)
        assert case is not None
        finding = records.Finding(item_id=case.item_ids[0], category=records.Category.A2)
        judgement = review.Judgement(outcome=records.Outcome.VIOLATION, findings=(finding,))
        decision = line.decide(case.id, user=user, judgement=judgement)
        conclude.conclude(replace(line.parts, clock=VirtualClock(decision.undo_until)), decision.id, 0)
        (referral,) = line.parts.store.referrals()
    return referral.id


@pytest.fixture
def receiver(place: Place) -> None:
    """The settings name a receiver; nobody listens there, and a preview does not need it to."""
    path = place.folder / "wardline.toml"
    lines = '[referral]\nauthority = "ncmec"\nsandbox_url = "http://127.0.0.1:9/ispws"\nusername = "u"\npassword_file = "keys/word"\n'
    path.write_text(path.read_text("utf-8").replace("[referral]\n", lines, 1), "utf-8")
    word = place.folder / "keys" / "word"
    word.touch(mode=0o600)
    word.write_text("word", "ascii")


@pytest.mark.usefixtures("receiver")
def test_a_program_gets_the_checklist_the_problems_and_the_bytes(place: Place, referral_id: str) -> None:
    ended = place.run("referral", "preview", referral_id, "--json")
    assert ended.code == 0, ended.err
    states = {need["name"]: need["state"] for need in ended.json["checklist"]}
    assert (states["Upload address"], states["Port of the upload"]) == ("answered", "missing")
    assert "reporter email: malformed, expected an e-mail address" in ended.json["problems"]
    opening, file = ended.json["preview"]["documents"]
    assert b"<espIdentifier>account-1</espIdentifier>" in base64.b64decode(opening["body"])
    assert file["awaits"] == ["reportId", "fileId"]


@pytest.mark.usefixtures("receiver")
def test_a_person_reads_what_police_need_what_is_wrong_and_what_would_be_sent(
    place: Place, referral_id: str
) -> None:
    ended = place.run("referral", "preview", referral_id)
    assert ended.code == 0, ended.err
    said = re.sub(" +", " ", ended.out)
    assert "Port of the upload missing the platform did not pass it" in said
    assert "Keeps it from being filed: reporter email: malformed" in said
    assert "Identifier account-1 espIdentifier" in said
    assert "1 A2 no no - MD5, SHA1, SHA256, PDQ" in said
    assert "file-1.xml" in said


def test_without_a_receiver_it_says_why_there_is_no_preview(place: Place, referral_id: str) -> None:
    said = place.run("referral", "preview", referral_id).out
    assert "No preview: authority: none in the settings, expected [referral] authority." in said
    shown = place.run("referral", "preview", referral_id, "--json").json
    assert shown["preview"] is None
    assert shown["checklist"]


def test_a_referral_that_never_was_is_named(place: Place) -> None:
    ended = place.run("referral", "preview", "referral-" + "0" * 26, "--json")
    assert (ended.code, ended.error["error"]) == (2, "not-found")


@pytest.mark.usefixtures("receiver")
def test_a_dry_run_says_what_keeps_it_from_being_taken(place: Place, referral_id: str) -> None:
    ended = place.run("referral", "dry-run", referral_id)
    assert ended.code == 1
    assert "The documents break a rule: reporter email" in ended.out
    assert "It would be refused." in ended.out


def test_a_dry_run_plays_it_to_its_receipt_and_needs_no_receiver(place: Place, referral_id: str) -> None:
    path = place.folder / "wardline.toml"
    text = path.read_text("utf-8")
    for name, value in (
        ("first_name", "Safety"),
        ("last_name", "Team"),
        ("email", "safety@platform.example"),
    ):
        text = text.replace(f'#{name} = ""', f'{name} = "{value}"', 1)
    path.write_text(text.replace('#platform = ""', 'platform = "Example"', 1), "utf-8")
    before = place.run("referral", "show", referral_id, "--json").json
    ended = place.run("referral", "dry-run", referral_id, "--json")
    assert ended.code == 0, ended.err
    assert [each["call"] for each in ended.json["calls"]] == ["submit", "attach", "finish"]
    assert ended.json["is_accepted"] is True
    assert place.run("referral", "show", referral_id, "--json").json == before
