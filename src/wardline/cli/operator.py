"""Who sits in front of the command line: passwords, and acting in a person's name."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from wardline.errors import InputError

if TYPE_CHECKING:
    from wardline import records
    from wardline.pipeline import Wardline

_GENERATED_BYTES = 18
_MOST_CHARACTERS = 1024


def sign_in(line: Wardline, name: str, password_file: Path | None, scope: records.Scope) -> records.User:
    """Find the person in whose name a command acts, by password, and require that their role allows it.

    Raises:
        NotAuthenticatedError: Unknown name, locked out, or another password.
        NotAllowedError: The role does not allow it.
    """
    from wardline.pipeline import people

    user = people.check_password(line.parts, name, read_password(password_file, f"Password of {name}"))
    people.require_scope(user, scope)
    return user


def read_password(file: Path | None, prompt: str, *, repeat: bool = False) -> str:
    """Read a password from a file, from standard input (``-``), or ask on the terminal without showing it.

    Args:
        file: Mode 0600; its white space at both ends does not count.
        prompt: What to ask.
        repeat: Ask twice, for a new password.
    """
    if file is None:
        if not sys.stdin.isatty():
            raise InputError(
                "password: no terminal to ask on, expected --password-file",
                remedy="Give --password-file PATH, or - for stdin.",
            )
        return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=repeat, err=True))
    if str(file) == "-":
        return sys.stdin.readline(_MOST_CHARACTERS).strip()
    from wardline import wiring

    try:
        return wiring.read_secret(file, "password").decode()
    except UnicodeDecodeError:
        raise InputError(
            "password: its file is not UTF-8 text, expected text", remedy="Write the password as text."
        ) from None


def generate_password() -> str:
    """Make a password that nobody can guess, to be shown once."""
    return secrets.token_urlsafe(_GENERATED_BYTES)
