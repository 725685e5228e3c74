"""`wardline bench queue` on a small installation: what it measures and how it says so, never how fast it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import run
from tests.unit.stores import databases
from wardline.cli import bench_queue_filled
from wardline.cli.bench_stores import BenchStore
from wardline.pipeline.log import Sequencer

pytestmark = pytest.mark.long


@pytest.mark.parametrize("store", [databases.SQLITE, databases.POSTGRES])
def test_the_next_case_and_new_places_are_measured_on_either_store(store: str) -> None:
    ended = run("bench", "queue", "--cases", 100, "--seconds", 2, "--store", store, "--json")
    assert ended.code == 0, ended.err
    result = json.loads(ended.out.splitlines()[-1])
    assert result["bench"] == "queue"
    assert {tuple(row) for row in result["rows"]} == {("case", "ours", "peer", "theirs", "ratio", "unit")}
    assert [row["unit"] for row in result["rows"]].count("s") == 1
    assert {row["unit"] for row in result["rows"]} == {"ms", "s", "answers", "statements"}
    asked = " ".join(row["case"] for row in result["rows"])
    assert all(
        page in asked for page in ("next case", "/queue", "/team", "/search", "got nothing", "processor time")
    )
    # Who was given nothing is told as such, and is no time.
    assert all(row["ours"] > 0 for row in result["rows"] if row["unit"] != "answers")


def test_what_was_filled_is_kept_in_a_folder_and_measured_again(tmp_path: Path) -> None:
    command = ("bench", "queue", "--cases", 600, "--seconds", 2, "--folder", tmp_path / "kept", "--json")
    first, second = run(*command), run(*command)
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert "Writing" in first.err
    assert "Writing" not in second.err
    assert "cases are still open" in second.err


def test_no_other_installation_is_measured_in_for_cases_are_taken_there(tmp_path: Path) -> None:
    assert run("init", tmp_path).code == 0
    ended = run("bench", "queue", "--folder", tmp_path)
    assert ended.code == 2
    assert "no benchmark made" in ended.err
    ended = run("bench", "queue", "--folder", tmp_path / "new", "--store", "postgres")
    assert ended.code == 2


def test_what_the_database_copied_is_signed_so_that_the_log_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_queue_filled, "_SEEDS", 20)
    with bench_queue_filled.filled(60, BenchStore.SQLITE) as full:
        parts = full.wardline.parts
        assert full.cases == 60
        Sequencer(parts).run()
        last = parts.store.last_checkpoint()
        assert last is not None
        assert last.size == parts.store.log_size() > 60
