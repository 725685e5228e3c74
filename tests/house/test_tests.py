"""The tests keep their own rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house import repository

TESTS = [
    path
    for path in repository.files()
    if path.suffix == ".py" and path.is_relative_to(repository.ROOT / "tests")
]
_REASONED = re.compile(r"pytest\.(?:skip|mark\.skip|mark\.skipif|mark\.xfail|xfail|importorskip)")


def silent_skips(tree: ast.Module) -> Iterator[int]:
    """Give the lines that skip or expect a failure without a reason."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and re.fullmatch(
            r"pytest\.mark\.(?:skip|skipif|xfail)", ast.unparse(node)
        ):
            called = any(isinstance(other, ast.Call) and other.func is node for other in ast.walk(tree))
            if not called:
                yield node.lineno
        if isinstance(node, ast.Call) and _REASONED.fullmatch(ast.unparse(node.func)):
            positional = node.args and ast.unparse(node.func) in {
                "pytest.skip",
                "pytest.xfail",
                "pytest.mark.skip",
            }
            if not positional and not any(keyword.arg == "reason" for keyword in node.keywords):
                yield node.lineno


@pytest.mark.parametrize(
    "source",
    [
        "pytest.skip()",
        "@pytest.mark.skip\ndef test_a(): ...",
        "@pytest.mark.skipif(x)\ndef test_a(): ...",
        "pytest.importorskip('x')",
    ],
)
def test_the_guard_sees_a_skip_without_a_reason(source: str) -> None:
    assert list(silent_skips(ast.parse(source)))


@pytest.mark.parametrize(
    "source", ["pytest.skip('no server')", "pytest.mark.skipif(x, reason='no server')", "pytest.mark.faults"]
)
def test_the_guard_leaves_a_skip_with_a_reason_alone(source: str) -> None:
    assert not list(silent_skips(ast.parse(source)))


def test_nothing_is_skipped_without_a_reason() -> None:
    assert not [
        f"{repository.name_of(path)}:{line}"
        for path in TESTS
        for line in silent_skips(repository.tree_of(path))
    ]


def test_every_folder_of_tests_is_a_package() -> None:
    # Two folders may hold files of the same name, and mypy reads them all at once.
    folders = {path.parent for path in TESTS}
    assert not [repository.name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()]


def test_names_of_tests_are_sentences() -> None:
    short = [
        f"{repository.name_of(path)}:{node.lineno} {node.name}"
        for path in TESTS
        for node in repository.definitions(path)
        if not isinstance(node, ast.ClassDef) and node.name.startswith("test_") and node.name.count("_") < 3
    ]
    assert not short
