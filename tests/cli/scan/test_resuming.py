"""A scan that was broken off goes on where it was, and loses no finding."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Place, run
from tests.cli.scan.libraries import LISTED, Scanned, picture, program, tar_of, words, write, zip_of
from wardline.cli.scan import telling

PATIENCE_SECONDS = 60
MANY = 80
SMALL_PIPE = 4096  # a scan that nobody reads waits, so that it is not over before it is stopped


def scan(place: Place, *more: object) -> Scanned:
    return Scanned.of(run(*words(place, *more, "--json")))


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def many(library: Path) -> Path:
    """Many files, the first of which is known. Links to one file take no time to make."""
    write(library, {"000.jpg": picture(LISTED), "001.jpg": picture(2)})
    for number in range(2, MANY):
        os.link(library / "001.jpg", library / f"{number:03}.jpg")
    return library


def stopped(place: Place, number: int, *more: object, after: int) -> tuple[int, list[dict[str, Any]], str]:
    """Run a scan as a program and send it a signal after some lines. Gives its exit code, its whole lines and what it said last."""
    with subprocess.Popen(
        program(place, *more, "--json", "--jobs", 1),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pipesize=SMALL_PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = [process.stdout.readline() for _ in range(after)]
        process.send_signal(number)
        # Not `communicate`: it reads past what `readline` holds already.
        rest, errors = process.stdout.read(), process.stderr.read()
        process.wait(PATIENCE_SECONDS)
    whole = [line for line in [*first, *rest.splitlines(keepends=True)] if line.endswith("\n")]
    return process.returncode, [json.loads(line) for line in whole], errors


def test_a_killed_scan_goes_on_and_tells_what_it_found_again(place: Place, many: Path, journal: Path) -> None:
    code, told, _ = stopped(place, signal.SIGKILL, many, "--resume", journal, after=5)
    assert code == -signal.SIGKILL
    assert len(told) < MANY
    resumed = scan(place, many, "--resume", journal)
    assert resumed.ended.code == 1
    summary = resumed.summary
    assert (summary["files"], summary["match"], summary["no-match"]) == (MANY, 1, MANY - 1)
    again = {line["path"] for line in resumed.lines}
    before = {line["path"] for line in told}
    assert before | again == {str(path) for path in many.iterdir()}, "none is lost"
    # The known one, and the last one, which may have been told and not yet written down.
    assert str(many / "000.jpg") in again & before
    assert len(again & before) <= 2
    assert summary["from_journal"] == MANY - len(again)


def test_ctrl_c_ends_it_with_advice_and_it_goes_on(place: Place, many: Path, journal: Path) -> None:
    code, told, errors = stopped(place, signal.SIGINT, many, "--resume", journal, after=5)
    assert code == 130, errors
    assert f"--resume {journal}" in json.loads(errors.splitlines()[-1])["advice"]
    resumed = scan(place, many, "--resume", journal)
    assert resumed.summary["files"] == MANY
    assert resumed.summary["from_journal"] >= len(told) - 2


def test_without_a_journal_the_advice_is_to_begin_again(capsys: pytest.CaptureFixture[str]) -> None:
    telling.interrupted(None, as_json=False)
    assert "must begin again" in capsys.readouterr().err


def test_what_is_done_is_not_done_again_but_what_was_found_is_told_again(
    place: Place, library: Path, journal: Path
) -> None:
    known, other = picture(LISTED), picture(2)
    write(library, {
        "known.jpg": known, "other.jpg": other, "notes.txt": b"text", "cut.jpg": other[:500],
        "clean.zip": zip_of({"a": other, "b": b"text"}), "clean.tgz": tar_of({"a": other}), "found.tar": tar_of({"a": other, "b": known}, mode="w"),
    })  # fmt: skip
    first = scan(place, library, "--resume", journal)
    again = scan(place, library, "--resume", journal)
    assert again.ended.code == 1
    assert again.statuses(library) == {
        "known.jpg": "match",
        "cut.jpg": "unscannable",
        "found.tar!/b": "match",
    }
    assert again.summary == {**first.summary, "from_journal": 6}
    by_path = {line["path"]: line for line in first.lines}
    assert all(by_path[line["path"]] == line for line in again.lines), "in full, as before"
    written = journal.read_text("utf-8")
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    assert not any(
        value in written
        for line in first.lines
        for value in line["hashes"].values()
        if isinstance(value, str)
    )


def test_a_file_that_changed_is_scanned_again_and_what_it_was_is_told_still(
    place: Place, library: Path, journal: Path
) -> None:
    write(
        library,
        {
            "known.jpg": picture(LISTED),
            "gone.jpg": picture(LISTED),
            "other.jpg": picture(2),
            "same.jpg": picture(3),
        },
    )
    assert scan(place, library, "--resume", journal).summary["match"] == 2
    write(library, {"known.jpg": picture(4), "other.jpg": picture(LISTED)})
    (library / "gone.jpg").unlink()
    again = scan(place, library, "--resume", journal)
    told = sorted(
        (line["path"].removeprefix(f"{library}/"), line["status"], line.get("earlier", False))
        for line in again.lines
    )
    assert told == [
        ("gone.jpg", "match", True),
        ("known.jpg", "match", True),
        ("known.jpg", "no-match", False),
        ("other.jpg", "match", False),
    ]
    assert again.ended.code == 1


def test_a_journal_of_another_scan_is_refused_and_not_touched(
    place: Place, library: Path, journal: Path
) -> None:
    write(library, {"a/other.jpg": picture(2), "b/other.jpg": picture(2)})
    assert scan(place, library / "a", "--resume", journal).ended.code == 0
    before = journal.read_bytes()
    refused = run(*words(place, library / "b", "--resume", journal, "--json"))
    assert (refused.code, refused.error["error"]) == (2, "conflict")
    assert "other places" in refused.error["message"]
    assert place.run_as("bea", "hash-list", "disable", "practice").code == 0
    assert place.run_as("bea", "hash-list", "activate", "practice").code == 0
    assert place.run_as("ada", "hash-list", "activate", "practice").code == 0
    refused = run(*words(place, library / "a", "--resume", journal, "--json"))
    assert (refused.code, refused.error["error"]) == (2, "conflict")
    assert "other hash lists" in refused.error["message"]
    assert "another file" in refused.error["advice"]
    assert journal.read_bytes() == before


def test_the_journal_is_no_part_of_the_library_it_lies_in(place: Place, library: Path) -> None:
    write(library, {"other.jpg": picture(2)})
    for from_journal in (0, 1):
        scanned = scan(place, library, "--resume", library / "journal")
        assert (scanned.summary["files"], scanned.summary["from_journal"]) == (1, from_journal)
