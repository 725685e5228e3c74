"""`wardline audit prove`: one entry, for somebody outside."""

from __future__ import annotations

import json
import sqlite3

from tests.cli.conftest import Place
from tests.unit.audit import outsider


def test_a_proof_by_position_convinces_an_outsider(place: Place) -> None:
    ended = place.run("audit", "prove", "0", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["position"] == 0
    assert outsider.accepts(ended.json, ended.json["key"])
    assert place.run("audit", "prove", "0", "--json").json["key"] == ended.json["key"]


def test_a_proof_by_record_is_of_the_newest_entry_about_it_and_the_others_are_named(place: Place) -> None:
    mo = next(each["id"] for each in place.run("user", "list", "--json").json if each["name"] == "mo")
    assert place.run("user", "disable", "mo").code == 0
    ended = place.run("audit", "prove", mo, "--json")
    assert outsider.accepts(ended.json, ended.json["key"])
    leaf = json.loads(outsider.decoded(ended.json["leaf"]))
    assert (leaf["subject"], leaf["verb"]) == (mo, "user:disabled")
    assert f"The newest entry about {mo}. Others: " in ended.err


def test_without_json_it_says_what_was_proved(place: Place) -> None:
    ended = place.run("audit", "prove", "0")
    assert ended.code == 0
    assert "Entry 0 is one of the" in ended.out
    assert "wardline.invalid/" in ended.out


def test_what_is_not_in_the_log_is_the_callers_mistake(place: Place) -> None:
    for asked in ("999", "9" * 5000, "case-nobody", "-"):
        ended = place.run("audit", "prove", asked, "--json")
        assert (ended.code, ended.error["error"]) == (2, "not-found"), asked


def test_nothing_is_proved_of_a_changed_log(place: Place) -> None:
    assert place.run("audit", "verify").code == 0
    with sqlite3.connect(place.folder / "data" / "wardline.sqlite") as connection:
        connection.execute("UPDATE audit_entries SET leaf = CAST('{}' AS BLOB) WHERE position = 1")
    connection.close()
    assert place.run("audit", "prove", "1", "--json").code == 4
    assert place.run("audit", "prove", "0", "--json").code == 0, "the others are as they were signed"
