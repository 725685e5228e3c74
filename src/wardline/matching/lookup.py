"""The look-up: an item's hashes in, its matches out, in the order in which they matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wardline import records

FAST_ERROR_BITS = 8
"""A fast PDQ hash is at most this far from the exact one: where it doubts itself it is computed exactly. Source: docs/adr/0009, measured."""

MIN_PDQ_QUALITY = 50
"""Below it a PDQ hash says too little about its picture to be looked up. Source: ThreatExchange, PDQ signal type, quality threshold."""

ExactSearch = Callable[[records.HashKind, bytes], Iterable[records.Match]]
"""Gives the entries with this very hash."""
NearSearch = Callable[[bytes], Iterable[records.Match]]
"""Gives the PDQ entries within the radius of a hash of 32 bytes."""


def lookup(
    hashes: Iterable[records.Hash], *, exact: ExactSearch, near: NearSearch
) -> tuple[records.Match, ...]:
    """Find an item on the lists.

    A cryptographic hash matches the same hash. A PDQ hash matches near ones; of low quality it matches nothing, not even its equal, for
    flat and blurred pictures share such hashes.

    Args:
        hashes: The item's, of any kinds; several of one kind are each looked up.
        exact: Searched with MD5, SHA-1 and SHA-256.
        near: Searched with PDQ.

    Returns:
        One match for each list entry, at its smallest distance: nearest first, and at equal distance verified lists first.
    """
    nearest: dict[tuple[str, str], records.Match] = {}
    for item_hash in hashes:
        for match in _found(item_hash, exact, near):
            key = (match.list_id, match.entry_id)
            if key not in nearest or match.distance_bits < nearest[key].distance_bits:
                nearest[key] = match
    return tuple(sorted(nearest.values(), key=_rank))


def _found(item_hash: records.Hash, exact: ExactSearch, near: NearSearch) -> Iterable[records.Match]:
    value = bytes.fromhex(item_hash.value)
    if item_hash.kind is not records.HashKind.PDQ:
        return exact(item_hash.kind, value)
    if item_hash.quality is None or item_hash.quality < MIN_PDQ_QUALITY:
        return ()
    return near(value)


def _rank(match: records.Match) -> tuple[int, bool, str, str]:
    return match.distance_bits, match.trust is not records.ListTrust.VERIFIED, match.list_id, match.entry_id
