"""Every architecture decision says what it costs, and every default dependency has its reasons written down."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.house import repository

FOLDER = repository.ROOT / "docs" / "adr"
DECISIONS = [path for path in repository.documents() if path.parent == FOLDER and path.name != "README.md"]
SECTIONS = ("Context and problem statement", "Considered options", "Decision outcome", "Consequences")


def section_of(document: Path, heading: str) -> str:
    """Give the text under a heading, up to the next of the same level or above."""
    found = re.search(rf"^(#+) {heading}\s*$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert found, f"{document.name}: no section {heading!r}"
    rest = document.read_text(encoding="utf-8")[found.end() :]
    return re.split(rf"^#{{1,{len(found[1])}}} ", rest, flags=re.MULTILINE)[0].strip()


def default_dependencies() -> list[str]:
    project = tomllib.loads((repository.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [re.split(r"[^\w.-]", requirement)[0].lower() for requirement in project["dependencies"]]


@pytest.mark.parametrize("decision", DECISIONS, ids=repository.name_of)
def test_a_decision_has_context_options_outcome_and_consequences(decision: Path) -> None:
    for heading in SECTIONS:
        assert section_of(decision, heading)


@pytest.mark.parametrize("decision", DECISIONS, ids=repository.name_of)
def test_a_decision_admits_what_is_bad_about_it(decision: Path) -> None:
    bad = re.findall(r"^- Bad: \S.*$", section_of(decision, "Consequences"), flags=re.MULTILINE)
    assert bad, f"{decision.name}: expected at least one line '- Bad: ...' under Consequences"


@pytest.mark.parametrize("decision", DECISIONS, ids=repository.name_of)
def test_a_decision_says_when_it_was_taken_and_how_it_stands(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert re.search(r"^- Status: (proposed|accepted|superseded by \d{4})$", text, flags=re.MULTILINE)
    assert re.search(r"^- Date: \d{4}-\d\d-\d\d$", text, flags=re.MULTILINE)


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_index_lists_every_decision() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert not [path.name for path in DECISIONS if f"({path.name})" not in index]


@pytest.mark.parametrize("name", default_dependencies())
def test_every_default_dependency_has_its_line_in_the_decision_about_them(name: str) -> None:
    rows = re.findall(
        r"^\| `([\w.-]+)` \|",
        (FOLDER / "0005-dependencies.md").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    assert name in rows


def test_the_decision_about_dependencies_lists_none_that_is_gone() -> None:
    rows = re.findall(
        r"^\| `([\w.-]+)` \|",
        (FOLDER / "0005-dependencies.md").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    assert sorted(rows) == sorted(default_dependencies())
