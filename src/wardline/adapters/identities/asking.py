"""How a provider is asked: three calls, with a bound on everything."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from wardline.adapters.trusting import trust
from wardline.errors import ConfigurationError, IdentityProviderError, NotAuthenticatedError

_TIMEOUT_SECONDS = 10.0
_MOST_BYTES = 2**20
_REFUSED = (400, 401)


class Asking:
    """The connection to one provider. Safe to use from many threads."""

    def __init__(self, name: str, issuer: str, client_id: str, secret: str) -> None:
        self._name, self._issuer, self._client_id, self._secret = name, issuer, client_id, secret
        if not _is_safe(issuer) or "?" in issuer or "#" in issuer:
            raise ConfigurationError(
                f"provider {name}: an issuer that is no plain https address, expected one as in its tokens"
            )
        # Without redirects: where keys and tokens come from is what the description names, and nothing else.
        self._client = httpx.Client(
            timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False, verify=trust(trust_env=False)
        )

    @property
    def quoted_client(self) -> str:
        """The client's id, for an address."""
        return quote(self._client_id, safe="")

    def description(self) -> Mapping[str, Any]:
        """Read what the provider says of itself; only if it is the one that the settings name."""
        about = self.json(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        # Source: OpenID Connect Discovery 1.0, section 4.3.
        if about.get("issuer") != self._issuer:
            raise IdentityProviderError(
                f"provider {self._name}: describes another issuer, expected the one in the settings"
            )
        return about

    def json(self, address: str) -> dict[str, Any]:
        """Read a JSON object."""
        status, body = self._send("GET", address)
        return self._object(status, body)

    def redeem(self, address: str, *, code: str, verifier: str, back: str, in_body: bool) -> dict[str, Any]:
        """Redeem a code for tokens."""
        fields = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier
        }  # fmt: skip
        # Source: RFC 6749, section 2.3.1: both are encoded as in a form before they go into the header.
        header = httpx.BasicAuth(self.quoted_client, quote(self._secret, safe=""))
        if in_body:
            fields |= {"client_id": self._client_id, "client_secret": self._secret}
        status, body = self._send("POST", address, data=fields, auth=None if in_body else header)
        if status in _REFUSED:
            raise NotAuthenticatedError(
                f"provider {self._name}: refused the code, expected one that was not used before",
                remedy="Sign in once more; if that does not help, an administrator compares the client's id and secret with the provider's.",
            )
        token = self._object(status, body)
        if not isinstance(token.get("id_token"), str):
            raise IdentityProviderError(f"provider {self._name}: gave no id token, expected one")
        return token

    def safe(self, about: Mapping[str, Any], name: str) -> str:
        """Give an address of the description, if it is one that may be asked."""
        address = about.get(name)
        if not isinstance(address, str) or not _is_safe(address):
            raise IdentityProviderError(
                f"provider {self._name}: its {name} is missing or not encrypted, expected an https address"
            )
        return address

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, method: str, address: str, **request: Any) -> tuple[int, bytes]:
        body = bytearray()
        headers = {"Accept": "application/json"}
        try:
            with self._client.stream(method, address, headers=headers, **request) as answer:
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > _MOST_BYTES:
                        raise IdentityProviderError(
                            f"provider {self._name}: answered over {_MOST_BYTES} bytes, expected less"
                        )
                return answer.status_code, bytes(body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The cause is left out: its text holds the address.
            raise IdentityProviderError(
                f"provider {self._name}: no answer ({type(error).__name__}), expected one within {_TIMEOUT_SECONDS:.0f} s"
            ) from None

    def _object(self, status: int, body: bytes) -> dict[str, Any]:
        try:
            read = json.loads(body) if status == httpx.codes.OK else None
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise IdentityProviderError(
                f"provider {self._name}: HTTP {status} without a JSON object, expected one with 200"
            )
        return read


def _is_safe(address: str) -> bool:
    """Say whether an address is encrypted, or on this very machine."""
    try:
        parsed = httpx.URL(address)
    except httpx.InvalidURL:
        return False
    if parsed.userinfo or not parsed.host:
        return False
    return parsed.scheme == "https" or (parsed.scheme == "http" and _is_loopback(parsed.host))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
