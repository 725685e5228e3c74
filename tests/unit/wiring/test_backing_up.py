from __future__ import annotations

import tracemalloc
from pathlib import Path

from wardline.wiring import backing_up


def test_a_database_that_is_larger_than_the_memory_is_restored(tmp_path: Path) -> None:
    size, source = 200_000_000, tmp_path / "wardline.sqlite"
    with source.open("wb") as file:
        file.truncate(size)
    tracemalloc.start()
    try:
        backing_up._copy(source, tmp_path / "new" / "wardline.sqlite")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert (tmp_path / "new" / "wardline.sqlite").stat().st_size == size
