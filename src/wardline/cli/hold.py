"""``wardline hold``: what is kept as evidence, why, and until when."""

from __future__ import annotations

from typing import Annotated

import typer

from wardline.cli import output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder, Limit

app = group("Evidence that is kept: list.")


@app.callback()
def hold() -> None:
    """Evidence that is kept."""


@app.command("list")
def list_(
    after: Annotated[str | None, typer.Option("--after", metavar="ID", help="Go on after this hold.")] = None,
    limit: Limit = 100,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List holds, oldest first."""
    with line_of(folder) as line:
        found = line.parts.store.holds(after=after, most=limit)
    if as_json:
        output.as_json(found)
    else:
        rows = [
            (each.id, each.basis, each.state, each.until, each.item_id, each.preservation_id or each.referral_id or each.case_id)
            for each in found
        ]  # fmt: skip
        output.table(("id", "basis", "state", "until", "item", "for"), rows, empty="Nothing is held.")
