"""How long a session lasts, how many there are, and who is asked again who they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.pipeline.signing_in import CHEAP, PASSWORD, WRONG, somebody, verbs
from wardline.errors import NotAuthenticatedError
from wardline.pipeline import admitting, sessions
from wardline.pipeline.account_rules import AccountRules
from wardline.records import Role, SecondFactor
from wardline.testing.harness import Line

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["memory", "sqlite"])
def line(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Line]:
    with Line(tmp_path, store=request.param, replaced={"password_hasher": CHEAP}) as made:
        yield made


def _ruled(line: Line, **rules: object) -> None:
    """Give the installation other rules of sign-in."""
    accounts = replace(AccountRules(), **rules)  # type: ignore[arg-type]  # whatever a test gives
    object.__setattr__(line.parts, "rules", replace(line.parts.rules, accounts=accounts))


def test_a_session_that_nobody_uses_ends_after_the_idle_time(line: Line) -> None:
    somebody(line)
    _, token = sessions.sign_in(line.parts, "ana", PASSWORD)
    line.clock.advance(59 * MINUTE)
    session, _ = sessions.open_session_of(line.parts, token)
    line.clock.advance(MINUTE)
    with pytest.raises(NotAuthenticatedError):
        sessions.open_session_of(line.parts, token)
    assert not sessions.is_open(line.parts, session)


def test_use_keeps_a_session_open_and_the_log_hears_of_it_now_and_then_only(line: Line) -> None:
    user = somebody(line)
    session, token = sessions.sign_in(line.parts, "ana", PASSWORD)
    for _ in range(120):
        session = sessions.used(line.parts, session)
        line.clock.advance(MINUTE)
    assert sessions.open_session_of(line.parts, token)[0] == session
    assert verbs(line, user).count("session:used") == 7  # each quarter of an hour within two hours
    assert line.verify().ok


def test_a_session_of_before_there_was_an_idle_time_counts_from_when_it_was_opened(line: Line) -> None:
    somebody(line)
    session, _ = sessions.sign_in(line.parts, "ana", PASSWORD)
    old = replace(session, seen_at=None, proven_at=None)
    assert sessions.is_open(line.parts, old)
    assert sessions.is_fresh(line.parts, old)
    line.clock.advance(60 * MINUTE)
    assert not sessions.is_open(line.parts, old)


def test_one_session_too_many_closes_the_oldest(line: Line) -> None:
    user = somebody(line)
    _ruled(line, most_sessions=2)
    tokens = []
    for _ in range(3):
        tokens.append(sessions.sign_in(line.parts, "ana", PASSWORD)[1])
        line.clock.advance(MINUTE)
    with pytest.raises(NotAuthenticatedError):
        sessions.open_session_of(line.parts, tokens[0])
    for token in tokens[1:]:
        sessions.open_session_of(line.parts, token)
    assert len(line.store.sessions_of(user.id)) == 2


def test_the_chores_remove_what_nobody_uses_and_leave_the_rest(line: Line) -> None:
    user = somebody(line)
    sessions.sign_in(line.parts, "ana", PASSWORD)
    line.clock.advance(40 * MINUTE)
    kept, _ = sessions.sign_in(line.parts, "ana", PASSWORD)
    line.clock.advance(30 * MINUTE)
    line.chores.run()
    assert line.store.sessions_of(user.id) == [kept]


def test_who_one_is_counts_as_shown_for_a_while(line: Line) -> None:
    somebody(line)
    session, token = sessions.sign_in(line.parts, "ana", PASSWORD)
    line.clock.advance(15 * MINUTE)
    assert not sessions.is_fresh(line.parts, session)
    proven = sessions.prove(line.parts, session, PASSWORD)
    assert sessions.is_fresh(line.parts, proven)
    assert sessions.open_session_of(line.parts, token)[0] == proven


def test_a_wrong_password_before_a_grave_act_counts_like_one_at_sign_in(line: Line) -> None:
    user = somebody(line)
    session, _ = sessions.sign_in(line.parts, "ana", PASSWORD)
    for _ in range(admitting.FAILURES_BEFORE_LOCK):
        with pytest.raises(NotAuthenticatedError):
            sessions.prove(line.parts, session, WRONG)
    assert line.store.user(user.id).locked_until is not None
    with pytest.raises(NotAuthenticatedError):
        sessions.prove(line.parts, session, PASSWORD)


def test_a_closed_session_is_not_proven_back_to_life(line: Line) -> None:
    user = somebody(line)
    session, _ = sessions.sign_in(line.parts, "ana", PASSWORD)
    sessions.sign_out(line.parts, session)
    with pytest.raises(NotAuthenticatedError):
        sessions.prove(line.parts, session, PASSWORD)
    assert line.store.sessions_of(user.id) == []


def test_a_role_that_requires_a_key_says_so_of_a_session_without_one(line: Line) -> None:
    user = somebody(line)
    session, _ = sessions.sign_in(line.parts, "ana", PASSWORD)
    assert not sessions.lacks_key(line.parts, user, session)
    _ruled(line, second_factor={**AccountRules().second_factor, Role.MODERATOR: SecondFactor.REQUIRED})
    assert sessions.lacks_key(line.parts, user, session)
    assert not sessions.lacks_key(line.parts, user, replace(session, strong=True))
