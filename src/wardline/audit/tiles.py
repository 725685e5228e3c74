"""The log as static files that any transparency tool reads: tiles of hashes, bundles of entries, and the checkpoint.

Files that are complete never change, so that they can be copied, cached and signed for by others. Only hashes over complete subtrees stand in
tiles; whoever reads them trusts none of them before they give the root of a signed checkpoint.

Source: C2SP, tlog-tiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wardline.errors import AuditLogError, InputError
from wardline.kernels import merkle

CHECKPOINT_PATH = "checkpoint"
"""Where the newest signed note lies."""
TILE_WIDTH = 256
"""Hashes in a whole tile, entries in a whole bundle."""
ENTRIES = "tile/entries/"
_LEVELS_IN_TILE = 8
_LENGTH_BYTES = 2
MOST_ENTRY_BYTES = 2 ** (8 * _LENGTH_BYTES) - 1
"""A bundle cannot hold a longer entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TileFile:
    """One file of the layout."""

    path: str
    """Relative, with slashes."""
    content: bytes


def hash_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Say where a tile lies.

    Args:
        level: 0 for leaf hashes; each next one holds roots over whole tiles of the one before.
        index: Which tile of the level, from 0.
        width: Hashes in it, 1 to 256.
    """
    return f"tile/{level}/{_numbered(index)}{_part(width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Say where a bundle of entries lies; arguments as in ``hash_path``."""
    return f"{ENTRIES}{_numbered(index)}{_part(width)}"


def widths(size: int) -> list[tuple[int, int]]:
    """Give for each level of the tiles of a log how many hashes it has, and how many of them are in its partial tile.

    Args:
        size: Entries in the log, 0 and up.

    Returns:
        A pair for each level that has a hash, leaves first.
    """
    found = []
    while size:
        found.append((size, size % TILE_WIDTH))
        size >>= _LEVELS_IN_TILE
    return found


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Write entries as a bundle: each with its length before it, two bytes, big-endian."""
    parts = []
    for leaf in leaves:
        if len(leaf) > MOST_ENTRY_BYTES:
            raise InputError(
                f"audit entry: {len(leaf)} bytes, expected at most {MOST_ENTRY_BYTES} for a bundle"
            )
        parts.append(len(leaf).to_bytes(_LENGTH_BYTES, "big") + leaf)
    return b"".join(parts)


def read_tile(data: bytes, width: int) -> list[bytes]:
    """Read the hashes of a tile.

    Raises:
        AuditLogError: It has not as many bytes as its width calls for.
    """
    if len(data) != width * merkle.HASH_BYTES:
        raise AuditLogError(f"audit tile: {len(data)} bytes, expected {width * merkle.HASH_BYTES}")
    return [data[at : at + merkle.HASH_BYTES] for at in range(0, len(data), merkle.HASH_BYTES)]


class Tiling:
    """Cuts a growing log into files, holding one tile of each level.

    Args:
        size: Entries that were cut already: a multiple of 256.
        pending: For each level above the leaves, the hashes of its partial tile at that size, lowest level first. They are taken as they
            are; compare ``root`` with what was signed.
    """

    def __init__(self, size: int = 0, pending: Iterable[Iterable[bytes]] = ()) -> None:
        if size % TILE_WIDTH:
            raise InputError(f"tiles: begin at entry {size}, expected a multiple of {TILE_WIDTH}")
        self.size = size
        self._levels: list[list[bytes]] = [[], *(list(each) for each in pending)]
        self._leaves: list[bytes] = []
        wanted = [part for _, part in widths(size)]
        if [len(each) for each in self._levels] != (wanted or [0]):
            raise InputError(
                "tiles: other hashes than the size calls for, expected the partial tile of each level"
            )

    def add(self, leaf: bytes) -> Iterator[TileFile]:
        """Take one more entry; gives the files that became whole with it."""
        self._leaves.append(leaf)
        self._levels[0].append(merkle.leaf_hash(leaf))
        index = self.size // TILE_WIDTH
        self.size += 1
        if len(self._leaves) == TILE_WIDTH:
            yield TileFile(path=entries_path(index), content=bundle(self._leaves))
            self._leaves.clear()
        level = 0
        while len(self._levels[level]) == TILE_WIDTH:
            full = self._levels[level]
            yield TileFile(path=hash_path(level, index), content=b"".join(full))
            self._levels[level] = []
            level, index = level + 1, index // TILE_WIDTH
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(merkle.root(full))

    def rest(self) -> Iterator[TileFile]:
        """Give the partial files of what was taken until now."""
        if self._leaves:
            index = self.size // TILE_WIDTH
            yield TileFile(path=entries_path(index, len(self._leaves)), content=bundle(self._leaves))
        index = self.size
        for level, hashes in enumerate(self._levels):
            index //= TILE_WIDTH
            if hashes:
                path = hash_path(level, index, len(hashes))
                yield TileFile(path=path, content=b"".join(hashes))

    def root(self) -> bytes:
        """Give the root over everything until now, 32 bytes."""
        nodes: list[bytes] = []
        for hashes in reversed(self._levels):
            nodes += merkle.Frontier().extend(hashes).nodes
        return merkle.Frontier(self.size, tuple(nodes)).root()


def _numbered(index: int) -> str:
    """Spell a number as a path: three digits an element, each but the last with an ``x`` before it."""
    elements = [f"{index % 1000:03}"]
    while index := index // 1000:
        elements.append(f"x{index % 1000:03}")
    return "/".join(reversed(elements))


def _part(width: int) -> str:
    if not 1 <= width <= TILE_WIDTH:
        raise InputError(f"tile: {width} wide, expected 1 to {TILE_WIDTH}")
    return "" if width == TILE_WIDTH else f".p/{width}"
