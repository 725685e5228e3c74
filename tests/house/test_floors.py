"""The import contracts of .importlinter hold, and cover every room."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import repository


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(repository.ROOT / ".importlinter", encoding="utf-8")
    return parser


def test_imports_only_go_down() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run(
        [program, "--no-cache"], cwd=repository.ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def sources_of(contract: str) -> set[str]:
    """Give the rooms that a contract speaks of."""
    return set(contracts()[f"importlinter:contract:{contract}"]["source_modules"].split())


def existing(*rooms: str) -> set[str]:
    """Give those of the rooms that stand."""
    return {
        f"wardline.{room}"
        for room in rooms
        if any(
            path.relative_to(repository.PACKAGE).parts[0].removesuffix(".py") == room
            for path in repository.sources()
        )
    }


@pytest.mark.parametrize(
    ("contract", "rooms"),
    [
        ("pure", repository.PURE_ROOMS),
        ("sql", ("web", "cli", "pipeline", "wiring")),
        ("samedoor", ("web", "cli", "pipeline", "wiring", "plugins")),
    ],
)
def test_a_contract_speaks_of_every_room_that_stands(contract: str, rooms: tuple[str, ...]) -> None:
    assert sources_of(contract) == existing(*rooms)


def test_no_room_is_called_after_having_no_room() -> None:
    homeless = {"utils", "util", "common", "core", "helpers", "helper", "services", "managers", "misc"}
    for path in repository.sources():
        parts = path.relative_to(repository.PACKAGE).with_suffix("").parts
        assert not homeless & set(parts), (
            f"{repository.name_of(path)}: a room with no meaning, expected the name of a thing"
        )
