"""``wardline backup`` and ``wardline restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.opening import opened
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.records import Scope


def backup(
    to: Annotated[Path, typer.Argument(metavar="TO", help="A new folder.")],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Copy the database, the sealed files and the settings, while the installation runs. Keys are never in it.

    What is restored from it neither sends nor destroys until `wardline fence lift`.
    """
    from wardline import wiring

    with opened(folder) as installation:
        person = operator.sign_in(installation.wardline, user, password_file, Scope.MANAGE)
        made = wiring.back_up(installation, to, user=person)
    if as_json:
        output.as_json(made)
    else:
        output.line(f"{made.id}: {made.files} files, {made.bytes:,} bytes, in {to}.")
        if not made.evidence:
            output.line("The evidence is not in it: it stays in the vault that the settings name.")
        output.line(f"It can be read with the keys {', '.join(made.keys)} only. Keep keys/ elsewhere.")


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A back-up.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Put a back-up into a folder with its keys and without data.

    Checks every byte first. Nothing is sent and nothing destroyed afterwards, until `wardline fence lift`.
    """
    from wardline import wiring

    chosen = wiring.restore(source, folder)
    if as_json:
        output.as_json({"folder": chosen.folder, "fenced": True})
    else:
        output.line("Restored. A fence stands: nothing is sent and nothing destroyed.")
        output.line(
            "Next: `wardline audit verify`. When the old installation is gone for good: `wardline fence lift`."
        )
