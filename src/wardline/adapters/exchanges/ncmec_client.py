"""NCMEC's client, with the transport of ours: it sends times in UTC, follows no redirect, and never logs what was answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import requests
from threatexchange.exchanges.clients.ncmec.hash_api import (
    FeedbackType,
    FingerprintType,
    NCMECEndpoint,
    NCMECEnvironment,
    NCMECHashAPI,
)

from wardline import records
from wardline.adapters.exchanges.transport import ask

FINGERPRINTS = {
    records.HashKind.MD5: FingerprintType.md5,
    records.HashKind.SHA1: FingerprintType.sha1,
    records.HashKind.PDQ: FingerprintType.pdq,
}
"""The kinds that are taken, as NCMEC calls them."""
_VERDICTS = {
    records.Verdict.CONFIRMED: FeedbackType.upvote,
    records.Verdict.DENIED: FeedbackType.downvote,
}


class NcmecClient(NCMECHashAPI):
    """The package's client of one environment.

    Args:
        name: What the settings call the exchange.
        username: Issued by NCMEC.
        password: Likewise.
        environment: A name of ``NCMECEnvironment``; it decides the host.
        sandbox_url: Instead of that host.
    """

    def __init__(
        self, name: str, username: str, password: str, environment: str, sandbox_url: str | None
    ) -> None:
        super().__init__(username, password, NCMECEnvironment[environment])
        self._name = name
        self._is_sandbox = sandbox_url is not None
        if sandbox_url is not None:
            self._base_url = sandbox_url

    def entries(self, start: int, end: int, next_: str | None) -> bytes:
        """Ask for a page of entries. A paging address is relative, and was checked."""
        if next_ is not None:
            return self._ask("GET", self._base_url + next_)
        # The package's own `_date_format` writes local time with a Z.
        return self._ask(
            "GET", self._url(NCMECEndpoint.entries), params={"from": _time(start), "to": _time(end)}
        )

    def reasons(self, kind: records.HashKind) -> bytes:
        """Ask why a fingerprint of this kind may be denied. The package looks for the document's root inside of it."""
        return self._ask("GET", f"{self._url(NCMECEndpoint.feedback)}/{FINGERPRINTS[kind].value}/reasons")

    def vote(
        self, member: int, entry: str, kind: records.HashKind, verdict: records.Verdict, reason: str | None
    ) -> None:
        """Send feedback on one fingerprint of an entry. A denial needs a reason's id."""
        self.submit_feedback(member, entry, FINGERPRINTS[kind], _VERDICTS[verdict], reason)

    def _put(self, endpoint: NCMECEndpoint, *, path: str | None = None, data: bytes | None = None) -> Any:
        headers = {"Content-Type": "application/xml; charset=utf-8"}
        return self._ask("PUT", f"{self._url(endpoint)}/{path}", headers=headers, data=data)

    def _url(self, endpoint: NCMECEndpoint) -> str:
        return f"{self._base_url}/{self.VERSION}/{endpoint.value}"

    def _ask(self, method: str, url: str, **request: Any) -> bytes:
        return ask(self._name, self._get_session(), method, url, **request)

    def _get_session(self) -> requests.Session:
        session = super()._get_session()
        session.auth = requests.auth.HTTPBasicAuth(self.username.encode(), self.password.encode())
        session.trust_env = not self._is_sandbox  # no proxy stands before a sandbox
        return session


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
