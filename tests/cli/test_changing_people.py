from __future__ import annotations

import pytest

from tests.cli.conftest import PASSWORD, Place


def _user(place: Place, name: str) -> dict[str, object]:
    return next(each for each in place.run("user", "list", "--json").json if each["name"] == name)


def test_a_role_is_changed_on_the_command_line(place: Place) -> None:
    changed = place.run("user", "role", "mo", "lead")
    assert (changed.code, changed.out) == (0, "mo has the role lead now.\n")
    assert _user(place, "mo")["role"] == "lead"
    assert place.run("user", "role", "mo", "auditor", "--json").json["role"] == "auditor"


@pytest.mark.parametrize("words", [["role", "ada", "lead"], ["disable", "ada"]])
def test_the_last_administrator_is_not_taken_away(place: Place, words: list[str]) -> None:
    ended = place.run("user", *words, "--json")
    assert (ended.code, ended.error["error"]) == (2, "not-allowed")
    assert "Make another administrator first" in ended.error["advice"]
    assert (_user(place, "ada")["role"], _user(place, "ada")["disabled"]) == ("admin", False)


def test_a_reset_password_is_shown_once_and_is_the_only_one(place: Place) -> None:
    made = place.run("user", "reset-password", "bea", "--generate", "--json")
    assert made.code == 0
    assert "password_hash" not in made.json
    assert len(made.json["password"]) >= 20
    old = place.run_as("bea", "alarm", "resolve", "alarm-0", "--json")
    assert old.error["error"] == "not-authenticated"

    place.password_file.write_text(made.json["password"], "ascii")
    new = place.run_as("bea", "alarm", "resolve", "alarm-0", "--json")
    assert new.error["error"] != "not-authenticated"
    assert made.json["password"] not in place.run("user", "list").out


def test_a_reset_password_may_be_read_from_a_file(place: Place) -> None:
    ended = place.run("user", "reset-password", "bea", "--password-file", place.password_file)
    assert ended.code == 0
    assert PASSWORD not in ended.out
    both = place.run("user", "reset-password", "bea", "--generate", "--password-file", place.password_file)
    assert both.code == 2


def test_unlocking_is_said_plainly(place: Place) -> None:
    assert place.run("user", "unlock", "mo").out == "mo may try again.\n"
    assert place.run("user", "disable", "mo").code == 0
    ended = place.run("user", "unlock", "mo", "--json")
    assert (ended.code, ended.error["error"]) == (2, "conflict")
    assert place.run("user", "unlock", "nobody", "--json").error["error"] == "not-found"
