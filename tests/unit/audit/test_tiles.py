from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.audit.logs import read_bundle
from wardline.audit import (
    TileFile,
    Tiling,
    entries_path,
    hash_path,
    notes_in,
    read_tile,
    tiles,
    widths,
)
from wardline.errors import AuditLogError, InputError
from wardline.kernels import merkle


def leaves(count: int) -> list[bytes]:
    return [f'{{"entry": {number}}}'.encode() for number in range(count)]


def cut(tiling: Tiling, entries: list[bytes]) -> dict[str, TileFile]:
    found = {each.path: each for leaf in entries for each in tiling.add(leaf)}
    return found | {each.path: each for each in tiling.rest()}


def test_paths_are_spelled_as_the_standard_says() -> None:
    # The example of the standard: tile 1234067 is x001/x234/067.
    assert hash_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert hash_path(2, 5, 7) == "tile/2/005.p/7"
    assert entries_path(1_234_067, 8) == "tile/entries/x001/x234/067.p/8"
    assert entries_path(999) == "tile/entries/999"
    assert entries_path(1000) == "tile/entries/x001/000"


@pytest.mark.parametrize("width", [0, 257, -1])
def test_a_tile_holds_1_to_256_hashes(width: int) -> None:
    with pytest.raises(InputError, match="wide"):
        hash_path(0, 0, width)


def test_levels_hold_the_roots_over_whole_tiles_below() -> None:
    entries = leaves(256 * 256 + 300)
    files = cut(Tiling(), entries)
    hashes = [merkle.leaf_hash(each) for each in entries]
    first = merkle.root(hashes[:256])
    assert files["tile/1/000"].content[:32] == first
    assert files["tile/1/001.p/1"].content == merkle.root(hashes[256 * 256 : 256 * 257])
    assert files["tile/2/000.p/1"].content == merkle.root(hashes[: 256 * 256])
    assert files["tile/0/257.p/44"].content == b"".join(hashes[-44:])
    assert widths(len(entries)) == [(len(entries), 44), (257, 1), (1, 1)]


@given(st.integers(0, 1500), st.integers(0, 1500))
def test_a_log_that_is_cut_in_two_turns_gives_the_same_files_and_root(first: int, more: int) -> None:
    entries = leaves(first + more)
    at_once = Tiling()
    files = cut(at_once, entries)
    assert at_once.root() == merkle.root(map(merkle.leaf_hash, entries))
    before = cut(Tiling(), entries[:first])
    start = first - first % 256
    pending = [
        read_tile(before[hash_path(level, count // 256, part)].content, part) if part else []
        for level, (count, part) in list(enumerate(widths(start)))[1:]
    ]
    resumed = Tiling(start, pending)
    again = cut(resumed, entries[start:])
    assert resumed.root() == at_once.root()
    assert {**{path: each for path, each in before.items() if ".p/" not in path}, **again} == files


@given(st.lists(st.binary(max_size=300)))
def test_what_is_bundled_is_read_back(entries: list[bytes]) -> None:
    assert read_bundle(tiles.bundle(entries)) == entries


def test_an_entry_that_no_bundle_can_hold_is_refused() -> None:
    with pytest.raises(InputError, match="65536 bytes"):
        tiles.bundle([bytes(65_536)])


def test_a_tile_of_another_length_is_refused() -> None:
    with pytest.raises(AuditLogError, match="31 bytes"):
        read_tile(bytes(31), 1)


def test_cutting_goes_on_only_where_a_bundle_ends_and_with_the_hashes_it_needs() -> None:
    with pytest.raises(InputError, match="multiple of 256"):
        Tiling(3)
    with pytest.raises(InputError, match="other hashes"):
        Tiling(256, [])
    assert Tiling(256, [[hashlib.sha256().digest()]]).size == 256


def test_notes_are_found_in_mails_and_in_files_with_rubbish_between_them() -> None:
    root = "A" * 43 + "="
    note = f"wardline.invalid/x\n12\n{root}\n\n— wardline.invalid/x AAAA\n"
    text = (
        f"Subject: hello\r\n\r\n{note}\nKeep this.\nwardline.invalid/x\n13\n{root}\n\nhalf\n{note}".replace(
            "\n", "\r\n"
        )
    )
    assert notes_in(text) == [note, note]
    assert notes_in("nothing") == []
