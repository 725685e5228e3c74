"""What a logout token has to be before it ends a session, tried with a provider that lies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from tests.unit.identities.false_provider import CLIENT, SECRET, SHARED, FalseProvider, serving
from wardline.adapters.identities import OidcProvider
from wardline.adapters.identities.oidc import SKEW_SECONDS
from wardline.adapters.identities.signed_out import EVENT, OLDEST
from wardline.errors import NotAuthenticatedError
from wardline.pipeline import identities, sessions
from wardline.pipeline.account_rules import Provider
from wardline.ports import Claims, SignedOut
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def false() -> Iterator[FalseProvider]:
    with serving() as found:
        yield found


@pytest.fixture
def provider(false: FalseProvider, clock: VirtualClock) -> Iterator[OidcProvider]:
    made = OidcProvider(
        "example", issuer=false.issuer, client_id=CLIENT, secret=SECRET.encode(), name_claim="preferred_username", role_claim=None,
        now=clock.now,
    )  # fmt: skip
    yield made
    made.close()


def token(false: FalseProvider, clock: VirtualClock, key: Any = None, algorithm: str = "ES256", **changes: Any) -> str:  # fmt: skip
    """Make a right token, with changes; None leaves a claim out."""
    now = int(clock.now().timestamp())
    right = {
        "iss": false.issuer, "aud": CLIENT, "sub": "subject-1", "sid": "session-1", "iat": now, "exp": now + 120, "jti": "one",
        "events": {EVENT: {}},
    }  # fmt: skip
    given = {name: value for name, value in {**right, **changes}.items() if value is not None}
    return false.signed(key, algorithm, **given)


def test_a_right_token_says_whose_session_ended(
    provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    found = provider.signed_out(token(false, clock))
    until = START + timedelta(seconds=SKEW_SECONDS)
    assert found == SignedOut(issuer=false.issuer, subject="subject-1", session="session-1", until=until)
    alone = provider.signed_out(token(false, clock, jti="two", sub=None, aud=[CLIENT, "another"]))
    assert alone == SignedOut(issuer=false.issuer, subject=None, session="session-1", until=until)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://elsewhere.example"}, {"iss": None}, {"aud": "another"}, {"aud": None}, {"aud": ["another"]}, {"events": None},
        {"events": {}}, {"events": {EVENT: "yes"}}, {"events": [EVENT]}, {"events": {"something": {}}}, {"nonce": "nonce"}, {"jti": None},
        {"jti": ""}, {"jti": 7}, {"sub": None, "sid": None}, {"sub": 7, "sid": ""}, {"iat": None}, {"exp": None}, {"iat": "now"},
        {"exp": True}, {"iat": 0}, {"exp": 0}, {"iat": int(START.timestamp()) + 3600},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_lacks_anything_ends_nothing(
    provider: OidcProvider, false: FalseProvider, clock: VirtualClock, changes: dict[str, Any]
) -> None:
    with pytest.raises(NotAuthenticatedError):
        provider.signed_out(token(false, clock, **changes))


def test_a_token_that_somebody_else_signed_or_nobody_ends_nothing(
    provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "first", "use": "sig"})
    right = token(false, clock)
    head, body, _ = right.split(".")
    for sent in (
        token(false, clock, stranger),
        token(false, clock, SHARED, "HS256"),
        f"{head}.{body}.",
        f"{head}.{body}.AAAA",
        "",
        "a.b.c",
        right.replace(".", ""),
    ):
        with pytest.raises(NotAuthenticatedError):
            provider.signed_out(sent)
    assert provider.signed_out(right).subject == "subject-1"


def test_a_sign_ins_token_ends_nothing(
    provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    with pytest.raises(NotAuthenticatedError, match="something else"):
        provider.signed_out(token(false, clock, events=None, jti="x"))


def test_a_token_that_is_shown_again_says_the_same_and_is_worth_nothing_after_a_while(
    provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    sent = token(false, clock, exp=int(START.timestamp()) + 86_400)
    first = provider.signed_out(sent)
    clock.advance(timedelta(minutes=3))
    assert provider.signed_out(sent) == first
    clock.advance(OLDEST)
    with pytest.raises(NotAuthenticatedError, match="too old"):
        provider.signed_out(sent)


# --- what ends -------------------------------------------------------------------------------------------------------------------------
ISSUER = "https://id.example"


def opened(line: Line, provider: OidcProvider, subject: str, session: str | None) -> str:
    """Sign somebody in, and give the digest of their session."""
    known = Provider(name="example", label="Example", issuer=ISSUER, provider=provider)
    claims = Claims(issuer=ISSUER, subject=subject, name=subject, roles=frozenset(), session=session)
    begun = identities.sign_in(line.parts, known, claims)
    assert not isinstance(begun, sessions.Half)
    return begun[0].id


@pytest.mark.parametrize(
    ("subject", "session", "ends"),
    [
        ("mika", "s-1", {"one", "unnamed"}),
        (None, "s-1", {"one"}),
        ("mika", None, {"one", "two", "unnamed"}),
        ("mika", "s-3", {"unnamed"}),
        ("noor", "s-1", set()),
        ("stranger", None, set()),
        (None, "s-9", set()),
    ],
)
def test_what_rests_on_it_ends_and_nothing_else(
    tmp_path: Path, provider: OidcProvider, subject: str | None, session: str | None, ends: set[str]
) -> None:
    with Line(tmp_path) as line:
        mika, noor = line.person("mika").user, line.person("noor").user
        for user in (mika, noor):
            claims = Claims(issuer=ISSUER, subject=user.name, name=user.name, roles=frozenset())
            identities.link(line.parts, user, claims)
        named = {
            "one": opened(line, provider, "mika", "s-1"),
            "two": opened(line, provider, "mika", "s-2"),
            "unnamed": opened(line, provider, "mika", None),
            "hers": opened(line, provider, "noor", "s-3"),
        }
        said = SignedOut(issuer=ISSUER, subject=subject, session=session, until=line.clock.now())
        assert identities.sign_out(line.parts, said) == len(ends)
        left = {each.id for user in (mika, noor) for each in line.store.sessions_of(user.id)}
        assert left == {each for name, each in named.items() if name not in ends}
        another = SignedOut(
            issuer="https://elsewhere.example", subject="mika", session="s-2", until=line.clock.now()
        )
        assert identities.sign_out(line.parts, another) == 0


@pytest.mark.parametrize("session", [None, "s-1"])
def test_word_that_comes_again_after_somebody_signed_in_anew_ends_no_session(
    tmp_path: Path, provider: OidcProvider, session: str | None
) -> None:
    with Line(tmp_path) as line:
        mika = line.person("mika").user
        identities.link(
            line.parts, mika, Claims(issuer=ISSUER, subject="mika", name="mika", roles=frozenset())
        )
        opened(line, provider, "mika", "s-1")
        said = SignedOut(issuer=ISSUER, subject="mika", session=session, until=line.clock.now())
        assert identities.sign_out(line.parts, said) == 1
        line.clock.advance(timedelta(seconds=1))
        anew = opened(line, provider, "mika", session)
        assert identities.sign_out(line.parts, said) == 0
        assert [each.id for each in line.store.sessions_of(mika.id)] == [anew]
