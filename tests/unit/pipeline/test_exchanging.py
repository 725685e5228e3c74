"""Lists that are fetched from an exchange: on a schedule, from where they were left, and never more than lists change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.pipeline.scripted_exchange import ScriptedExchange, as_part, md5, told
from wardline import records
from wardline.errors import (
    ConfigurationError,
    ConflictError,
    DependencyError,
    HashExchangeDeniedError,
    InputError,
    RefusedError,
)
from wardline.pipeline import exchanging
from wardline.records import (
    AlarmKind,
    Category,
    Hash,
    HashKind,
    HashListState,
    ListMeaning,
    ListTerms,
    ListTrust,
    Role,
    SyncState,
)
from wardline.testing.harness import Line, Person

TERMS = ListTerms(trust=ListTrust.VERIFIED)


@pytest.fixture
def exchange() -> ScriptedExchange:
    return ScriptedExchange()


@pytest.fixture
def line(tmp_path: Path, exchange: ScriptedExchange) -> Iterator[Line]:
    with Line(tmp_path, replaced={"exchanges": as_part(exchange)}) as made:
        yield made


@pytest.fixture
def ann(line: Line) -> Person:
    return line.person("ann", Role.ADMIN)


def subscribed(line: Line, ann: Person) -> records.HashList:
    """Add a list, fetch it, and have a second person switch it on."""
    given = line.wardline.subscribe("example", name="list", provenance="a test", terms=TERMS, user=ann.user)
    line.wardline.run_sync(given.sync.id)
    line.wardline.approve(given.approval.id, user=line.person("bob", Role.ADMIN).user)
    return line.store.hash_list(given.hash_list.id)


def synced(line: Line, known: records.HashList, ann: Person) -> records.ListSync:
    line.clock.advance(timedelta(seconds=1))
    return line.wardline.run_sync(line.wardline.ask_for_sync(known.id, user=ann.user).id)


def found(line: Line, *numbers: int) -> list[int]:
    """Give those of these MD5 hashes that are found."""
    line.wardline._lookup.refresh()
    return [n for n in numbers if line.wardline._lookup.match((Hash(kind=HashKind.MD5, value=md5(n)),))]


def test_a_list_is_fetched_page_by_page_and_counts_once_a_second_person_agrees(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1, 2), told("b", 3))
    exchange.tell(told("c", 4), removed=["b", "nobody-knows-this"], malformed=2)
    given = line.wardline.subscribe("example", name="list", provenance="a test", terms=TERMS, user=ann.user)
    assert (given.hash_list.state, given.hash_list.entries, given.hash_list.source) == (
        HashListState.PROPOSED, 0, "example",
    )  # fmt: skip
    done = line.wardline.run_sync(given.sync.id)
    assert (done.state, done.pages, done.added, done.removed, done.malformed, done.unknown) == (
        SyncState.DONE, 2, 3, 0, 2, 2,
    )  # fmt: skip
    assert found(line, 1, 2, 3, 4) == []
    line.wardline.approve(given.approval.id, user=line.person("bob", Role.ADMIN).user)
    assert found(line, 1, 2, 3, 4) == [1, 2, 4]
    assert line.store.hash_list(given.hash_list.id).cursor == "2"


def test_the_next_fetch_begins_where_the_last_one_ended(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1), told("b", 2))
    known = subscribed(line, ann)
    exchange.tell(told("a", 1, category=Category.B1), told("c", 5), removed=["b"])
    done = synced(line, known, ann)
    assert exchange.fetched == [None, "1"]
    assert (done.added, done.marked, done.removed) == (1, 1, 1)
    assert found(line, 1, 2, 5) == [1, 5]
    after = line.store.hash_list(known.id)
    assert (after.entries, after.cursor, after.refreshed_at) == (2, "2", line.clock.now())


def test_a_fetch_without_news_still_says_that_the_list_is_as_of_now(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    known = subscribed(line, ann)
    line.clock.advance(timedelta(days=3))
    done = synced(line, known, ann)
    after = line.store.hash_list(known.id)
    assert (done.added, after.batches, after.refreshed_at) == (0, known.batches, line.clock.now())


def test_lists_are_fetched_on_their_schedule_and_not_before(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    known = subscribed(line, ann)
    exchange.tell(told("b", 2))
    line.pass_time(timedelta(minutes=59))
    assert found(line, 2) == []
    line.pass_time(timedelta(minutes=1))
    assert found(line, 2) == [2]
    assert [each.asked_by for each in line.store.syncs_of(known.id, most=9)] == ["system", ann.user.id]


def test_a_list_that_is_off_is_not_fetched_and_one_in_preview_is(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    known = subscribed(line, ann)
    line.wardline.disable_list(known.id, user=ann.user)
    line.pass_time(timedelta(hours=3))
    assert len(line.store.syncs_of(known.id, most=9)) == 1
    line.wardline.preview_list(known.id, user=ann.user)
    line.pass_time(timedelta(hours=1))
    assert len(line.store.syncs_of(known.id, most=9)) == 2


def test_what_an_exchange_brings_does_not_outdate_a_proposal(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    given = line.wardline.subscribe("example", name="list", provenance="a test", terms=TERMS, user=ann.user)
    line.wardline.run_sync(given.sync.id)
    exchange.tell(told("b", 2))
    line.pass_time(timedelta(hours=2))
    line.wardline.approve(given.approval.id, user=line.person("bob", Role.ADMIN).user)
    assert found(line, 1, 2) == [1, 2]


def test_an_exchange_that_does_not_answer_is_tried_again_and_then_alarmed_about_until_it_does(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    known = subscribed(line, ann)
    exchange.tell(told("b", 2))
    exchange.fails_at = 1
    line.clock.advance(timedelta(seconds=1))
    sync = line.wardline.ask_for_sync(known.id, user=ann.user)
    for attempt in range(3):
        assert line.store.open_alarm(AlarmKind.LIST_NOT_SYNCED, known.id) is None
        with pytest.raises(DependencyError):
            exchanging.run(line.parts, sync.id, attempt)
    assert line.store.list_sync(sync.id).problem == "dependency"
    assert line.store.open_alarm(AlarmKind.LIST_NOT_SYNCED, known.id) is not None
    assert found(line, 1) == [1]
    exchange.fails_at = None
    assert line.wardline.ask_for_sync(known.id, user=ann.user).id == sync.id
    assert line.wardline.run_sync(sync.id).state is SyncState.DONE
    assert line.store.open_alarm(AlarmKind.LIST_NOT_SYNCED, known.id) is None
    assert found(line, 2) == [2]


def test_an_exchange_that_denies_is_asked_once_an_interval_and_a_person_hears_of_it_at_once(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    known = subscribed(line, ann)
    exchange.tell(told("b", 2))
    exchange.fails_at = 1
    exchange.failure = HashExchangeDeniedError("exchange: the password is not taken, expected the right one")
    asked = len(exchange.fetched)
    for _ in range(5):
        line.pass_time(timedelta(hours=1))
    assert len(exchange.fetched) - asked == 5
    assert line.store.open_alarm(AlarmKind.LIST_NOT_SYNCED, known.id) is not None
    exchange.fails_at = None
    line.pass_time(timedelta(hours=1))
    assert line.store.open_alarm(AlarmKind.LIST_NOT_SYNCED, known.id) is None
    assert found(line, 1, 2) == [1, 2]


def test_a_command_that_was_cut_short_is_finished_by_the_server(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    given = line.wardline.subscribe("example", name="list", provenance="a test", terms=TERMS, user=ann.user)
    line.pass_time(timedelta(hours=1))
    assert line.store.list_sync(given.sync.id).state is SyncState.DONE
    assert line.store.hash_list(given.hash_list.id).entries == 1


class TestTheLimit:
    """One fetch, or several within a day, may not turn a list into another one."""

    @pytest.fixture
    def known(self, line: Line, exchange: ScriptedExchange, ann: Person) -> records.HashList:
        exchange.tell(*(told(f"k{n}", n) for n in range(6000)))
        return subscribed(line, ann)

    def test_refuses_what_grows_too_much_and_leaves_the_list_as_it_is(
        self, line: Line, exchange: ScriptedExchange, ann: Person, known: records.HashList
    ) -> None:
        exchange.tell(*(told(f"m{n}", 10_000 + n) for n in range(1201)))
        done = synced(line, known, ann)
        assert (done.state, done.problem, done.added) == (SyncState.REFUSED, "refused", 0)
        after = line.store.hash_list(known.id)
        assert (after.entries, after.cursor) == (known.entries, known.cursor)
        alarm = line.store.open_alarm(AlarmKind.LIST_NOT_SYNCED, known.id)
        assert alarm is not None
        assert "let-change" in alarm.message
        line.pass_time(timedelta(hours=5))  # nobody asks again by himself
        assert len(line.store.syncs_of(known.id, most=9)) == 2

    def test_refuses_what_shrinks_too_much(
        self, line: Line, exchange: ScriptedExchange, ann: Person, known: records.HashList
    ) -> None:
        exchange.tell(removed=[f"k{n}" for n in range(1201)])
        assert synced(line, known, ann).state is SyncState.REFUSED
        assert found(line, 0, 1200) == [0, 1200]

    def test_counts_all_that_came_within_a_day(
        self, line: Line, exchange: ScriptedExchange, ann: Person, known: records.HashList
    ) -> None:
        line.clock.advance(timedelta(days=2))
        states = []
        for part in range(2):
            exchange.tell(*(told(f"m{n}", 10_000 + n) for n in range(700 * part, 700 * part + 700)))
            states.append(synced(line, known, ann).state)
            line.clock.advance(timedelta(hours=1))
        assert states == [SyncState.DONE, SyncState.REFUSED]
        line.clock.advance(timedelta(days=1))
        assert synced(line, known, ann).state is SyncState.DONE

    def test_does_not_hold_once_two_people_agreed_and_holds_again_afterwards(
        self, line: Line, exchange: ScriptedExchange, ann: Person, known: records.HashList
    ) -> None:
        exchange.tell(*(told(f"m{n}", 10_000 + n) for n in range(3000)))
        assert synced(line, known, ann).state is SyncState.REFUSED
        proposed = line.wardline.propose_list_change(known.id, user=ann.user)
        with pytest.raises(ConflictError):
            line.wardline.propose_list_change(known.id, user=ann.user)
        line.wardline.approve(proposed.id, user=line.person("cy", Role.LEAD).user)
        line.pass_time(timedelta(hours=1))
        assert found(line, 10_000, 12_999) == [10_000, 12_999]
        assert not line.store.hash_list(known.id).may_change
        exchange.tell(removed=[f"m{n}" for n in range(3000)])
        assert synced(line, line.store.hash_list(known.id), ann).state is SyncState.REFUSED


def test_an_exchange_that_tells_everything_again_loses_what_it_does_not_tell(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1), told("b", 2), told("c", 3))
    known = subscribed(line, ann)
    exchange.tell(told("a", 1), restarted=True)
    exchange.tell(told("d", 4, 3))
    done = synced(line, known, ann)
    assert (done.added, done.removed) == (1, 1)
    assert found(line, 1, 2, 3, 4) == [1, 3, 4]


def test_an_exchange_that_begins_anew_in_the_middle_of_a_fetch_is_taken_at_its_last_word(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    known = subscribed(line, ann)
    exchange.tell(told("b", 2))
    exchange.tell(told("c", 3), restarted=True)
    exchange.tell(told("d", 4), restarted=True)
    exchange.tell(told("e", 5))
    synced(line, known, ann)
    assert found(line, 1, 2, 3, 4, 5) == [4, 5]


def test_a_list_takes_the_meaning_of_its_exchange_and_no_other(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    wrong = replace(TERMS, meaning=ListMeaning.EXPLOITATIVE)
    with pytest.raises(RefusedError, match="exploitative"):
        line.wardline.subscribe("example", name="list", provenance="a test", terms=wrong, user=ann.user)
    with pytest.raises(ConfigurationError, match="nowhere"):
        line.wardline.subscribe("nowhere", name="list", provenance="a test", terms=TERMS, user=ann.user)
    assert line.store.hash_lists() == []


def test_an_exchange_whose_meaning_changed_since_is_refused(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    known = subscribed(line, ann)
    exchange.meanings = frozenset({ListMeaning.GENERATED})
    assert synced(line, known, ann).state is SyncState.REFUSED


def test_a_page_with_keys_that_cannot_be_kept_is_refused(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    known = subscribed(line, ann)
    exchange.tell(told("two\nlines", 2))
    assert synced(line, known, ann).state is SyncState.REFUSED
    assert found(line, 1, 2) == [1]


def test_a_list_from_an_exchange_is_not_read_from_a_file_nor_the_other_way_round(
    line: Line, exchange: ScriptedExchange, ann: Person, tmp_path: Path
) -> None:
    exchange.tell(told("a", 1))
    known = subscribed(line, ann)
    path = tmp_path / "list.csv"
    path.write_text(f"hash_type,hash\nmd5,{md5(9)}\n", "ascii")
    with pytest.raises(RefusedError, match="exchange"):
        line.wardline.sync_list(known.id, path, user=ann.user)
    added = line.wardline.add_list(
        path, name="file", provenance="x", trust=ListTrust.UNVERIFIED, user=ann.user
    )
    with pytest.raises(ConflictError, match="from a file"):
        line.wardline.ask_for_sync(added.hash_list.id, user=ann.user)


def test_a_list_that_is_switched_off_while_it_is_fetched_stays_off(
    line: Line, exchange: ScriptedExchange, ann: Person
) -> None:
    exchange.tell(told("a", 1))
    known = subscribed(line, ann)
    exchange.tell(told("b", 2))
    sync = line.wardline.ask_for_sync(known.id, user=ann.user)
    fetch = exchange.fetch

    def disturbed(cursor: str | None) -> records.HashListPage:
        line.wardline.disable_list(known.id, user=ann.user)
        return fetch(cursor)

    exchange.fetch = disturbed  # type: ignore[method-assign]
    assert line.wardline.run_sync(sync.id).added == 1
    assert line.store.hash_list(known.id).state is HashListState.DISABLED


STEP = st.lists(st.tuples(st.sampled_from("abc"), st.sets(st.integers(0, 4), max_size=3)), max_size=3)


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(STEP, min_size=1, max_size=5), stops=st.sets(st.integers(0, 4)), pending=st.integers(1, 4)
)
def test_however_often_a_fetch_is_cut_short_the_list_is_what_the_exchange_told(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[list[tuple[str, set[int]]]],
    stops: set[int],
    pending: int,
) -> None:
    exchange, truth = ScriptedExchange(), dict[str, set[int]]()
    for step in steps:
        last = dict(step)
        exchange.tell(
            *(told(key, *sorted(numbers)) for key, numbers in last.items() if numbers),
            removed=[key for key, numbers in last.items() if not numbers],
        )
        truth |= last
    with (
        pytest.MonkeyPatch.context() as patched,
        Line(tmp_path_factory.mktemp("line"), replaced={"exchanges": as_part(exchange)}) as line,
    ):
        patched.setattr(exchanging, "_MOST_PENDING", pending)
        ann = line.person("ann", Role.ADMIN)
        given = line.wardline.subscribe("example", name="list", provenance="x", terms=TERMS, user=ann.user)
        for stop in sorted(stops):
            exchange.fails_at = stop
            if stop < len(steps):
                with pytest.raises(DependencyError):
                    line.wardline.run_sync(given.sync.id)
        exchange.fails_at = None
        line.wardline.run_sync(given.sync.id)
        line.wardline.approve(given.approval.id, user=line.person("bob", Role.ADMIN).user)
        assert set(found(line, *range(5))) == set().union(*truth.values())
        assert line.store.hash_list(given.hash_list.id).entries == len(set().union(*truth.values()))


def test_a_list_that_is_not_there_is_not_asked_for(line: Line, ann: Person) -> None:
    with pytest.raises(InputError):
        line.wardline.ask_for_sync("hash-list-nowhere", user=ann.user)
