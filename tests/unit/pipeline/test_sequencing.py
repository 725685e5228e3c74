"""The log is signed without others waiting while it is read: what a new process has not read yet is read before, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wardline.errors import AuditLogError
from wardline.pipeline import log
from wardline.records import Verb
from wardline.testing.harness import Line


class Watched:
    """A store that notes how many entries are read while nobody else may write, and how many at a time."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.in_line = 0
        self.pages: list[int] = []
        self.fails = False
        self._is_alone = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def sequence(self, sign: Any) -> int:
        def signing(leaves: Any) -> Any:
            self._is_alone = True
            try:
                signed = sign(leaves)
            finally:
                self._is_alone = False
            if self.fails:
                raise OSError
            return signed

        return int(self._store.sequence(signing))

    def log_entries(self, start: int, stop: int) -> Iterator[Any]:
        self.pages.append(stop - start)
        for each in self._store.log_entries(start, stop):
            self.in_line += self._is_alone
            yield each


@pytest.fixture(params=["memory", "sqlite"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, store=request.param) as made:
        yield made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_MOST_IN_LINE", 5)
    monkeypatch.setattr(log, "_PAGE", 10)


def written(line: Line, count: int) -> None:
    for number in range(count):
        line.store.commit(entries=[line.parts.entry(Verb.CASE_OPENED, f"case-{number}")])


def begun(line: Line) -> tuple[log.Sequencer, Watched]:
    store = Watched(line.store)
    return log.Sequencer(replace(line.parts, store=store)), store  # type: ignore[arg-type]  # it stands in for one


@pytest.mark.usefixtures("small")
def test_a_new_process_reads_the_log_before_others_have_to_wait(line: Line) -> None:
    written(line, 57)
    log.Sequencer(line.parts).run()
    written(line, 1)
    sequencer, store = begun(line)
    assert sequencer.run() == 1
    assert store.in_line <= 5
    assert max(store.pages) <= 10
    assert line.wardline.verify_audit().ok


@pytest.mark.usefixtures("small")
def test_a_commit_that_failed_makes_nobody_wait_for_the_whole_log(line: Line) -> None:
    sequencer, store = begun(line)
    written(line, 57)
    sequencer.run()
    written(line, 1)
    store.fails = True
    with pytest.raises(OSError):
        sequencer.run()
    store.fails, store.in_line = False, 0
    written(line, 1)
    assert sequencer.run() == 2
    assert store.in_line <= 5
    assert line.wardline.verify_audit().ok


@pytest.mark.usefixtures("small")
def test_what_another_process_signed_meanwhile_is_read_in_the_same_way(line: Line) -> None:
    sequencer, store = begun(line)
    written(line, 3)
    sequencer.run()
    written(line, 40)
    log.Sequencer(line.parts).run()
    written(line, 1)
    store.in_line = 0
    assert sequencer.run() == 1
    assert store.in_line <= 5
    assert line.wardline.verify_audit().ok


@pytest.mark.usefixtures("small")
def test_a_log_that_is_not_what_was_signed_is_refused_each_time(line: Line) -> None:
    written(line, 57)
    log.Sequencer(line.parts).run()
    written(line, 1)
    sequencer, store = begun(line)
    whole = store.log_entries
    store.log_entries = lambda start, stop: (  # type: ignore[method-assign]  # somebody changed one
        (position, leaf + b" " if position == 20 else leaf, kept)
        for position, leaf, kept in whole(start, stop)
    )
    for _ in range(2):
        with pytest.raises(AuditLogError):
            sequencer.run()
    store.log_entries = lambda start, stop: (each for each in whole(start, stop) if each[0] < 30)  # type: ignore[method-assign]  # or took some away
    for _ in range(2):
        with pytest.raises(AuditLogError):
            sequencer.run()
    store.log_entries = whole  # type: ignore[method-assign]
    assert sequencer.run() == 1
    assert line.wardline.verify_audit().ok
