"""Uploads go on while a large list is built; none is ever matched against nothing, or for long against what was."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from wardline import records
from wardline.errors import StoreUnavailableError
from wardline.pipeline import lookup
from wardline.pipeline.lookup import Lookup
from wardline.testing.harness import Line

KNOWN = b"a file that a list names"


@pytest.fixture
def line(tmp_path: Path) -> Line:
    made = Line(tmp_path)
    made.list_of([KNOWN])
    return made


def test_uploads_go_on_with_the_former_lists_while_new_ones_are_built(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = Lookup(line.parts)
    assert searched.match(line.hashes(KNOWN))
    monkeypatch.setattr(lookup, "_LOOK_AGAIN_SECONDS", -1.0)
    building, go_on = threading.Event(), threading.Event()
    stamp = line.store.lists_stamp

    def slow() -> str:
        building.set()
        go_on.wait(30)
        return stamp()

    line.store.lists_stamp = slow  # type: ignore[method-assign]
    builder = threading.Thread(target=searched.refresh)
    builder.start()
    assert building.wait(30)
    assert searched.match(line.hashes(KNOWN))  # would wait for the builder, which waits for us
    go_on.set()
    builder.join(30)


def test_the_first_uploads_wait_for_the_lists(line: Line) -> None:
    searched, go_on = Lookup(line.parts), threading.Event()
    stamp = line.store.lists_stamp
    line.store.lists_stamp = lambda: stamp() if go_on.wait(30) else ""  # type: ignore[method-assign]
    found: list[tuple[records.Match, ...]] = []
    hashes = line.hashes(KNOWN)
    threads = [threading.Thread(target=lambda: found.append(searched.match(hashes))) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    assert found == []
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert [bool(each) for each in found] == [True, True, True]


def test_lists_that_cannot_be_read_are_not_taken_for_those_of_before(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched, hashes = Lookup(line.parts), line.hashes(KNOWN)
    assert searched.match(hashes)
    monkeypatch.setattr(lookup, "_LOOK_AGAIN_SECONDS", -1.0)

    def away() -> str:
        raise StoreUnavailableError("store: the database does not answer, expected it to")

    line.store.lists_stamp = away  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailableError):
        searched.match(hashes)
