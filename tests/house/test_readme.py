"""The README's two commands are there, and CI runs exactly them."""

from __future__ import annotations

import os
import subprocess

from tests.house import repository

README = repository.ROOT / "README.md"
CI = repository.ROOT / ".ci" / "run"
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]'"
SHOW = f"{SET_UP} && .venv/bin/wardline demo"
TEST = ".venv/bin/python -m pytest -q"


def commands_in(document: str) -> list[str]:
    """The commands of a document's fenced blocks, without what comes before or after them on the line."""
    lines = repository.fenced_lines(repository.ROOT / document)
    return [line.removeprefix("$ ").split("  #")[0].strip() for line in lines]


def test_the_readme_shows_its_two_commands() -> None:
    assert [line for line in commands_in("README.md") if line in {SHOW, TEST}] == [SHOW, TEST]


def test_ci_takes_both_commands_from_the_readme_and_knows_no_others() -> None:
    text = CI.read_text(encoding="utf-8")
    assert f'expected_set_up="{SET_UP}"' in text
    assert f'expected_test="{TEST}"' in text


def test_contributing_gives_the_same_set_up_and_test_command() -> None:
    commands = commands_in("CONTRIBUTING.md")
    assert SET_UP in commands
    assert TEST in commands


def test_ci_is_a_program_that_the_shell_can_read() -> None:
    assert os.access(CI, os.X_OK)
    subprocess.run(["bash", "-n", CI], check=True)
