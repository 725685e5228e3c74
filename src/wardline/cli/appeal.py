"""``wardline appeal``: pass on what somebody says against what was done to them, as a platform would."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from wardline.cli import output
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder
from wardline.cli.platform_key import ApiKeyFile, platform_key
from wardline.errors import InputError

_MOST_BYTES = 16_384


def appeal(
    text_file: Annotated[
        Path,
        typer.Option("--text-file", help='What the person says, at most 2,000 characters; "-": standard input.'),
    ],
    action: Annotated[
        str | None, typer.Option("--action", metavar="ID", help="The action, as the webhook named it.")
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", help="Whose content; with --content-reference.")
    ] = None,
    content_reference: Annotated[
        str | None, typer.Option("--content-reference", help="The platform's id of the content.")
    ] = None,
    idempotency_key: Annotated[
        str | None, typer.Option("--idempotency-key", help="The same again gives the same appeal.")
    ] = None,
    api_key_file: ApiKeyFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Appeal against an action. Somebody who had no part in the decision looks at it; the answer reaches the platform by webhook."""
    from wardline.pipeline import Complaint

    said = Complaint(
        text=_read(text_file),
        action_id=action,
        account_reference=account,
        content_reference=content_reference,
    )
    with line_of(folder) as line:
        key = platform_key(line, api_key_file)
        taken = line.appeal(said, api_key=key, idempotency_key=idempotency_key)
    if as_json:
        output.as_json({"id": taken.id, "state": taken.state, "due_at": taken.due_at})
    else:
        output.line(
            f"{taken.id} is {taken.state}; an answer is promised until {taken.due_at:%Y-%m-%d %H:%M} UTC."
        )


def _read(path: Path) -> str:
    """Read the person's words. They come from a file, for a command line is kept by shells and shown to everybody on the machine."""
    try:
        content = sys.stdin.buffer.read(_MOST_BYTES + 1) if str(path) == "-" else path.read_bytes()
        text = content.decode("utf-8")
    except OSError as error:
        raise InputError(
            f"--text-file: cannot be read ({error.strerror}), expected a text file", remedy="Check its path."
        ) from None
    except UnicodeDecodeError:
        raise InputError("--text-file: not UTF-8, expected text", remedy="Write it as UTF-8.") from None
    if len(content) > _MOST_BYTES:
        raise InputError(f"--text-file: over {_MOST_BYTES} bytes, expected at most 2,000 characters")
    return text
