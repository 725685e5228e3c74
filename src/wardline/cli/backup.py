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
    """Copy the database, the sealed files, the packs and wardline.toml, while the installation runs. Keys, and the files that the settings name, are never in it.

    What is restored from it neither sends nor destroys until `wardline fence lift`.
    """
    from wardline import wiring

    with opened(folder) as installation:
        person = operator.sign_in(installation.wardline, user, password_file, Scope.MANAGE)
        begun = wiring.begin_back_up(installation, to, user=person)
    # What remains is ciphertext and may be much: meanwhile this process needs no key, and has none open.
    made = wiring.finish_back_up(begun)
    if as_json:
        output.as_json(made)
    else:
        output.line(f"{made.id}: {made.files} files, {made.bytes:,} bytes, in {to}.")
        if not made.evidence:
            output.line("The evidence is not in it: it stays in the vault that the settings name.")
        output.line(f"It can be read with the keys {', '.join(made.keys)} only. Keep keys/ elsewhere.")


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A back-up.")],
    evidence_elsewhere: Annotated[
        bool,
        typer.Option(
            "--evidence-elsewhere",
            help="You say: the evidence was moved or copied to the other place that the settings here name.",
        ),
    ] = False,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Put a back-up into a folder with its keys and without data.

    Checks every byte first. Nothing is sent and nothing destroyed afterwards, until `wardline fence lift`.
    """
    from wardline import wiring

    check = wiring.any_place if evidence_elsewhere else wiring.require_same_place
    chosen = wiring.restore(source, folder, place=check)
    missing = wiring.missing_files(chosen)
    if as_json:
        output.as_json({"folder": chosen.folder, "fenced": True, "missing": missing})
    else:
        output.line("Restored. A fence stands: nothing is sent and nothing destroyed.")
        if chosen.preservation.vault != "directory":
            output.line(
                "Its evidence is where the old installation's is. Let nothing be uploaded here while that one runs: it would destroy it."
            )
        if missing:
            output.line(f"Bring these files too, which its settings name: {', '.join(missing)}.")
        output.line(
            "Next: `wardline audit verify`. When the old installation is gone for good: `wardline fence lift`."
        )
