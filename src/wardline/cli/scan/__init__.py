"""``wardline scan``: libraries of pictures compared with the active hash lists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wardline.cli.errors_table import note_json
from wardline.cli.options import HERE, As, Folder, PasswordFile

Paths = Annotated[
    list[str] | None,
    typer.Argument(metavar="PATH...", help="Folders, pictures, tar, tar.gz and zip files."),
]
Listed = Annotated[
    str | None,
    typer.Option(
        "--list",
        metavar="FILE",
        help='Scan what this file names too, one path a line; "-" reads standard input.',
    ),
]
Null = Annotated[
    bool,
    typer.Option("--null", help="The paths of --list are separated by NUL, as `find -print0` does it."),
]
Resume = Annotated[
    Path | None,
    typer.Option(
        "--resume", metavar="FILE", help="Keep a journal here; if there is one, go on where it ends."
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", min=1, max=1024, help="Pictures decoded at the same time; else one for each core."
    ),
]
Exact = Annotated[
    bool,
    typer.Option(
        "--exact",
        help="Hash every picture exactly, not at a glance first: slower, and every line has its PDQ.",
    ),
]
JsonLines = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print one JSON object a line: one for each file, and a summary.",
        callback=note_json,
        is_eager=True,
    ),
]


def command(
    user: As,
    paths: Paths = None,
    listed: Listed = None,
    null: Null = False,
    resume: Resume = None,
    jobs: Jobs = None,
    exact: Exact = False,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: JsonLines = False,
) -> None:
    """Compare libraries of pictures with the active hash lists, on all cores.

    Prints what is on a list and what could not be scanned, and ends with 1 when there is either; interrupted, it ends with 130. Keeps
    nothing but two entries in the audit log: who scanned, and how much was found.
    """
    from wardline.cli.scan import acting

    code = acting.act(
        acting.Asked(
            paths=paths or [], listed=listed, null=null, resume=resume, jobs=jobs, exact=exact, user=user,
            password_file=password_file, folder=folder, as_json=as_json,
        )
    )  # fmt: skip
    if code:
        raise typer.Exit(code)
