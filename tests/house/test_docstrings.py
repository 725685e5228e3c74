"""What others rely on says what it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house import repository

CONTRACTS = ("ports", "errors.py", "records", "testing")
"""Where every public name is a promise to somebody outside."""


def contract_modules() -> list[Path]:
    return [
        path for path in repository.sources() if path.relative_to(repository.PACKAGE).parts[0] in CONTRACTS
    ]


def public_classes() -> dict[str, ast.ClassDef]:
    return {
        node.name: node
        for path in contract_modules()
        for node in repository.tree_of(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


def says_what_it_is(node: ast.ClassDef, known: dict[str, ast.ClassDef]) -> bool:
    """A class is documented by its docstring, by its parent's, by its remedy (errors), or by its documented fields (records)."""
    if ast.get_docstring(node) is not None:
        return True
    assigned = {
        target.id
        for line in node.body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    }
    if "remedy" in assigned or any(
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in node.body
    ):
        return True
    bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
    if "StrEnum" in bases:
        return True  # the members' values are the words themselves
    return any(says_what_it_is(known[base], known) for base in bases if base in known)


def test_every_class_of_the_contracts_says_what_it_is() -> None:
    classes = public_classes()
    # A Protocol that is put together from smaller ones says what they are for.
    parts = {
        base.id
        for node in classes.values()
        if ast.get_docstring(node)
        for base in node.bases
        if isinstance(base, ast.Name)
    }
    assert not [
        name for name, node in classes.items() if name not in parts and not says_what_it_is(node, classes)
    ]


def test_every_function_of_the_contracts_says_what_it_does() -> None:
    silent = [
        f"{repository.name_of(path)}:{node.lineno} {node.name}"
        for path in contract_modules()
        for node in repository.tree_of(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert not silent


def test_every_module_begins_by_saying_what_it_holds() -> None:
    # An empty __init__.py holds nothing; a migration's version file says it in its first line.
    silent = [
        repository.name_of(path)
        for path in repository.sources()
        if repository.tree_of(path).body and ast.get_docstring(repository.tree_of(path)) is None
    ]
    assert not silent


def test_every_document_that_the_program_names_exists() -> None:
    named = {
        (repository.name_of(path), document)
        for path in repository.sources()
        for document in re.findall(r"\bdocs/[\w./-]+\.md\b", path.read_text(encoding="utf-8"))
    }
    assert not sorted(
        f"{source} names {document}"
        for source, document in named
        if not (repository.ROOT / document).is_file()
    )
