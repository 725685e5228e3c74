"""A key that is not the log's, or another name of the installation: nothing starts that would sign with it, and what reads says why."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Place, run
from wardline import settings, wiring


@pytest.fixture
def signed(place: Place) -> Place:
    """Give a place whose log was signed."""
    assert place.run("audit", "verify").code == 0
    return place


def change_key(folder: Path) -> None:
    """Put another key where the log's lies."""
    (folder / "keys" / "log.key").unlink()
    wiring.create_secret(folder / "keys" / "log.key", base64.b64encode(b"k" * 32))


def key_of(place: Place) -> str:
    """Give the hash by which the log's key is known, as an outsider is told it."""
    said = place.run("audit", "prove", "0", "--json").json["key"]
    return str(said).split("+")[1]


def rename(place: Place) -> str:
    """Give the installation another name; gives its old one."""
    written = place.folder / "wardline.toml"
    name = settings.load(place.folder).installation.name
    written.write_text(written.read_text("utf-8").replace(f'name = "{name}"', 'name = "another"', 1), "utf-8")
    assert settings.load(place.folder).installation.name == "another"
    return name


@pytest.mark.parametrize("verb", [("serve", "--port", "0"), ("work",)], ids=["serve", "work"])
def test_nothing_starts_with_a_key_that_did_not_sign_the_log(signed: Place, verb: tuple[str, ...]) -> None:
    expected = key_of(signed)
    change_key(signed.folder)
    ended = signed.run(*verb, "--json")
    assert (ended.code, ended.error["error"]) == (4, "other-log-key")
    assert f"expected key {expected}" in ended.error["message"]
    assert "Put the file log.key back" in ended.error["advice"]


def test_nothing_starts_under_a_name_that_the_log_does_not_bear(signed: Place) -> None:
    name = rename(signed)
    ended = signed.run("serve", "--port", "0", "--json")
    assert (ended.code, ended.error["error"]) == (4, "other-log-key")
    assert f'name = "{name}"' in ended.error["advice"]


def test_nothing_is_proved_or_backed_up_with_another_key(signed: Place, tmp_path: Path) -> None:
    change_key(signed.folder)
    for words in (("audit", "prove", "0", "--json"), ("backup", tmp_path / "copy", "--as", "bea", "--password-file", signed.password_file, "--json")):  # fmt: skip
        assert signed.run(*words).error["error"] == "other-log-key", words
    assert not (tmp_path / "copy").exists()


def test_what_reads_still_does_and_says_that_the_key_is_another(signed: Place) -> None:
    expected = key_of(signed)
    change_key(signed.folder)
    verified = signed.run("audit", "verify")
    assert verified.code == 4
    assert f"expected key {expected}" in verified.out
    checks = {each["name"]: each for each in signed.run("check", "--json").json["checks"]}
    assert checks["log key"]["state"] == "failed"
    assert expected in checks["log key"]["detail"]
    assert signed.run("alarm", "list").code == 0


def test_a_log_that_nobody_signed_yet_takes_any_key(place: Place) -> None:
    change_key(place.folder)
    with wiring.open_installation(settings.load(place.folder)) as installation:
        installation.require_log_key()


def test_a_false_note_at_the_end_is_not_taken_for_another_key(signed: Place) -> None:
    """Whoever changed the log is found by the check of the log; the right key is not called wrong."""
    import sqlite3
    from contextlib import closing

    assert signed.run("user", "disable", "mo").code == 0
    assert signed.run("audit", "verify").code == 0
    with closing(sqlite3.connect(signed.folder / "data" / "wardline.sqlite")) as database, database:
        size, note = database.execute(
            "SELECT size, note FROM audit_checkpoints ORDER BY size DESC LIMIT 1"
        ).fetchone()
        head, _, signature = note.rstrip("\n").rpartition(" ")
        other = bytearray(base64.b64decode(signature))
        other[0] ^= 1
        false = f"{head} {base64.b64encode(bytes(other)).decode()}\n"
        database.execute("UPDATE audit_checkpoints SET note = ? WHERE size = ?", (false, size))
    with wiring.open_installation(settings.load(signed.folder)) as installation:
        installation.require_log_key()
    assert signed.run("audit", "verify").code == 4


def test_a_back_up_of_another_log_names_the_key_that_it_needs(signed: Place, tmp_path: Path) -> None:
    expected = key_of(signed)
    assert signed.run_as("bea", "backup", tmp_path / "copy").code == 0
    shutil.copytree(signed.folder / "keys", tmp_path / "new" / "keys")
    change_key(tmp_path / "new")
    ended = run("restore", tmp_path / "copy", "--folder", tmp_path / "new", "--json")
    assert ended.error["error"] == "other-log-key"
    assert expected in ended.error["message"]
