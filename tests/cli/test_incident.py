"""An incident without a file from the command line, on a real installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Place
from tests.web.test_incidents import body

AT = "2026-01-02T03:04:05Z"


@pytest.fixture
def told(place: Place) -> Path:
    path = place.folder.parent / "incident.json"
    said: list[dict[str, Any]] = [{"by": "account-1", "text": "meet me at the fountain at four"}]
    path.write_text(json.dumps(body(happened_at=AT, messages=said)), "utf-8")
    return path


def test_it_is_told_once_and_decided_in_a_persons_name(place: Place, told: Path) -> None:
    given = ("incident", told, "--api-key-file", place.key_file("trusted"), "--json")
    ended = place.run(*given)
    assert (ended.code, ended.json["outcome"]) == (1, "review"), ended.err
    again = place.run(*given)
    assert (again.code, again.json) == (0, {"outcome": "repeated", "item_id": None})
    (case,) = place.run("case", "list", "--json").json
    both = ("--incident", "enticement", "--category", "A2")
    refused = place.run_as("mo", "case", "decide", case["id"], "--outcome", "violation", *both, "--json")
    assert (refused.code, refused.error["error"]) == (2, "invalid-input")
    decided = place.run_as(
        "mo", "case", "decide", case["id"], "--outcome", "violation", "--incident", "enticement", "--json"
    )
    assert decided.code == 0, decided.err
    assert [(each["category"], each["incident"]) for each in decided.json["findings"]] == [
        (None, "enticement")
    ]


def test_a_key_of_low_trust_learns_nothing_and_words_are_not_printed(place: Place, told: Path) -> None:
    ended = place.run("incident", told, "--api-key-file", place.key_file("low"))
    assert (ended.code, ended.out.strip()) == (0, "accepted")
    told.write_bytes(b"meet me at the fountain")
    refused = place.run("incident", told, "--api-key-file", place.key_file("low"))
    assert refused.code == 2
    assert "fountain" not in refused.out + refused.err
    missing = place.run("incident", told.with_name("none"), "--api-key-file", place.key_file("low"), "--json")
    assert (missing.code, missing.error["error"]) == (2, "invalid-input")


def test_an_account_of_which_nothing_can_be_seen_is_refused_with_advice(place: Place, told: Path) -> None:
    told.write_text(json.dumps(body(happened_at=AT, messages=[], what_happened="\u200b \u3164")), "utf-8")
    refused = place.run("incident", told, "--api-key-file", place.key_file("low"))
    assert refused.code == 2
    assert "what_happened: blank" in refused.err
    assert "Write what happened in words." in refused.err
