"""What a command says: one JSON value for programs, a calm table or a few lines for people. Progress and notes go to stderr."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any


def plain(value: Any, *, without: Iterable[str] = ()) -> Any:
    """Turn records into what JSON can hold; bytes as base64.

    Args:
        value: Records, times, enumerations and collections of them.
        without: Names of fields of the outermost record to leave out.
    """
    left_out = set(without)
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Path():
            return str(value)
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {
                each.name: plain(getattr(value, each.name))
                for each in fields(value)
                if each.name not in left_out
            }
    return value


def as_json(value: Any) -> None:
    """Print one JSON value as one line on stdout."""
    print(json.dumps(plain(value)), flush=True)


def line(text: str) -> None:
    """Print a line for people on stdout."""
    print(text, flush=True)


def note(text: str) -> None:
    """Print a line on stderr: progress, warnings, what is no result."""
    print(text, file=sys.stderr, flush=True)


def facts(pairs: Mapping[str, object]) -> None:
    """Print names and values below each other."""
    width = max(map(len, pairs), default=0)
    for name, value in pairs.items():
        line(f"{name.ljust(width)}  {cell(value)}")


def shown(name: str) -> str:
    """Give a file's name as it may stand in a line: what a terminal would obey, or cannot show, is written as an escape."""
    calm = "".join(
        each if each.isprintable() else each.encode("unicode_escape", "surrogatepass").decode("ascii")
        for each in name
    )
    encoding = sys.stdout.encoding or "ascii"
    return calm.encode(encoding, "backslashreplace").decode(encoding)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    """Print a table, or one line when there are no rows."""
    if not rows:
        line(empty)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*map(cell, row))
    # Off a terminal a line is never broken: what reads it may look for an id.
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(markup=False, highlight=False, emoji=False, width=500)
    console.print(drawn)


def cell(value: object) -> str:
    """Give the words for a value: a time to the second, yes or no, nothing as a dash."""
    match value:
        case None | "":
            return "-"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%SZ")
        case list() | tuple():
            return ", ".join(map(cell, value)) or "-"
        case Enum():
            return str(value.value)
    return str(value)
