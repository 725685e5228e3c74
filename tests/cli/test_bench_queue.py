"""`wardline bench queue` on a small installation: what it measures and how it says so, never how fast it was."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import run
from tests.unit.stores import databases


@pytest.mark.parametrize("store", [databases.SQLITE, databases.POSTGRES])
def test_the_next_case_and_new_places_are_measured_on_either_store(store: str) -> None:
    ended = run("bench", "queue", "--cases", 100, "--seconds", 2, "--store", store, "--json")
    assert ended.code == 0, ended.err
    result = json.loads(ended.out.splitlines()[-1])
    assert result["bench"] == "queue"
    assert {tuple(row) for row in result["rows"]} == {("case", "ours", "peer", "theirs", "ratio", "unit")}
    assert [row["unit"] for row in result["rows"]].count("s") == 1
    assert {row["unit"] for row in result["rows"]} == {"ms", "s"}
    asked = " ".join(row["case"] for row in result["rows"])
    assert all(page in asked for page in ("next case", "/queue", "/team", "/search"))
    assert all(row["ours"] > 0 for row in result["rows"])
