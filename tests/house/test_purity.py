"""Stations, records and kernels get time and chance as values; nothing validates by assertion."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house import repository

# What a pure module must not call, by the last names of the call. `records.new_id(kind, now, entropy)` is how ids come about.
_OUTSIDE = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "uuid.uuid1", "uuid.uuid4", "uuid4", "os.urandom", "time.time",
    "time.time_ns", "time.monotonic", "time.perf_counter", "time.sleep", "random.random", "random.randint", "random.choice",
    "random.Random", "random.default_rng", "secrets.token_bytes", "secrets.token_hex", "Path.cwd", "open", "print", "input",
}  # fmt: skip
# Submodules that reach out, of packages that are pure otherwise: the import contracts see whole packages only.
_OUTSIDE_MODULES = {
    "urllib.request",
    "urllib.error",
    "numpy.random",
    "importlib.resources",
    "concurrent.futures",
    "multiprocessing",
}


def names_in(call: ast.Call) -> Iterator[str]:
    """Give the called name alone, and with the name before it."""
    match call.func:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
            yield f"{owner}.{name}"


def calls_to_the_outside(tree: ast.Module) -> list[str]:
    """List the calls that take time, chance or files from the outside."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [f"line {call.lineno}: {name}" for call in calls for name in names_in(call) if name in _OUTSIDE]


def imports_from_the_outside(tree: ast.Module) -> list[str]:
    """List the imports of modules that reach out."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return [
        f"line {node.lineno}: {name}"
        for node in imports
        for name in modules_in(node)
        if name in _OUTSIDE_MODULES
    ]


def modules_in(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Give the modules that an import statement may mean."""
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str(module), names=names):
            yield module
            yield from (f"{module}.{alias.name}" for alias in names)


def assertions_outside_contract_suites() -> Iterator[str]:
    suites = repository.PACKAGE / "testing"
    for path in repository.sources():
        if not path.is_relative_to(suites):
            yield from (
                f"{repository.name_of(path)}:{node.lineno}"
                for node in ast.walk(repository.tree_of(path))
                if isinstance(node, ast.Assert)
            )


@pytest.mark.parametrize(
    "source",
    ["datetime.now(UTC)", "datetime.datetime.utcnow()", "uuid4()", "time.time()", "np.random.default_rng(1)"],
)
def test_the_guard_sees_a_call_to_the_outside(source: str) -> None:
    assert calls_to_the_outside(ast.parse(source))


@pytest.mark.parametrize(
    "source", ["import urllib.request", "from urllib import request", "from urllib.request import urlopen"]
)
def test_the_guard_sees_an_import_that_reaches_out(source: str) -> None:
    assert imports_from_the_outside(ast.parse(source))


@pytest.mark.parametrize(
    "source", ["from urllib.parse import urlsplit", "import numpy as np", "datetime.combine(day, moment)"]
)
def test_the_guard_leaves_pure_code_alone(source: str) -> None:
    tree = ast.parse(source)
    assert not imports_from_the_outside(tree)
    assert not calls_to_the_outside(tree)


def test_pure_rooms_take_time_and_chance_as_values() -> None:
    found = {path: calls_to_the_outside(repository.tree_of(path)) for path in repository.pure_sources()}
    assert not {repository.name_of(path): calls for path, calls in found.items() if calls}


def test_pure_rooms_import_nothing_that_reaches_out() -> None:
    found = {path: imports_from_the_outside(repository.tree_of(path)) for path in repository.pure_sources()}
    assert not {repository.name_of(path): imports for path, imports in found.items() if imports}


def test_nothing_is_validated_by_an_assertion() -> None:
    # An assertion is gone under `python -O`. The contract suites are tests, and may assert.
    assert not list(assertions_outside_contract_suites())
