"""However attempts to sign in are interleaved, no more than five passwords are judged before a lock, and none while it holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.pipeline.signing_in import CHEAP, PASSWORD, WRONG, is_let_in, logged, somebody
from wardline import records
from wardline.pipeline import admitting, changing_people, sessions
from wardline.records import Verb
from wardline.testing.harness import Line

Act = Callable[[Any], None]
_numbers = count()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with Line(tmp_path_factory.mktemp("line"), replaced={"password_hasher": CHEAP}) as made:
        yield made


class Interrupted:
    """A store before whose commits something else may happen first, wholly."""

    def __init__(self, store: Any, before_commit: Callable[[], None]) -> None:
        self._store = store
        self._before_commit = before_commit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, *changes: Any, **told: Any) -> None:
        self._before_commit()
        self._store.commit(*changes, **told)


def require_that_the_lock_held(line: Line, user: records.User) -> int:
    """Walk through the log as a stranger would; gives how many sessions were opened."""
    failures, opened = 0, 0
    until = datetime.min.replace(tzinfo=line.clock.now().tzinfo)
    due = False
    for leaf in logged(line, user)[1:]:
        at = datetime.fromisoformat(leaf["at"])
        assert due == (leaf["verb"] == Verb.USER_LOCKED)
        match leaf["verb"]:
            case Verb.USER_SIGN_IN_FAILED:
                assert at >= until
                failures += 1
                due = failures % 5 == 0
            case Verb.USER_LOCKED:
                until, due = at + admitting.lock_period(failures // 5), False
            case Verb.SESSION_OPENED:
                assert at >= until
                failures, opened = 0, opened + 1
    assert not due
    stored = line.store.user(user.id)
    assert stored.failed_sign_ins == failures
    assert stored.disabled or stored.locked_until in (None, until)
    return opened


_STEPS = st.lists(
    st.tuples(st.sampled_from([False, False, False, True]), st.booleans(), st.sampled_from([0, 0, 0, 0, 14, 15, 30])),
    max_size=30,
)  # fmt: skip
"""Is the password right, does it happen within the attempt before, and how many minutes pass first."""


@given(_STEPS)
def test_no_interleaving_gets_round_the_lock(shared: Line, steps: list[tuple[bool, bool, int]]) -> None:
    user = somebody(shared, f"user {next(_numbers)}")
    waiting = list(reversed(steps))
    let_in = 0

    def attempt() -> None:
        nonlocal let_in
        right, _, minutes = waiting.pop()
        shared.clock.advance(timedelta(minutes=minutes))
        passed = is_let_in(parts, user.name, PASSWORD if right else WRONG)
        assert right or not passed
        let_in += passed

    def interrupt() -> None:
        if waiting and waiting[-1][1]:
            attempt()

    parts = replace(shared.parts, store=Interrupted(shared.parts.store, interrupt))
    while waiting:
        attempt()
    assert require_that_the_lock_held(shared, user) == let_in == len(shared.store.sessions_of(user.id))


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_many_attempts_at_the_same_moment_are_judged_one_by_one(tmp_path: Path, store: str) -> None:
    with Line(tmp_path, store=store, replaced={"password_hasher": CHEAP}) as line:
        user = somebody(line)
        together = threading.Barrier(12)

        def attempt(number: int) -> bool:
            together.wait()
            return is_let_in(line.parts, "ana", PASSWORD if number == 11 else WRONG)

        with ThreadPoolExecutor(12) as threads:
            let_in = list(threads.map(attempt, range(12)))
        assert not any(let_in[:11])
        assert require_that_the_lock_held(line, user) == sum(let_in)
        assert line.store.user(user.id).failed_sign_ins == 5
        assert line.verify().ok


def test_a_password_judged_right_before_the_lock_came_opens_nothing(shared: Line) -> None:
    user = somebody(shared, f"user {next(_numbers)}")
    waiting = [WRONG] * 5

    def interrupt() -> None:
        while waiting:
            is_let_in(shared.parts, user.name, waiting.pop())

    parts = replace(shared.parts, store=Interrupted(shared.parts.store, interrupt))
    assert not is_let_in(parts, user.name)
    assert shared.store.sessions_of(user.id) == []


def test_whoever_signs_in_while_being_disabled_is_out_all_the_same(shared: Line) -> None:
    user = somebody(shared, f"user {next(_numbers)}")
    waiting = [PASSWORD, WRONG, PASSWORD]

    def interrupt() -> None:
        if waiting:
            is_let_in(shared.parts, user.name, waiting.pop())

    parts = replace(shared.parts, store=Interrupted(shared.parts.store, interrupt))
    assert changing_people.disable_user(parts, user.name).disabled
    assert shared.store.sessions_of(user.id) == []
    assert not is_let_in(shared.parts, user.name)


def test_whoever_is_disabled_while_signing_in_is_not_let_in(shared: Line) -> None:
    user = somebody(shared, f"user {next(_numbers)}")
    waiting = [user.name]

    def interrupt() -> None:
        if waiting:
            changing_people.disable_user(shared.parts, waiting.pop())

    parts = replace(shared.parts, store=Interrupted(shared.parts.store, interrupt))
    assert not is_let_in(parts, user.name)
    assert shared.store.sessions_of(user.id) == []


def test_of_two_passwords_changed_at_once_only_one_becomes_the_new_one(shared: Line) -> None:
    user = somebody(shared, f"user {next(_numbers)}")
    first, second = "the first new password", "the second new password"
    waiting = [first]

    def interrupt() -> None:
        if waiting:
            sessions.change_password(shared.parts, user, PASSWORD, waiting.pop())

    parts = replace(shared.parts, store=Interrupted(shared.parts.store, interrupt))
    with pytest.raises(Exception, match="another password"):
        sessions.change_password(parts, user, PASSWORD, second)
    assert [is_let_in(shared.parts, user.name, each) for each in (first, second, PASSWORD)] == [
        True,
        False,
        False,
    ]
