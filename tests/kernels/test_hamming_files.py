"""Index files: what was saved is what is opened, and a file that is not as it was written is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.kernels.hamming_lists import NARROW, Hashes, assert_same, hard_list, random_hashes, tables_always
from wardline import kernels
from wardline.errors import DependencyError, InputError, IntegrityError, NotFoundError
from wardline.kernels.hamming import HammingIndex, ReferenceIndex, files

HEADER_BYTES = 8192


def saved(path: Path) -> tuple[ReferenceIndex, Hashes]:
    """Save an index of a hard list; give its plain twin and queries."""
    hashes, numbers, queries = hard_list(seed=1)
    HammingIndex.build(hashes, numbers, _widths=NARROW).save(str(path))
    return ReferenceIndex(hashes, numbers), queries


@pytest.mark.parametrize("writer", ["auto", "reference"])
@pytest.mark.parametrize("reader", ["auto", "reference"])
def test_what_was_saved_by_either_twin_is_found_by_either(tmp_path: Path, writer: str, reader: str) -> None:
    try:
        kernels.select(writer)
        reference, queries = saved(tmp_path / "index")
        kernels.select(reader)
        with tables_always():
            index = HammingIndex.open(str(tmp_path / "index"))
            for radius_bits in (31, 31, 39):  # the first search scans, the second has tables
                assert_same(index, reference, queries, radius_bits)
    finally:
        kernels.select("auto")


def test_both_twins_write_the_same_file(tmp_path: Path) -> None:
    saved(tmp_path / "auto")
    kernels.select("reference")
    try:
        saved(tmp_path / "plain")
    finally:
        kernels.select("auto")
    assert (tmp_path / "auto").read_bytes() == (tmp_path / "plain").read_bytes()


@pytest.mark.parametrize("count", [0, 1, 13_000])
def test_lists_of_any_length_are_saved(tmp_path: Path, count: int) -> None:
    hashes, numbers = random_hashes(count, seed=2), np.arange(count, dtype=np.int64)
    HammingIndex.build(hashes, numbers).save(str(tmp_path / "index"))
    index = HammingIndex.open(str(tmp_path / "index"))
    index.verify()
    assert len(index) == count
    assert index.search(hashes[:5], 31).pairs() == [[(number, 0)] for number in range(min(5, count))]


def test_changes_are_saved_too_and_an_opened_index_takes_more(tmp_path: Path) -> None:
    hashes = random_hashes(6, seed=3)
    index = HammingIndex.build(hashes[:3], np.arange(3, dtype=np.int64))
    index.add(hashes[3:5], np.array([7, -7], np.int64))
    index.remove(np.array([0, 7], np.int64))
    index.save(str(tmp_path / "index"))
    again = HammingIndex.open(str(tmp_path / "index"))
    again.add(hashes[5:], np.array([0], np.int64))
    again.remove(np.array([2], np.int64))
    assert again.search(hashes, 0).pairs() == [[], [(1, 0)], [], [], [(-7, 0)], [(0, 0)]]
    assert len(again) == 3


def test_an_opened_index_is_saved_anywhere_but_over_its_own_file(tmp_path: Path) -> None:
    path, hashes = tmp_path / "index", random_hashes(12_000, seed=7)
    HammingIndex.build(hashes, np.arange(12_000, dtype=np.int64)).save(str(path))
    index = HammingIndex.open(str(path))
    for _ in range(2):
        with pytest.raises(InputError):
            index.save(str(path))
        index.remove(np.array([1], np.int64))
    index.save(str(tmp_path / "other"))
    for each in (index, HammingIndex.open(str(tmp_path / "other"))):
        assert len(each) == 11_999
        assert each.search(hashes[:3]).pairs() == [[(0, 0)], [], [(2, 0)]]


def test_a_file_that_is_cut_off_is_refused_wherever_it_is(tmp_path: Path) -> None:
    path = tmp_path / "index"
    saved(path)
    content = path.read_bytes()
    lengths = [
        0,
        1,
        15,
        16,
        36,
        100,
        HEADER_BYTES - 1,
        HEADER_BYTES,
        *range(HEADER_BYTES + 1, len(content), 9973),
        len(content) - 1,
    ]
    for length in lengths:
        path.write_bytes(content[:length])
        with pytest.raises(IntegrityError, match="expected"):
            HammingIndex.open(str(path))
    path.write_bytes(content + b"\0")
    with pytest.raises(IntegrityError):
        HammingIndex.open(str(path))


def test_a_flipped_bit_is_refused_or_changes_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "index"
    reference, queries = saved(path)
    content = path.read_bytes()
    expected = [list(part) for part in reference.search(queries[:3])]
    rng = np.random.default_rng(4)
    places = (
        rng.integers(0, HEADER_BYTES, 150).tolist() + rng.integers(HEADER_BYTES, len(content), 250).tolist()
    )
    refused = 0
    for at in places:
        damaged = bytearray(content)
        damaged[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            index = HammingIndex.open(str(path))
            with tables_always():
                for _ in range(2):
                    got = index.search(queries[:3])
                    assert [list(got.offsets), list(got.ids), list(got.distances)] == expected
        except IntegrityError as error:
            refused += "Remove the file" in error.advice
    # What may be flipped is what means nothing: the rest of the header, and what lies between sections.
    assert len(places) // 3 < refused < len(places)


def test_damaged_hashes_are_refused_before_any_answer_and_damaged_tables_before_they_are_used(
    tmp_path: Path,
) -> None:
    path = tmp_path / "index"
    reference, queries = saved(path)
    content = path.read_bytes()
    path.write_bytes(content[:-4096] + bytes([content[-4096] ^ 1]) + content[-4095:])
    index = HammingIndex.open(str(path))
    assert_same(index, reference, queries, 31)
    for _ in range(2):
        with pytest.raises(IntegrityError, match="overflow"):
            index.search(queries)
    path.write_bytes(
        content[:HEADER_BYTES] + bytes([content[HEADER_BYTES] ^ 1]) + content[HEADER_BYTES + 1 :]
    )
    uses: list[Callable[[HammingIndex], object]] = [
        lambda index: index.search(queries),
        lambda index: index.add(queries[:1], np.array([1], np.int64)),
        lambda index: index.remove(np.array([1], np.int64)),
        lambda index: index.merged(),
        lambda index: index.save(str(tmp_path / "other")),
        lambda index: index.verify(),
    ]
    for use in uses:
        with pytest.raises(IntegrityError, match="near"):
            use(HammingIndex.open(str(path)))


def test_a_file_of_something_else_is_refused_and_a_missing_one_not_found(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with pytest.raises(NotFoundError):
        HammingIndex.open(str(path))
    for content in (b"", b"x", b"WARDLINE-HAMMING", bytes(20_000), b"WARDLINE-HAMMING" + bytes(20_000)):
        path.write_bytes(content)
        with pytest.raises(IntegrityError):
            HammingIndex.open(str(path))
    with pytest.raises(DependencyError):
        HammingIndex.open(str(tmp_path))
    with pytest.raises(DependencyError):
        HammingIndex.build(random_hashes(1, seed=5), np.zeros(1, np.int64)).save(
            str(tmp_path / "no" / "index")
        )


def test_a_file_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_VERSION", 2)
    saved(tmp_path / "index")
    monkeypatch.undo()
    with pytest.raises(IntegrityError, match="version 2, expected 1"):
        HammingIndex.open(str(tmp_path / "index"))


def test_room_of_another_size_is_refused() -> None:
    index = HammingIndex.build(random_hashes(3, seed=6), np.arange(3, dtype=np.int64))
    with pytest.raises(InputError):
        index.write_into(np.zeros(index.file_bytes() - 1, np.uint8))


def with_columns(path: Path, columns: files.Columns) -> None:
    """Write a file with something beside the index."""
    index = HammingIndex.build(random_hashes(30, seed=7), np.arange(30, dtype=np.int64))
    content = np.zeros(index.file_bytes(columns), np.uint8)
    index.write_into(content, columns)
    path.write_bytes(content.tobytes())


def test_what_was_kept_beside_an_index_is_read_as_bytes_and_checked_with_it(tmp_path: Path) -> None:
    path, rows = tmp_path / "index", np.arange(-3, 600, dtype=np.int64)
    with_columns(
        path, {"rows": rows, "none": np.zeros(0, np.uint8), "text": np.frombuffer(b"words", np.uint8)}
    )
    index = HammingIndex.open(str(path))
    index.verify()
    assert np.array_equal(index.columns["rows"].view(np.int64), rows)
    assert (bytes(index.columns["none"]), bytes(index.columns["text"])) == (b"", b"words")
    assert len(index.search(random_hashes(30, seed=7), 0).ids) == 30
    assert HammingIndex.build(random_hashes(1, seed=7), np.zeros(1, np.int64)).columns == {}
    damaged = bytearray(path.read_bytes())
    damaged[damaged.index(b"words")] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(IntegrityError, match="column-text is damaged"):
        HammingIndex.open(str(path)).verify()


def test_more_columns_than_a_header_can_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected at most 8192"):
        with_columns(tmp_path / "index", {f"{at:050}": np.zeros(1, np.uint8) for at in range(100)})
