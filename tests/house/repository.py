"""The repository as the guards see it: its files, its modules as syntax trees, its documents as lines."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "wardline"
PURE_ROOMS = (
    "records", "kernels", "intake", "matching", "classification", "triage", "assurance", "review", "enforcement", "referral", "preservation", "statistics", "assurance", "audit",
)  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@cache
def files() -> tuple[Path, ...]:
    """Every file that is tracked or would be, so that a guard speaks before the commit and not after it."""
    # safe.directory: a checkout may belong to somebody else than the user who runs the tests.
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    paths = sorted(ROOT / name for name in listing.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def name_of(path: Path) -> str:
    """Say where a file is, from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


def sources() -> list[Path]:
    """The package's own modules."""
    return [path for path in files() if path.suffix == ".py" and path.is_relative_to(PACKAGE)]


def pure_sources() -> list[Path]:
    """The modules that may know nothing of the outside."""
    return [path for path in sources() if path.relative_to(PACKAGE).parts[0] in PURE_ROOMS]


@cache
def tree_of(path: Path) -> ast.Module:
    """Parse a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def definitions(path: Path) -> Iterator[Definition]:
    """Every function and class of a module, at any depth."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, Definition):
            yield node


def documents() -> list[Path]:
    """Every Markdown file."""
    return [path for path in files() if path.suffix == ".md"]


def fenced_lines(document: Path) -> list[str]:
    """The lines of a document's fenced blocks, in order."""
    lines: list[str] = []
    inside = False
    for line in document.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            inside = not inside
        elif inside:
            lines.append(line)
    return lines


def prose_of(document: Path) -> str:
    """A document without its fenced blocks."""
    return re.sub(
        r"^\s*```.*?^\s*```\s*$", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
