"""A list that is read again: what is new is found at once, what is gone is not, and one person cannot bring in another list."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from wardline import records
from wardline.errors import ConflictError, InputError, RefusedError
from wardline.pipeline.lookup import Lookup
from wardline.records import Category, HashKind, ListTrust, Role, Verb
from wardline.testing.harness import Line


@pytest.fixture
def somebody(line: Line) -> records.User:
    return line.person("lea", Role.LEAD).user


def written(line: Line, numbers: range, *, category: str = "") -> Path:
    """Write a list of harmless numbers."""
    path = line.folder / "news.csv"
    rows = [f"md5,{number:032x},{category}" for number in numbers]
    path.write_text("\n".join(["hash_type,hash,category", *rows, ""]), "utf-8")
    return path


def matches(line: Line, content: bytes) -> tuple[records.Match, ...]:
    item_id = line.submit(content, flag="spam").item_id
    assert item_id is not None
    return line.store.item(item_id).matches


def test_what_is_new_is_found_at_once_and_what_is_gone_is_not(line: Line, somebody: records.User) -> None:
    listed = line.list_of([picture(1), picture(2)], category=Category.A2)
    first = matches(line, picture(2))
    synced = line.wardline.sync_list(
        listed.id, line.list_file([picture(2), picture(3)], "news", category=Category.B1), user=somebody
    )
    assert (synced.added, synced.marked, synced.removed) == (4, 4, 4)
    assert matches(line, picture(1)) == ()
    found = matches(line, picture(2))
    assert {each.category for each in first} == {Category.A2}
    assert {each.category for each in found} == {Category.B1}
    assert {each.entry_id for each in found} == {each.entry_id for each in first}
    assert {each.hash_kind for each in matches(line, picture(3))} == set(HashKind)


def test_another_process_finds_what_came(line: Line, somebody: records.User) -> None:
    listed = line.list_of([picture(1)])
    other = Lookup(line.parts)
    assert other.match(line.hashes(picture(1)))
    line.wardline.sync_list(listed.id, line.list_file([picture(3)], "news"), user=somebody)
    other.refresh()
    assert other.match(line.hashes(picture(1))) == ()
    assert len(other.match(line.hashes(picture(3)))) == 4


def test_a_sync_without_news_is_news_all_the_same(line: Line, somebody: records.User) -> None:
    listed = line.list_of([picture(1)], category=Category.A2)
    line.clock.advance(timedelta(days=3))
    path = line.list_file([picture(1)], "news", category=Category.A2)
    synced = line.wardline.sync_list(listed.id, path, user=somebody)
    assert (synced.added, synced.marked, synced.removed) == (0, 0, 0)
    assert synced.hash_list.refreshed_at == line.clock.now()
    assert (synced.hash_list.entries, synced.hash_list.batches) == (listed.entries, listed.batches)


def test_a_sync_is_told_in_the_log_and_the_log_vouches_for_it(line: Line, somebody: records.User) -> None:
    listed = line.list_of([picture(1)])
    line.wardline.sync_list(listed.id, line.list_file([picture(2)], "news"), user=somebody)
    line.sequence()
    told = [
        entry
        for _, entry in line.wardline.entries_about(listed.id, 10)
        if entry.verb is Verb.HASH_LIST_SYNCED
    ]
    assert [(each.actor, each.detail) for each in told] == [
        (somebody.id, "4 added, 0 marked, 4 removed, 0 held")
    ]
    assert list(line.store.drifted()) == []


def test_a_list_that_grows_as_lists_do_not_is_refused_and_stays_as_it_was(
    line: Line, somebody: records.User
) -> None:
    added = line.wardline.add_list(
        written(line, range(2000)),
        name="numbers",
        provenance="counted",
        trust=ListTrust.VERIFIED,
        user=somebody,
    )
    line.wardline.sync_list(added.hash_list.id, written(line, range(3000)), user=somebody)
    with pytest.raises(RefusedError, match="1,001 new entries beside 3,000"):
        line.wardline.sync_list(added.hash_list.id, written(line, range(4001)), user=somebody)
    known = line.store.hash_list(added.hash_list.id)
    assert (known.entries, known.version) == (3000, 2)


def test_a_file_that_was_cut_short_takes_no_large_part_of_a_list_away(
    line: Line, somebody: records.User
) -> None:
    added = line.wardline.add_list(
        written(line, range(6000)),
        name="numbers",
        provenance="counted",
        trust=ListTrust.VERIFIED,
        user=somebody,
    )
    with pytest.raises(RefusedError, match="1,201 entries gone beside 6,000"):
        line.wardline.sync_list(added.hash_list.id, written(line, range(4799)), user=somebody)
    assert line.store.hash_list(added.hash_list.id).entries == 6000
    assert (
        line.wardline.sync_list(added.hash_list.id, written(line, range(4800)), user=somebody).removed == 1200
    )


def test_an_open_proposal_does_not_cover_what_came_after_it(line: Line, somebody: records.User) -> None:
    added = line.wardline.add_list(
        written(line, range(9)), name="numbers", provenance="counted", trust=ListTrust.VERIFIED, user=somebody
    )
    line.wardline.sync_list(added.hash_list.id, written(line, range(10)), user=somebody)
    with pytest.raises(ConflictError):
        line.wardline.approve(added.approval.id, user=line.person("ada", Role.ADMIN).user)


def test_a_file_without_a_valid_entry_empties_no_list(line: Line, somebody: records.User) -> None:
    listed = line.list_of([picture(1)])
    path = line.folder / "broken.csv"
    path.write_text("hash_type,hash\nmd5,zz\n", "utf-8")
    with pytest.raises(InputError, match="no valid entry"):
        line.wardline.sync_list(listed.id, path, user=somebody)
    assert matches(line, picture(1))
