"""Temporary folders of the tests in memory, where the machine has room for them.

Vault, database and ledgers make everything durable, and most of a test's time would go into waiting for the disk. What they ask of the
system stays the same.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_MEMORY = Path("/dev/shm")
_LEAST_FREE_BYTES = 2 * 2**30
_LEAST_FREE_NAMES = 500_000


def ask_for_it() -> None:
    """Have pytest make its temporary folders in memory: where there is room, and where programs may be started and loaded as on a disk."""
    with contextlib.suppress(OSError):
        found = os.statvfs(_MEMORY)
        roomy = found.f_bavail * found.f_frsize >= _LEAST_FREE_BYTES and found.f_favail >= _LEAST_FREE_NAMES
        if roomy and not found.f_flag & os.ST_NOEXEC and os.access(_MEMORY, os.W_OK):
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def give_back(folder: Path) -> None:
    """Remove a test's folder if it lies in memory; pytest removes those on a disk some runs later. With ``PYTEST_DEBUG_TEMPROOT=/tmp``
    folders lie on the disk and stay, for whoever looks into a failure."""
    if folder.is_relative_to(_MEMORY):
        _remove(str(folder))


def _remove(folder: str) -> None:
    """Remove a folder. A vault has hundreds of empty ones: ``shutil.rmtree`` looks into each, which takes ten times as long."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108
                continue
            try:
                os.rmdir(entry.path)  # noqa: PTH106
            except OSError:
                _remove(entry.path)
    with contextlib.suppress(OSError):
        os.rmdir(folder)  # noqa: PTH106
