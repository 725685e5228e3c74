"""Whatever happens to lists, and to the processes that follow them: each finds what a plain catalogue of the same batches finds."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.indexes.keeping import maker
from tests.unit.matching.catalogues import NaiveIndex
from wardline import matching, records
from wardline.matching import digests
from wardline.records import BatchChange, HashKind
from wardline.testing.copies_contract import Batches, Process, value

POINTS = ("copy:begun", "copy:written", "copy:current", "copy:old-removed")
NUMBERS = range(12)
PROCESSES = 3

some = st.sets(st.sampled_from(NUMBERS), min_size=1, max_size=6)
kinds = st.sampled_from((HashKind.PDQ, HashKind.SHA1))
steps = st.one_of(
    st.tuples(st.just("add"), kinds, some),
    st.tuples(st.just("remove"), kinds, some),
    st.tuples(st.just("mark"), kinds, some),
    st.tuples(st.just("follow"), st.integers(0, PROCESSES - 1)),
    st.tuples(st.just("restart"), st.integers(0, PROCESSES - 1)),
    st.tuples(st.just("die"), st.integers(0, PROCESSES - 1), st.sampled_from(POINTS)),
    st.tuples(st.just("remove files")),
)  # fmt: skip


class _DiedError(BaseException):
    """A process died here."""


class World:
    """Lists in a store, and the processes that follow them over one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.batches = folder, Batches()
        self.there: dict[HashKind, set[int]] = {HashKind.PDQ: set(), HashKind.SHA1: set()}
        self._dies_at = ""
        self.processes = [self.started() for _ in range(PROCESSES)]

    def started(self) -> Process:
        return Process(maker(self.folder, reached=self._reached))

    def _reached(self, name: str) -> None:
        if name == self._dies_at:
            # A process that is killed cleans nothing up: what it was writing stays.
            for path in self.folder.glob("*.unfinished"):
                path.with_name(f"{path.name}.unfinished").write_bytes(path.read_bytes()[:100])
            raise _DiedError

    def tell(self, verb: str, kind: HashKind, numbers: set[int]) -> None:
        there = self.there[kind]
        told = numbers - there if verb == "add" else numbers & there
        change = {"add": BatchChange.ADD, "remove": BatchChange.REMOVE, "mark": BatchChange.MARK}[verb]
        if told:
            self.batches.tell(change, *sorted(told), kind=kind)
        self.there[kind] = there | told if verb == "add" else there - told if verb == "remove" else there

    def follow(self, at: int) -> None:
        self.processes[at].copies.stamp()
        self.processes[at].follow(self.batches)
        plain = matching.Catalogue(NaiveIndex)
        plain.follow(list(self.batches.lists()), self.batches.of)
        for kind in self.there:
            for number in NUMBERS:
                hashed = records.Hash(
                    kind=kind, value=value(number)[: records.HASH_BYTES[kind]].hex(),
                    quality=100 if kind is HashKind.PDQ else None,
                )  # fmt: skip
                matches = plain.match([hashed])
                assert self.processes[at]._catalogue.match([hashed]) == matches
                assert bool(matches) == (number in self.there[kind])

    def die(self, at: int, point: str) -> None:
        self._dies_at = point
        self.follow(at)
        self._dies_at = ""
        self.processes[at] = self.started()

    def remove_files(self) -> None:
        for path in self.folder.glob("*"):
            path.unlink()


@contextmanager
def quiet_deaths() -> Iterator[None]:
    usual = threading.excepthook
    threading.excepthook = lambda args: None if args.exc_type is _DiedError else usual(args)
    try:
        yield
    finally:
        threading.excepthook = usual


@contextmanager
def digests_that_are_sorted_early() -> Iterator[None]:
    usual, digests._LEAST_FRESH = digests._LEAST_FRESH, 4
    try:
        yield
    finally:
        digests._LEAST_FRESH = usual


@settings(max_examples=40)
@given(st.lists(steps, max_size=25))
def test_every_process_finds_what_a_plain_catalogue_finds(
    happening: list[tuple[str, *tuple[object, ...]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, quiet_deaths(), digests_that_are_sorted_early():
        world = World(Path(folder) / "indexes")
        for step in happening:
            match step:
                case ("add" | "remove" | "mark" as verb, HashKind() as kind, set() as numbers):
                    world.tell(verb, kind, numbers)
                case ("follow", int() as at):
                    world.follow(at)
                case ("restart", int() as at):
                    world.processes[at] = world.started()
                case ("die", int() as at, str() as point):
                    world.die(at, point)
                case _:
                    world.remove_files()
        for at in range(PROCESSES):
            world.follow(at)
