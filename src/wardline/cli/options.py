"""The options that many verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wardline.cli.errors_table import note_json

Folder = Annotated[
    Path,
    typer.Option(
        "--folder",
        envvar="WARDLINE_FOLDER",
        help="The installation: where wardline.toml lies.",
        show_default=False,
    ),
]
HERE = Path()
AsJson = Annotated[
    bool,
    typer.Option(
        "--json", help="Print one JSON object or list on standard output.", callback=note_json, is_eager=True
    ),
]
As = Annotated[str, typer.Option("--as", metavar="USER", help="In whose name. Asks for the password.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file", help='Read the password from a file of mode 0600; "-" reads standard input.'
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="Show at most this many.")]
