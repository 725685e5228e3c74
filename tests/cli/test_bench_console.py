"""`wardline bench console` on a small installation: what it measures and how it says so, never how fast it was."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import run
from tests.unit.stores import databases
from wardline.web import console


@pytest.mark.parametrize("store", [databases.SQLITE, databases.POSTGRES])
def test_every_page_of_the_console_is_measured_on_either_store(store: str) -> None:
    ended = run("bench", "console", "--cases", 300, "--samples", 1, "--store", store, "--json")
    assert ended.code == 0, ended.err
    result = json.loads(ended.out.splitlines()[-1])
    assert result["bench"] == "console"
    assert {tuple(row) for row in result["rows"]} == {("case", "ours", "peer", "theirs", "ratio", "unit")}
    assert {row["unit"] for row in result["rows"]} == {"ms", "kB"}
    measured = {row["case"].partition(" as ")[0].partition("?")[0] for row in result["rows"]}
    pages = {path for method, path, _ in console.rules() if method == "GET"}
    assert pages - measured == {"/pictures/{name}"}


def test_a_benchmark_of_hardly_any_cases_is_refused() -> None:
    ended = run("bench", "console", "--cases", 3)
    assert ended.code == 2
    assert "--cases" in ended.err
