"""Python's collector in a process that serves for days."""

from __future__ import annotations

import gc

_YOUNG_OBJECTS = 10_000
"""A commit makes some thousand objects, nearly none of them in a circle: with Python's 700 a twentieth of the time of a new place went into looking for those."""


def settle() -> None:
    """Call once everything is there that stays, before anything is served: collecting among it again and again is for nothing."""
    _, middle, old = gc.get_threshold()
    gc.set_threshold(_YOUNG_OBJECTS, middle, old)
    gc.freeze()
