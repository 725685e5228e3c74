"""``wardline referral approve``, ``add-fact`` and ``call``, and ``wardline case add-fact``, on a real installation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.cli.conftest import Place
from wardline import records, settings, wiring
from wardline.pipeline import conclude, fencing
from wardline.testing.clock import VirtualClock

TOLD = """
[referral.approval]
third = true

[referral.emergency.GB]
phone = "999"
words = "Police"
"""


@pytest.fixture
def case_id(place: Place) -> str:
    """A flagged picture came, whose report waits for a second person once it is decided."""
    path = place.folder / "wardline.toml"
    text = path.read_text("utf-8").replace("#gravest = true", "gravest = false", 1)
    path.write_text(text.replace("\n[referral.approval]\n", TOLD, 1), "utf-8")
    sent = place.run(
        "submit", place.picture(1), "--account", "account-1", "--ip-address", "192.0.2.9", "--api-key-file",
        place.key_file("trusted"), "--flag", "spam", "--json",
    )  # fmt: skip
    assert sent.code == 1, sent.err
    (case,) = place.run("case", "list", "--json").json
    return str(case["id"])


@pytest.fixture
def decision_id(place: Place, case_id: str) -> str:
    """Mo decided it on the command line, and could still take that back."""
    decided = place.run_as(
        "mo", "case", "decide", case_id, "--outcome", "violation", "--category", "B2", "--json"
    )
    assert decided.code == 0, decided.err
    return str(decided.json["id"])


@pytest.fixture
def referral_id(place: Place, decision_id: str) -> str:
    """The report that waits."""
    with wiring.open_installation(settings.load(place.folder)) as installation:
        parts = installation.wardline.parts
        decision = parts.store.decision(decision_id)
        conclude.conclude(replace(parts, clock=VirtualClock(decision.undo_until)), decision.id, 0)
        (found,) = parts.store.referrals()
    return found.id


def facts(place: Place, case_id: str) -> list[records.Fact]:
    with wiring.open_installation(settings.load(place.folder)) as installation:
        return list(installation.wardline.parts.store.facts_of(case_id))


def test_a_second_person_approves_what_waits_and_no_moderator_does(place: Place, referral_id: str) -> None:
    waiting = place.run("referral", "list", "--to-do", "approve", "--json").json
    assert [each["id"] for each in waiting] == [referral_id]
    refused = place.run_as("mo", "referral", "approve", referral_id, "--json")
    assert (refused.code, refused.error["error"]) == (2, "not-allowed")
    approved = place.run_as("bea", "referral", "approve", referral_id)
    assert (approved.code, approved.out) == (
        0, f"{referral_id} is approved. A running service or `wardline work` files it.\n",
    )  # fmt: skip
    assert place.run("referral", "list", "--to-do", "approve", "--json").json == []
    again = place.run_as("ada", "referral", "approve", referral_id, "--json")
    assert (again.code, again.error["error"]) == (2, "conflict")


def test_another_one_that_does_not_wait_is_not_approved_with_it(place: Place, referral_id: str) -> None:
    ended = place.run_as(
        "bea", "referral", "approve", referral_id, "--with", "referral-" + "0" * 26, "--json"
    )
    assert (ended.code, ended.error["error"]) == (2, "conflict")
    assert place.run("referral", "show", referral_id, "--json").json["second_by"] is None


def test_what_is_known_is_added_to_a_report(place: Place, case_id: str, referral_id: str) -> None:
    ended = place.run_as(
        "bea", "referral", "add-fact", referral_id, "--kind", "location", "--text", "a town by the sea"
    )
    assert (ended.code, ended.out) == (0, f"It stands in {referral_id}.\n")
    assert [each.text for each in facts(place, case_id)] == ["a town by the sea"]
    refused = place.run_as(
        "bea", "referral", "add-fact", referral_id, "--kind", "call", "--text", "x", "--json"
    )
    assert (refused.code, refused.error["error"]) == (2, "invalid-input")


def test_a_reason_for_danger_makes_it_the_most_urgent(place: Place, referral_id: str) -> None:
    ended = place.run_as(
        "bea",
        "referral",
        "add-fact",
        referral_id,
        "--kind",
        "danger",
        "--text",
        "They meet at four.",
        "--json",
    )
    assert (ended.code, ended.json["priority"]) == (0, "1")


def test_a_call_is_noted_with_its_time(place: Place, case_id: str, referral_id: str) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M")
    ended = place.run_as("bea", "referral", "call", referral_id, "--region", "GB", "--at", at, "--json")
    assert ended.code == 0, ended.err
    assert (ended.json["text"], ended.json["happened_at"]) == ("999 (GB) Police", f"{at}:00+00:00")
    now = place.run_as("bea", "referral", "call", referral_id, "--region", "GB")
    assert now.code == 0, now.err
    unknown = place.run_as("bea", "referral", "call", referral_id, "--region", "FR", "--json")
    assert (unknown.code, unknown.error["error"]) == (2, "invalid-input")
    assert len(facts(place, case_id)) == 2


def test_who_decided_a_case_adds_to_it_while_it_can_be_taken_back(
    place: Place, case_id: str, decision_id: str
) -> None:
    words = ("case", "add-fact", case_id, "--kind", "identifier", "--text", "someone@mail.example")
    assert decision_id
    ended = place.run_as("mo", *words, "--json")
    assert (ended.code, ended.json["kind"]) == (0, "identifier")
    refused = place.run_as("bea", *words, "--json")
    assert (refused.code, refused.error["error"]) == (2, "not-allowed")
    assert len(facts(place, case_id)) == 1


def test_a_lead_takes_on_nothing_that_is_not_of_priority_1_and_reads_at_once_what_is_kept_from_nobody(
    place: Place, referral_id: str
) -> None:
    refused = place.run_as("mo", "referral", "take-on", referral_id, "--json")
    assert (refused.code, refused.error["error"]) == (2, "not-allowed")
    taken = place.run_as("bea", "referral", "take-on", referral_id, "--json")
    assert (taken.code, taken.json["id"]) == (0, referral_id)


def test_a_word_that_a_report_was_filed_before_is_taken_back_with_a_reason(
    place: Place, decision_id: str
) -> None:
    with wiring.open_installation(settings.load(place.folder)) as installation:
        parts = installation.wardline.parts
        decision = parts.store.decision(decision_id)
        later = replace(parts, clock=VirtualClock(decision.undo_until))
        conclude.conclude(later, decision.id, 0)
        (found,) = parts.store.referrals()
        fencing.raise_(later)
        (ada,) = (each for each in parts.store.users() if each.name == "ada")
        fencing.lift(later, user=ada)
    told = ("referral", "filed-before", found.id, "--report", "4711")
    assert place.run_as("ada", *told).code == 0
    for wrong in (("--take-back",), ("--take-back", "--reason", "a mistake", "--instead-of", "4712")):
        refused = place.run_as("ada", *told, *wrong, "--json")
        assert (refused.code, refused.error["error"]) == (2, "invalid-input")
    back = place.run_as("ada", *told, "--take-back", "--reason", "a mistake")
    assert back.code == 0, back.err
    assert back.out.startswith(f"{found.id} waits for a person again")
    assert place.run("referral", "show", found.id, "--json").json["state"] == "needs-human"
