"""Opening the installation that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wardline.pipeline import Wardline
    from wardline.wiring import Installation


@contextmanager
def opened(folder: Path) -> Iterator[Installation]:
    """Open the installation in a folder and close it afterwards."""
    from wardline import settings, wiring
    from wardline.cli import logging_setup

    logging_setup.quiet()
    with wiring.open_installation(settings.load(folder)) as installation:
        yield installation


@contextmanager
def line_of(folder: Path) -> Iterator[Wardline]:
    """Open the installation in a folder, for commands that need its line only."""
    with opened(folder) as installation:
        yield installation.wardline
