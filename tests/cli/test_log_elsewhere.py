"""`wardline audit export`, `verify --against` and `prove --since`: the log for people elsewhere."""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, Place

VERIFIER = Path(__file__).parents[2] / "docs/how-to/examples/verify_log.py"
PROOFS = VERIFIER.with_name("verify_proof.py")


@pytest.fixture
def auditor(place: Place) -> Place:
    """Give a place with an auditor, otto."""
    made = place.run("user", "create", "otto", "--role", "auditor", "--password-file", place.password_file)
    assert made.code == 0, made.err
    return place


def export(place: Place, to: Path, *more: str) -> Ended:
    return place.run_as("otto", "audit", "export", to, *more)


def grow(place: Place) -> None:
    assert place.run("user", "disable", "mo").code == 0


def test_files_and_key_are_all_that_somebody_outside_needs(auditor: Place, tmp_path: Path) -> None:
    log, kept = tmp_path / "log", tmp_path / "kept"
    first = export(auditor, log, "--json").json
    assert first["new_entries"] == first["size"] > 0
    kept.write_bytes((log / "checkpoint").read_bytes())
    grow(auditor)
    again = export(auditor, log)
    assert again.code == 0, again.err
    assert first["key"] in again.out
    checked = subprocess.run(
        [sys.executable, str(VERIFIER), str(log), first["key"], str(kept)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "goes on from 1 kept" in checked.stdout


def test_a_proof_is_checked_by_somebody_who_has_the_proof_the_key_and_the_script(
    auditor: Place, tmp_path: Path
) -> None:
    log, kept = tmp_path / "log", tmp_path / "kept"
    key = export(auditor, log, "--json").json["key"]
    kept.write_bytes((log / "checkpoint").read_bytes())
    grow(auditor)
    for asked, more, said in (
        (("1",), (), "entry 1 is in the log that was signed"),
        (("--since", kept), (kept,), "begins with the"),
    ):
        proof = tmp_path / "proof.json"
        text = auditor.run("audit", "prove", *asked, "--json").out
        proof.write_text(text)
        command = [sys.executable, str(PROOFS), str(proof), key, *map(str, more)]
        checked = subprocess.run(command, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert said in checked.stdout
        found = json.loads(text)
        found["hashes"][0] = base64.b64encode(bytes(32)).decode()
        proof.write_text(json.dumps(found))
        assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_files_of_another_log_are_not_gone_on_with(auditor: Place, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert export(auditor, log).code == 0
    checkpoint = log / "checkpoint"
    checkpoint.write_text(checkpoint.read_text("utf-8").replace("\n", "\n9", 1), "utf-8")
    grow(auditor)
    ended = export(auditor, log, "--json")
    assert (ended.code, ended.error["error"]) == (4, "audit-log")


def test_a_log_that_lost_its_end_since_a_checkpoint_was_kept_ends_with_4(
    auditor: Place, tmp_path: Path
) -> None:
    assert export(auditor, tmp_path / "before").code == 0
    grow(auditor)
    assert export(auditor, tmp_path / "after").code == 0
    old, new = (tmp_path / name / "checkpoint" for name in ("before", "after"))
    old_size, new_size = (int(each.read_text("utf-8").split("\n")[1]) for each in (old, new))
    assert old_size < new_size
    both = tmp_path / "both"
    both.write_text(new.read_text("utf-8") + "\n" + old.read_text("utf-8") + "\n", "utf-8")
    assert auditor.run("audit", "prove", "--since", both, "--json").json["old_size"] == new_size
    with closing(sqlite3.connect(auditor.folder / "data" / "wardline.sqlite")) as database, database:
        database.execute("DELETE FROM audit_entries WHERE position >= ?", (old_size,))
        database.execute("DELETE FROM audit_checkpoints WHERE size > ?", (old_size,))
    for kept in (new, both):
        ended = auditor.run("audit", "prove", "--since", kept, "--json")
        assert (ended.code, ended.error["error"]) == (4, "audit-log"), kept
    assert auditor.run("audit", "prove", "--since", old).code == 0


def test_only_people_who_may_read_the_log_export_it(auditor: Place, tmp_path: Path) -> None:
    ended = auditor.run_as("bea", "audit", "export", tmp_path / "log", "--json")
    assert (ended.code, ended.error["error"]) == (2, "not-allowed")
    assert not (tmp_path / "log").exists()


def test_a_log_verifies_against_what_was_kept_and_says_when_nothing_was(
    auditor: Place, tmp_path: Path
) -> None:
    assert export(auditor, tmp_path / "log").code == 0
    kept = tmp_path / "mail.eml"
    note = (tmp_path / "log" / "checkpoint").read_text("utf-8")
    kept.write_bytes(f"Subject: the log\n\n{note}\nKeep this.\n".replace("\n", "\r\n").encode())
    grow(auditor)
    alone = auditor.run("audit", "verify")
    assert alone.code == 0
    assert "compared with no copy elsewhere" in alone.out
    ended = auditor.run("audit", "verify", "--against", kept)
    assert ended.code == 0, ended.out
    assert "each of the 1 checkpoints that were kept elsewhere" in ended.out
    assert auditor.run("audit", "verify", "--against", kept, "--json").json["copies"] == 1


def test_growth_is_proved_since_a_kept_checkpoint(auditor: Place, tmp_path: Path) -> None:
    assert export(auditor, tmp_path / "log").code == 0
    kept = tmp_path / "log" / "checkpoint"
    grow(auditor)
    proof = auditor.run("audit", "prove", "--since", kept, "--json").json
    assert proof["old_size"] < proof["size"]
    assert "begins with the" in auditor.run("audit", "prove", "--since", kept).out


@pytest.mark.parametrize("words", [["prove"], ["prove", "0", "--since", "FILE"]])
def test_a_proof_is_of_one_thing(place: Place, words: list[str]) -> None:
    ended = place.run("audit", *words, "--json")
    assert (ended.code, ended.error["error"]) == (2, "invalid-input")


@pytest.mark.parametrize("words", [["prove", "--since"], ["verify", "--against"]])
def test_a_file_without_a_checkpoint_is_the_callers_mistake(
    place: Place, tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "empty").write_text("nothing here", "utf-8")
    for name in ("empty", "missing"):
        ended = place.run("audit", *words, tmp_path / name, "--json")
        assert (ended.code, ended.error["error"]) == (2, "invalid-input"), name


def test_checkpoints_of_another_log_are_the_callers_mistake_and_no_finding(
    auditor: Place, tmp_path: Path
) -> None:
    assert export(auditor, tmp_path / "log").code == 0
    note = (tmp_path / "log" / "checkpoint").read_text("utf-8")
    other = tmp_path / "other"
    other.write_text(note.replace("wardline.invalid/wardline", "wardline.invalid/another"), "utf-8")
    for words in (("verify", "--against", other), ("prove", "--since", other)):
        ended = auditor.run("audit", *words, "--json")
        assert (ended.code, ended.error["error"]) == (2, "invalid-input")
        assert "wardline.invalid/another" in ended.error["message"]
