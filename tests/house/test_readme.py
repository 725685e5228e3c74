"""The README's two commands are there, and CI runs exactly them."""

from __future__ import annotations

import ast
import os
import re
import subprocess

from tests.house import repository

README = repository.ROOT / "README.md"
CI = repository.ROOT / ".ci" / "run"
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]'"
SHOW = f"{SET_UP} && .venv/bin/wardline demo"
TEST = ".venv/bin/python -m pytest -q"
LONG = f"{TEST} -m long"


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


def test_ci_runs_the_long_tests_too_and_counts_their_skips_by_the_same_rules() -> None:
    text = CI.read_text(encoding="utf-8")
    assert f'long_test="{LONG}"' in text
    assert 'check "long tests" run_tests long-tests "$long_test"' in text
    assert [line for line in text.splitlines() if " check_skips " in line] == [
        'check "skips" check_skips tests',
        'check "skips of the long tests" check_skips long-tests',
    ]


def test_what_takes_long_is_left_out_by_one_marker_and_never_by_both() -> None:
    settings = (repository.ROOT / "pyproject.toml").read_text("utf-8")
    assert "-m 'not faults and not long'\"" in settings
    twice = [
        f"{repository.name_of(path)}:{node.lineno}"
        for path in repository.files() if path.is_relative_to(repository.ROOT / "tests") and path.suffix == ".py"
        if {"faults", "long"} <= set(re.findall(r"pytest\.mark\.(\w+)", path.read_text("utf-8")))
        for node in repository.definitions(path)
        if {"pytest.mark.faults", "pytest.mark.long"} <= {ast.unparse(each) for each in node.decorator_list}
    ]  # fmt: skip
    whole = [
        repository.name_of(path)
        for path in repository.files() if path.is_relative_to(repository.ROOT / "tests") and path.suffix == ".py"
        if "\npytestmark = pytest.mark.long\n" in (text := path.read_text("utf-8")) and "@pytest.mark.faults\n" in text
    ]  # fmt: skip
    assert not twice + whole


def test_contributing_gives_the_same_set_up_and_test_command() -> None:
    commands = commands_in("CONTRIBUTING.md")
    assert SET_UP in commands
    assert TEST in commands
    assert LONG in commands


def test_ci_is_a_program_that_the_shell_can_read() -> None:
    assert os.access(CI, os.X_OK)
    subprocess.run(["bash", "-n", CI], check=True)
