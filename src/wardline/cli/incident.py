"""``wardline incident``: tell of an incident that has no file, as a platform would."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from wardline.cli import output
from wardline.cli.errors_table import FINDING
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder
from wardline.cli.platform_key import ApiKeyFile, platform_key
from wardline.errors import InputError
from wardline.records import KeyTrust

_MOST_BYTES = 2**22


def incident(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help='JSON as `POST /v1/incidents` takes it; "-": standard input.'),
    ],
    idempotency_key: Annotated[
        str | None, typer.Option("--idempotency-key", help="The same again tells nothing twice.")
    ] = None,
    api_key_file: ApiKeyFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Tell of an incident without a file: a conversation, for instance. It is sealed, and a person decides.

    Ends with 1 when a case was opened (trusted keys only).
    """
    from wardline.web.api import incidents

    body = _read(file)
    with line_of(folder) as line:
        key = platform_key(line, api_key_file)
        done = line.tell(incidents.read(body), api_key=key, idempotency_key=idempotency_key)
    is_trusted = key.trust is KeyTrust.TRUSTED
    outcome = ("repeated" if done.route is None else "review") if is_trusted else "accepted"
    if as_json:
        output.as_json({"outcome": outcome, "item_id": done.item_id if is_trusted else None})
    else:
        output.line(f"{outcome}{f': {done.item_id}' if is_trusted and done.item_id else ''}")
    if outcome == "review":
        raise typer.Exit(FINDING)


def _read(file: Path) -> bytes:
    try:
        body = sys.stdin.buffer.read(_MOST_BYTES + 1) if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InputError(
            f"file {file}: cannot be read ({error.strerror}), expected JSON", remedy="Check its path."
        ) from None
    if len(body) > _MOST_BYTES:
        raise InputError(f"file: over {_MOST_BYTES} bytes, expected one incident")
    return body
