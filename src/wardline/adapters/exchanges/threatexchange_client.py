"""The client of Meta's ThreatExchange, with the transport of ours: the package's own asks without a time-out, and takes refusals for success."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from threatexchange.exchanges.clients.fb_threatexchange.api import ThreatExchangeAPI, is_valid_app_token

from wardline import records
from wardline.adapters.exchanges.answers import foreign, parsed
from wardline.adapters.exchanges.transport import ask

__all__ = ["ThreatExchangeClient", "is_valid_app_token"]

PAGE_UPDATES = 100
"""As python-threatexchange asks for them: each comes with its descriptors."""

_FIELDS = ("id", "indicator", "type", "last_updated", "should_delete", "descriptors{id,status,owner{id}}")
_TOKEN = "access_token"  # noqa: S105 - the name of a parameter
_REACTIONS = {records.Verdict.CONFIRMED: "HELPFUL", records.Verdict.DENIED: "NOT_HELPFUL"}
"""What can be said of a match. NON_MALICIOUS would say something of the picture on the list, which nobody here has seen."""
_MOST_PARAMETERS = 50


class ThreatExchangeClient(ThreatExchangeAPI):
    """The package's client.

    Args:
        name: What the settings call the exchange.
        token: The app's access token.
        sandbox_url: Instead of Meta's host.
    """

    def __init__(self, name: str, token: str, sandbox_url: str | None) -> None:
        super().__init__(token, endpoint_override=sandbox_url)
        self._name = name
        self._is_sandbox = sandbox_url is not None

    def updates(self, group: int, start: int, following: Mapping[str, str] | None) -> dict[str, Any]:
        """Ask for a page of a privacy group's updates, as it was answered.

        Args:
            group: The privacy group.
            start: From when on, seconds since 1970; 0 for all.
            following: What ``following`` gave for the page before; None for the first page.
        """
        cursor = self.get_threat_updates(
            group, start_time=start or None, page_size=PAGE_UPDATES, fields=_FIELDS
        )
        params = cursor.params if following is None else {**following, _TOKEN: self.api_token}
        answer: dict[str, Any] = self.get_json_from_url(cursor.next_url, params)
        return answer

    def following(self, answer: Mapping[str, Any]) -> dict[str, str] | None:
        """Give the parameters of the next page, without the token that its address holds. Another host's address is refused."""
        paging = answer.get("paging", {})
        address = paging.get("next") if isinstance(paging, dict) else None
        if address is None:
            return None
        if not isinstance(address, str) or not _same_host(address, self._base_url):
            raise foreign(self._name, "a page whose next page is elsewhere")
        try:
            pairs = parse_qsl(urlsplit(address).query, max_num_fields=_MOST_PARAMETERS)
        except ValueError:
            raise foreign(self._name, "a page whose next page has no readable address") from None
        return {key: value for key, value in pairs if key != _TOKEN}

    def react(self, indicator: int, verdict: records.Verdict) -> int:
        """React to every opinion of others on an indicator. Gives how many there were."""
        own = str(self.app_id)
        opinions = self._opinions(indicator)
        others = [each for each, owner in opinions.items() if owner != own]
        for descriptor in others:
            self._ask(
                "POST",
                f"{self._base_url}/{descriptor}",
                params={_TOKEN: self.api_token},
                data={"reactions": _REACTIONS[verdict]},
            )
        return len(others)

    def get_json_from_url(self, url: Any, params: Any = None, *, json_obj_hook: Any = None) -> Any:
        """Ask, with a time-out. Overrides the package's."""
        del json_obj_hook  # nothing of ours gives one
        return parsed(self._name, self._ask("GET", url, params=params))

    def _opinions(self, indicator: int) -> dict[str, str | None]:
        """Give the descriptors of an indicator, each with its owner's app where that can be seen."""
        params = {"fields": "descriptors{id,owner{id}}", _TOKEN: self.api_token}
        answer = parsed(self._name, self._ask("GET", f"{self._base_url}/{indicator}", params=params))
        try:
            found = answer.get("descriptors", {"data": []})["data"]
            return {str(int(each["id"])): each.get("owner", {}).get("id") for each in found}
        except (TypeError, LookupError, ValueError, AttributeError):
            raise foreign(self._name, "a JSON object without readable descriptors") from None

    def _ask(self, method: str, url: str, **request: Any) -> bytes:
        session: requests.Session = self._get_session()  # type: ignore[no-untyped-call]  # the package has no types there
        session.trust_env = not self._is_sandbox  # no proxy stands before a sandbox
        return ask(self._name, session, method, url, says_denied=_says_denied, **request)


def _same_host(address: str, base: str) -> bool:
    try:
        one, other = urlsplit(address), urlsplit(base)
        return (one.scheme, one.netloc) == (other.scheme, other.netloc)
    except ValueError:
        return False


def _says_denied(body: bytes) -> bool:
    """Whether a refusal means the token or its permissions: the Graph API says so with status 400.

    Source: Graph API, Handling Errors: 10 and 200 to 299 permission, 102 session, 190 access token.
    """
    try:
        code = json.loads(body)["error"]["code"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return False
    return isinstance(code, int) and (code in (10, 102, 190) or 200 <= code < 300)
