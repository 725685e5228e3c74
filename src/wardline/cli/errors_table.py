"""Errors on the command line: one table from the kind of error to the exit code."""

from __future__ import annotations

import json
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from wardline import errors

FINE, FINDING, CALLER, OUTSIDE, INTEGRITY = 0, 1, 2, 3, 4

_CODES: tuple[tuple[type[errors.WardlineError], int], ...] = (
    (errors.ConfigurationError, CALLER),
    (errors.InputError, CALLER),
    (errors.ConflictError, CALLER),
    (errors.RefusedError, CALLER),
    (errors.DependencyError, OUTSIDE),
    (errors.IntegrityError, INTEGRITY),
)
_AS_JSON = "wardline.as_json"


def exit_code(error: errors.WardlineError) -> int:
    """Give the exit code of an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), CALLER)


def tell(error: errors.WardlineError, *, as_json: bool) -> None:
    """Print an error and what to do about it on stderr. Messages hold ids only."""
    advice = error.advice
    if advice == errors.InputError.remedy:
        advice = (
            "Correct what the message names, and try again; the same command with --help names every option."
        )
    if as_json:
        text = json.dumps({"error": error.code, "message": error.message, "advice": advice})
    else:
        text = f"Error: {error.message}\nWhat to do: {advice}"
    print(text, file=sys.stderr)


def note_json(context: typer.Context, value: bool) -> bool:
    """Remember that JSON was asked for, so that an error is JSON too."""
    context.meta[_AS_JSON] = value
    return value


class Program(TyperGroup):
    """The root command: no traceback for what Wardline itself refuses."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command and turn an error into its message and exit code."""
        try:
            return super().invoke(ctx)
        except errors.WardlineError as error:
            tell(error, as_json=bool(ctx.meta.get(_AS_JSON)))
            raise typer.Exit(exit_code(error)) from None
