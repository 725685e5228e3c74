"""Ready-made copies of hash lists: what a volume is when it starts from one, and what it gives to make one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]
"""Arrays of one dimension, by name."""


class NearIndex(Protocol):
    """What a volume asks of an index: the part of ``ports.Index`` that it uses, under the same contract."""

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None: ...

    def remove(self, ids: NDArray[np.int64]) -> None: ...

    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]: ...


@dataclass(frozen=True, slots=True)
class ListCopy:
    """All that is searched of a list as it was after one of its batches."""

    number: int
    """Of the newest batch that it holds."""
    batch_id: str
    """That batch's: a store that does not hold it under this number has another history, and the copy is not of its list."""
    index: NearIndex
    """The PDQ hashes that can be found; ids are rows."""
    columns: Columns
    """What ``Copied.freeze`` gave, read as ``uint8``. Nobody writes to them."""


class Copied(Protocol):
    """A list in memory, as whoever keeps copies sees it: a ``Volume``."""

    def __len__(self) -> int: ...

    @property
    def index(self) -> NearIndex: ...

    @property
    def applied(self) -> int: ...

    @property
    def last_batch_id(self) -> str: ...

    @property
    def copied(self) -> int: ...

    @property
    def changes(self) -> int: ...

    def freeze(self) -> Callable[[], Columns]: ...


class Copies(Protocol):
    """What a catalogue asks of who keeps copies: the part of ``ports.Copies`` that it uses, under the same contract."""

    def open(self, list_id: str, *, above: int, is_ours: Callable[[ListCopy], bool]) -> ListCopy | None: ...

    def keep(self, list_id: str, volume: Copied) -> None: ...

    def retain(self, list_ids: Iterable[str]) -> None: ...
