"""What a start and a second process cost, with an index in each process's memory and with one copy that all map.

``python benchmarks/list_copies.py 1000000 0`` makes a SQLite store of so many PDQ hashes and so many SHA-256, 8,192 a batch, and then for
each index starts two processes after each other that look one hash up. ``--tiny`` makes batches of one hash. A process is measured after
it has answered for a while, so that merges and copies are done and, with ``mapped``, the copy is gone over to.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from wardline import plugins, ports, records
from wardline.pipeline.lookup import Lookup
from wardline.records import MOST_IN_BATCH, BatchChange, HashKind

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def fill(folder: Path, near: int, exact: int, at_once: int) -> None:
    """Make a store with one active list of random hashes."""
    rng = np.random.default_rng(1)
    list_id = records.new_id("hash-list", _NOW, bytes(10))
    batches: list[records.HashBatch] = []
    for kind, count in ((HashKind.PDQ, near), (HashKind.SHA256, exact)):
        for start in range(0, count, at_once):
            size = min(at_once, count - start)
            number = len(batches) + 1
            batches.append(records.HashBatch(
                id=records.new_id("hash-batch", _NOW, number.to_bytes(10, "big")), list_id=list_id, number=number,
                change=BatchChange.ADD, kind=kind, hashes=rng.bytes(32 * size), categories=bytes(size),
            ))  # fmt: skip
    owner = records.HashList(
        id=list_id, name="random", provenance="drawn", trust=records.ListTrust.VERIFIED, state=records.HashListState.ACTIVE,
        entries=near + exact, created_at=_NOW, created_by="user", refreshed_at=_NOW, batches=len(batches),
    )  # fmt: skip
    store = _store(folder)
    told = records.Entry(verb=records.Verb.HASH_LIST_ADDED, subject_id=list_id, actor="bench", at=_NOW)
    store.commit(records.Insert(owner), records.Load(tuple(batches)), entries=[told])
    store.close()


def answer(folder: Path, index: str) -> None:
    """Be one process: look up, say how long that took, go on for a while, and wait to be measured."""
    store = _store(folder)
    began = time.perf_counter()
    made: ports.Indexes = plugins.load("indexes", index)(
        folder / "indexes",
        told=lambda _, why: sys.stderr.write(why),
        reached=lambda _: None,
        least_free_bytes=0,
    )
    parts: Any = SimpleNamespace(store=store, make_index=made.make, copies=made.copies)
    lookup = Lookup(cast("Any", parts))
    query = (records.Hash(kind=HashKind.PDQ, value="00" * 32, quality=100),)
    lookup.find(query)
    first = time.perf_counter() - began
    for _ in range(3):
        lookup.refresh()
        lookup.find(query)
        copies: object = made.copies
        if isinstance(copies, ports.Closeable):
            copies.close()
        time.sleep(1)
    closing: Any = next(iter(lookup._catalogue._shelf.volumes.values()))[1].index
    if hasattr(closing, "close"):
        closing.close()
    times = []
    for _ in range(100):
        start = time.perf_counter()
        lookup.find(query)
        times.append(time.perf_counter() - start)
    sys.stdout.write(json.dumps({"first_s": first, "find_ms": 1000 * sorted(times)[50]}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


def measure(folder: Path, index: str) -> None:
    """Start two processes after each other, and print what each took and takes."""
    running = []
    for _ in range(2):
        running.append(subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, __file__, "answer", str(folder), index], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ))  # fmt: skip
        said = json.loads(cast("Any", running[-1].stdout).readline())
        print(
            f"{index} process {len(running)}: first answer {said['first_s']:.2f} s, then {said['find_ms']:.2f} ms"
        )
    for at, each in enumerate(running, start=1):
        print(f"{index} process {at}:", ", ".join(f"{k} {v:.0f} MB" for k, v in _memory(each.pid).items()))
    for each in running:
        each.communicate()


def _memory(pid: int) -> dict[str, float]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1000 for line in lines}
    unique = sizes["Private_Clean"] + sizes["Private_Dirty"]
    return {"resident": sizes["Rss"], "proportional": sizes["Pss"], "its own": unique}


def _store(folder: Path) -> ports.Store:
    door = plugins.load("stores", "sqlite")(folder, None)
    if door.version() is None:
        door.migrate()
    opened: ports.Store = door.open(reached=lambda _: None)
    return opened


def main() -> None:
    """See above."""
    if sys.argv[1] == "answer":
        answer(Path(sys.argv[2]), sys.argv[3])
        return
    near, exact = (int(text) for text in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name), near, exact, 1 if "--tiny" in sys.argv else MOST_IN_BATCH)
        for index in ("hamming", "mapped"):
            measure(Path(name), index)
        print(
            "copies:",
            *(f"{path.stat().st_size / 1e6:.0f} MB" for path in Path(name, "indexes").glob("hash*")),
        )
    sys.stdout.flush()


if __name__ == "__main__":
    os.nice(5)
    main()
