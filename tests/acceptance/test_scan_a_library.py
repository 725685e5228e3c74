"""docs/how-to/scan-a-library.md, from its first command to its last."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wardline.cli.app import app
from wardline.testing import pictures

DOCUMENT = Path(__file__).parents[2] / "docs" / "how-to" / "scan-a-library.md"
PASSWORD = "a password of the tests"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a library of harmless pictures, beside an installation with a list that is active."""
    library = tmp_path / "library"
    library.mkdir()
    for seed in range(3):
        (library / f"{seed}.jpg").write_bytes(pictures.encode(pictures.scene(seed, (160, 120))))
    (library / "notes.txt").write_text("text", "ascii")
    password = tmp_path / "password"
    password.touch(mode=0o600)
    password.write_text(PASSWORD, "ascii")
    monkeypatch.setenv("WARDLINE_FOLDER", str(tmp_path / "installation"))
    monkeypatch.chdir(tmp_path)
    wardline("init", "installation", "--admin", "ada", "--admin-password-file", "password")
    wardline("user", "create", "bea", "--role", "lead", "--password-file", "password")
    Path("list.csv").write_text(f"hash_type,hash\npdq,{hashes('library/1.jpg')[0]['pdq']}\n", "ascii")
    about = ("--name", "practice", "--provenance", "made by a test", "--trust", "unverified")
    wardline("hash-list", "add", "list.csv", *about, "--as", "bea", "--password-file", "password")
    wardline("hash-list", "activate", "practice", "--as", "ada", "--password-file", "password")
    return tmp_path


def wardline(*words: str) -> str:
    ended = CliRunner().invoke(app, words)
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def hashes(*paths: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in wardline("hash", "--json", *paths).splitlines()]


def commands() -> list[str]:
    """The lines of the document's blocks."""
    found = re.findall(r"^```sh\n(.*?)^```$", DOCUMENT.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [line for block in found for line in block.splitlines()]


def follow(line: str) -> subprocess.CompletedProcess[str]:
    """Run one line in a shell, with a password file in place of the question on the terminal."""
    if "--as bea" in line and "--password-file" not in line:
        line = line.replace("--as bea", "--as bea --password-file password")
    function = f'wardline() {{ {shlex.quote(sys.executable)} -m wardline "$@"; }}'
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {function}; {line}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )


@pytest.mark.long
def test_every_command_of_the_page_does_what_the_page_says(place: Path) -> None:
    first, by_list, as_json, again, alone = map(follow, commands())
    match = "match        library/1.jpg  practice (unverified), pdq, 0 bits away"
    for ended in (first, by_list, again):
        assert ended.returncode == 1, ended.stderr
        assert match in ended.stdout
    assert "4 files." in first.stdout
    assert "3 files." in by_list.stdout
    assert "4 files, 3 of them by an earlier run." in again.stdout
    assert as_json.returncode == 1
    *lines, last = map(json.loads, (place / "found.jsonl").read_text("ascii").splitlines())
    assert {line["path"]: line["status"] for line in lines} == {
        "library/0.jpg": "no-match",
        "library/1.jpg": "match",
        "library/2.jpg": "no-match",
        "library/notes.txt": "not-a-picture",
    }
    assert last["summary"]["match"] == 1
    assert alone.returncode == 0
    assert [json.loads(line)["path"] for line in alone.stdout.splitlines()] == [
        "library/0.jpg",
        "library/1.jpg",
        "library/2.jpg",
    ]
