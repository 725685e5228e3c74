from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from wardline import intake, records
from wardline.errors import EvidenceError, InputError, StoreUnavailableError
from wardline.pipeline.log import Sequencer
from wardline.records import AlarmKind, Verb
from wardline.testing.harness import Line

UNREADABLE = b"no picture"


class BrokenVault:
    """A vault that holds something that nobody put there."""

    def inventory(self) -> Iterator[tuple[str, str, datetime]]:
        raise EvidenceError("vault: holds a file with a foreign name, expected sealed objects only")


def test_one_chore_that_fails_does_not_keep_the_others_from_being_done(tmp_path: Path) -> None:
    with Line(tmp_path, replaced={"vault": BrokenVault(), "free_bytes": lambda: 0}) as line:
        with pytest.raises(EvidenceError):
            line.chores.run()
        assert [alarm.kind for alarm in line.store.open_alarms()] == [AlarmKind.DISK_FULL]


def test_old_idempotency_keys_are_forgotten_by_the_thousand(line: Line) -> None:
    key = line.platform_key()
    for number in range(1005):
        line.store.commit(_used(line, number), entries=())
    line.submit(b"x" * 10, key=key, flag="spam")
    line.clock.advance(timedelta(hours=25))
    line.chores.run()
    assert line.store.expired_keys(line.clock.now(), most=10) == []


def _used(line: Line, number: int) -> records.Remembered:
    return intake.remember(f"{number:064x}", "b", line.clock.now())


class FailingOnce:
    """A store whose next checkpoint is signed and then not committed."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.fails = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def sequence(self, sign: Callable[[Sequence[bytes]], records.Checkpoint], *, most: int = 10_000) -> int:
        def sign_and_fail(leaves: Sequence[bytes]) -> records.Checkpoint:
            signed = sign(leaves)
            if self.fails:
                self.fails = False
                raise StoreUnavailableError("store: gone, expected it there")
            return signed

        return int(self._store.sequence(sign_and_fail, most=most))


@pytest.mark.parametrize("names", [("cleo",), ()])
def test_the_sequencer_starts_anew_after_a_commit_that_failed(line: Line, names: tuple[str, ...]) -> None:
    store: Any = FailingOnce(line.store)
    sequencer = Sequencer(replace(line.parts, store=store))
    line.person("ana")
    with pytest.raises(StoreUnavailableError):
        sequencer.run()
    for name in names:
        line.person(name)
    assert sequencer.run() > 0
    assert line.verify().ok


def test_a_sequencer_whose_commit_failed_while_another_signed_as_much_goes_on(line: Line) -> None:
    store: Any = FailingOnce(line.store)
    sequencer = Sequencer(replace(line.parts, store=store))
    line.person("ana")
    with pytest.raises(StoreUnavailableError):
        sequencer.run()
    line.sequence()
    line.person("ben")
    assert sequencer.run() > 0
    assert line.verify().ok


def test_another_sequencer_of_the_same_store_can_take_turns(line: Line) -> None:
    other = Sequencer(line.parts)
    for name in ("ana", "ben", "cleo", "dora"):
        line.person(name)
        assert (other.run() if name in ("ben", "dora") else line.sequence()) > 0
    assert line.verify().ok


def test_a_second_run_sequences_nothing(line: Line) -> None:
    line.person("ana")
    assert line.sequence() > 0
    assert line.sequence() == 0


@pytest.mark.parametrize(("first", "last"), [(date(2026, 3, 2), date(2026, 3, 1)), (date.min, date.max)])
def test_figures_of_an_impossible_period_are_refused(line: Line, first: date, last: date) -> None:
    with pytest.raises(InputError, match="statistics"):
        line.wardline.statistics(first, last)


def test_every_day_that_can_be_asked_for_can_be_counted(line: Line) -> None:
    assert line.wardline.statistics(date.min, date.max - timedelta(days=1)).counts == ()


def test_counts_are_logged_once_for_each_change(line: Line) -> None:
    assert not line.chores.counts.log()
    line.submit(UNREADABLE)
    assert line.chores.counts.log()
    assert not line.chores.counts.log()
    line.submit(UNREADABLE)
    assert line.chores.counts.log()
    line.sequence()
    leaves = [leaf for _, leaf, _ in line.store.log_entries(0, line.store.log_size())]
    assert sum(Verb.COUNTS_LOGGED.value.encode() in leaf for leaf in leaves) == 2
