"""Every error has a code of its own, advice, and a line in the reference."""

from __future__ import annotations

import inspect
import re
from itertools import pairwise

import pytest

from tests.house import repository
from wardline import errors

REFERENCE = repository.ROOT / "docs" / "reference" / "errors.md"
KINDS = errors.WardlineError.__subclasses__()


def tree_below(kind: type[errors.WardlineError]) -> list[type[errors.WardlineError]]:
    """Give a class and everything under it, in the order of the source."""
    below = [kind]
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            below += tree_below(child)
    return below


ALL = tree_below(errors.WardlineError)


def meaning_of(error: type[errors.WardlineError]) -> str:
    """What the class says of itself; nothing where the heading's sentence and the code say it."""
    return " ".join(inspect.cleandoc(error.__dict__.get("__doc__") or "").split())


def table_of(kind: type[errors.WardlineError]) -> list[str]:
    """Build the reference's table of one kind."""
    rows = [
        f"| `{error.code}` | `{error.__name__}` | {meaning_of(error)} | {error.remedy} |"
        for error in tree_below(kind)
    ]
    return ["| Code | Class | What it means | What to do |", "|---|---|---|---|", *rows]


def table_under(heading: str) -> list[str]:
    """Read the table under a heading of the reference."""
    text = REFERENCE.read_text(encoding="utf-8")
    _, _, section = text.partition(f"\n## {heading}\n")
    section = section.split("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("|")]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in ALL]
    assert sorted(set(codes)) == sorted(codes)


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_an_error_is_named_and_advises_in_house_style(error: type[errors.WardlineError]) -> None:
    assert error.__name__.endswith("Error")
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error.code)
    assert error.remedy.endswith(".")


def test_there_are_six_kinds_of_error() -> None:
    names = {
        "ConfigurationError",
        "InputError",
        "ConflictError",
        "RefusedError",
        "DependencyError",
        "IntegrityError",
    }
    assert {kind.__name__ for kind in KINDS} == names


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_reference_lists_every_error_as_it_is(kind: type[errors.WardlineError]) -> None:
    expected = table_of(kind)
    assert table_under(kind.__name__) == expected, (
        f"docs/reference/errors.md, under {kind.__name__}, should hold:\n" + "\n".join(expected)
    )


def test_the_reference_lists_kinds_in_the_order_of_the_source() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    places = [text.index(f"\n## {kind.__name__}\n") for kind in KINDS]
    assert all(before < after for before, after in pairwise(places))
