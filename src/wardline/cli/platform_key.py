"""In which platform's name a command acts: its key, from a file or the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wardline.errors import NotAllowedError, NotAuthenticatedError
from wardline.records import Scope

if TYPE_CHECKING:
    from wardline import records
    from wardline.pipeline import Wardline

KEY_VARIABLE = "WARDLINE_API_KEY"

ApiKeyFile = Annotated[
    Path | None,
    typer.Option("--api-key-file", help=f"A platform's key, mode 0600; or set {KEY_VARIABLE}."),
]


def platform_key(line: Wardline, file: Path | None) -> records.ApiKey:
    """Find the platform's key.

    Raises:
        NotAuthenticatedError: None was given, or it is unknown.
        NotAllowedError: It is a person's.
    """
    from wardline import wiring

    if file is not None:
        secret = wiring.read_secret(file, "api key").decode("utf-8", "replace")
    else:
        secret = os.environ.get(KEY_VARIABLE, "").strip()
    if not secret:
        raise NotAuthenticatedError(
            f"api key: none, expected --api-key-file or {KEY_VARIABLE}",
            remedy="`wardline api-key create --platform NAME` makes one.",
        )
    key, _ = line.authenticate(secret)
    if Scope.ITEMS_WRITE not in key.scopes:
        raise NotAllowedError(f"{key.id}: not for uploads, expected a platform's key")
    return key
