"""Copies on disk: what is in the folder, what is done about damage and full disks, and that all of it may go at any time."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.indexes.keeping import after, expected, found, maker, tell_step
from wardline import matching
from wardline.adapters.indexes import MappedCopies, MemoryIndex, copy_file, durable
from wardline.kernels.hamming import HammingIndex
from wardline.matching import volume
from wardline.records import BatchChange
from wardline.testing.copies_contract import LIST, Batches, Process

STEPS = 4


class Told:
    """Remembers what somebody was told."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def __call__(self, list_id: str, message: str) -> None:
        assert list_id == LIST
        self.messages.append(message)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the list after four steps."""
    Process(maker(tmp_path / "indexes")).follow(after(STEPS))
    return tmp_path / "indexes"


def only_copy(folder: Path) -> Path:
    [path] = folder.glob("hash-list*")
    return path


def failing(code: int) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise OSError(code, "simulated")

    return fail


# --- when a copy is made ----------------------------------------------------------------------------------------------------------------
def test_a_short_list_of_few_batches_is_not_copied(tmp_path: Path) -> None:
    Process(maker(tmp_path / "indexes", most_batches=STEPS + 1)).follow(after(STEPS))
    assert not (tmp_path / "indexes").exists()


def test_a_copy_is_due_after_many_batches_or_many_entries(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = Process(maker(folder, most_batches=3))
    for steps, newest in ((STEPS + 2, STEPS), (STEPS + 3, STEPS + 3)):
        process.follow(after(steps))
        assert only_copy(folder).suffix == f".{newest:010}"
    monkeypatch.setattr("wardline.adapters.indexes.copies.most_changes", lambda size: 9)
    process = Process(maker(folder, most_batches=100))
    batches = after(STEPS + 3)
    batches.tell(BatchChange.ADD, *range(60, 69))
    process.follow(batches)
    assert only_copy(folder).suffix == f".{STEPS + 3:010}"
    batches.tell(BatchChange.REMOVE, 60)
    process.follow(batches)
    assert only_copy(folder).suffix == f".{STEPS + 5:010}"


def test_who_did_not_go_over_to_the_newest_copy_makes_none_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = Process(maker(folder))
    behind.follow(after(STEPS))
    Process(maker(folder)).follow(after(STEPS + 2))
    monkeypatch.setattr("wardline.adapters.indexes.copies.most_changes", lambda size: 0)
    [(_, held)] = behind._catalogue._shelf.volumes.values()
    held.apply(after(STEPS + 1).of(LIST, STEPS))
    before = only_copy(folder).stat()
    behind.copies.keep(LIST, held)
    assert isinstance(behind.copies, MappedCopies)
    behind.copies.close()
    assert (only_copy(folder).suffix, only_copy(folder).stat()) == (f".{STEPS + 2:010}", before)


def test_a_process_goes_over_to_the_copy_that_it_or_another_made(folder: Path) -> None:
    one, other = Process(maker(folder)), Process(maker(folder))
    for steps in (STEPS, STEPS + 1, STEPS + 1, STEPS + 1):
        for process in (one, other):
            process.copies.stamp()
            process.follow(after(steps))
            assert found(process) == expected(steps)
    for process in (one, other):
        [(_, held)] = process._catalogue._shelf.volumes.values()
        assert (held.copied, held.changes) == (STEPS + 1, 0)
        index = held.index
        assert isinstance(index, MemoryIndex)
        assert index.changes == 0
        assert str(only_copy(folder)) == index._index._source._path  # type: ignore[union-attr]


def test_what_happens_while_a_copy_is_being_made_is_not_in_it(tmp_path: Path) -> None:
    batches, begun, may_go_on = after(5), threading.Event(), threading.Event()

    def reached(name: str) -> None:
        if name == "copy:begun" and not begun.is_set():
            begun.set()
            may_go_on.wait()

    make_index, copies = maker(tmp_path / "indexes", reached=reached)()
    catalogue = matching.Catalogue(make_index, copies)
    catalogue.follow(list(batches.lists()), batches.of)
    begun.wait()
    for step in (5, 6, 7):
        tell_step(batches, step)
        catalogue.follow(list(batches.lists()), batches.of)
    may_go_on.set()
    assert isinstance(copies, MappedCopies)
    copies.close()
    assert only_copy(tmp_path / "indexes").suffix == ".0000000005"
    other = Process(maker(tmp_path / "indexes"))
    other.follow(after(5))
    assert found(other) == expected(5)
    other.follow(batches)
    assert found(other) == expected(8)


def test_a_process_that_waits_in_vain_for_a_copy_merges_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wardline.adapters.indexes.copies._MOST_WAITS", 2)
    lock = durable.Lock.of(tmp_path / "lock")
    process, merging = Process(maker(tmp_path)), []
    for _ in range(4):
        process.follow(after(STEPS))
        [(_, held)] = process._catalogue._shelf.volumes.values()
        assert isinstance(held.index, MemoryIndex)
        merging.append(held.index.merges)
    assert merging == [False, False, True, True]
    assert lock is not None
    lock.release()


def test_a_start_finds_the_copy_that_just_replaced_the_one_it_was_opening(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, batches = copy_file.read, after(STEPS + 1)

    def replaced(path: Path) -> matching.ListCopy:
        monkeypatch.undo()
        Process(maker(folder)).follow(after(STEPS + 1))
        return read(path)

    monkeypatch.setattr(copy_file, "read", replaced)
    process = Process(maker(folder))
    process.follow(batches)
    assert (batches.read, found(process)) == ([STEPS + 1], expected(STEPS + 1))


def test_only_the_owner_may_read_the_folder(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


# --- what is wrong with it --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("part", range(12))
def test_a_damaged_copy_is_removed_somebody_is_told_and_the_list_is_whole(folder: Path, part: int) -> None:
    path = only_copy(folder)
    content = bytearray(path.read_bytes())
    # Each page holds something; the last ones are columns.
    pages = [at for at in range(0, len(content), 4096) if any(content[at : at + 16])]
    content[pages[part % len(pages)] + 3] ^= 16
    path.write_bytes(content)
    told, batches = Told(), after(STEPS)
    process = Process(maker(folder, told=told))
    process.follow(batches)
    assert found(process) == expected(STEPS)
    assert batches.read[:STEPS] == list(range(1, STEPS + 1))
    assert len(told.messages) == 1
    assert "It was removed, and the list is read from the store." in told.messages[0]
    process.follow(batches)
    assert found(process) == found_anew(folder) == expected(STEPS)


@pytest.mark.parametrize("size", [0, 10, 5000, -4096])
def test_a_copy_that_is_cut_off_is_removed_likewise(folder: Path, size: int) -> None:
    path, told = only_copy(folder), Told()
    os.truncate(path, size if size >= 0 else path.stat().st_size + size)
    process = Process(maker(folder, told=told))
    process.follow(after(STEPS))
    assert found(process) == found_anew(folder) == expected(STEPS)
    assert len(told.messages) == 1


def test_an_index_file_that_is_no_copy_is_removed_likewise(folder: Path) -> None:
    path, told = only_copy(folder), Told()
    index = MemoryIndex().frozen()
    index.save(str(path.with_name("other")))
    path.with_name("other").rename(path)
    process = Process(maker(folder, told=told))
    process.follow(after(STEPS))
    assert found(process) == expected(STEPS)
    assert len(told.messages) == 1


def test_a_copy_under_the_name_of_another_batch_is_removed_likewise(folder: Path) -> None:
    path, told = only_copy(folder), Told()
    path.rename(path.with_suffix(f".{STEPS - 1:010}"))
    process = Process(maker(folder, told=told))
    process.follow(after(STEPS))
    assert found(process) == expected(STEPS)
    assert len(told.messages) == 1


def test_a_copy_that_cannot_be_read_is_let_be(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told, batches = Told(), after(STEPS)
    with monkeypatch.context() as patch:
        patch.setattr(HammingIndex, "open", failing(errno.EIO))
        process = Process(maker(folder, told=told, most_batches=100))
        for _ in range(2):
            process.follow(batches)
    assert found(process) == expected(STEPS)
    assert len(told.messages) == 1
    assert only_copy(folder).exists()


def test_a_copy_of_another_version_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volume, "_LAYOUT", 2)
    before = only_copy(folder).read_bytes()
    process = Process(maker(folder))
    process.follow(after(STEPS))
    assert found(process) == expected(STEPS)
    assert only_copy(folder).read_bytes() != before


def test_a_store_that_was_restored_to_less_than_a_copy_holds_has_it_made_anew(folder: Path) -> None:
    process = Process(maker(folder))
    process.follow(after(STEPS - 1))
    assert found(process) == expected(STEPS - 1)
    assert only_copy(folder).suffix == f".{STEPS - 1:010}"


def found_anew(folder: Path) -> list[int]:
    """Say what a process finds that starts now, from a copy."""
    process, batches = Process(maker(folder)), after(STEPS)
    process.follow(batches)
    assert batches.read == [STEPS]
    return found(process)


# --- disks ------------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", ["posix_fallocate", "fsync"])
def test_a_full_disk_costs_a_copy_and_nothing_else(
    tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    process = Process(maker(tmp_path / "indexes", told=told))
    with monkeypatch.context() as patch:
        patch.setattr(os, where, failing(errno.ENOSPC))
        process.follow(after(STEPS))
        assert found(process) == expected(STEPS)
    assert told.messages == [
        "list copy: no space left on its disk, expected room for it. The list is searched all the same, from memory of each process."
    ]
    [(_, held)] = process._catalogue._shelf.volumes.values()
    assert isinstance(held.index, MemoryIndex)
    assert held.index.merges
    assert [path.name for path in (tmp_path / "indexes").iterdir()] == ["lock"]
    process.follow(after(STEPS + 1))
    assert only_copy(tmp_path / "indexes").suffix == f".{STEPS + 1:010}"
    process.follow(after(STEPS + 1))
    assert found(process) == expected(STEPS + 1)


def test_no_copy_takes_the_space_that_evidence_needs(tmp_path: Path) -> None:
    told = Told()
    process = Process(maker(tmp_path / "indexes", told=told, least_free_bytes=2**60))
    process.follow(after(STEPS))
    assert found(process) == expected(STEPS)
    assert len(told.messages) == 1
    assert "would leave too little space" in told.messages[0]


def test_a_folder_that_cannot_be_made_costs_a_copy_and_nothing_else(tmp_path: Path) -> None:
    told = Told()
    process = Process(maker(tmp_path / "missing" / "indexes", told=told))
    process.follow(after(STEPS))
    assert found(process) == expected(STEPS)
    assert len(told.messages) == 1


def test_the_folder_may_be_removed_at_any_time_and_comes_again(folder: Path) -> None:
    process = Process(maker(folder))
    process.follow(after(STEPS))
    stamp = process.copies.stamp()
    shutil.rmtree(folder)
    assert process.copies.stamp() != stamp
    process.follow(after(STEPS))
    assert found(process) == found_anew(folder) == expected(STEPS)


def test_what_a_dead_process_left_unfinished_goes_with_the_next_copy(folder: Path) -> None:
    left = folder / f"{LIST}.{9:010}{durable.UNFINISHED}"
    left.write_bytes(b"half")
    process = Process(maker(folder))
    process.follow(after(STEPS + 1))
    assert not left.exists()
    assert found(process) == expected(STEPS + 1)


def test_the_copy_of_a_list_that_is_not_searched_any_more_is_removed(folder: Path) -> None:
    process = Process(maker(folder))
    process.follow(after(STEPS))
    process.follow(Batches())
    assert [path.name for path in folder.iterdir()] == ["lock"]
