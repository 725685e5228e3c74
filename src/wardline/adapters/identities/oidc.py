"""A provider of OpenID Connect: the authorization code flow with PKCE, for a confidential client.

Everything that the provider is asked goes to addresses that its own description names, over TLS, without redirects, within ten seconds, and
answers beyond a megabyte are not read. A token counts only after its signature, issuer, audience, times and nonce were checked.
Source: OpenID Connect Core 1.0, section 3.1.3.7; RFC 7636; RFC 9207.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from wardline.adapters.identities import signed_out
from wardline.adapters.identities.asking import Asking
from wardline.errors import IdentityProviderError, NotAuthenticatedError
from wardline.ports import Claims, Errand, SignedOut

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519")
"""Signatures that only the provider can make. "none" and those by a shared secret are not among them."""
SKEW_SECONDS = 60
"""By so much the provider's clock may differ."""
_KEPT = timedelta(hours=1)
"""So long the provider's description and keys are kept."""
_NOT_BEFORE = timedelta(minutes=1)
"""An unknown key makes us ask for keys again, but not more often than this: anybody can name unknown keys."""
_LONGEST_ANEW = timedelta(minutes=10)
_MOST_SUBJECT_CHARACTERS = 255
_MOST_ROLES = 1000


class OidcProvider:
    """See ``ports.IdentityProvider``."""

    def __init__(
        self, name: str, *, issuer: str, client_id: str, secret: bytes, name_claim: str, role_claim: str | None,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._name, self._issuer, self._client_id = name, issuer, client_id
        self._name_claim, self._role_claim = name_claim, role_claim
        self._now = now
        self._asking = Asking(name, issuer, client_id, secret.decode())
        self._described: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def address(self, errand: Errand) -> str:
        """Give where to send the browser. See ``ports.IdentityProvider``."""
        about = self._description()
        scope = "openid profile email" if self._name_claim == "email" else "openid profile"
        asked = {"prompt": "login", "max_age": "0"} if errand.anew else {}
        address: str = prepare_grant_uri(
            self._asking.safe(about, "authorization_endpoint"), self._client_id, "code", errand.back, scope, errand.state,
            nonce=errand.nonce, code_challenge=create_s256_code_challenge(errand.verifier), code_challenge_method="S256", **asked,
        )  # fmt: skip
        return address

    def claims(self, errand: Errand, answer: Mapping[str, str]) -> Claims:
        """Redeem a code and check what comes for it. See ``ports.IdentityProvider``."""
        about = self._description()
        # Source: RFC 9207, section 2.4: an answer of another provider is not sent to this one.
        if answer.get("iss", self._issuer) != self._issuer:
            raise self._refused("answered in another's name")
        if "error" in answer or not answer.get("code"):
            raise self._refused("gave no code")
        if about.get("authorization_response_iss_parameter_supported") is True and "iss" not in answer:
            raise self._refused("did not say who it is")
        token = self._asking.redeem(
            self._asking.safe(about, "token_endpoint"), code=answer["code"], verifier=errand.verifier, back=errand.back,
            in_body=_wants_secret_in_body(about),
        )  # fmt: skip
        return self._claims(self._checked(str(token["id_token"]), errand, token.get("access_token")))

    def signed_out(self, token: str) -> SignedOut:
        """Check a logout token. See ``ports.IdentityProvider``."""
        now, skew = self._now(), timedelta(seconds=SKEW_SECONDS)
        try:
            read = self._decoded(token)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise self._refused(f"gave a logout token that does not hold ({type(error).__name__})") from None
        problem = signed_out.problem_of(
            read.header, read.claims, issuer=self._issuer, client_id=self._client_id, now=now, skew=skew
        )  # fmt: skip
        if problem is not None:
            raise self._refused(f"gave {problem}")
        return SignedOut(
            issuer=self._issuer, subject=signed_out.text_or_none(read.claims.get("sub")), session=signed_out.text_or_none(read.claims.get("sid")),
            until=signed_out.ends_until(read.claims, skew),
        )  # fmt: skip

    def farewell(self) -> str | None:
        """Give where a browser signs out there as well. See ``ports.IdentityProvider``."""
        about = self._description()
        if "end_session_endpoint" not in about:
            return None
        # With the client's name only: the token would tell a proxy's log who it was.
        return f"{self._asking.safe(about, 'end_session_endpoint')}?client_id={self._asking.quoted_client}"

    def close(self) -> None:
        """Close the connections."""
        self._asking.close()

    # --- the token --------------------------------------------------------------------------------------------------------------
    def _checked(self, text: str, errand: Errand, access_token: Any) -> Mapping[str, Any]:
        now = self._now()
        try:
            token = self._decoded(text)
            claims = CodeIDToken(
                token.claims, token.header,
                options={"iss": {"essential": True, "value": self._issuer}, "aud": {"essential": True, "value": self._client_id}},
                params={"nonce": errand.nonce, "client_id": self._client_id, "access_token": access_token},
            )  # fmt: skip
            claims.validate(now=int(now.timestamp()), leeway=SKEW_SECONDS)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            # The cause is left out: its text may hold what the token says.
            raise self._refused(f"gave a token that does not hold ({type(error).__name__})") from None
        if errand.anew and not _is_recent(claims.get("auth_time"), now):
            raise self._refused("did not ask the person anew")
        found: Mapping[str, Any] = claims
        return found

    def _decoded(self, text: str) -> jwt.Token:
        try:
            return jwt.decode(text, self._key_set(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            known = self._keys
            if known is None or self._now() < known[0] + _NOT_BEFORE:
                raise
        # Keys are changed without notice: a token that no known key signed may be signed by a new one.
        self._keys = None
        return jwt.decode(text, self._key_set(), algorithms=ALGORITHMS)

    def _claims(self, found: Mapping[str, Any]) -> Claims:
        subject = found.get("sub")
        if not isinstance(subject, str) or not 1 <= len(subject) <= _MOST_SUBJECT_CHARACTERS:
            raise self._refused("named nobody")
        return Claims(
            issuer=self._issuer, subject=subject, name=_name(found, self._name_claim), roles=_values(found, self._role_claim),
            session=signed_out.text_or_none(found.get("sid")),
        )  # fmt: skip

    # --- what the provider says of itself ---------------------------------------------------------------------------------------
    def _description(self) -> Mapping[str, Any]:
        known, now = self._described, self._now()
        if known is None or now >= known[0] + _KEPT:
            known = self._described = (now, self._asking.description())
        return known[1]

    def _key_set(self) -> KeySet:
        known, now = self._keys, self._now()
        if known is None or now >= known[0] + _KEPT:
            read = self._asking.json(self._asking.safe(self._description(), "jwks_uri"))
            try:
                known = self._keys = (now, KeySet.import_key_set(read))  # type: ignore[arg-type]  # checked by the library
            except (JoseError, ValueError, TypeError, KeyError):
                raise IdentityProviderError(
                    f"provider {self._name}: keys that cannot be read, expected a set of JSON Web Keys"
                ) from None
        return known[1]

    def _refused(self, what: str) -> NotAuthenticatedError:
        return NotAuthenticatedError(
            f"provider {self._name}: {what}, expected an answer to this sign-in", remedy="Sign in once more."
        )


def _wants_secret_in_body(about: Mapping[str, Any]) -> bool:
    """Say whether a provider takes the client's secret in the body only. Without a word it takes it in the header."""
    methods = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return isinstance(methods, list) and "client_secret_basic" not in methods


def _is_recent(auth_time: Any, now: datetime) -> bool:
    if isinstance(auth_time, bool) or not isinstance(auth_time, int | float):
        return False
    return now.timestamp() - auth_time <= _LONGEST_ANEW.total_seconds()


def _name(found: Mapping[str, Any], claim: str) -> str | None:
    """Read the name. An address that the provider did not verify is a claim of its owner about somebody else's mailbox."""
    value = found.get(claim)
    if not isinstance(value, str) or (claim == "email" and found.get("email_verified") is not True):
        return None
    return value


def _values(found: Mapping[str, Any], claim: str | None) -> frozenset[str]:
    value = found.get(claim) if claim else None
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, list):
        return frozenset(each for each in value[:_MOST_ROLES] if isinstance(each, str))
    return frozenset()
