"""Flags, appeals and decisions from the command line, on a real installation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Place

WORDS = "This is a picture of my garden."


@pytest.fixture
def words(place: Place) -> Path:
    path = place.folder.parent / "words"
    path.write_text(WORDS, "utf-8")
    return path


@pytest.fixture
def case(place: Place) -> str:
    """An upload that somebody flagged."""
    ended = place.run(
        "submit", place.picture(2), "--account", "account-1", "--content-reference", "post-1", "--flag", "spam", "--api-key-file",
        place.key_file("trusted"), "--json",
    )  # fmt: skip
    assert ended.json[0]["outcome"] == "review"
    return str(place.run("case", "list", "--json").json[0]["id"])


def test_a_flag_on_a_file_that_is_kept_joins_its_case(place: Place, case: str) -> None:
    item = place.run("case", "show", case, "--json").json["item_ids"][0]
    trusted = ("--api-key-file", place.key_file("trusted"))
    ended = place.run("flag", "--reason", "other", "--item", item, *trusted, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["status"] == "accepted"
    assert ended.json["notice_id"].startswith("notice-")
    by_name = place.run(
        "flag", "--reason", "third", "--account", "account-1", "--content-reference", "post-1", *trusted
    )
    assert by_name.out.startswith("Accepted, notice-")
    assert len(place.run("case", "list", "--json").json) == 1


def test_a_flag_on_what_is_not_kept_says_what_to_do(place: Place) -> None:
    ended = place.run(
        "flag", "--reason", "other", "--account", "a", "--content-reference", "b", "--api-key-file", place.key_file("trusted"), "--json"
    )  # fmt: skip
    assert (ended.code, ended.error["error"]) == (2, "not-found")
    assert "with the file" in ended.error["advice"]


def test_a_notice_of_police_comes_in_with_its_file_and_its_number(place: Place) -> None:
    given = (
        "flag", "--reason", "child-safety", "--flagger", "police", "--account", "account-1", "--content-reference", "post-1",
        "--file", place.picture(2), "--api-key-file", place.key_file("trusted"), "--json",
    )  # fmt: skip
    ended = place.run(*given, "--authority", "Example Police", "--number", "2026/7")
    assert (ended.code, ended.error["error"]) == (2, "invalid-input")
    assert "--received-at" in ended.error["message"]
    named = ("--authority", "Example Police", "--number", "2026/7", "--received-at", "2026-01-01T12:00:00Z")
    ended = place.run(*given, *named)
    assert ended.code == 0, ended.err
    assert ended.json["notice_id"].startswith("notice-")
    (case,) = place.run("case", "list", "--json").json
    assert case["reasons"] == ["An authority gave notice of it: child-safety"]


def test_a_low_trust_key_cannot_ask_what_is_kept(place: Place, case: str) -> None:
    ended = place.run(
        "flag", "--reason", "other", "--account", "account-1", "--content-reference", "post-1", "--api-key-file", place.key_file("low"), "--json"
    )  # fmt: skip
    assert (ended.code, ended.error["error"]) == (2, "invalid-input")


def test_a_case_is_taken_and_decided_in_a_persons_name(place: Place, case: str) -> None:
    ended = place.run_as(
        "mo", "case", "decide", case, "--outcome", "violation", "--category", "A2", "--note", "From the context.", "--json"
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert [each["category"] for each in ended.json["findings"]] == ["A2"]
    shown = place.run("case", "show", case, "--json").json
    assert (shown["state"], shown["decision_id"], shown["reveals"]) == ("decided", ended.json["id"], [])


@pytest.mark.parametrize("category", ["Z9", "item-01aaaaaaaaaaaaaaaaaaaaaaaa=A2", "A2="])
def test_a_category_of_nothing_decides_nothing(place: Place, case: str, category: str) -> None:
    ended = place.run_as(
        "mo", "case", "decide", case, "--outcome", "violation", "--category", category, "--json"
    )
    assert (ended.code, ended.error["error"]) == (2, "invalid-input")
    assert place.run("case", "show", case, "--json").json["state"] == "open"


def test_a_violation_without_a_category_is_refused(place: Place, case: str) -> None:
    ended = place.run_as("mo", "case", "decide", case, "--outcome", "violation", "--json")
    assert ended.code == 2
    assert place.run("case", "show", case, "--json").json["decision_id"] is None


def test_an_administrator_decides_nothing(place: Place, case: str) -> None:
    ended = place.run_as("ada", "case", "decide", case, "--outcome", "not-a-violation", "--json")
    assert (ended.code, ended.error["error"]) == (2, "not-allowed")


def test_an_appeal_is_taken_once_and_its_words_are_not_printed(
    place: Place, listed: Callable[..., str], words: Path
) -> None:
    place.run_as("ada", "hash-list", "activate", listed())
    trusted = ("--api-key-file", place.key_file("trusted"))
    place.run("submit", place.picture(1), "--account", "account-1", "--content-reference", "post-1", *trusted)
    case = place.run("case", "list", "--json").json[0]["id"]
    action = place.run("case", "show", case, "--json").json["actions"][0]["id"]
    asked = ("appeal", "--text-file", words, "--action", action, *trusted)
    ended = place.run(*asked, "--idempotency-key", "once", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["state"] == "waiting"
    assert WORDS not in ended.out
    assert place.run(*asked, "--idempotency-key", "once", "--json").json == ended.json
    again = place.run(*asked, "--json")
    assert (again.code, again.error["error"]) == (2, "already-exists")
    by_name = place.run("appeal", "--text-file", words, "--account", "nobody", "--content-reference", "post-1", *trusted, "--json")  # fmt: skip
    assert (by_name.code, by_name.error["error"]) == (2, "not-found")


def test_an_appeal_without_its_words_is_refused(place: Place, words: Path) -> None:
    for content in (b"\xff\xfe", b"x" * 20_000):
        words.write_bytes(content)
        ended = place.run("appeal", "--text-file", words, "--action", "a", "--json")
        assert (ended.code, ended.error["error"]) == (2, "invalid-input")
    missing = place.run("appeal", "--text-file", words.parent / "none", "--json")
    assert (missing.code, missing.error["error"]) == (2, "invalid-input")


def test_a_count_is_compared_with_the_one_before(place: Place, case: str) -> None:
    ended = place.run("statistics", "change", "items_received", "--json")
    assert ended.code == 0, ended.err
    assert (ended.json["step"], ended.json["before"], ended.json["percent"]) == ("items_received", 0, None)
    today = place.run("statistics", "show", "--json").json["last_day"]
    told = place.run("statistics", "change", "items_received", "--from", today, "--to", today)
    assert "none, from nothing" in told.out
    for words in (
        ("--from", "2026-02-02", "--to", "2026-02-01"),
        ("--from", today, "--to", "9999-12-31", "--before", today),
    ):
        wrong = place.run("statistics", "change", "items_received", *words, "--json")
        assert (wrong.code, wrong.error["error"]) == (2, "invalid-input")
    assert place.run("statistics", "change", "nothing", "--json").code == 2
