from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.unit.pipeline.signing_in import CHEAP, PASSWORD, WRONG, is_let_in, logged, somebody, verbs
from wardline import records
from wardline.errors import InputError, NotAllowedError, NotAuthenticatedError
from wardline.pipeline import admitting, changing_people, sessions
from wardline.records import Role, Verb
from wardline.testing.harness import Line

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(params=["memory", "sqlite"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, store=request.param, replaced={"password_hasher": CHEAP}) as made:
        yield made


# --- sessions -------------------------------------------------------------------------------------------------------------------
def test_a_token_finds_its_session_and_person_and_is_kept_nowhere(line: Line) -> None:
    user = somebody(line)
    session, token = sessions.sign_in(line.parts, "ana", PASSWORD)
    other, other_token = sessions.sign_in(line.parts, "ana", PASSWORD)
    found, person = sessions.open_session_of(line.parts, token)
    assert (found, person.id) == (session, user.id)
    assert sessions.open_session_of(line.parts, other_token)[0] == other != session
    assert token not in repr(line.store.sessions_of(user.id))
    assert len(token) >= 43


def test_a_session_lasts_ten_hours_however_much_it_is_used(line: Line) -> None:
    somebody(line)
    _, token = sessions.sign_in(line.parts, "ana", PASSWORD)
    for _ in range(20):
        session, _user = sessions.open_session_of(line.parts, token)
        sessions.used(line.parts, session)
        line.clock.advance(HOUR / 2)
    with pytest.raises(NotAuthenticatedError):
        sessions.open_session_of(line.parts, token)


def test_closed_expired_unknown_and_disabled_sessions_look_alike(line: Line) -> None:
    tokens = []
    for name in ("ana", "ben", "cleo"):
        somebody(line, name)
    old, token = sessions.sign_in(line.parts, "ana", PASSWORD)
    tokens.append(token)
    line.clock.advance(old.expires_at - line.clock.now())
    closed, token = sessions.sign_in(line.parts, "ben", PASSWORD)
    tokens.append(token)
    sessions.sign_out(line.parts, closed)
    tokens.append(sessions.sign_in(line.parts, "cleo", PASSWORD)[1])
    changing_people.disable_user(line.parts, "cleo")
    told = set()
    for token in (*tokens, "unknown", "", "✎", "\udc80"):
        with pytest.raises(NotAuthenticatedError) as refused:
            sessions.open_session_of(line.parts, token)
        told.add((refused.value.message, refused.value.advice))
    assert len(told) == 1


def test_signing_out_twice_is_told_once(line: Line) -> None:
    user = somebody(line)
    session, _ = sessions.sign_in(line.parts, "ana", PASSWORD)
    sessions.sign_out(line.parts, session)
    sessions.sign_out(line.parts, session)
    assert verbs(line, user) == [Verb.SESSION_OPENED, Verb.SESSION_CLOSED]
    assert line.verify().ok


def test_a_changed_role_counts_from_the_next_request_on(line: Line) -> None:
    user = somebody(line, role=Role.LEAD)
    _, token = sessions.sign_in(line.parts, "ana", PASSWORD)
    now = line.store.user(user.id)
    line.store.commit(
        records.Replace(replace(now, role=Role.AUDITOR, version=now.version + 1)),
        entries=[line.parts.entry(Verb.USER_CREATED, user.id)],
    )
    assert sessions.open_session_of(line.parts, token)[1].role is Role.AUDITOR


def test_whoever_is_disabled_is_out_at_once_and_everywhere(line: Line) -> None:
    user, other = somebody(line), somebody(line, "ben")
    tokens = [sessions.sign_in(line.parts, "ana", PASSWORD)[1] for _ in range(3)]
    _, kept = sessions.sign_in(line.parts, "ben", PASSWORD)
    changing_people.disable_user(line.parts, "ana")
    for token in tokens:
        with pytest.raises(NotAuthenticatedError):
            sessions.open_session_of(line.parts, token)
    assert line.store.sessions_of(user.id) == []
    assert sessions.open_session_of(line.parts, kept)[1].id == other.id


def test_all_sessions_of_one_person_can_be_closed(line: Line) -> None:
    user = somebody(line)
    somebody(line, "ben")
    for name in ("ana", "ana", "ben"):
        sessions.sign_in(line.parts, name, PASSWORD)
    assert sessions.close_all(line.parts, user, actor="user-1") == 2
    assert sessions.close_all(line.parts, user) == 0
    assert is_let_in(line.parts, "ana")


def test_what_ran_out_is_removed_by_the_chores_and_told(line: Line) -> None:
    user = somebody(line)
    old, _ = sessions.sign_in(line.parts, "ana", PASSWORD)
    line.clock.advance(HOUR)
    young, _ = sessions.sign_in(line.parts, "ana", PASSWORD)
    for _ in range(18):
        young = sessions.used(line.parts, young)
        line.clock.advance(HOUR / 2)
    line.chores.run()
    assert line.store.sessions_of(user.id) == [young]
    line.sequence()
    log = b"".join(
        leaf for _, leaf, _ in line.store.log_entries(0, line.store.log_size()) if old.id.encode() in leaf
    )
    assert Verb.SESSION_CLOSED.value.encode() in log
    assert line.verify().ok


# --- passwords and locks --------------------------------------------------------------------------------------------------------
def test_unknown_wrong_disabled_and_locked_look_alike(line: Line) -> None:
    for name in ("ana", "ben", "cleo"):
        somebody(line, name)
    changing_people.disable_user(line.parts, "ben")
    for _ in range(5):
        is_let_in(line.parts, "cleo", WRONG)
    told = set()
    for name, password in (("nobody", PASSWORD), ("ana", WRONG), ("ben", PASSWORD), ("cleo", PASSWORD)):
        with pytest.raises(NotAuthenticatedError) as refused:
            sessions.sign_in(line.parts, name, password)
        told.add((refused.value.message, refused.value.advice))
    assert len(told) == 1


@pytest.mark.parametrize("name", ["", "x" * 65, "a\x00na", "an\na", "\udc80", "ANA", "ana "])
def test_what_is_nobodys_name_is_refused_like_any_other(line: Line, name: str) -> None:
    somebody(line)
    assert not is_let_in(line.parts, name)


@pytest.mark.parametrize("password", ["", "\udc80", "x" * 5000, PASSWORD.upper(), PASSWORD + " "])
def test_a_strange_password_is_a_wrong_one(line: Line, password: str) -> None:
    user = somebody(line)
    assert not is_let_in(line.parts, "ana", password)
    assert line.store.user(user.id).failed_sign_ins == 1


def test_a_right_password_sets_the_count_back(line: Line) -> None:
    user = somebody(line)
    for _ in range(3):
        assert [is_let_in(line.parts, "ana", WRONG) for _ in range(4)] == [False] * 4
        assert line.store.user(user.id).failed_sign_ins == 4
        assert is_let_in(line.parts, "ana")
        assert line.store.user(user.id).failed_sign_ins == 0


def test_the_fifth_wrong_password_locks_for_a_quarter_of_an_hour(line: Line) -> None:
    user = somebody(line)
    for _ in range(5):
        is_let_in(line.parts, "ana", WRONG)
    locked = line.store.user(user.id)
    assert locked.locked_until == line.clock.now() + 15 * MINUTE
    line.clock.advance(15 * MINUTE - timedelta(microseconds=1))
    assert not is_let_in(line.parts, "ana")
    assert line.store.user(user.id) == locked
    line.clock.advance(timedelta(microseconds=1))
    assert is_let_in(line.parts, "ana")
    assert line.store.user(user.id).locked_until is None


def test_a_lock_lasts_twice_as_long_as_the_one_before_up_to_a_day(line: Line) -> None:
    user = somebody(line)
    found = []
    for _ in range(9):
        for _ in range(5):
            is_let_in(line.parts, "ana", WRONG)
        until = line.store.user(user.id).locked_until or line.clock.now()
        found.append((until - line.clock.now()) // MINUTE)
        line.clock.advance(until - line.clock.now())
    assert found == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert admitting.lock_period(10**9) == 24 * HOUR


def test_tries_at_a_locked_name_leave_no_trace(line: Line) -> None:
    user = somebody(line)
    for _ in range(40):
        is_let_in(line.parts, "ana", WRONG)
    assert verbs(line, user) == [Verb.USER_SIGN_IN_FAILED] * 5 + [Verb.USER_LOCKED]
    assert logged(line, user)[-1]["detail"] == "15 minutes"


def test_a_lock_does_not_end_the_sessions_that_are_open(line: Line) -> None:
    somebody(line)
    _, token = sessions.sign_in(line.parts, "ana", PASSWORD)
    for _ in range(5):
        is_let_in(line.parts, "ana", WRONG)
    assert sessions.open_session_of(line.parts, token)


def test_a_hash_of_old_parameters_is_renewed_by_the_next_right_password(line: Line) -> None:
    user = somebody(line)
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    made = replace(user, password_hash=old, version=2)
    line.store.commit(records.Replace(made), entries=[line.parts.entry(Verb.USER_CREATED, user.id)])
    assert not is_let_in(line.parts, "ana", WRONG)
    assert line.store.user(user.id).password_hash == old
    assert is_let_in(line.parts, "ana")
    renewed = line.store.user(user.id).password_hash
    assert renewed != old
    assert is_let_in(line.parts, "ana")
    assert line.store.user(user.id).password_hash == renewed


# --- another password -----------------------------------------------------------------------------------------------------------
def test_another_password_closes_the_other_sessions(line: Line) -> None:
    user = somebody(line)
    here, _ = sessions.sign_in(line.parts, "ana", PASSWORD)
    sessions.sign_in(line.parts, "ana", PASSWORD)
    sessions.change_password(line.parts, user, PASSWORD, "another horse battery", keep=here)
    assert line.store.sessions_of(user.id) == [here]
    assert not is_let_in(line.parts, "ana", PASSWORD)
    assert is_let_in(line.parts, "ana", "another horse battery")
    sessions.change_password(line.parts, user, "another horse battery", PASSWORD)
    assert line.store.sessions_of(user.id) == []


def test_a_wrong_old_password_counts_like_one_at_sign_in(line: Line) -> None:
    user = somebody(line)
    for _ in range(5):
        with pytest.raises(NotAuthenticatedError):
            sessions.change_password(line.parts, user, WRONG, "another horse battery")
    with pytest.raises(NotAuthenticatedError):
        sessions.change_password(line.parts, user, PASSWORD, "another horse battery")
    assert not is_let_in(line.parts, "ana")


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("x" * 11, "11 characters, expected at least 12"), ("x" * 1025, "1025 characters, expected at most 1024"),
        (PASSWORD, "the same as before"), ("\udc80" * 12, "no valid Unicode"),
    ],
)  # fmt: skip
def test_a_new_password_that_does_not_do_changes_nothing(line: Line, new: str, told: str) -> None:
    user = somebody(line)
    with pytest.raises(InputError, match=told):
        sessions.change_password(line.parts, user, PASSWORD, new)
    assert line.store.user(user.id) == user


# --- forms and the log ----------------------------------------------------------------------------------------------------------
def test_a_form_is_taken_only_from_the_session_it_was_given_to(line: Line) -> None:
    somebody(line)
    tokens = [sessions.sign_in(line.parts, "ana", PASSWORD)[1] for _ in range(2)]
    given = [sessions.csrf_token(token) for token in tokens]
    sessions.require_csrf(tokens[0], given[0])
    assert tokens[0] not in given[0]
    for token, sent in (
        (tokens[0], given[1]),
        (tokens[0], ""),
        (tokens[0], "✎\udc80"),
        (tokens[0], tokens[0]),
        ("", sessions.csrf_token("")),
    ):
        with pytest.raises(NotAllowedError) as refused:
            sessions.require_csrf(token, sent)
        assert token == "" or token not in refused.value.message


def test_the_log_tells_of_every_act_and_holds_no_name_password_or_token(line: Line) -> None:
    user = somebody(line, "ana-the-moderator")
    session, token = sessions.sign_in(line.parts, user.name, PASSWORD)
    is_let_in(line.parts, user.name, WRONG)
    sessions.change_password(line.parts, user, PASSWORD, "another horse battery")
    changing_people.disable_user(line.parts, user.name)
    assert verbs(line, user) == [
        Verb.SESSION_OPENED, Verb.USER_SIGN_IN_FAILED, Verb.USER_PASSWORD_CHANGED, Verb.SESSION_CLOSED, Verb.USER_DISABLED,
    ]  # fmt: skip
    log = b"".join(leaf for _, leaf, _ in line.store.log_entries(0, line.store.log_size()))
    for secret in (user.name, PASSWORD, WRONG, token, session.token_digest, "argon2"):
        assert secret.encode() not in log
    assert line.verify().ok
    assert list(line.store.drifted()) == []
