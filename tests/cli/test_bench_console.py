"""`wardline bench console` on a small installation: what it measures and how it says so, never how fast it was."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import run
from tests.unit.stores import databases
from tests.web.client import Api
from wardline import settings, wiring
from wardline.cli import bench_console, bench_filled
from wardline.cli.bench_stores import BenchStore
from wardline.web import console
from wardline.web.app import create_app
from wardline.web.console.desk import COOKIE

pytestmark = pytest.mark.long

_CASES = 100
_ONCE = {"/pictures/{name}", "/destructions/{destruction_id}/proof"}


def _pages() -> set[str]:
    return {path for method, path, _ in console.rules() if method == "GET"}


def test_every_page_of_the_console_is_measured() -> None:
    ended = run("bench", "console", "--cases", _CASES, "--samples", 1, "--json")
    assert ended.code == 0, ended.err
    result = json.loads(ended.out.splitlines()[-1])
    assert result["bench"] == "console"
    assert {tuple(row) for row in result["rows"]} == {("case", "ours", "peer", "theirs", "ratio", "unit")}
    assert {row["unit"] for row in result["rows"]} == {"ms", "kB"}
    measured = {row["case"].partition(" as ")[0].partition("?")[0] for row in result["rows"]}
    assert _pages() - measured == _ONCE


@pytest.mark.parametrize("store", [databases.POSTGRES])
def test_every_page_is_there_for_every_role_on_the_other_store_too(store: str) -> None:
    # Asked for without a server in processes of its own: that one is started is seen above, and bench queue starts one on either store.
    with (
        bench_filled.filled(_CASES, BenchStore(store)) as full,
        wiring.open_installation(settings.load(full.installation.folder)) as installation,
    ):
        api = Api(create_app(installation.wardline))
        asked = {
            (path, visitor.role): api.get(
                address, headers={"Cookie": f"{COOKIE}={visitor.token}"}
            ).status_code
            for visitor in full.visitors
            for path, address in bench_console.addresses(visitor.ids, visitor.role)
        }
    assert {what for what, status in asked.items() if status not in (200, 303)} == set()
    assert _pages() - {path.partition("?")[0] for path, _ in asked} == _ONCE


def test_a_benchmark_of_hardly_any_cases_is_refused() -> None:
    ended = run("bench", "console", "--cases", 3)
    assert ended.code == 2
    assert "--cases" in ended.err
