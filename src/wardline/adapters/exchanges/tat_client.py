"""The client of Tech Against Terrorism's hash list, with the transport of ours. The package would log the user's name."""

from __future__ import annotations

from typing import Any

from threatexchange.exchanges.clients.techagainstterrorism.api import TATEndpoint, TATHashListAPI

from wardline.adapters.exchanges.answers import parsed
from wardline.adapters.exchanges.transport import ask
from wardline.errors import HashExchangeDeniedError


class TatClient(TATHashListAPI):
    """The package's client.

    Args:
        name: What the settings call the exchange.
        username: Issued by Tech Against Terrorism.
        password: Likewise.
        sandbox_url: Instead of their host.
    """

    def __init__(self, name: str, username: str, password: str, sandbox_url: str | None) -> None:
        super().__init__(username, password)
        self._name = name
        self._is_sandbox = sandbox_url is not None
        self._token: str | None = None
        if sandbox_url is not None:
            self.__dict__["BASE_URL"] = sandbox_url + "/"  # the package has it as a variable of the class

    def page(self, after: str) -> dict[str, Any]:
        """Ask for a page of entries after a checkpoint, as it was answered. Signs in where that is due."""
        fresh = self._token is None
        try:
            return self._entries(after)
        except HashExchangeDeniedError:
            if fresh:
                raise
            self._token = None  # it had run out
            return self._entries(after)

    def _entries(self, after: str) -> dict[str, Any]:
        params = {"order": "asc", **({"after": after} if after else {})}
        token = self._signed_in()
        return parsed(self._name, self._ask(TATEndpoint.hash_list, "GET", token=token, params=params))

    def _signed_in(self) -> str:
        if self._token is None:
            form = {"username": self.username, "password": self.password, "resend": "False"}
            answer = parsed(self._name, self._ask(TATEndpoint.authenticate, "POST", data=form))
            token = answer.get("token")
            if not (isinstance(token, str) and token and token.isascii() and token.isprintable()):
                raise HashExchangeDeniedError(
                    f"exchange {self._name}: signed in without a token, expected one"
                )
            self._token = token
        return self._token

    def _ask(self, endpoint: TATEndpoint, method: str, *, token: str | None = None, **request: Any) -> bytes:
        with self._get_session(token) as session:
            session.trust_env = not self._is_sandbox  # no proxy stands before a sandbox
            return ask(self._name, session, method, self.BASE_URL + endpoint.value, **request)
