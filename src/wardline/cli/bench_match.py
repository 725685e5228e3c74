"""The search for near hashes beside its peers: faiss' flat binary index, and the index of python-threatexchange.

One process, one thread, by turns, medians; random hashes, and queries planted at distances 0 to 31. Memory and cold starts are measured
in processes of their own.
"""

from __future__ import annotations

import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wardline.cli import output
from wardline.cli.bench_rows import TARGET, Row, beside, peer, row
from wardline.kernels.hamming import HammingIndex

RADIUS_BITS = 31
BANDS = ((0, 7), (8, 15), (16, 23), (24, 31))
QUERIES = 1000
_HMA_TARGET = 4000

Hashes = NDArray[np.uint8]


def hashes_and_queries(count: int, seed: int = 1) -> tuple[Hashes, Hashes, NDArray[np.int64]]:
    """Make ``uint8[count, 32]`` at random, ``uint8[1000, 32]`` each at a distance of 0 to 31 from one of them, and which that is."""
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    planted = rng.integers(0, count, QUERIES)
    masks = np.zeros((QUERIES, 256), np.uint8)
    for at in range(QUERIES):
        masks[at, rng.permutation(256)[: at % (RADIUS_BITS + 1)]] = 1
    return hashes, hashes[planted] ^ np.packbits(masks, axis=1), planted


def our_index(hashes: Hashes) -> HammingIndex:
    """Build ours; ids are rows."""
    return HammingIndex.build(hashes, np.arange(len(hashes), dtype=np.int64))


def faiss_flat(hashes: Hashes) -> Any:
    """Build faiss' exhaustive index."""
    faiss = peer("faiss")
    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(256)
    index.add(hashes)
    return index


def threatexchange_index(hashes: Hashes) -> Any:
    """Build threatexchange's default index, in one call: each call costs a dictionary of everything."""
    peer("faiss").omp_set_num_threads(1)
    pdq = peer("threatexchange.signal_type.pdq.pdq_index")
    return pdq.PDQIndex((row.tobytes().hex(), number) for number, row in enumerate(hashes))


def by_turns(
    *works: Callable[[], object], rounds: int = 5, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Run each in turn, all of them some rounds; give the medians in seconds."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, taken, strict=True):
            start = clock()
            work()
            times.append(clock() - start)
    return [statistics.median(times) for times in taken]


def one_by_one(search: Callable[[Hashes], object], queries: Hashes) -> Callable[[], None]:
    """Make a work that searches for each query in a call of its own."""

    def work() -> None:
        for at in range(len(queries)):
            search(queries[at : at + 1])

    return work


def _rates(case: str, named: str, ours: float, theirs: float) -> Row:
    return beside(
        f"{case}, look-ups a second", ours, "1/s", named=named, theirs=theirs, times_better=ours / theirs
    )


def flat_rows(count: int) -> Iterator[Row]:
    """Compare with faiss' flat index: one query a call, and a batch."""
    hashes, queries, _ = hashes_and_queries(count)
    ours, theirs = our_index(hashes), faiss_flat(hashes)
    few = queries[: max(8, min(QUERIES, 50_000_000 // count))]  # theirs takes long
    times = by_turns(
        one_by_one(ours.search, queries), one_by_one(lambda q: theirs.range_search(q, RADIUS_BITS + 1), few),
        lambda: ours.search(queries), lambda: theirs.range_search(few, RADIUS_BITS + 1),
    )  # fmt: skip
    rates = [QUERIES / times[0], len(few) / times[1], QUERIES / times[2], len(few) / times[3]]
    yield _rates(f"{count:,} hashes, one query a call", "faiss BinaryFlat", rates[0], rates[1])
    yield _rates(f"{count:,} hashes, batch of {QUERIES:,}", "faiss BinaryFlat", rates[2], rates[3])


def capacity_rows(count: int) -> Iterator[Row]:
    """Say how many look-ups one core does in a second of its own time, beside what HMA wants of all its machines together.

    Source: facebook/ThreatExchange, issue 1873.
    """
    hashes, queries, _ = hashes_and_queries(count)
    index = our_index(hashes)
    works = {
        "one query a call": one_by_one(index.search, queries),
        f"batch of {QUERIES:,}": lambda: index.search(queries),
    }
    for case, work in works.items():
        [taken] = by_turns(work, rounds=7, clock=time.process_time)
        rate = QUERIES / taken
        what = f"{count:,} hashes, {case}, look-ups a CPU-second"
        yield row(what, rate, "1/s", peer="HMA's target", theirs=_HMA_TARGET)


def threatexchange_rows(count: int, folder: Path) -> Iterator[Row]:
    """Compare with threatexchange's index: one query a call, and the time to a first answer from files out of the page cache."""
    yield _threatexchange_row(count, folder)
    mine = statistics.median(_child("ours", str(folder / "ours")) for _ in range(5))
    theirs = _child("theirs", str(folder / "theirs"))
    yield beside(
        f"{count:,} hashes, file to first answer, cold", mine, "s", named="threatexchange PDQIndex, unpickled", theirs=theirs,
        times_better=theirs / mine,
    )  # fmt: skip


def _threatexchange_row(count: int, folder: Path) -> Row:
    """Measure one query a call, and leave both indexes in files."""
    hashes, queries, _ = hashes_and_queries(count)
    ours, theirs = our_index(hashes), threatexchange_index(hashes)
    words = [row.tobytes().hex() for row in queries[:200]]
    taken = by_turns(
        one_by_one(ours.search, queries), lambda: [theirs.query(word) for word in words], rounds=7
    )
    ours.save(str(folder / "ours"))
    with (folder / "theirs").open("wb") as file:
        pickle.dump(theirs, file, protocol=5)
    rates = QUERIES / taken[0], len(words) / taken[1]
    return _rates(f"{count:,} hashes, one query a call", "threatexchange PDQIndex", *rates)


def memory_row(count: int) -> Row:
    """Compare what an index adds to its process, resident."""
    ours, theirs = _child("memory-ours", str(count)), _child("memory-theirs", str(count))
    return beside(
        f"{count:,} hashes, resident memory", ours, "MB", named="threatexchange PDQIndex", theirs=theirs, times_better=theirs / ours
    )  # fmt: skip


def addition_row(count: int) -> Row:
    """Compare adding one hash that can be found when the call returns."""
    hashes, queries, _ = hashes_and_queries(count)
    ours, theirs = our_index(hashes), threatexchange_index(hashes)
    additions = iter(range(count, count + QUERIES))

    def add_one() -> None:
        number = next(additions)
        ours.add(queries[number - count : number - count + 1], np.array([number], np.int64))

    mine, peers = by_turns(add_one, lambda: theirs.add(queries[0].tobytes().hex(), 0), rounds=7)
    return beside(
        f"add one hash to {count:,}", 1000 * mine, "ms", named="threatexchange PDQIndex", theirs=1000 * peers, times_better=peers / mine
    )  # fmt: skip


def recall_rows(count: int) -> Iterator[Row]:
    """Say which part of the planted hashes ours finds, for each band of distances; a flat scan finds all by definition."""
    hashes, queries, planted = hashes_and_queries(count)
    found = our_index(hashes).search(queries).pairs()
    for low, high in BANDS:
        hits = [
            (int(planted[at]), at % (RADIUS_BITS + 1)) in found[at]
            for at in range(QUERIES)
            if low <= at % (RADIUS_BITS + 1) <= high
        ]
        recall = sum(hits) / len(hits)
        yield row(
            f"{count:,} hashes, recall at distances {low} to {high}", recall, "part", peer=TARGET, theirs=1.0
        )


def rows(*, small: int, large: int) -> list[Row]:
    """Measure everything, quickest first, with notes about the progress on stderr.

    Args:
        small: Hashes of the smaller list.
        large: Hashes of the larger one; ten million need 12 GB of memory and a quarter of an hour, nearly all of it the peers'.
    """
    peer("faiss")
    output.note(f"Searching {small:,} hashes ...")
    found = [*flat_rows(small), addition_row(small)]
    output.note(f"Searching {large:,} hashes ...")
    found += [*flat_rows(large), *capacity_rows(large), *recall_rows(large)]
    output.note(f"Building, saving and loading indexes of {large:,} hashes ...")
    with tempfile.TemporaryDirectory() as folder:
        found += threatexchange_rows(large, Path(folder))
    return [*found, memory_row(large)]


# --- in processes of their own ----------------------------------------------------------------------------------------------------------
def _child(part: str, argument: str) -> float:
    command = [sys.executable, "-m", __name__, part, argument]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - this program


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _measure_memory(build: Callable[[Hashes], Any], count: int) -> float:
    build(hashes_and_queries(1000)[0])
    hashes, _, _ = hashes_and_queries(count)
    before = _resident_mb()
    kept = build(hashes)
    grown = _resident_mb() - before
    return grown if kept is not None else 0.0


def _time_first_answer(open_and_search: Callable[[str], object], path: str) -> float:
    with open(path, "rb") as file:  # noqa: PTH123
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    start = time.perf_counter()
    open_and_search(path)
    return time.perf_counter() - start


def _unpickle_and_search(path: str) -> object:
    with Path(path).open("rb") as file:
        index = pickle.load(file)  # noqa: S301 - this program wrote it
    return index.query("00" * 32)


def _run_part(part: str, argument: str) -> float:
    match part:
        case "memory-ours":
            return _measure_memory(our_index, int(argument))
        case "memory-theirs":
            return _measure_memory(threatexchange_index, int(argument))
        case "ours":
            our_index(hashes_and_queries(1000)[0]).search(np.zeros((1, 32), np.uint8))  # what is loaded once
            return _time_first_answer(
                lambda path: HammingIndex.open(path).search(np.zeros((1, 32), np.uint8)), argument
            )
        case _:
            threatexchange_index(hashes_and_queries(1000)[0])
            return _time_first_answer(_unpickle_and_search, argument)


if __name__ == "__main__":
    print(_run_part(*sys.argv[1:]))
