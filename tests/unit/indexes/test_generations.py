"""An index on disk: journals and generations, their damage, and those who follow."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from wardline.adapters.indexes import durable, journal
from wardline.adapters.indexes.generations import GenerationIndex, GenerationReader
from wardline.adapters.indexes.merging import Hashes, Ids
from wardline.errors import (
    AlreadyExistsError,
    BusyError,
    IntegrityError,
    NotFoundError,
    StorageFullError,
    StoreUnavailableError,
)
from wardline.kernels.hamming import HammingIndex

HASHES = np.random.default_rng(1).integers(0, 256, (400, 32), dtype=np.uint8)


def ids(*numbers: int) -> Ids:
    return np.array(numbers, np.int64)


def rows(*numbers: int) -> Hashes:
    return HASHES[list(numbers)]


def found(index: GenerationIndex | GenerationReader) -> list[int]:
    pairs = index.search(HASHES, radius_bits=0)
    assert all(each in ([], [(number, 0)]) for number, each in enumerate(pairs))
    return [number for number, each in enumerate(pairs) if each]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a generation of 0 to 9, and a journal that adds 10 and 11 and removes 0."""
    path = tmp_path / "index"
    with closing(GenerationIndex(path)) as index:
        index.add(rows(*range(10)), ids(*range(10)))
        index.merge()
        index.add(rows(10, 11), ids(10, 11))
        index.remove(ids(0))
    return path


@pytest.fixture
def index(folder: Path) -> Iterator[GenerationIndex]:
    with closing(GenerationIndex(folder)) as index:
        yield index


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- one after the other ----------------------------------------------------------------------------------------------------------------
def test_what_was_changed_is_there_after_closing_and_opening(folder: Path) -> None:
    for _ in range(2):
        with closing(GenerationIndex(folder)) as index:
            assert found(index) == list(range(1, 12))
            assert len(index) == 11


def test_a_merge_leaves_one_generation_and_one_journal(folder: Path, index: GenerationIndex) -> None:
    assert names(folder) == ["generation-00000001", "journal-00000001", "lock"]
    index.merge()
    assert names(folder) == ["generation-00000002", "journal-00000002", "lock"]
    assert index.changes == 0
    assert found(index) == list(range(1, 12))


def test_changes_during_a_merge_are_kept(
    folder: Path, index: GenerationIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged = HammingIndex.merged

    def slow(state: HammingIndex) -> HammingIndex:
        index.remove(ids(1, 10))
        index.add(rows(20, 1), ids(20, 1))
        return merged(state)

    monkeypatch.setattr(HammingIndex, "merged", slow)
    index.merge()
    expected = [*range(1, 10), 11, 20]
    assert found(index) == expected
    with closing(GenerationReader(folder)) as reader:
        assert found(reader) == expected


def test_there_is_one_writer_at_a_time(folder: Path) -> None:
    with closing(GenerationIndex(folder)), pytest.raises(BusyError):
        GenerationIndex(folder)
    GenerationIndex(folder).close()


def test_a_change_after_closing_is_refused_and_closing_again_is_no_error(folder: Path) -> None:
    index = GenerationIndex(folder)
    index.close()
    index.close()
    before = (folder / "journal-00000001").read_bytes()
    with pytest.raises(StoreUnavailableError):
        index.add(rows(50), ids(50))
    assert (folder / "journal-00000001").read_bytes() == before
    assert found(index) == list(range(1, 12))


def test_an_id_that_is_there_is_not_written_to_the_journal(folder: Path, index: GenerationIndex) -> None:
    before = (folder / "journal-00000001").read_bytes()
    with pytest.raises(AlreadyExistsError):
        index.add(rows(3, 30), ids(3, 30))
    assert (folder / "journal-00000001").read_bytes() == before


# --- followers --------------------------------------------------------------------------------------------------------------------------
def test_a_reader_sees_each_change_at_its_next_search(folder: Path, index: GenerationIndex) -> None:
    with closing(GenerationReader(folder)) as reader:
        assert found(reader) == list(range(1, 12))
        index.add(rows(12), ids(12))
        assert found(reader) == list(range(1, 13))
        index.merge()
        assert found(reader) == list(range(1, 13))
        index.remove(ids(5))
        assert found(reader) == [*range(1, 5), *range(6, 13)]


def test_a_reader_that_slept_through_several_merges_catches_up(folder: Path, index: GenerationIndex) -> None:
    with closing(GenerationReader(folder)) as reader:
        for number in range(12, 16):
            index.add(rows(number), ids(number))
            index.merge()
        assert found(reader) == list(range(1, 16))


def test_a_reader_goes_on_with_what_it_has_when_the_folder_is_gone(folder: Path) -> None:
    with closing(GenerationReader(folder)) as reader:
        first = found(reader)
        # A removed generation stays readable for those who have it.
        held = reader._state.index
        (folder / "generation-00000001").unlink()
        assert held.search(HASHES[1:2]).pairs() == [[(1, 0)]]
        assert first == list(range(1, 12))


def test_readers_search_while_the_writer_changes_and_merges(folder: Path, index: GenerationIndex) -> None:
    with closing(GenerationReader(folder)) as reader:
        done, wrong = threading.Event(), []

        def watch() -> None:
            while not done.is_set():
                if found(reader)[:11] != list(range(1, 12)):
                    wrong.append(1)

        threads = [threading.Thread(target=watch) for _ in range(2)]
        for thread in threads:
            thread.start()
        for number in range(20, 120, 10):
            index.add(rows(*range(number, number + 10)), ids(*range(number, number + 10)))
            index.remove(ids(number))
            if number % 30 == 0:
                index.merge()
        done.set()
        for thread in threads:
            thread.join()
        assert not wrong
        assert found(reader) == found(index)


def test_a_folder_without_an_index_has_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        GenerationReader(tmp_path)


# --- damage -----------------------------------------------------------------------------------------------------------------------------
def test_a_torn_tail_of_the_journal_is_cut_off_wherever_it_is(folder: Path) -> None:
    path = folder / "journal-00000001"
    content = path.read_bytes()
    [addition, removal] = [*journal.encoded(rows(10, 11), ids(10, 11)), *journal.encoded(None, ids(0))]
    assert content == b"WARDLINE-CHANGES" + addition + removal
    whole = len(content) - len(removal)
    for length in range(16, len(content)):
        path.write_bytes(content[:length])
        expected = list(range(12)) if length >= whole else list(range(10))
        with closing(GenerationReader(folder)) as reader:
            assert found(reader) == expected
        with closing(GenerationIndex(folder)) as index:
            assert found(index) == expected
            index.add(rows(30), ids(30))
        assert path.read_bytes() == content[: whole if length >= whole else 16] + b"".join(
            journal.encoded(rows(30), ids(30))
        )


@pytest.mark.parametrize("zeros", [1, 11, 12, 300])
def test_a_tail_of_zeros_is_cut_off(folder: Path, zeros: int) -> None:
    path = folder / "journal-00000001"
    content = path.read_bytes()
    path.write_bytes(content + bytes(zeros))
    with closing(GenerationIndex(folder)) as index:
        assert found(index) == list(range(1, 12))
    assert path.read_bytes() == content


def test_a_flipped_bit_in_the_journal_is_refused(folder: Path) -> None:
    path = folder / "journal-00000001"
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
        for open_index in (GenerationIndex, GenerationReader):
            with pytest.raises(IntegrityError) as raised:
                open_index(folder)
            assert "remove the index's folder" in raised.value.advice


def test_a_flipped_bit_in_the_generation_is_refused_before_any_answer(folder: Path) -> None:
    path = folder / "generation-00000001"
    content = bytearray(path.read_bytes())
    content[8192 + 5] ^= 4
    path.write_bytes(content)
    with pytest.raises(IntegrityError):
        GenerationIndex(folder)
    with pytest.raises(IntegrityError):
        GenerationReader(folder)


@pytest.mark.parametrize("gone", ["journal-00000001", "generation-00000001"])
def test_a_missing_file_is_refused(folder: Path, gone: str) -> None:
    (folder / gone).unlink()
    with pytest.raises(IntegrityError, match="expected all from"):
        GenerationReader(folder)


# --- disks that fail --------------------------------------------------------------------------------------------------------------------
def failing(code: int) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise OSError(code, "simulated")

    return fail


def half_written(descriptor: int, content: bytes) -> None:
    os.write(descriptor, content[: len(content) // 2])
    raise OSError(errno.ENOSPC, "simulated")


def test_a_change_that_finds_the_disk_full_is_not_there_and_the_next_one_is(
    folder: Path, index: GenerationIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(GenerationReader(folder)) as reader:
        with monkeypatch.context() as patch:
            patch.setattr(durable, "write", half_written)
            for _ in range(2):
                with pytest.raises(StorageFullError):
                    index.add(rows(40), ids(40))
                assert found(index) == found(reader) == list(range(1, 12))
        index.add(rows(41), ids(41))
        index.remove(ids(2))
        assert found(index) == found(reader) == [1, *range(3, 12), 41]
    assert names(folder) == ["generation-00000001", "journal-00000001", "journal-00000002", "lock"]
    index.close()
    with closing(GenerationIndex(folder)) as again:
        assert found(again) == [1, *range(3, 12), 41]


def test_a_reader_forgets_a_change_that_it_saw_and_that_did_not_become_durable(
    folder: Path, index: GenerationIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(GenerationReader(folder)) as reader:

        def seen_then_failed(descriptor: int) -> None:
            monkeypatch.undo()
            assert found(reader) == [*range(1, 12), 40]
            raise OSError(errno.EIO, "simulated")

        monkeypatch.setattr(os, "fdatasync", seen_then_failed)
        with pytest.raises(StoreUnavailableError):
            index.add(rows(40), ids(40))
        assert found(index) == found(reader) == list(range(1, 12))
        index.add(rows(*range(50, 60)), ids(*range(50, 60)))
        assert found(index) == found(reader) == [*range(1, 12), *range(50, 60)]


def test_a_disk_that_is_full_for_a_moment_during_a_merge_costs_no_change(
    folder: Path, index: GenerationIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged = HammingIndex.merged

    def slow(state: HammingIndex) -> HammingIndex:
        index.add(rows(60), ids(60))
        with monkeypatch.context() as patch:
            patch.setattr(durable, "write", half_written)
            with pytest.raises(StorageFullError):
                index.add(rows(61), ids(61))
        index.add(rows(62), ids(62))  # in another journal than 60
        return merged(state)

    monkeypatch.setattr(HammingIndex, "merged", slow)
    index.merge()
    expected = [*range(1, 12), 60, 62]
    assert names(folder) == ["generation-00000002", "journal-00000002", "journal-00000003", "lock"]
    with closing(GenerationReader(folder)) as reader:
        assert found(index) == found(reader) == expected
    index.close()
    with closing(GenerationIndex(folder)) as again:
        assert found(again) == expected


def test_a_change_that_can_be_neither_written_nor_cut_off_holds_up_the_next_until_the_disk_works(
    folder: Path, index: GenerationIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", failing(errno.EIO))
        for _ in range(2):
            with pytest.raises(StoreUnavailableError):
                index.add(rows(40), ids(40))
    assert found(index) == list(range(1, 12))
    index.add(rows(41), ids(41))
    with closing(GenerationReader(folder)) as reader:
        assert found(index) == found(reader) == [*range(1, 12), 41]


def test_a_merge_that_finds_the_disk_full_changes_nothing_and_is_tried_again(
    folder: Path, index: GenerationIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", failing(errno.ENOSPC))
        with pytest.raises(StorageFullError):
            index.merge()
    index.add(rows(42), ids(42))
    expected = [*range(1, 12), 42]
    assert found(index) == expected
    with closing(GenerationReader(folder)) as reader:
        assert found(reader) == expected
        index.merge()
        assert found(reader) == expected
    assert names(folder) == ["generation-00000003", "journal-00000003", "lock"]
