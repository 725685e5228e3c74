"""Built-in adapters come in by entry points, and each of these leads somewhere."""

from __future__ import annotations

import tomllib
from importlib import import_module

import pytest

from tests.house import repository


def entry_points() -> list[tuple[str, str, str]]:
    """Give group, name and target of each, as the project declares them."""
    project = tomllib.loads((repository.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [
        (group, name, target)
        for group, doors in project["entry-points"].items()
        for name, target in doors.items()
    ]


@pytest.mark.parametrize("door", entry_points(), ids=lambda door: f"{door[0]}-{door[1]}")
def test_every_entry_point_leads_to_something_callable(door: tuple[str, str, str]) -> None:
    module, _, attribute = door[2].partition(":")
    assert callable(getattr(import_module(module), attribute))


def test_every_kind_of_adapter_has_a_door() -> None:
    folders = {
        path.relative_to(repository.PACKAGE / "adapters").parts[0]
        for path in repository.sources()
        if path.is_relative_to(repository.PACKAGE / "adapters")
    }
    # What their HTTPS clients share is no adapter.
    kinds = {folder.removesuffix(".py") for folder in folders} - {"__init__", "trusting"}
    assert kinds == {group.removeprefix("wardline.") for group, _, _ in entry_points()}
