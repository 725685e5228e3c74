"""The journal of a scan, by itself: whatever happened to it, it says that nothing is done which is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.cli.scan.journal import Heading, Journal
from wardline.cli.scan.outcomes import Key, Outcome, Status, WholeArchive
from wardline.errors import BusyError, ConflictError, InputError

HEADING = Heading.of(arguments=["a"], rules=[], lists="1")
KEYS = [Key(f"/library/{number}", number, 10**18 + number) for number in range(200)]


def filled(path: Path, keys: list[Key], status: Status = Status.NO_MATCH) -> None:
    journal = Journal(path, HEADING)
    for key in keys:
        journal.add(Outcome(name=key.path, status=status, key=key))
    journal.close()


def settled(path: Path) -> list[Status | None]:
    journal = Journal(path, HEADING)
    try:
        return [journal.settled(key) for key in KEYS]
    finally:
        journal.close()


def test_only_what_is_settled_is_done(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    for place, status in enumerate(Status):
        filled(path, KEYS[20 * place : 20 * place + 20], status)
    expected = [
        each if each in (Status.NO_MATCH, Status.NOT_A_PICTURE) else None
        for each in Status
        for _ in range(20)
    ]
    assert settled(path) == expected + [None] * (len(KEYS) - len(expected))
    journal = Journal(path, HEADING)
    assert journal.matches == {key: key.path for key in KEYS[:20]}
    journal.close()


def test_another_size_time_or_member_is_another_file(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    key = Key("/a", 1, 2, 3)
    filled(path, [key])
    journal = Journal(path, HEADING)
    assert journal.settled(key) is Status.NO_MATCH
    for other in (
        Key("/a", 1, 2),
        Key("/a", 1, 2, 4),
        Key("/a", 1, 3, 3),
        Key("/a", 2, 2, 3),
        Key("/b", 1, 2, 3),
    ):
        assert journal.settled(other) is None
    journal.close()


def test_an_archive_that_is_done_keeps_its_counts(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", HEADING)
    journal.add_archive(WholeArchive(key=KEYS[0], counts={Status.NO_MATCH: 7}))
    assert journal.whole_archive(KEYS[0]) is None, "what is added counts for the next run"
    journal.close()
    journal = Journal(tmp_path / "journal", HEADING)
    assert journal.whole_archive(KEYS[0]) == {Status.NO_MATCH: 7}
    assert (journal.whole_archive(KEYS[1]), journal.settled(KEYS[0])) == (None, None)
    journal.close()


@settings(max_examples=40)
@given(cut=st.integers(0, 200_000))
def test_one_that_is_cut_anywhere_is_good_up_to_there_and_goes_on(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "journal"
    filled(path, KEYS[:50])
    whole = path.read_bytes()
    cut %= len(whole) + 1
    path.write_bytes(whole[:cut])
    done = max(0, whole[:cut].count(b"\n") - 1)
    assert settled(path) == [Status.NO_MATCH] * done + [None] * (len(KEYS) - done)
    filled(path, KEYS[done:])
    assert settled(path) == [Status.NO_MATCH] * len(KEYS)


def test_a_tail_of_zeros_as_a_power_cut_leaves_it_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    filled(path, KEYS[:5])
    path.write_bytes(path.read_bytes() + bytes(4096))
    filled(path, KEYS[5:6])
    assert settled(path)[:7] == [Status.NO_MATCH] * 6 + [None]


@pytest.mark.parametrize(
    "line", [b"{}", b"nonsense", b"[]", b'{"path": "/a", "size": 1, "mtime_ns": 2, "status": "clean"}']
)
def test_one_that_is_damaged_in_the_middle_is_refused(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "journal"
    filled(path, KEYS[:2])
    whole = path.read_bytes() + line + b"\n"
    path.write_bytes(whole)
    with pytest.raises(InputError, match="line 4 is damaged"):
        Journal(path, HEADING)
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "content", [b"my thesis", b"my thesis\n", b"{}\n", b'{"journal": "other"}\n', b"\xff\xd8\xff" * 999]
)
def test_another_file_is_refused_and_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "thesis"
    path.write_bytes(content)
    with pytest.raises(InputError, match="expected the journal of a scan"):
        Journal(path, HEADING)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        (Heading.of(arguments=["b"], rules=[], lists="1"), "other places"),
        (Heading.of(arguments=["a"], rules=[1], lists="1"), "other rules"),
        (Heading.of(arguments=["a"], rules=[], lists="2"), "other hash lists"),
    ],
)
def test_one_of_another_scan_is_refused(tmp_path: Path, heading: Heading, said: str) -> None:
    path = tmp_path / "journal"
    filled(path, KEYS[:2])
    with pytest.raises(ConflictError, match=said):
        Journal(path, heading)


def test_one_scan_has_it_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    first = Journal(path, HEADING)
    with pytest.raises(BusyError):
        Journal(path, HEADING)
    first.close()
    Journal(path, HEADING).close()


def test_a_folder_or_a_link_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "aim")
    for path in (tmp_path, tmp_path / "link", tmp_path / "no" / "folder"):
        with pytest.raises(InputError, match="cannot be opened"):
            Journal(path, HEADING)
    assert not (tmp_path / "aim").exists()
