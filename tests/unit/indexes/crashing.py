"""A program that changes an index on disk until its write-point hook kills it: ``python -m tests.unit.indexes.crashing <folder>``.

Step ``n`` adds the ids ``10 n`` to ``10 n + 9`` and then removes the first of them; every third step merges. It prints each finished
call, so that its parent knows what was acknowledged.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from wardline.adapters.indexes.generations import GenerationIndex
from wardline.adapters.indexes.merging import Hashes
from wardline.testing import write_points

STEPS = 9


def hashes_of(step: int) -> Hashes:
    return np.random.default_rng(step).integers(0, 256, (10, 32), dtype=np.uint8)


def say(call: str) -> None:
    sys.stdout.write(f"{call}\n")
    sys.stdout.flush()


def main() -> None:
    index = GenerationIndex(Path(sys.argv[1]), reached=write_points.from_environment())
    for step in range(STEPS):
        index.add(hashes_of(step), np.arange(10 * step, 10 * step + 10, dtype=np.int64))
        say(f"added:{step}")
        index.remove(np.array([10 * step], np.int64))
        say(f"removed:{step}")
        if step % 3 == 2:
            index.merge()
    index.close()


if __name__ == "__main__":
    main()
