"""What a provider's answer has to be before it counts, tried with one that lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey

from tests.unit.identities.false_provider import CLIENT, SECRET, SHARED, FalseProvider, serving
from wardline.adapters.identities import OidcProvider
from wardline.errors import ConfigurationError, IdentityProviderError, NotAuthenticatedError
from wardline.ports import Errand
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START

ERRAND = Errand(state="state", nonce="nonce", verifier="v" * 43, back="https://wardline.example/back")
ANSWER = {"code": "code", "state": "state"}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def false() -> Iterator[FalseProvider]:
    with serving() as found:
        yield found


@pytest.fixture
def provider(false: FalseProvider, clock: VirtualClock) -> Iterator[OidcProvider]:
    made = provided(false, clock)
    yield made
    made.close()


def provided(false: FalseProvider, clock: VirtualClock, **changes: Any) -> OidcProvider:
    given: dict[str, Any] = {
        "issuer": false.issuer, "client_id": CLIENT, "secret": SECRET.encode(), "name_claim": "preferred_username", "role_claim": "groups",
        "now": clock.now,
    }  # fmt: skip
    return OidcProvider("example", **{**given, **changes})


def claims(false: FalseProvider, clock: VirtualClock, **changes: Any) -> dict[str, Any]:
    """Make the claims of a right token, with changes; None leaves one out."""
    now = int(clock.now().timestamp())
    right = {
        "iss": false.issuer, "sub": "subject-1", "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": "nonce",
        "preferred_username": "mika", "groups": ["moderators"],
    }  # fmt: skip
    return {name: value for name, value in {**right, **changes}.items() if value is not None}


def test_a_right_token_says_who_it_is(
    provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    false.token = lambda: false.signed(**claims(false, clock))
    found = provider.claims(ERRAND, ANSWER)
    assert (found.issuer, found.subject, found.name) == (false.issuer, "subject-1", "mika")
    assert found.roles == {"moderators"}


def test_the_browser_is_sent_with_everything_that_binds_the_answer(provider: OidcProvider) -> None:
    asked = parse_qs(urlsplit(provider.address(ERRAND)).query)
    assert asked["state"] == ["state"]
    assert asked["nonce"] == ["nonce"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"] != [ERRAND.verifier]
    assert asked["redirect_uri"] == [ERRAND.back]
    assert "prompt" not in asked
    assert parse_qs(urlsplit(provider.address(replace(ERRAND, anew=True))).query)["prompt"] == ["login"]


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"}, {"nonce": None}, {"iss": "https://elsewhere.example"}, {"iss": None}, {"aud": "another-client"},
        {"aud": ["another-client", CLIENT]}, {"aud": None}, {"exp": None}, {"iat": None}, {"sub": None}, {"sub": ""}, {"sub": 7},
        {"sub": "s" * 256}, {"azp": "another-client"}, {"at_hash": "AAAA"},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_for_this_errand_counts_for_nothing(
    changes: dict[str, Any], provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    false.token = lambda: false.signed(**claims(false, clock, **changes))
    with pytest.raises(NotAuthenticatedError):
        provider.claims(ERRAND, ANSWER)


@pytest.mark.parametrize(("seconds", "holds"), [(-300, True), (59, True), (61, False), (3600, False)])
def test_an_expired_token_counts_within_the_skew_of_clocks_only(
    seconds: int, holds: bool, provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    ended = int(clock.now().timestamp()) - seconds
    false.token = lambda: false.signed(**claims(false, clock, exp=ended, iat=ended - 300))
    if holds:
        assert provider.claims(ERRAND, ANSWER).subject == "subject-1"
    else:
        with pytest.raises(NotAuthenticatedError):
            provider.claims(ERRAND, ANSWER)


def test_a_token_that_nobody_signed_counts_for_nothing(
    provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    signed = false.signed(**claims(false, clock))
    head, body, signature = signed.split(".")
    none = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    last = "A" if signature[0] != "A" else "B"
    stranger = ECKey.generate_key("P-256", {"kid": "first"})
    forged = (
        f"{none}.{body}.",
        f"{none}.{body}.{signature}",
        f"{head}.{body}.{last}{signature[1:]}",
        false.signed(key=SHARED, algorithm="HS256", **claims(false, clock)),
        false.signed(key=stranger, **claims(false, clock)),
        "no token",
        "",
    )
    for token in forged:
        false.token = lambda token=token: token  # type: ignore[misc]
        with pytest.raises(NotAuthenticatedError):
            provider.claims(ERRAND, ANSWER)


def test_keys_that_change_are_asked_for_again_but_not_for_every_forgery(
    provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    false.token = lambda: false.signed(**claims(false, clock))
    provider.claims(ERRAND, ANSWER)
    false.key = ECKey.generate_key("P-256", {"kid": "second", "use": "sig"})
    with pytest.raises(NotAuthenticatedError):
        provider.claims(ERRAND, ANSWER)
    assert false.asked.count("/keys") == 1
    clock.advance(timedelta(minutes=1))
    assert provider.claims(ERRAND, ANSWER).subject == "subject-1"
    assert false.asked.count("/keys") == 2


def test_an_answer_in_anothers_name_or_without_a_code_is_refused_before_anything_is_asked(
    provider: OidcProvider, false: FalseProvider
) -> None:
    false.about = {"authorization_response_iss_parameter_supported": True}
    for answer in (
        {**ANSWER, "iss": "https://elsewhere.example"}, {"state": "state", "iss": false.issuer}, ANSWER,
        {"error": "access_denied", "iss": false.issuer},
    ):  # fmt: skip
        with pytest.raises(NotAuthenticatedError):
            provider.claims(ERRAND, answer)
    assert "/token" not in false.asked


def test_a_refused_code_is_a_refusal_and_a_broken_provider_is_not(
    provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    provider.address(ERRAND)
    for status, error in (
        (400, NotAuthenticatedError),
        (401, NotAuthenticatedError),
        (500, IdentityProviderError),
    ):
        false.status = status
        with pytest.raises(error):
            provider.claims(ERRAND, ANSWER)


def test_no_redirect_is_followed(provider: OidcProvider, false: FalseProvider, clock: VirtualClock) -> None:
    false.token = lambda: false.signed(**claims(false, clock))
    false.location = f"{false.issuer}/elsewhere"
    with pytest.raises(IdentityProviderError):
        provider.claims(ERRAND, ANSWER)
    assert "/elsewhere" not in false.asked


def test_an_endless_answer_is_not_read(provider: OidcProvider, false: FalseProvider) -> None:
    false.padding = 2**20
    with pytest.raises(IdentityProviderError):
        provider.address(ERRAND)


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://elsewhere.example"}, {"authorization_endpoint": "http://elsewhere.example/auth"},
        {"authorization_endpoint": None}, {"authorization_endpoint": 7},
    ],
    ids=str,
)  # fmt: skip
def test_a_provider_that_is_another_or_not_encrypted_is_not_gone_to(
    about: dict[str, Any], provider: OidcProvider, false: FalseProvider
) -> None:
    false.about = about
    with pytest.raises(IdentityProviderError):
        provider.address(ERRAND)


def test_a_provider_that_is_down_is_said_to_be(clock: VirtualClock) -> None:
    with serving() as gone:
        made = provided(gone, clock)
    with pytest.raises(IdentityProviderError):
        made.address(ERRAND)
    made.close()


def test_an_address_that_the_provider_did_not_verify_is_no_name(
    false: FalseProvider, clock: VirtualClock
) -> None:
    made = provided(false, clock, name_claim="email")
    for verified, name in ((True, "mika@example.org"), (False, None), (None, None), ("true", None)):
        false.token = lambda verified=verified: false.signed(  # type: ignore[misc]
            **claims(false, clock, email="mika@example.org", email_verified=verified)
        )
        assert made.claims(ERRAND, ANSWER).name == name
    made.close()


@pytest.mark.parametrize(("auth_time", "holds"), [(-5, True), (-700, False), (None, False)])
def test_who_shall_be_asked_anew_was_asked_lately(
    auth_time: int | None, holds: bool, provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    at = None if auth_time is None else int(clock.now().timestamp()) + auth_time
    false.token = lambda: false.signed(**claims(false, clock, auth_time=at))
    anew = replace(ERRAND, anew=True)
    if holds:
        assert provider.claims(anew, ANSWER).subject == "subject-1"
    else:
        with pytest.raises(NotAuthenticatedError):
            provider.claims(anew, ANSWER)


@pytest.mark.parametrize(
    "issuer",
    ["http://provider.example", "https://user:word@provider.example", "https://provider.example?x=1", "ftp://x", "no address"],
)  # fmt: skip
def test_an_issuer_that_is_no_plain_encrypted_address_is_refused_at_once(
    issuer: str, clock: VirtualClock
) -> None:
    with pytest.raises(ConfigurationError):
        provided(FalseProvider(), clock, issuer=issuer)


def test_no_error_holds_the_code_or_the_secret(
    provider: OidcProvider, false: FalseProvider, clock: VirtualClock
) -> None:
    false.token = lambda: false.signed(**claims(false, clock, nonce="another"))
    with pytest.raises(NotAuthenticatedError) as caught:
        provider.claims(ERRAND, {"code": "code-of-mika", "state": "state"})
    for hidden in ("code-of-mika", SECRET, "another", "subject-1"):
        assert hidden not in str(caught.value)
