"""The entry points of the indexes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from wardline import ports
from wardline.adapters.indexes.brute import BruteIndex
from wardline.adapters.indexes.copies import MappedCopies
from wardline.adapters.indexes.hamming import MemoryIndex


def brute(_folder: Path, **_: Any) -> ports.Indexes:
    """Compare with every hash."""
    return ports.Indexes(BruteIndex)


def hamming(_folder: Path, **_: Any) -> ports.Indexes:
    """Search with tables, which each process makes in its own memory."""
    return ports.Indexes(MemoryIndex)


def mapped(
    folder: Path,
    *,
    told: Callable[[str, str], None],
    reached: ports.WritePoint,
    least_free_bytes: int,
) -> ports.Indexes:
    """Search with tables, which processes share through files in a folder. See ``MappedCopies``."""
    copies = MappedCopies(folder, told=told, reached=reached, least_free_bytes=least_free_bytes)
    return ports.Indexes(partial(MemoryIndex, merges=False), copies)
