"""The log is read page by page and by record, and whoever reads who was shown what leaves an entry."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from wardline import records
from wardline.pipeline import reading
from wardline.records import Verb
from wardline.testing.harness import Line

REVEALED = Verb.CASE_REVEALED


@pytest.fixture
def ada(line: Line) -> records.User:
    return line.person("ada", records.Role.AUDITOR).user


def tell(line: Line, *verbs: Verb, subject: str = "case-1") -> None:
    line.store.commit(entries=[line.parts.entry(verb, subject) for verb in verbs])
    line.sequence()


def readings(line: Line) -> list[tuple[str, str]]:
    line.sequence()
    return [(entry.actor, entry.detail) for _, entry in reading.about(line.parts, reading.READINGS, 100)]


def test_pages_of_the_log_come_newest_first_and_leave_nothing_out(line: Line) -> None:
    tell(line, *[Verb.CASE_OPENED] * 7)
    pages, before = [], None
    while page := line.wardline.newest_entries(3, before=before):
        pages.append([position for position, _ in page])
        before = pages[-1][-1]
    assert pages == [[6, 5, 4], [3, 2, 1], [0]]
    assert line.wardline.newest_entries(3, before=99) == line.wardline.newest_entries(3)


def test_the_entries_about_a_record_come_newest_first(line: Line) -> None:
    for number in range(6):
        tell(line, Verb.CASE_OPENED, subject=f"case-{number % 2}")
    assert [position for position, _ in line.wardline.entries_about("case-1", 9)] == [5, 3, 1]
    assert [position for position, _ in line.wardline.entries_about("case-1", 9, before=5)] == [3, 1]
    assert [position for position, _ in line.wardline.entries_about("case-1", 1)] == [5]
    assert line.wardline.entries_about("case-7", 9) == []


@pytest.mark.parametrize(
    "made", ["{}", "[]", "7", "x", "[" * 3000, '{"verb": "case:opened", "subject": 1}', '{"verb": 1}']
)
def test_an_entry_that_somebody_made_unreadable_hides_none_of_the_others(tmp_path: Path, made: str) -> None:
    with Line(tmp_path, store="sqlite") as line:
        tell(line, *[Verb.CASE_OPENED] * 3)
        with closing(sqlite3.connect(tmp_path / "wardline.sqlite")) as connection, connection:
            connection.execute("UPDATE audit_entries SET leaf = CAST(? AS BLOB) WHERE position = 1", (made,))
        assert [position for position, _ in line.wardline.newest_entries(9)] == [2, 0]


# --- reading is told of --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", [Verb.CASE_REVEALED, Verb.CASE_COVERED])
def test_reading_who_was_shown_what_is_an_entry_with_the_reader_and_the_range(
    line: Line, ada: records.User, verb: Verb
) -> None:
    tell(line, Verb.CASE_OPENED, verb, Verb.CASE_DECIDED)
    shown = line.wardline.newest_entries(3)
    assert line.wardline.note_log_reading(shown, user=ada, page="")
    first, last = shown[-1][0], shown[0][0]
    assert readings(line) == [(ada.id, f"entries {first} to {last}")]


def test_reading_about_one_record_says_which(line: Line, ada: records.User) -> None:
    tell(line, REVEALED)
    shown = line.wardline.entries_about("case-1", 9)
    line.wardline.note_log_reading(shown, user=ada, page="case-1", subject_id="case-1")
    ((_, detail),) = readings(line)
    assert detail.endswith(" about case-1")


def test_reading_anything_else_is_not(line: Line, ada: records.User) -> None:
    tell(line, Verb.CASE_OPENED, Verb.CASE_DECIDED, Verb.LOG_READ)
    assert not line.wardline.note_log_reading(line.wardline.newest_entries(3), user=ada, page="")
    assert not line.wardline.note_log_reading([], user=ada, page="")
    assert readings(line) == []


def test_the_same_page_is_told_of_once_a_minute_and_any_other_at_once(line: Line, ada: records.User) -> None:
    tell(line, REVEALED)
    ben = line.person("ben", records.Role.AUDITOR).user
    shown = line.wardline.newest_entries(9)

    def note(user: records.User, page: str) -> bool:
        return line.wardline.note_log_reading(shown, user=user, page=page)

    assert [note(ada, "newest"), note(ada, "newest"), note(ada, "older"), note(ben, "newest")] == [
        True, False, True, True,
    ]  # fmt: skip
    line.clock.advance(timedelta(seconds=59))
    assert not note(ada, "newest")
    line.clock.advance(timedelta(seconds=1))
    assert note(ada, "newest")
    assert len(readings(line)) == 4
