"""Finding a list by its name or its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wardline.errors import NotFoundError

if TYPE_CHECKING:
    from wardline import records
    from wardline.pipeline import Wardline

Which = Annotated[str, typer.Argument(metavar="LIST", help="Its id or its name.")]


def find(line: Wardline, which: str) -> records.HashList:
    """Find a list; ``NotFoundError`` when there is none of that name or id."""
    for each in line.parts.store.hash_lists():
        if which in (each.id, each.name):
            return each
    raise NotFoundError(
        f"hash list {which}: unknown, expected an id or a name from `wardline hash-list list`"
    )
