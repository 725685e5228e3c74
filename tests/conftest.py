"""What every test gets: repeatable examples, and nothing from the environment of whoever runs them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa

from tests import in_memory, shared_statements

# A run is repeatable: the same code gives the same examples, on any machine, with no database of earlier failures.
# No deadline: the machines that run this are shared, and a slow example is not a wrong one.
hypothesis.settings.register_profile(
    "wardline", deadline=None, derandomize=True, database=None, print_blob=True
)
# To search further than the suite does: HYPOTHESIS_PROFILE=search .venv/bin/python -m pytest tests/property
hypothesis.settings.register_profile("search", deadline=None, max_examples=5_000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "wardline"))

in_memory.ask_for_it()

_LONG = ("browser", "faults", "acceptance", "cli", "property", "contract", "web")
"""Folders whose files take longest."""
_PROXIES = frozenset({"ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY"})


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """Take away variables that would change what is tested: Wardline's own settings, and proxies, which break calls to loopback."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("WARDLINE_") or name.upper() in _PROXIES:
                patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _scratch_where_the_other_folders_are(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make what this process takes from ``tempfile`` beside the folders that pytest gives, which may lie in memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.getbasetemp()))
        yield


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A folder for one test."""
    yield tmp_path
    in_memory.give_back(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def _quick_installations() -> Iterator[None]:
    """Take away what takes longest where a test makes an installation or works on one, and is tried elsewhere.

    That is the strength of argon2id, which unit/pipeline/test_people asks for; the migration of an empty SQLite file: it is done once
    and copied (migrations/ tries it); and the making of SQL from statements, which one engine can take over from another of its kind.
    Programs that a test starts know nothing of this.
    """
    from argon2 import PasswordHasher

    from tests.unit.stores import databases
    from wardline.adapters.stores import doors
    from wardline.pipeline import parts

    migrate = doors.SqliteDoor.migrate

    def migrate_a_copy(door: doors.SqliteDoor) -> None:
        if type(door) is doors.SqliteDoor and not door._path.exists():
            door._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            databases.new_database("sqlite", door._path.parent)
        migrate(door)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            parts, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
        )
        patch.setattr(doors.SqliteDoor, "migrate", migrate_a_copy)
        patch.setattr(sa, "create_engine", shared_statements.engine_maker(sa.create_engine))
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, or one process would wait for the other at the end. Within that the order stays random."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).parts[0]
        return _LONG.index(folder) if folder in _LONG else len(_LONG)

    items.sort(key=place)
