"""The look-up: which hashes are searched for, and in which order matches come."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.matching.catalogues import KIND, TRUST, item_hash, value
from wardline import matching, records


def match(
    entry_id: str, distance_bits: int, *, list_id: str = "list", trust: records.ListTrust = TRUST.VERIFIED
) -> records.Match:
    kind = KIND.PDQ if distance_bits else KIND.MD5
    return records.Match(
        list_id=list_id,
        entry_id=entry_id,
        hash_kind=kind,
        distance_bits=distance_bits,
        trust=trust,
        category=None,
    )


def lookup(
    hashes: Iterable[records.Hash], exact: Iterable[records.Match] = (), near: Iterable[records.Match] = ()
) -> tuple[records.Match, ...]:
    return matching.lookup(hashes, exact=lambda kind, digest: exact, near=lambda digest: near)


MD5 = item_hash(KIND.MD5, value(KIND.MD5, 1))
PDQ = item_hash(KIND.PDQ, value(KIND.PDQ, 1))


def test_an_item_without_hashes_has_no_matches() -> None:
    assert lookup([], [match("a", 0)], [match("b", 1)]) == ()


def test_cryptographic_hashes_are_looked_up_exactly_and_pdq_nearby() -> None:
    asked: list[tuple[str, bytes]] = []

    def exact(kind: records.HashKind, digest: bytes) -> list[records.Match]:
        asked.append((kind.value, digest))
        return []

    def near(digest: bytes) -> list[records.Match]:
        asked.append(("near", digest))
        return []

    matching.lookup([item_hash(kind, value(kind, 1)) for kind in KIND], exact=exact, near=near)
    assert asked == [
        (word, bytes.fromhex(value(kind, 1)))
        for word, kind in zip(("md5", "sha1", "sha256", "near"), KIND, strict=True)
    ]


@pytest.mark.parametrize(("quality", "matches"), [(0, 0), (49, 0), (50, 1), (100, 1)])
def test_a_pdq_hash_of_low_quality_matches_nothing(quality: int, matches: int) -> None:
    assert len(lookup([item_hash(KIND.PDQ, PDQ.value, quality)], near=[match("a", 0)])) == matches


def test_a_pdq_hash_of_low_quality_does_not_stop_the_other_hashes() -> None:
    hashes = [item_hash(KIND.PDQ, PDQ.value, 0), MD5]
    assert lookup(hashes, exact=[match("a", 0)], near=[match("b", 1)]) == (match("a", 0),)


def test_an_entry_found_twice_is_one_match_at_its_smallest_distance() -> None:
    assert lookup([PDQ, MD5], exact=[match("a", 0)], near=[match("a", 9), match("a", 3)]) == (match("a", 0),)
    assert lookup([PDQ], near=[match("a", 9), match("a", 3)]) == (match("a", 3),)


def test_entries_of_two_lists_are_two_matches_even_under_one_id() -> None:
    assert len(lookup([MD5], exact=[match("a", 0, list_id="one"), match("a", 0, list_id="two")])) == 2


def test_verified_lists_come_first_at_equal_distance_only() -> None:
    far = match("far", 7)
    unverified = match("near", 3, trust=TRUST.UNVERIFIED)
    verified = match("sure", 3)
    assert lookup([PDQ], near=[far, unverified, verified]) == (verified, unverified, far)


@st.composite
def found_matches(draw: st.DrawFn) -> records.Match:
    list_id = draw(st.sampled_from(["one", "two"]))
    trust = TRUST.VERIFIED if list_id == "one" else TRUST.UNVERIFIED
    return match(draw(st.sampled_from("abcd")), draw(st.integers(0, 31)), list_id=list_id, trust=trust)


@given(st.lists(found_matches()), st.data())
def test_the_order_in_which_matches_are_found_does_not_matter(
    found: list[records.Match], data: st.DataObject
) -> None:
    result = lookup([PDQ], near=found)
    shuffled = lookup([PDQ], near=data.draw(st.permutations(found)))
    assert [key_of(each) for each in result] == [key_of(each) for each in shuffled]
    assert [each.distance_bits for each in result] == sorted(each.distance_bits for each in result)
    assert len({key_of(each)[1:] for each in result}) == len(result)
    assert {key_of(each)[1:] for each in result} == {key_of(each)[1:] for each in found}


def key_of(found: records.Match) -> tuple[int, str, str]:
    return found.distance_bits, found.list_id, found.entry_id
