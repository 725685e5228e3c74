"""How a scan finds files, and how many of them it has in hand: by themselves, without a sandbox."""

from __future__ import annotations

import inspect
import io
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.cli import decoders, output
from wardline.cli.scan import places
from wardline.cli.scan.judging import FoundArchive
from wardline.cli.scan.outcomes import Key, Outcome, Status
from wardline.cli.scan.places import PassedOver, Place, Trouble
from wardline.cli.scan.progress import Progress
from wardline.cli.scan.running import Run
from wardline.errors import InputError


def paths(found: Iterator[Place | Trouble]) -> list[str]:
    return [each.path for each in found]


# --- walking ---------------------------------------------------------------------------------------------------------------------------
def test_files_come_in_the_order_of_their_names_folder_by_folder(tmp_path: Path) -> None:
    for name in ("b/2", "b/10", "a/z", "a.b/y", "B/x", "ä/1", "b/c/d/e"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / os.fsdecode(b"\xff")).touch()
    expected = ["B/x", "a/z", "a.b/y", "b/10", "b/2", "b/c/d/e", "ä/1", "\udcff"]
    for _ in range(2):
        assert paths(places.walk([str(tmp_path)], PassedOver())) == [
            f"{tmp_path}/{name}" for name in expected
        ]


def test_links_are_passed_over_in_folders_and_followed_when_named(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "a").touch()
    (tmp_path / "library" / "loop").symlink_to(tmp_path / "library")
    (tmp_path / "library" / "file").symlink_to(tmp_path / "library" / "a")
    (tmp_path / "link").symlink_to(tmp_path / "library")
    passed = PassedOver()
    assert paths(places.walk([str(tmp_path / "link")], passed)) == [f"{tmp_path}/link/a"]
    assert passed.links == 2
    (place,) = places.walk([str(tmp_path / "library" / "file")], PassedOver())
    assert isinstance(place, Place)
    file, key = places.opened(place)
    file.close()
    assert key == places.key_of(place)


def test_what_became_a_link_or_a_pipe_meanwhile_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    (place,) = places.walk([str(tmp_path)], PassedOver())
    assert isinstance(place, Place)
    path.unlink()
    path.symlink_to("/etc/hostname")
    with pytest.raises(OSError, match="symbolic links"):
        places.opened(place)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a file any more"):
        places.opened(place)


def test_a_folder_that_became_a_link_is_told(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    found = places.walk([str(tmp_path)], PassedOver())
    first = next(found)
    (tmp_path / "b" / "file").unlink()
    (tmp_path / "b").rmdir()
    (tmp_path / "b").symlink_to(tmp_path / "a")
    rest = list(found)
    assert first.path == f"{tmp_path}/a/file"
    assert [(each.path, type(each)) for each in rest] == [(f"{tmp_path}/b", Trouble)]


def test_folders_may_be_nested_deeper_than_a_call_may_go(
    tmp_path: Path,
) -> None:
    deep = tmp_path
    for _ in range(300):
        deep = deep / "d"
        deep.mkdir()
    (deep / "file").touch()
    limit = sys.getrecursionlimit()
    depth = len(inspect.stack())
    sys.setrecursionlimit(depth + 150)
    try:
        found = paths(places.walk([str(tmp_path)], PassedOver()))
    finally:
        sys.setrecursionlimit(limit)
    assert found == [str(deep / "file")]


def test_what_lies_in_another_folder_that_was_named_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "f").touch()
    (tmp_path / "ab").mkdir()
    a, b, f, ab = (str(tmp_path / name) for name in ("a", "a/b", "a/f", "ab"))
    assert places.require([b, a, f, ab, f"{a}/"]) == [a, ab]
    assert places.require([f, f, b]) == [b, f]
    for wrong in (str(tmp_path / "nothing"), "/dev/null", "nul\0"):
        with pytest.raises(InputError, match="path "):
            places.require([a, wrong])


@given(
    names=st.lists(st.binary(min_size=1).filter(lambda name: b"\0" not in name and b"\n" not in name)),
    last=st.booleans(),
)
def test_a_list_gives_every_path_whatever_its_bytes(names: list[bytes], last: bool) -> None:
    for end in (b"\n", b"\0"):
        content = end.join(names) + (end if last else b"")
        stream = io.BytesIO(content)
        assert [os.fsencode(path) for path in places.listed(stream, end=end)] == names


def test_something_else_than_a_list_of_paths_is_refused() -> None:
    with pytest.raises(InputError, match="expected a list of paths"):
        list(places.listed(io.BytesIO(b"x" * 200_000), end=b"\n"))


# --- running ---------------------------------------------------------------------------------------------------------------------------
class FakeJudge:
    """Looks at nothing, and counts how often it does so at once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.most = 0

    def file(self, place: Place) -> Outcome | FoundArchive:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        if place.path == "fails":
            raise InputError("judge: failed, expected to work")
        with self.lock:
            self.now -= 1
        return Outcome(name=place.path, status=Status.NO_MATCH, key=Key(place.path, 0, 0))


class FakeTeller:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told = Counter[str]()

    def outcome(self, outcome: Outcome) -> None:
        self.told[outcome.name] += 1

    def settled(self, counts: object) -> None:
        raise AssertionError(counts)


def test_however_many_files_there_are_only_a_few_are_in_hand() -> None:
    judge, teller, given_out = FakeJudge(), FakeTeller(), 0
    ahead = []

    def endless() -> Iterator[Place]:
        nonlocal given_out
        for number in range(5_000):
            ahead.append(given_out - teller.told.total())
            given_out += 1
            yield Place(str(number), named=False)

    Run(judge, teller, None, workers=3).go(endless())  # type: ignore[arg-type]
    assert teller.told == Counter(map(str, range(5_000)))
    assert max(ahead) <= 6
    assert judge.most <= 6


def test_an_error_ends_a_run_and_is_not_swallowed() -> None:
    found = (Place("fails" if number == 50 else str(number), named=False) for number in range(1000))
    teller = FakeTeller()
    with pytest.raises(InputError):
        Run(FakeJudge(), teller, None, workers=2).go(found)  # type: ignore[arg-type]
    assert teller.told.total() < 1000


# --- progress --------------------------------------------------------------------------------------------------------------------------
def test_without_a_terminal_progress_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wardline.cli.scan.progress._NOTE_SECONDS", 0.0)
    counted = threading.Event()

    def count(_: object) -> int:
        counted.set()
        return 10

    with Progress(count, bar=False) as progress:
        counted.wait(10)
        progress._counter.join()  # the number is there now
        progress.done()
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("1 files, ")
    assert "9 left: " in said.err


def test_a_bar_is_drawn_on_standard_error_and_is_gone_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(lambda _: 2, bar=True) as progress:
        progress.done()
        with progress.aside():
            output.line("a finding")
    assert capsys.readouterr().out == "a finding\n"


def test_counting_stops_when_the_scan_does() -> None:
    def count(over: object) -> int | None:
        assert callable(over)
        while not over():
            pass
        return None

    with Progress(count, bar=False) as progress:
        progress.done()


def test_a_container_with_less_than_its_cores_gets_fewer_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quota = tmp_path / "cpu.max"
    monkeypatch.setattr(decoders, "_QUOTA", quota)
    everything = len(os.sched_getaffinity(0))
    assert decoders.cores() == everything
    for text, expected in (
        ("max 100000\n", everything),
        ("100000 100000\n", 1),
        ("20000 100000\n", 1),
        ("nonsense", everything),
    ):
        quota.write_text(text, "ascii")
        assert decoders.cores() == expected
