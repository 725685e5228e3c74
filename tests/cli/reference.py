"""The reference of the command line, built from the program. `python -m tests.cli.reference` prints it as it should be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from typer.main import get_command

from wardline.cli.app import app

_TOLD_ABOVE = (
    "The installation: where wardline.toml lies.",
    "Print one JSON object or list on standard output.",
)

HEAD = """\
# Command line

`wardline VERB --help` says the same as this page, which a test compares with the program.

**The installation** is the folder that holds `wardline.toml`: given with `--folder`, or in the environment variable `WARDLINE_FOLDER`, or else the
current one.

**For programs**, every verb has `--json`: one JSON object or list on standard output, with times in UTC. Notes and progress go to standard error.
`serve`, `work` and the sandboxes print theirs as soon as they are ready, and go on; `scan` and `hash` print one object a line.

**In a person's name**: acts for which somebody answers take `--as USER` and ask for that person's password. In scripts, `--password-file` names a
file of mode 0600, or is `-` for standard input.

| Exit code | Meaning |
|---|---|
| 0 | Fine |
| 1 | A finding: a match was found, a check failed |
| 2 | The caller's mistake: wrong settings, wrong input, somebody else was first, not allowed |
| 3 | An outside system failed; the same command may succeed later |
| 4 | Integrity: what is stored is not what was written. Stop, and call somebody |
| 130 | `scan` only: interrupted before its end |

An error is two lines on standard error, what is wrong and what to do; with `--json` it is one object: `{"error": CODE, "message": ..., "advice": ...}`.
The codes are in [Errors](errors.md).
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its full name."""
    yield from _below("wardline", get_command(app))


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word, each in inner.items():
        yield from _below(f"{name} {word}", each)


def section(name: str, command: Any) -> str:
    """One command: what it does and what it takes."""
    said = " ".join(command.help.split())
    taken = [each for each in command.params if each.help not in _TOLD_ABOVE]
    lines = [f"## {name}", "", said, ""]
    if taken:
        lines += [
            "| Takes | Meaning |",
            "|---|---|",
            *(f"| {_spelling(each)} | {_meaning(each)} |" for each in taken),
            "",
        ]
    return "\n".join(lines)


def _spelling(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        word = parameter.metavar or parameter.name.upper()
        return f"`{word}`"
    value = "" if parameter.is_flag else f" {parameter.metavar or _kind(parameter)}"
    return f"`{parameter.opts[0]}{value}`"


def _kind(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "{" + ",".join(kind) + "}"
    words: dict[Any, str] = {Path: "PATH", int: "N", float: "N", datetime: "YYYY-MM-DD"}
    return words.get(kind, str(parameter.opts[0]).strip("-").upper())


def _meaning(parameter: Any) -> str:
    said = (parameter.help or "").strip()
    if parameter.required:
        return f"{said} Required.".strip()
    shown = getattr(parameter.default, "value", parameter.default)
    if shown in (None, False, "", [], Path()):
        return said
    return f"{said} Default: `{shown}`.".strip()


def text() -> str:
    """The whole page."""
    return HEAD + "\n" + "\n".join(section(name, command) for name, command in commands())


if __name__ == "__main__":
    sys.stdout.write(text())
