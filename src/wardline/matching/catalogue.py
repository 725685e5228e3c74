"""The catalogue: every entry of every active list, in memory, ready to be searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from wardline import records
from wardline.errors import IntegrityError, WardlineError
from wardline.matching.lookup import RADIUS_BITS, lookup
from wardline.matching.volume import NearIndex, Volume

BatchesOf = Callable[[str, int], Iterable[records.HashBatch]]
"""Gives the batches of a list that come after a number, by number; read once, one at a time."""


class Catalogue:
    """The active lists, as of when they were last followed. One thread follows; any number match meanwhile.

    A list that is new here is found when all of it is there; a list that changed, batch by batch.
    """

    def __init__(self, make_index: Callable[[], NearIndex]) -> None:
        """Make an empty catalogue.

        Args:
            make_index: Makes an empty index for the PDQ hashes of a list. The catalogue alone changes it.
        """
        self._make_index = make_index
        self._volumes: Mapping[str, tuple[records.HashList, Volume]] = {}

    def __len__(self) -> int:
        """Count the entries that can be found."""
        return sum(len(volume) for _, volume in self._volumes.values())

    def follow(self, lists: Iterable[records.HashList], batches_of: BatchesOf) -> None:
        """Take in what changed: lists that were switched on or off, and batches that came.

        When it fails for one list, the others are followed all the same, what was there of that one can be found as before, and
        following again goes on.

        Args:
            lists: All of them, in any state. Proposed and disabled ones are passed over.
            batches_of: See ``BatchesOf``.

        Raises:
            WardlineError: A list could not be followed; the first of them, when several could not.
        """
        volumes: dict[str, tuple[records.HashList, Volume]] = {}
        failures: list[WardlineError] = []
        for each in lists:
            if each.state is not records.HashListState.ACTIVE:
                continue
            try:
                volumes[each.id] = (each, self._followed(each, batches_of))
            except WardlineError as failure:
                failures.append(failure)
                if each.id in self._volumes:
                    volumes[each.id] = self._volumes[each.id]
        self._volumes = volumes
        if failures:
            raise failures[0]

    def match(
        self, hashes: Iterable[records.Hash], *, radius_bits: int = RADIUS_BITS
    ) -> tuple[records.Match, ...]:
        """Find an item on the active lists by its hashes: nearest first, and at equal distance verified lists first.

        Whatever an index raises comes through: the item was not looked up, which is not the same as not found.
        """
        volumes = tuple(self._volumes.values())

        def exact(kind: records.HashKind, value: bytes) -> Iterator[records.Match]:
            for owner, volume in volumes:
                for row, distance_bits in volume.exact(kind, value):
                    yield volume.match(row, distance_bits, owner)

        def near(value: bytes) -> Iterator[records.Match]:
            for owner, volume in volumes:
                for row, distance_bits in volume.near(value, radius_bits):
                    yield volume.match(row, distance_bits, owner)

        return lookup(hashes, exact=exact, near=near)

    def _followed(self, wanted: records.HashList, batches_of: BatchesOf) -> Volume:
        known = self._volumes.get(wanted.id)
        volume = known[1] if known is not None and known[1].is_whole else Volume(self._make_index())
        volume.apply(batches_of(wanted.id, volume.applied))
        if volume.applied < wanted.batches:
            raise IntegrityError(
                f"{wanted.id}: {volume.applied} batches are stored, expected {wanted.batches}"
            )
        return volume
