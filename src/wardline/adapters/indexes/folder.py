"""The folder of an index on disk: which generation is current, which journals follow it, and how they are read.

``generation-N`` holds every change of the journals before ``journal-N``. So the state is the highest generation, and then every journal
from its number on. A merge starts the next journal first, writes the next generation under another name, renames it, and removes what
it replaces; a process that dies between any two of these steps leaves a folder that says the same as before.
"""

from __future__ import annotations

import re
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wardline.adapters.indexes import journal
from wardline.adapters.indexes.durable import REMEDY
from wardline.adapters.indexes.merging import apply
from wardline.errors import AlreadyExistsError, IntegrityError, NotFoundError
from wardline.kernels.hamming import HASH_BYTES, HammingIndex

_NAME = re.compile(r"(generation|journal)-(\d{8})")
_ATTEMPTS = 10
"""Of reading a folder in which a writer may be removing what it replaced."""


@dataclass(slots=True)
class State:
    """What was read from a folder."""

    index: HammingIndex
    generation: int
    """Its number; 0 also when there is none yet."""
    number: int
    """The last journal's."""
    reader: journal.Reader
    """Of the last journal, where its whole records end."""


def path_of(folder: Path, kind: str, number: int) -> Path:
    """Say where a ``generation`` or ``journal`` is."""
    return folder / f"{kind}-{number:08}"


def numbers(folder: Path) -> dict[str, list[int]]:
    """List the numbers of the ``generation`` and ``journal`` files, rising."""
    found: dict[str, list[int]] = {"generation": [], "journal": []}
    for path in folder.iterdir():
        if match := _NAME.fullmatch(path.name):
            found[match[1]].append(int(match[2]))
    return {kind: sorted(each) for kind, each in found.items()}


def load(folder: Path) -> State:
    """Read the current state.

    Raises:
        NotFoundError: There is no index.
        IntegrityError: A journal is missing or damaged, or the generation is.
    """
    for _ in range(_ATTEMPTS - 1):
        # Likely a writer removed what it replaced after the names were listed: then the new ones are there now.
        with suppress(FileNotFoundError, NotFoundError, _InconsistentError):
            return _load(folder)
    return _load(folder)


class _InconsistentError(IntegrityError):
    pass


def _load(folder: Path) -> State:
    listed = numbers(folder)
    generation = max(listed["generation"], default=0)
    following = [number for number in listed["journal"] if number >= generation]
    if not listed["generation"] and not listed["journal"]:
        raise NotFoundError(f"index folder {folder.name}: empty, expected an index")
    if not following or following != list(range(generation, following[-1] + 1)):
        raise _InconsistentError(
            f"index folder {folder.name}: journals {following}, expected all from {generation} on",
            remedy=REMEDY,
        )
    index = (
        HammingIndex.open(str(path_of(folder, "generation", generation)))
        if listed["generation"]
        else HammingIndex.build(np.empty((0, HASH_BYTES), np.uint8), np.empty(0, np.int64))
    )
    for number in following[:-1]:
        with closing(journal.Reader(path_of(folder, "journal", number))) as reader:
            take_in(index, reader)
            if reader.has_grown():
                raise IntegrityError(
                    f"index journal {number}: cut off within a record, expected a whole one before the next journal",
                    remedy=REMEDY,
                )
    reader = journal.Reader(path_of(folder, "journal", following[-1]))
    try:
        take_in(index, reader)
    except BaseException:
        reader.close()
        raise
    return State(index, generation, following[-1], reader)


def take_in(index: HammingIndex, reader: journal.Reader) -> None:
    """Make the changes that a journal has and the index has not."""
    try:
        for hashes, ids in reader.changes():
            apply(index, hashes, ids)
    except AlreadyExistsError as error:
        raise IntegrityError(
            "index journal: adds an id that is there already, expected a new one", remedy=REMEDY
        ) from error
