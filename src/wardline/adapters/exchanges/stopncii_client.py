"""StopNCII's client, with the transport of ours. The package would log whole records, and drop those with a feedback it does not know."""

from __future__ import annotations

from typing import Any

import requests
from threatexchange.exchanges.clients.stopncii.api import (
    StopNCIIAPI,
    StopNCIICSPFeedbackValue,
    StopNCIIEndpoint,
    StopNCIISignalType,
)

from wardline import records
from wardline.adapters.exchanges.answers import parsed
from wardline.adapters.exchanges.transport import ask

PAGE_RECORDS = 800
FIRST_SECOND = StopNCIIAPI.DEFAULT_START_TIME
"""Where everything begins, seconds since 1970: the exchange does not take 0."""

_VERDICTS = {
    records.Verdict.CONFIRMED: StopNCIICSPFeedbackValue.Blocked,
    records.Verdict.DENIED: StopNCIICSPFeedbackValue.NotBlocked,
}
_SIGNALS = {
    records.HashKind.PDQ: StopNCIISignalType.ImagePDQ,
    records.HashKind.MD5: StopNCIISignalType.VideoMD5,
}


class StopNciiClient(StopNCIIAPI):
    """The package's client.

    Args:
        name: What the settings call the exchange.
        subscription_key: Issued by StopNCII.
        fetch_key: Likewise.
        feedback_key: Likewise; None where feedback is not agreed.
        sandbox_url: Instead of StopNCII's host.
    """

    def __init__(
        self, name: str, subscription_key: str, fetch_key: str, feedback_key: str | None, sandbox_url: str | None
    ) -> None:  # fmt: skip
        keys = {StopNCIIEndpoint.SubmitFeedback: feedback_key} if feedback_key is not None else {}
        super().__init__(subscription_key, fetch_key, keys, sandbox_url)
        self._name = name
        self._is_sandbox = sandbox_url is not None

    def page(self, start: int, token: str | None) -> dict[str, Any]:
        """Ask for a page of records, as it was answered."""
        params: dict[str, str | int] = {"startTimestamp": start, "pageSize": PAGE_RECORDS}
        if token is not None:
            params["nextPageToken"] = token
        body = self._ask(StopNCIIEndpoint.FetchHashes, "GET", params=params)
        return parsed(self._name, body)

    def vote(self, kind: records.HashKind, value: str, verdict: records.Verdict) -> None:
        """Send feedback on one hash."""
        self.submit_feedback(_SIGNALS[kind], value, _VERDICTS[verdict])

    def _post(self, endpoint: StopNCIIEndpoint, *, json: Any = None) -> Any:
        return self._ask(endpoint, "POST", json=json)

    def _ask(self, endpoint: StopNCIIEndpoint, method: str, **request: Any) -> bytes:
        session: requests.Session = self._get_session(endpoint)
        session.trust_env = not self._is_sandbox  # no proxy stands before a sandbox
        return ask(self._name, session, method, f"{self._base_url}/{endpoint.value}", **request)
