"""Verbs that have verbs of their own."""

from __future__ import annotations

import typer


def group(summary: str) -> typer.Typer:
    """Make a group of commands that shows its help when it is called bare. Plain text: drawing frames costs start-up time."""
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=summary)
