"""What a PDQ hash costs beside ``pdqhash`` and python-threatexchange, and how far fast hashes are from exact ones.

Both sides take turns on one core, picture by picture; times are of the processor, so that a neighbour costs neither its turn.
"""

from __future__ import annotations

import io
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice, product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wardline.adapters.hashers import PdqHasher
from wardline.adapters.media import Caps
from wardline.adapters.media.frame import LazyFrame
from wardline.cli import output
from wardline.cli.bench_rows import TARGET, Row, beside, peer, row
from wardline.kernels import pdq
from wardline.records import MediaFormat, Precision
from wardline.testing import pictures

Pixels = NDArray[np.uint8]

SIZES = {"0.3 Mpx": (640, 480), "2 Mpx": (1632, 1224), "12 Mpx": (4000, 3000)}
_MOST_PHOTOS = 6
_SCENES = 3
_LEAST_QUALITY = 50
_CAPS = Caps()
_FORMATS = frozenset({MediaFormat.JPEG})


def rows(*, rounds: int, identical: int, photographs: Path | None) -> list[Row]:
    """Measure everything on one core, with notes about the progress on stderr.

    Args:
        rounds: How often each picture is hashed by each side.
        identical: How many pictures are compared bit for bit.
        photographs: A folder with JPEGs to measure beside the drawn scenes.
    """
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    peer("pdqhash")
    found: list[Row] = []
    for name, size in SIZES.items():
        output.note(f"Hashing pictures of {name} ...")
        contents = [jpeg(image) for image in images(size, photographs)]
        found += [measure_hash_step(name, contents, rounds), *measure_files(name, contents, rounds)]
    output.note(f"Comparing {identical:,} pictures bit for bit ...")
    return [*found, count_differences(identical), *measure_distances(photographs)]


def measure_hash_step(name: str, contents: Iterable[bytes], rounds: int) -> Row:
    """Time the hash alone: RGB pixels to PDQ, exactly."""
    pdqhash = peer("pdqhash")
    pictured = (np.asarray(Image.open(io.BytesIO(content)).convert("RGB")) for content in contents)
    times = [by_turns(partial(pdq.exact, each), partial(pdqhash.compute, each), rounds) for each in pictured]
    return timed(f"{name}: pixels to exact PDQ", "pdqhash.compute", times)


def measure_files(name: str, contents: Iterable[bytes], rounds: int) -> Iterator[Row]:
    """Time a JPEG's bytes to PDQ, as the decode sandbox does it, fast and exactly."""
    theirs = threatexchange()
    contents = list(contents)
    for precision in Precision:
        times = [
            by_turns(partial(hash_file, each, precision), partial(theirs, each), rounds) for each in contents
        ]
        yield timed(f"{name}: JPEG to {precision} PDQ", "threatexchange pdq_from_bytes", times)


def count_differences(count: int) -> Row:
    """Count how many pictures, of all kinds and of sizes from 1 to 900, have another hash or quality than by ``pdqhash``."""
    pdqhash = peer("pdqhash")
    different = 0
    for number in range(count):
        pixels = drawn(number)
        bits, quality = pdqhash.compute(pixels)
        different += pdq.exact(pixels) != (np.packbits(np.asarray(bits, np.uint8)).tobytes(), quality)
    case = f"pictures of {count:,} whose exact PDQ differs in any bit from pdqhash"
    return row(case, different, "pictures", peer=TARGET, theirs=0)


def measure_distances(photographs: Path | None) -> Iterator[Row]:
    """Compare fast hashes with exact ones over qualities of 60 and more and all ways to store colours."""
    distances, unsure = [], 0
    for image, quality, subsampling in product(
        images((1632, 1224), photographs), (60, 75, 88, 95), ("4:4:4", "4:2:2", "4:2:0")
    ):
        content = jpeg(image, quality=quality, subsampling=subsampling)
        fast, exact = (hash_file(content, precision) for precision in (Precision.FAST, Precision.EXACT))
        distances.append((int(fast, 16) ^ int(exact, 16)).bit_count())
        unsure += _is_unsure(content)
    case = f"fast to exact PDQ of {len(distances)} JPEGs of quality 60 to 95"
    yield row(f"{case}, mean", statistics.fmean(distances), "bits", peer=TARGET, theirs=1)
    yield row(f"{case}, most", max(distances), "bits", peer=TARGET, theirs=8)
    yield row(
        "of these JPEGs, hashed exactly at once", 100 * unsure / len(distances), "%", peer="all", theirs=100
    )


# --- the two sides -----------------------------------------------------------------------------------------------------------------------
def hash_file(content: bytes, precision: Precision) -> str:
    """Do what a worker of the sandbox does with a file, for PDQ alone."""
    frame = LazyFrame(content, _CAPS, _FORMATS, precision)
    found = PdqHasher().hash(frame)
    frame.require_decodable()
    return found.value


def threatexchange() -> Callable[[bytes], object]:
    """Give the package's own way from a file's bytes to PDQ."""
    hash_bytes: Callable[[bytes], object] = peer("threatexchange.signal_type.pdq.pdq_hasher").pdq_from_bytes
    return hash_bytes


def _is_unsure(content: bytes) -> bool:
    asked: list[bool] = []

    class Watched(LazyFrame):
        def pixels(self) -> Pixels:
            asked.append(True)
            return super().pixels()

    PdqHasher().hash(Watched(content, _CAPS, _FORMATS, Precision.FAST))
    return bool(asked)


# --- pictures ----------------------------------------------------------------------------------------------------------------------------
def images(size: tuple[int, int], photographs: Path | None) -> Iterator[Image.Image]:
    """Draw scenes, and give photographs scaled to the size where there are any. Those with too little to see for PDQ are passed over."""
    every = sorted(photographs.rglob("*")) if photographs is not None else []
    paths = [path for path in every if path.suffix.lower() in (".jpg", ".jpeg")]
    opened = (Image.open(path).convert("RGB").resize(size, Image.Resampling.LANCZOS) for path in paths)
    photos = (image for image in opened if pdq.exact(np.asarray(image))[1] >= _LEAST_QUALITY)
    return chain(
        (pictures.scene(seed, size).convert("RGB") for seed in range(_SCENES)), islice(photos, _MOST_PHOTOS)
    )


def jpeg(image: Image.Image, **options: Any) -> bytes:
    """Encode as JPEG, of quality 88 and 4:2:0 unless said otherwise."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", **({"quality": 88, "subsampling": "4:2:0"} | options))
    return stream.getvalue()


def drawn(number: int) -> Pixels:
    """Draw noise, smooth colours, squares, or one colour, of a random size: ``uint8[height, width, 3]``."""
    rng = np.random.default_rng(number)
    height, width = (int(side) for side in rng.integers(1, 900, 2))
    match number % 4:
        case 0:
            return rng.integers(0, 256, (height, width, 3), np.uint8)
        case 3 if number % 20 == 3:
            return np.broadcast_to(rng.integers(0, 256, 3, np.uint8), (height, width, 3)).copy()
        case kind:
            grain = rng.integers(0, 256, (*rng.integers(2, 40, 2), 3), np.uint8)
            way = Image.Resampling.BICUBIC if kind == 1 else Image.Resampling.NEAREST
            return np.asarray(Image.fromarray(grain).resize((width, height), way))


# --- measuring ---------------------------------------------------------------------------------------------------------------------------
def by_turns(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Give the medians of both, milliseconds of the processor; one turn each beforehand does not count."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + 1):
        for work, taken in zip((ours, theirs), times, strict=True):
            begun = time.process_time()
            work()
            taken.append(1000 * (time.process_time() - begun))
    return statistics.median(times[0][1:]), statistics.median(times[1][1:])


def timed(case: str, named: str, times: Iterable[tuple[float, float]]) -> Row:
    """Make a row of each picture's medians: the median picture, and how many times as long the peer takes for the median picture."""
    pairs = list(times)
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    times_better = statistics.median(each[1] / each[0] for each in pairs)
    return beside(case, ours, "ms", named=named, theirs=theirs, times_better=times_better)
