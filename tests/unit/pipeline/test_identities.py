"""A link to an account at a provider that is taken away lets nobody in any more, however the two meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.unit.pipeline.signing_in import CHEAP, somebody
from wardline import ports, records
from wardline.errors import NotAuthenticatedError
from wardline.pipeline import identities, sessions
from wardline.pipeline.account_rules import Provider
from wardline.testing.harness import Line

ISSUER = "https://login.example"
CLAIMS = ports.Claims(issuer=ISSUER, subject="ana-there", name="ana", roles=frozenset(), session="there-1")
PROVIDER = Provider(
    name="login", label="Login", issuer=ISSUER, provider=cast("ports.IdentityProvider", None), covers_second_factor=True
)  # fmt: skip


@pytest.fixture(params=["memory", "sqlite"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, store=request.param, replaced={"password_hasher": CHEAP}) as made:
        yield made


class Interrupted:
    """A store before whose next commit something else happens first, wholly."""

    def __init__(self, store: Any, first: Callable[[], object]) -> None:
        self._store, self._first = store, [first]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, *changes: Any, **told: Any) -> None:
        if self._first:
            self._first.pop()()
        self._store.commit(*changes, **told)


def linked(line: Line) -> tuple[records.User, records.Identity]:
    user = somebody(line)
    return user, identities.link(line.parts, user, CLAIMS)


def test_whoever_signs_in_while_the_link_is_taken_away_does_not_come_in(line: Line) -> None:
    user, identity = linked(line)
    parts = replace(
        line.parts, store=Interrupted(line.store, lambda: identities.unlink(line.parts, user, identity.id))
    )
    with pytest.raises(NotAuthenticatedError):
        identities.sign_in(parts, PROVIDER, CLAIMS)
    assert line.store.sessions_of(user.id) == []


def test_a_session_that_opens_while_the_link_is_taken_away_ends_with_it(line: Line) -> None:
    user, identity = linked(line)
    parts = replace(
        line.parts, store=Interrupted(line.store, lambda: identities.sign_in(line.parts, PROVIDER, CLAIMS))
    )
    identities.unlink(parts, user, identity.id)
    assert line.store.identities_of(user.id) == []
    assert line.store.sessions_of(user.id) == []


def test_sessions_that_a_password_opened_outlive_the_link(line: Line) -> None:
    user, identity = linked(line)
    session, (changes, entries) = sessions.opening(line.parts, user, sessions.new_token(line.parts))
    line.store.commit(*changes, entries=entries)
    identities.unlink(line.parts, user, identity.id)
    assert line.store.sessions_of(user.id) == [session]
