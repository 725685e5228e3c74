"""A copy of a list as a file: its name, how it is written so that it is there whole or not at all, and how it is read and checked.

The file is an index file (``kernels.hamming.files``). What is searched of the list beside the PDQ hashes stands in its columns, and one
more, ``about``, says which batch it goes up to.
"""

from __future__ import annotations

import json
import mmap
import os
import re
from pathlib import Path

import numpy as np

from wardline import matching, ports
from wardline.adapters.indexes.durable import appearing, unfinished_name
from wardline.adapters.indexes.hamming import MemoryIndex
from wardline.errors import IntegrityError, StorageFullError
from wardline.kernels.hamming import HammingIndex

_NAME = re.compile(r"([a-z0-9-]+)\.(\d{10})")


def path_of(folder: Path, list_id: str, number: int) -> Path:
    """Say where the copy of a list is that goes up to this batch."""
    return folder / f"{list_id}.{number:010}"


def paths(folder: Path) -> list[Path]:
    """Give all copies; none when the folder is not there, or cannot be read."""
    try:
        return [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    except OSError:
        return []


def list_id_of(path: Path) -> str:
    """Say whose copy it is."""
    return path.name.partition(".")[0]


def number_of(path: Path) -> int:
    """Say up to which batch it goes."""
    return int(path.suffix[1:])


def read(path: Path) -> matching.ListCopy:
    """Map a copy, and check all of it.

    Raises:
        NotFoundError: It is gone.
        IntegrityError: It is not as it was written.
    """
    index = HammingIndex.open(str(path))
    index.verify()
    about = json.loads(bytes(index.columns["about"])) if "about" in index.columns else {}
    if about.get("number") != number_of(path):
        raise IntegrityError(
            f"list copy {path.name}: holds another batch, expected the one it is named after"
        )
    return matching.ListCopy(
        about["number"], about["batch_id"], MemoryIndex(index, merges=False), index.columns
    )


def write(
    path: Path, state: HammingIndex, columns: matching.Columns, *, batch_id: str, least_free_bytes: int,
    reached: ports.WritePoint,
) -> None:  # fmt: skip
    """Write a copy, read it back, and give it its name.

    Raises:
        StorageFullError: There is no room, or less than ``least_free_bytes`` would be left. Nothing was written.
    """
    about = json.dumps({"number": number_of(path), "batch_id": batch_id})
    columns = {**columns, "about": np.frombuffer(about.encode(), np.uint8)}
    index = state.merged() if state.changes else state
    size, disk = index.file_bytes(columns), os.statvfs(path.parent)
    if disk.f_bavail * disk.f_frsize - size < least_free_bytes:
        raise StorageFullError(f"list copy: {size} bytes would leave too little space, expected more room")
    with appearing(path) as descriptor:
        # With the room taken, writing through the mapping cannot meet a full disk, which would end the process.
        os.posix_fallocate(descriptor, 0, size)
        with mmap.mmap(descriptor, size) as mapped:
            content = np.frombuffer(mapped, np.uint8)
            index.write_into(content, columns)
            del content
            mapped.flush()
        HammingIndex.open(str(unfinished_name(path))).verify()
        reached("copy:written")
