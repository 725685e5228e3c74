"""The catalogue: every entry of every list that is searched, in memory, ready to be looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from wardline import records
from wardline.errors import IntegrityError, WardlineError
from wardline.matching.copies import Copies, ListCopy, NearIndex
from wardline.matching.findings import Findings, judged
from wardline.matching.lookup import lookup
from wardline.matching.volume import Volume, has_layout
from wardline.records import HashListState, ListRole

BatchesOf = Callable[[str, int], Iterable[records.HashBatch]]
"""Gives the batches of a list that come after a number, by number; read once, one at a time."""
EntryKey = tuple[str, str]
"""List id and entry id."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Everything that is searched, of one moment."""

    volumes: Mapping[str, tuple[records.HashList, Volume]]
    held: frozenset[EntryKey]


class Catalogue:
    """The lists that are searched, as of when they were last followed. One thread follows; any number match meanwhile.

    A list that is new here is found when all of it is there; a list that changed, batch by batch.
    """

    def __init__(self, make_index: Callable[[], NearIndex], copies: Copies | None = None) -> None:
        """Make an empty catalogue.

        Args:
            make_index: Makes an empty index for the PDQ hashes of a list. The catalogue alone changes it.
            copies: Where ready-made lists are, to start from; without them each list is made from its batches.
        """
        self._make_index, self._copies = make_index, copies
        self._shelf = _Shelf({}, frozenset())

    def __len__(self) -> int:
        """Count the entries that can be found."""
        return sum(len(volume) for _, volume in self._shelf.volumes.values())

    def follow(
        self,
        lists: Iterable[records.HashList],
        batches_of: BatchesOf,
        held: Iterable[records.HeldEntry] = (),
    ) -> None:
        """Take in what changed: lists that were switched on or off, batches that came, and entries that were held or released.

        When it fails for one list, the others are followed all the same, what was there of that one can be found as before, and
        following again goes on.

        Args:
            lists: All of them, in any state. Those that are not searched are passed over, and canaries, which nobody looks up.
            batches_of: See ``BatchesOf``.
            held: Entries that restrict nothing.

        Raises:
            WardlineError: A list could not be followed; the first of them, when several could not.
        """
        known, wanted = self._shelf.volumes, [each for each in lists if _is_looked_up(each)]
        volumes: dict[str, tuple[records.HashList, Volume]] = {}
        failures: list[WardlineError] = []
        for each in wanted:
            try:
                volumes[each.id] = (each, self._followed(each, batches_of))
            except WardlineError as failure:
                failures.append(failure)
                if each.id in known:
                    volumes[each.id] = known[each.id]
        self._shelf = _Shelf(volumes, frozenset((each.list_id, each.entry_id) for each in held))
        if self._copies is not None:
            for list_id, (_, volume) in volumes.items():
                if volume.is_whole:
                    self._copies.keep(list_id, volume)
            self._copies.retain(each.id for each in wanted)
        if failures:
            raise failures[0]

    def match(self, hashes: Iterable[records.Hash]) -> tuple[records.Match, ...]:
        """Find an item on the active lists by its exact hashes. See ``find``."""
        return self.find(hashes).matches

    def find(
        self, hashes: Iterable[records.Hash], *, surface: str | None = None, margin_bits: int = 0
    ) -> Findings:
        """Look an item up by its hashes.

        Whatever an index raises comes through: the item was not looked up, which is not the same as not found.

        Args:
            hashes: The item's, of any kinds.
            surface: Where it was posted, in the platform's words; None: every list is looked up.
            margin_bits: By so much the item's PDQ hash may be off: what is found is all that the exact one would find, and perhaps more.
                Negative lists are then left out, for they must not clear what only a rough hash says.
        """
        shelf, hashes = self._shelf, tuple(hashes)
        owners = [owner for owner, _ in shelf.volumes.values() if owner.covers(surface)]

        def found(state: HashListState, role: ListRole) -> tuple[records.Match, ...]:
            chosen = [each.id for each in owners if each.state is state and each.role is role]
            return _looked_up(shelf, chosen, hashes, margin_bits) if chosen else ()

        matches = found(HashListState.ACTIVE, ListRole.BANK)
        certain = tuple(each for each in matches if _is_certain(each, shelf, margin_bits))
        previews = found(HashListState.PREVIEW, ListRole.BANK)
        is_negative = (
            bool(matches) and not margin_bits and bool(found(HashListState.ACTIVE, ListRole.NEGATIVE))
        )
        counting, cleared = judged(matches, on_negative_list=is_negative)
        return Findings(matches=counting, previews=previews, cleared=cleared, certain=certain)

    def _followed(self, wanted: records.HashList, batches_of: BatchesOf) -> Volume:
        volume = self._newest(wanted.id, batches_of)
        volume.apply(batches_of(wanted.id, volume.applied))
        if volume.applied < wanted.batches:
            raise IntegrityError(
                f"{wanted.id}: {volume.applied} batches are stored, expected {wanted.batches}"
            )
        return volume

    def _newest(self, list_id: str, batches_of: BatchesOf) -> Volume:
        """Give what is known of a list: the newest copy, if it is newer than the one that is in use, or what is in use."""
        known = self._shelf.volumes.get(list_id)
        volume = known[1] if known is not None and known[1].is_whole else None
        if self._copies is not None:
            above = 0 if volume is None else volume.copied
            copy = self._copies.open(
                list_id, above=above, is_ours=lambda copy: _is_of(copy, list_id, batches_of)
            )
            if copy is not None:
                return Volume.of(copy)
        return Volume(self._make_index()) if volume is None else volume


def _is_looked_up(each: records.HashList) -> bool:
    return each.is_searched and each.role is not ListRole.CANARY


def _is_of(copy: ListCopy, list_id: str, batches_of: BatchesOf) -> bool:
    """Say whether a copy is of this list, as its batches are now: not of what they were before a back-up was restored."""
    newest = next(iter(batches_of(list_id, copy.number - 1)), None)
    is_there = newest is not None and (newest.number, newest.id) == (copy.number, copy.batch_id)
    return is_there and has_layout(copy.columns)


def _looked_up(
    shelf: _Shelf, chosen: Sequence[str], hashes: tuple[records.Hash, ...], margin_bits: int
) -> tuple[records.Match, ...]:
    volumes = [shelf.volumes[list_id] for list_id in chosen]

    def exact(kind: records.HashKind, value: bytes) -> Iterator[records.Match]:
        for owner, volume in volumes:
            for row, distance_bits in volume.exact(kind, value):
                yield volume.match(row, distance_bits, owner)

    def near(value: bytes) -> Iterator[records.Match]:
        for owner, volume in volumes:
            for row, distance_bits in volume.near(value, owner.radius_bits + margin_bits):
                yield volume.match(row, distance_bits, owner)

    found = lookup(hashes, exact=exact, near=near)
    return tuple(_doubted(each, shelf.held) for each in found)


def _doubted(match: records.Match, held: frozenset[EntryKey]) -> records.Match:
    is_held = (match.list_id, match.entry_id) in held
    return replace(match, doubt=records.Doubt.HELD) if is_held else match


def _is_certain(match: records.Match, shelf: _Shelf, margin_bits: int) -> bool:
    if match.hash_kind is not records.HashKind.PDQ:
        return True
    return match.distance_bits + margin_bits <= shelf.volumes[match.list_id][0].radius_bits
