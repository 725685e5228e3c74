"""``wardline golden``: files with a known answer, for training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wardline.cli import output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder
from wardline.errors import InputError, TooLargeError

app = group("Files with a known answer: add, list, retire.")


@app.callback()
def golden() -> None:
    """Files with a known answer."""


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Harmless pictures of your own.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Add pictures whose answer is "not a violation". They are sealed in the vault; one that is near a hash list is refused."""
    with line_of(folder) as line:
        most = line.parts.rules.max_bytes
        added = [line.add_golden(_read(file, most)) for file in files]
    if as_json:
        output.as_json(added)
        return
    output.line(f"{len(added)} added. They are handed out once review.golden.percent is above 0.")


@app.command("add-evidence")
def add_evidence(
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="Closed, decided by two people in agreement.")],
    item: Annotated[str | None, typer.Option("--item", metavar="ID", help="Which of its files; needed where there are several.")] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Use evidence that is lawfully held for practice. Needs review.golden.violating, which is off by default, with reasons.

    The evidence stays where it is: nothing is copied, and it is shown for as long as its case and its hold stand. Every showing is a reveal and
    counts as exposure.
    """
    with line_of(folder) as line:
        added = line.use_for_practice(case_id, item_id=item)
    if as_json:
        output.as_json(added)
    else:
        output.line(f"{added.id} is used for practice, while the case and a hold on its file stand.")


@app.command("list")
def list_(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List those in use, oldest first."""
    with line_of(folder) as line:
        found = line.parts.store.golden_items()
    if as_json:
        output.as_json(found)
    else:
        rows = [
            (each.id, f"{each.outcome} {each.category or ''}".rstrip(), each.case_id or "", each.added_at)
            for each in found
        ]
        output.table(
            ("id", "known answer", "evidence of", "added"),
            rows,
            empty="No file with a known answer is in use.",
        )


@app.command()
def retire(
    golden_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline golden list`.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Take a file out of use and destroy it; evidence of a case stays as it is. It happens by itself when everybody had it."""
    with line_of(folder) as line:
        retired = line.retire_golden(golden_id)
    if as_json:
        output.as_json(retired)
    else:
        output.line(f"{retired.id} is not handed out any more.")


def _read(file: Path, most: int) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"{file}: cannot be read ({error.strerror}), expected a picture", remedy="Check the path."
        ) from None
    if len(content) > most:
        raise TooLargeError(f"{file}: {len(content)} bytes, expected at most {most}")
    return content
