"""The demo is killed with SIGKILL at its write points, started again, and ends with the same figures.

``pytest -m faults -n 0 tests/faults/test_demo_is_killed.py``; a seed is a write point, or a kill on the way to one end (``FAULTS_FIRST``, ``FAULTS_COUNT``).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults import spread
from wardline.testing import write_points

_SCENES = "16"
_LONGEST_SECONDS = 120
_MAY_DIFFER = {"seconds", "audit_entries", "referrals_filed", "receipts_stored"}
"""A repeated claim or a withdrawn report leaves entries of its own: the log tells the truth about the crash. And how many decisions about an
account share a report depends on which of them waited at the same moment; the files that were reported are the same."""


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody killed."""

    figures: dict[str, Any]
    names: tuple[str, ...]
    """The write points it reached."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    log = folder / "names.txt"
    done = _demo(folder, {write_points.LOG: str(log)})
    assert done.returncode == 0, done.stderr[-2000:]
    figures = _figures(done)
    assert figures["audit_verified"] is True
    assert figures["items_scored"] > 0, "the demo has a detector, and what comes in is given to it"
    assert figures["receipts_stored"] == figures["referrals_filed"] > 0
    return Undisturbed(figures=figures, names=write_points.names_in_log(log))


_CHOSEN = ("store:after-commit:item:routed", "authority:after-finish")
"""After an upload is durable, and between the authority's last answer and its storing; the long run takes them all."""


@pytest.mark.long
@pytest.mark.parametrize("name", _CHOSEN)
def test_killed_once_it_ends_with_the_same_figures(
    name: str, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    assert name in undisturbed.names
    _kill_and_resume(tmp_path, name, 2, undisturbed)


@pytest.mark.faults
def test_killed_anywhere_it_ends_with_the_same_figures(undisturbed: Undisturbed, tmp_path: Path) -> None:
    places = spread.seeds(range(len(undisturbed.names)))
    for place, name in list(enumerate(undisturbed.names))[places.start : places.stop]:
        for hit in (1, random.Random(place).randint(2, 9)):
            folder = tmp_path / f"{place}-{hit}"
            folder.mkdir()
            _kill_and_resume(folder, name, hit, undisturbed, must_die=hit == 1)


@pytest.mark.faults
def test_killed_again_and_again_it_ends_with_the_same_figures(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    for seed in spread.seeds(range(12)):
        chance = random.Random(seed)
        name = chance.choice(undisturbed.names)
        _demo(tmp_path, {write_points.CRASH_AT: name, write_points.CRASH_HIT: str(chance.randint(1, 5))})
    _ends_like(undisturbed, tmp_path)


def _kill_and_resume(
    folder: Path, name: str, hit: int, undisturbed: Undisturbed, *, must_die: bool = True
) -> None:
    killed = _demo(folder, {write_points.CRASH_AT: name, write_points.CRASH_HIT: str(hit)})
    if must_die:
        assert killed.returncode == -signal.SIGKILL, (
            f"{name} {hit}: {killed.returncode}\n{killed.stderr[-2000:]}"
        )
    _ends_like(undisturbed, folder)


def _ends_like(undisturbed: Undisturbed, folder: Path) -> None:
    done = _demo(folder, {})
    assert done.returncode == 0, done.stderr[-3000:]
    figures = _figures(done)
    for name in figures.keys() - _MAY_DIFFER:
        assert figures[name] == undisturbed.figures[name], name
    assert figures["files_reported"] == figures["holds_placed"] >= figures["referrals_filed"]
    assert _finished_reports(folder) == figures["referrals_filed"] == figures["receipts_stored"] > 0


def _finished_reports(folder: Path) -> int:
    """Count the reports that the authority itself holds as finished: one for each referral, never two."""
    from wardline.testing.authority_ledger import AuthorityLedger

    ledger = AuthorityLedger(folder / "wardline-demo" / "authority.jsonl")
    try:
        return len(ledger.finished())
    finally:
        ledger.close()


def _demo(folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wardline", "demo", "--headless", "--json", "--scenes", _SCENES]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def _figures(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures
