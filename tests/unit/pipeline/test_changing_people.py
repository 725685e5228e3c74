from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stories import picture
from tests.unit.pipeline.signing_in import CHEAP, PASSWORD, WRONG, is_let_in, logged, somebody, verbs
from wardline import records
from wardline.errors import ConflictError, InputError, NotAllowedError, NotFoundError, RefusedError
from wardline.pipeline import Parts, admitting, changing_people, passwords, people, sessions
from wardline.records import Role, Scope, Verb
from wardline.testing.harness import Line

NEW = "another horse battery"


@pytest.fixture(params=["memory", "sqlite"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, store=request.param, replaced={"password_hasher": CHEAP}) as made:
        yield made


@pytest.fixture
def ada(line: Line) -> records.User:
    """An administrator, who does what these tests do."""
    return somebody(line, "ada", Role.ADMIN)


def _lock(line: Line, name: str) -> None:
    for _ in range(admitting.FAILURES_BEFORE_LOCK):
        is_let_in(line.parts, name, WRONG)


def _stuck(line: Line) -> list[str]:
    """Whose cases nobody may take, as the open alarms say."""
    return [each.subject_id for each in line.store.open_alarms() if each.kind is records.AlarmKind.CASE_STUCK]


# --- roles ----------------------------------------------------------------------------------------------------------------------------
def test_a_changed_role_counts_from_the_next_request_on(line: Line, ada: records.User) -> None:
    somebody(line, "mika")
    _, token = sessions.sign_in(line.parts, "mika", PASSWORD)
    key, secret = people.create_person_key(line.parts, "desk", people.named(line.parts, "mika"))
    assert changing_people.change_role(line.parts, "mika", Role.AUDITOR, actor=ada.id).role is Role.AUDITOR

    _, user = sessions.open_session_of(line.parts, token)
    assert user.role is Role.AUDITOR
    _, behind = people.authenticate(line.parts, secret)
    assert Scope.CASES not in people.scopes_of(key, behind)
    told = logged(line, user)[-1]
    assert (told["verb"], told["actor"], told["detail"]) == (
        Verb.USER_ROLE_CHANGED,
        ada.id,
        "moderator to auditor",
    )


def test_the_same_role_again_changes_nothing(line: Line, ada: records.User) -> None:
    mika = somebody(line, "mika")
    assert changing_people.change_role(line.parts, "mika", Role.MODERATOR, actor=ada.id) == mika
    assert verbs(line, mika) == []


def test_a_case_of_somebody_who_lost_the_role_is_free_when_the_lease_ends(
    line: Line, ada: records.User
) -> None:
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    mika, noor = somebody(line, "mika"), somebody(line, "noor")
    line.wardline.claim(case.id, user=mika)
    changing_people.change_role(line.parts, "mika", Role.AUDITOR, actor=ada.id)

    assert line.wardline.next_case(noor) is None
    line.clock.advance(line.parts.rules.lease)
    taken = line.wardline.next_case(noor)
    assert taken is not None
    assert (taken.id, taken.claimed_by) == (case.id, noor.id)


@pytest.mark.parametrize(
    "act",
    [
        lambda parts: changing_people.change_role(parts, "lea", Role.AUDITOR),
        lambda parts: changing_people.disable_user(parts, "lea"),
    ],
)
def test_when_the_last_lead_goes_somebody_hears_of_what_was_handed_to_the_leads(
    line: Line, act: Callable[[Parts], records.User]
) -> None:
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    somebody(line, "lea", Role.LEAD)
    mika = somebody(line, "mika")
    line.wardline.claim(case.id, user=mika)
    line.wardline.escalate(case.id, user=mika, note="a second pair of eyes")
    line.pass_time(timedelta(minutes=1))
    assert _stuck(line) == []

    act(line.parts)
    line.pass_time(timedelta(minutes=1))
    assert _stuck(line) == ["leads"]
    changing_people.change_role(line.parts, "mika", Role.LEAD)
    line.pass_time(timedelta(minutes=1))
    assert _stuck(line) == []


def test_nobody_changes_their_own_role_or_locks_themselves_out(line: Line, ada: records.User) -> None:
    somebody(line, "bo", Role.ADMIN)
    for role in Role:
        with pytest.raises(NotAllowedError, match="expected somebody else"):
            changing_people.change_role(line.parts, "ada", role, actor=ada.id)
    with pytest.raises(NotAllowedError, match="expected somebody else"):
        changing_people.disable_user(line.parts, "ada", actor=ada.id)
    assert line.store.user(ada.id) == ada


@pytest.mark.parametrize(
    "act",
    [
        lambda parts: changing_people.change_role(parts, "ada", Role.LEAD),
        lambda parts: changing_people.disable_user(parts, "ada"),
    ],
)
def test_the_last_administrator_stays(
    line: Line, ada: records.User, act: Callable[[Parts], records.User]
) -> None:
    somebody(line, "lea", Role.LEAD)
    somebody(line, "bo", Role.ADMIN)
    changing_people.disable_user(line.parts, "bo")
    with pytest.raises(RefusedError, match="the last administrator"):
        act(line.parts)
    assert people.administers(line.store.user(ada.id))

    somebody(line, "cleo", Role.ADMIN)
    act(line.parts)
    assert [each.name for each in line.store.users() if people.administers(each)] == ["cleo"]
    assert line.verify().ok


class _Interrupted:
    """A store in which something else happens just before the first commit."""

    def __init__(self, store: Any, before: Callable[[], object]) -> None:
        self._store, self._before = store, [before]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, *changes: Any, **entries: Any) -> None:
        if self._before:
            self._before.pop()()
        self._store.commit(*changes, **entries)


def test_of_two_administrators_who_demote_each_other_at_once_one_stays(line: Line, ada: records.User) -> None:
    bo = somebody(line, "bo", Role.ADMIN)

    def demote_ada() -> None:
        changing_people.change_role(line.parts, "ada", Role.LEAD, actor=bo.id)

    parts = replace(line.parts, store=_Interrupted(line.store, demote_ada))
    with pytest.raises(NotAllowedError, match="the last administrator"):
        changing_people.change_role(parts, "bo", Role.LEAD, actor=ada.id)
    assert [line.store.user(each.id).role for each in (ada, bo)] == [Role.LEAD, Role.ADMIN]


def test_somebody_who_signs_in_meanwhile_keeps_nobody_from_changing_a_role(
    line: Line, ada: records.User
) -> None:
    mika = somebody(line, "mika")
    parts = replace(line.parts, store=_Interrupted(line.store, lambda: is_let_in(line.parts, "mika", WRONG)))
    changing_people.change_role(parts, "mika", Role.LEAD, actor=ada.id)
    stored = line.store.user(mika.id)
    assert (stored.role, stored.failed_sign_ins) == (Role.LEAD, 1)


# --- passwords ------------------------------------------------------------------------------------------------------------------------
def test_a_reset_password_is_the_only_one_and_closes_the_sessions(line: Line, ada: records.User) -> None:
    mika = somebody(line, "mika")
    sessions.sign_in(line.parts, "mika", PASSWORD)
    changing_people.reset_password(line.parts, "mika", NEW, actor=ada.id)
    assert line.store.sessions_of(mika.id) == []
    assert [is_let_in(line.parts, "mika", each) for each in (PASSWORD, NEW)] == [False, True]
    told = next(each for each in logged(line, mika) if each["verb"] == Verb.USER_PASSWORD_CHANGED)
    assert (told["actor"], told["detail"]) == (ada.id, "reset")


def test_a_reset_ends_a_lock_after_failed_tries(line: Line, ada: records.User) -> None:
    somebody(line, "mika")
    _lock(line, "mika")
    changing_people.reset_password(line.parts, "mika", NEW, actor=ada.id)
    assert is_let_in(line.parts, "mika", NEW)


def test_a_session_that_is_opened_while_the_password_is_reset_is_closed_too(
    line: Line, ada: records.User
) -> None:
    mika = somebody(line, "mika")
    parts = replace(line.parts, store=_Interrupted(line.store, lambda: is_let_in(line.parts, "mika")))
    changing_people.reset_password(parts, "mika", NEW, actor=ada.id)
    assert line.store.sessions_of(mika.id) == []


def test_nobody_resets_their_own_password(line: Line, ada: records.User) -> None:
    with pytest.raises(NotAllowedError) as refused:
        changing_people.reset_password(line.parts, "ada", NEW, actor=ada.id)
    assert "under You" in refused.value.advice
    assert is_let_in(line.parts, "ada")


def test_a_reset_password_that_does_not_do_changes_nothing(line: Line, ada: records.User) -> None:
    mika = somebody(line, "mika")
    with pytest.raises(InputError, match="expected at least 12"):
        changing_people.reset_password(line.parts, "mika", "short", actor=ada.id)
    assert line.store.user(mika.id) == mika


def test_a_made_password_is_long_easy_to_type_and_never_the_same(line: Line) -> None:
    made = {passwords.generate(line.parts) for _ in range(50)}
    assert len(made) == 50
    for each in made:
        assert [len(group) for group in each.split("-")] == [4] * 5
        assert not set(each) & set("ilou"), "letters that look like others"


# --- locks ----------------------------------------------------------------------------------------------------------------------------
def test_an_unlocked_person_may_try_again_at_once(line: Line, ada: records.User) -> None:
    mika = somebody(line, "mika")
    _lock(line, "mika")
    assert not is_let_in(line.parts, "mika")
    changing_people.unlock(line.parts, "mika", actor=ada.id)
    assert is_let_in(line.parts, "mika")
    assert [each["actor"] for each in logged(line, mika) if each["verb"] == Verb.USER_UNLOCKED] == [ada.id]


def test_unlocking_somebody_who_is_not_locked_changes_nothing(line: Line, ada: records.User) -> None:
    mika = somebody(line, "mika")
    assert changing_people.unlock(line.parts, "mika", actor=ada.id) == mika


def test_locking_somebody_out_twice_is_told_once(line: Line, ada: records.User) -> None:
    mika = somebody(line, "mika")
    first = changing_people.disable_user(line.parts, "mika", actor=ada.id)
    assert changing_people.disable_user(line.parts, "mika", actor=ada.id) == first
    assert verbs(line, mika) == [Verb.USER_DISABLED]


@pytest.mark.parametrize(
    "act",
    [
        lambda parts, name: changing_people.change_role(parts, name, Role.LEAD),
        lambda parts, name: changing_people.reset_password(parts, name, NEW),
        changing_people.unlock,
    ],
)
def test_whoever_is_locked_out_for_good_or_unknown_is_not_changed(
    line: Line, act: Callable[[Parts, str], records.User]
) -> None:
    somebody(line, "mika")
    locked = changing_people.disable_user(line.parts, "mika")
    with pytest.raises(ConflictError, match="locked out for good"):
        act(line.parts, "mika")
    with pytest.raises(NotFoundError):
        act(line.parts, "nobody")
    assert line.store.user(locked.id) == locked


# --- sessions -------------------------------------------------------------------------------------------------------------------------
def test_closing_the_other_sessions_keeps_this_one(line: Line) -> None:
    mika = somebody(line, "mika")
    kept, _ = sessions.sign_in(line.parts, "mika", PASSWORD)
    for _ in range(2):
        sessions.sign_in(line.parts, "mika", PASSWORD)
    assert sessions.close_others(line.parts, kept) == 2
    assert line.store.sessions_of(mika.id) == [kept]
    assert sessions.close_others(line.parts, kept) == 0
