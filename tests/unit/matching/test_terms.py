"""What a list's terms make of a match: its threshold, surfaces, role and state, and entries that are held."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.matching.catalogues import (
    KIND,
    NOW,
    STATE,
    NaiveIndex,
    Shelf,
    catalogue,
    change,
    hash_list,
    item_hash,
    moved,
    value,
)
from wardline import matching, records
from wardline.records import Doubt, ListMeaning, ListRole

PICTURE = value(KIND.PDQ, 1)


def pdq(bits: int) -> records.Hash:
    return item_hash(KIND.PDQ, moved(PICTURE, bits))


@given(radius_bits=st.integers(0, 31), bits=st.integers(0, 40))
def test_a_picture_is_found_within_the_radius_of_its_list_and_not_one_bit_beyond(
    radius_bits: int, bits: int
) -> None:
    held = catalogue({hash_list(1, radius_bits=radius_bits): [change(KIND.PDQ, PICTURE)]})
    assert bool(held.find([pdq(bits)]).matches) == (bits <= radius_bits)


@given(radius_bits=st.integers(0, 31), bits=st.integers(0, 48), margin_bits=st.integers(0, 8))
def test_a_margin_finds_more_and_says_what_of_it_is_certain(
    radius_bits: int, bits: int, margin_bits: int
) -> None:
    held = catalogue({hash_list(1, radius_bits=radius_bits): [change(KIND.PDQ, PICTURE)]})
    found = held.find([pdq(bits)], margin_bits=margin_bits)
    assert bool(found.matches) == (bits <= radius_bits + margin_bits)
    assert bool(found.certain) == (bits <= radius_bits - margin_bits)


def test_the_same_file_is_certain_whatever_the_margin() -> None:
    held = catalogue({hash_list(1, radius_bits=0): [change(KIND.MD5, value(KIND.MD5, 1))]})
    found = held.find([item_hash(KIND.MD5, value(KIND.MD5, 1))], margin_bits=8)
    assert found.certain == found.matches
    assert len(found.matches) == 1


def test_a_list_is_looked_up_on_its_surfaces_only_and_everywhere_when_it_names_none() -> None:
    avatars, everywhere = hash_list(1, surfaces=("avatar", "banner")), hash_list(2)
    held = catalogue({avatars: [change(KIND.PDQ, PICTURE)], everywhere: [change(KIND.PDQ, PICTURE)]})

    def lists(surface: str | None) -> set[str]:
        return {match.list_id for match in held.find([pdq(3)], surface=surface).matches}

    assert lists("avatar") == lists("banner") == {avatars.id, everywhere.id}
    assert lists("post") == {everywhere.id}
    assert lists(None) == {avatars.id, everywhere.id}


def test_a_match_says_what_its_list_means() -> None:
    held = catalogue({hash_list(1, meaning=ListMeaning.INTIMATE): [change(KIND.PDQ, PICTURE)]})
    (match,) = held.match([pdq(0)])
    assert match.meaning is ListMeaning.INTIMATE


def test_a_list_in_preview_finds_and_has_no_match() -> None:
    held = catalogue({hash_list(1, state=STATE.PREVIEW): [change(KIND.PDQ, PICTURE)]})
    found = held.find([pdq(3)])
    assert (found.matches, [match.distance_bits for match in found.previews]) == ((), [3])
    assert found
    assert held.match([pdq(3)]) == ()


def test_canaries_are_looked_up_by_nobody() -> None:
    held = catalogue({hash_list(1, role=ListRole.CANARY): [change(KIND.PDQ, PICTURE)]})
    assert not held.find([pdq(0)])


class TestANegativeList:
    """Pictures that people looked at, and that are not what a bank says."""

    bank, negative = hash_list(1), hash_list(2, role=ListRole.NEGATIVE, radius_bits=4)

    def test_alone_finds_nothing(self) -> None:
        assert not catalogue({self.negative: [change(KIND.PDQ, PICTURE)]}).find([pdq(0)])

    def test_clears_what_only_looks_like_an_entry(self) -> None:
        held = catalogue(
            {self.bank: [change(KIND.PDQ, PICTURE)], self.negative: [change(KIND.PDQ, moved(PICTURE, 9))]}
        )
        for bits, cleared in ((9, True), (5, True), (13, True), (4, False), (14, False)):
            found = held.find([pdq(bits)])
            assert (bool(found.cleared), bool(found.matches)) == (cleared, not cleared), bits

    def test_does_not_clear_the_very_same_file_but_leaves_it_to_a_person(self) -> None:
        md5 = value(KIND.MD5, 1)
        entries = [change(KIND.MD5, md5), change(KIND.PDQ, PICTURE)]
        held = catalogue({self.bank: entries, self.negative: [change(KIND.MD5, md5)]})
        found = held.find([item_hash(KIND.MD5, md5), pdq(2)])
        assert [(match.hash_kind, match.doubt) for match in found.matches] == [(KIND.MD5, Doubt.DISPUTED)]
        assert [match.hash_kind for match in found.cleared] == [KIND.PDQ]

    def test_clears_nothing_by_a_rough_hash(self) -> None:
        held = catalogue({self.bank: [change(KIND.PDQ, PICTURE)], self.negative: [change(KIND.PDQ, PICTURE)]})
        assert held.find([pdq(0)], margin_bits=8).matches
        assert not held.find([pdq(0)]).matches

    @pytest.mark.parametrize("state", [STATE.PROPOSED, STATE.PREVIEW, STATE.DISABLED])
    def test_clears_nothing_unless_it_is_active(self, state: records.HashListState) -> None:
        off = hash_list(2, role=ListRole.NEGATIVE, state=state)
        held = catalogue({self.bank: [change(KIND.PDQ, PICTURE)], off: [change(KIND.PDQ, PICTURE)]})
        assert held.match([pdq(0)])


def test_what_a_held_entry_matches_is_doubted_until_it_is_released() -> None:
    shelf, held = Shelf(), matching.Catalogue(NaiveIndex)
    owner = hash_list(1)
    shelf.put(owner, [change(KIND.PDQ, PICTURE), change(KIND.PDQ, value(KIND.PDQ, 2))])
    held.follow(shelf.lists.values(), shelf.batches_of)
    (match,) = held.match([pdq(1)])
    entry = records.HeldEntry(
        id=records.new_id("held-entry", NOW, bytes(10)), list_id=owner.id, entry_id=match.entry_id,
        cause=records.HoldCause.CANARY, held_at=NOW, held_by="system",
    )  # fmt: skip
    held.follow(shelf.lists.values(), shelf.batches_of, [entry])
    assert [each.doubt for each in held.match([pdq(1)])] == [Doubt.HELD]
    assert [each.doubt for each in held.match([item_hash(KIND.PDQ, value(KIND.PDQ, 2))])] == [None]
    held.follow(shelf.lists.values(), shelf.batches_of)
    assert [each.doubt for each in held.match([pdq(1)])] == [None]
