"""``wardline export``: what is taken out for law enforcement."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.groups import group
from wardline.cli.opening import opened
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.errors import ConfigurationError, InputError
from wardline.records import ExportCause, ExportReason, Scope, require_id

app = group("For law enforcement: vics.")

Reason = Annotated[ExportReason, typer.Option("--reason", help="On whose word; it stands in the audit log.")]
Reference = Annotated[
    str,
    typer.Option(
        "--reference", metavar="TEXT", help="The asking body's number of its request or order. No name."
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="PATH", help="Write it here: a new file.")]


@app.callback()
def export() -> None:
    """For law enforcement."""


@app.command()
def vics(
    user: As,
    reason: Reason,
    reference: Reference,
    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            metavar="NAME",
            help="One of [matching.category_profiles]: what the numbers mean to them.",
        ),
    ],
    out: Out,
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="ID", help="A case; may be given again.")
    ] = None,
    referral: Annotated[
        list[str] | None,
        typer.Option("--referral", metavar="ID", help="A referral, for its case; may be given again."),
    ] = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the hashes and categories of what people found to be violations, as VICS 2.0. No file and no account is in it."""
    from wardline import plugins
    from wardline.pipeline import blind_filing, vics_export

    require_new(out)
    with opened(folder) as installation:
        line = installation.wardline
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        known = installation.settings.matching.category_profiles.get(profile)
        if known is None:
            raise ConfigurationError(
                f"profile {profile}: unknown, expected one of matching.category_profiles",
                remedy="Ask whoever gets the file what the category numbers mean to them, and write that down first.",
            )
        cases = [require_id("case", each) for each in case or ()]
        named = [require_id("referral", each) for each in referral or ()]
        cases += [blind_filing.opened(line.parts, each, person).case_id for each in named]
        made = vics_export.export(
            line.parts, cases, profile=known, cause=ExportCause(reason=reason, reference=reference), user=person,
            write=plugins.load("hash_lists", "vics-writer"),
        )  # fmt: skip
    write_new(out, made.content)
    if as_json:
        output.as_json({"path": str(out), "media": made.media, "sha256": made.sha256})
    else:
        output.line(f"{out}: {made.media} media, SHA-256 {made.sha256}.")


def require_new(path: Path) -> None:
    """Refuse a path that is taken, before anything is written into the log."""
    if path.exists():
        raise InputError(
            "--out: there is a file of this name, expected a new one", remedy="Choose another path."
        )


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, for its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise InputError(
            f"--out: cannot be written ({error.strerror}), expected a new file", remedy="Choose another path."
        ) from None
