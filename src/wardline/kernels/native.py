"""The compiled twins of the kernels. The one module here that touches the outside: it loads a library.

A call through ctypes gives up the interpreter's lock, so threads search and hash side by side.
"""

from __future__ import annotations

import ctypes
from enum import StrEnum
from functools import cache

from wardline.errors import ConfigurationError

ROOMS = ("hamming", "jpeg", "pdq")
"""The kernels that have a compiled twin."""
_LIBRARY = "_fast.so"
_HERE = __file__.rpartition("/")[0]


class Choice(StrEnum):
    """Which twin serves."""

    AUTO = "auto"
    """The compiled one where it was built, otherwise the plain one."""
    FAST = "fast"
    """The compiled one; where it was not built, that is an error."""
    REFERENCE = "reference"
    """The plain one."""


_chosen = Choice.AUTO


def select(choice: Choice | str) -> None:
    """Choose, for the whole process, which twin of every kernel serves from now on.

    Raises:
        ConfigurationError: There is no such choice.
    """
    global _chosen  # noqa: PLW0603 - one choice for a process is what this is
    try:
        _chosen = Choice(choice)
    except ValueError:
        raise ConfigurationError(f"kernels {choice}: unknown, expected one of {', '.join(Choice)}") from None


def selected() -> Choice:
    """Give what was chosen."""
    return _chosen


def library(room: str) -> ctypes.CDLL | None:
    """Give a kernel's compiled twin, or None when the reference shall serve.

    Raises:
        ConfigurationError: The compiled one was asked for and is not there.
    """
    if _chosen is Choice.REFERENCE:
        return None
    found = built(room)
    if found is None and _chosen is Choice.FAST:
        raise ConfigurationError(
            f"kernels/{room}: not compiled, expected {_LIBRARY}",
            remedy='Install a C compiler and install Wardline again, or set [matching] kernels = "auto".',
        )
    return found


def serving() -> dict[str, bool]:
    """Say of each kernel that has a compiled twin whether that one serves."""
    return {room: library(room) is not None for room in ROOMS}


@cache
def built(room: str) -> ctypes.CDLL | None:
    """Give a kernel's compiled twin wherever it was built; None where not or where this machine cannot load it."""
    try:
        found = ctypes.CDLL(f"{_HERE}/{room}/{_LIBRARY}")
    except OSError:
        return None
    found.wardline_source.restype = ctypes.c_char_p
    found.wardline_source.argtypes = ()
    return found
