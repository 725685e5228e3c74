"""``wardline check``: can this installation work, and if not, what to do."""

from __future__ import annotations

import typer

from wardline.cli import output
from wardline.cli.errors_table import FINDING
from wardline.cli.options import HERE, AsJson, Folder

_MARKS = {"ok": "✓", "note": "·", "failed": "✗"}
_PLAIN_MARKS = {"ok": "ok", "note": "--", "failed": "NO"}


def check(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Check that everything needed is there.

    Says what to do about what is not, and ends with 1 then.
    """
    from wardline.cli.preconditions import State, examine

    found = examine(folder)
    fine = all(each.state is not State.FAILED for each in found)
    if as_json:
        output.as_json({"ok": fine, "checks": found})
    else:
        marks = _marks()
        for each in found:
            output.line(f"{marks[each.state]} {each.name}: {each.detail}")
            if each.advice:
                output.line(f"    {each.advice}")
        output.line("\nEverything needed is there." if fine else "\nSomething is missing.")
    if not fine:
        raise typer.Exit(FINDING)


def _marks() -> dict[str, str]:
    import sys

    try:
        "".join(_MARKS.values()).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return _PLAIN_MARKS
    return _MARKS
