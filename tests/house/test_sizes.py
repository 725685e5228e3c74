"""Files and functions stay small enough to read at once."""

from __future__ import annotations

import ast

from tests.house import repository

MOST_LINES_IN_A_FILE = 400
MOST_LINES_IN_A_FUNCTION = 50
MOST_BYTES_IN_ANY_FILE = 500_000


def lines_of(function: repository.Function) -> int:
    """Count a function's lines, its decorators and its docstring left out."""
    first, last = function.lineno, function.end_lineno or function.lineno
    docstring = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    in_docstring = (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1 if docstring else 0
    return last - first + 1 - in_docstring


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    lengths = {
        repository.name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in repository.sources()
    }
    long = {name: length for name, length in lengths.items() if length > MOST_LINES_IN_A_FILE}
    assert not long, f"split these at {MOST_LINES_IN_A_FILE} lines: {long}"


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{repository.name_of(path)}:{function.lineno} {function.name}": lines_of(function)
        for path in repository.sources()
        for function in repository.definitions(path)
        if not isinstance(function, ast.ClassDef) and lines_of(function) > MOST_LINES_IN_A_FUNCTION
    }
    assert not long, f"split these at {MOST_LINES_IN_A_FUNCTION} lines: {long}"


def test_no_file_is_too_big_to_belong_in_a_repository() -> None:
    sizes = {repository.name_of(path): path.stat().st_size for path in repository.files()}
    big = {name: size for name, size in sizes.items() if size > MOST_BYTES_IN_ANY_FILE}
    assert not big, f"expected at most {MOST_BYTES_IN_ANY_FILE} bytes: {big}"
