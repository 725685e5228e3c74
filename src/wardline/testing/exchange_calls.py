"""The calls of the exchange sandbox, from request to answer, without a socket: what each of the four exchanges checks and says."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode

from wardline.testing.exchange_documents import (
    entries_document,
    feedback_of,
    reasons_document,
    threat_update,
    time_text,
)
from wardline.testing.exchange_ledger import ExchangeLedger, SharedEntry

EXCHANGES = ("ncmec", "stopncii", "threatexchange", "tat")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRequest:
    """One HTTP request, read whole."""

    method: str
    exchange: str
    """First part of the path."""
    path: str
    """The rest of it, with a slash before."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeReply:
    """One HTTP answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the sandbox knows its only user by."""

    username: str = "sandbox"
    password: str = "sandbox"  # noqa: S105 - opens nothing but this sandbox
    subscription_key: str = "subscription"
    fetch_key: str = "fetch"
    feedback_key: str = "feedback"
    app_token: str = "1234567890|sandbox_sandbox_sandbox"  # noqa: S105
    privacy_group: str = "4242"
    bearer: str = "sandbox-bearer"


@dataclass(slots=True)
class Spoiling:
    """What is done to one page on its way."""

    twice: bool = False
    """Every entry stands in it twice."""
    next_base: str | None = None
    """Another host that its next page is said to be on."""


DENIED = ExchangeReply(status=401, body=b"{}")
_NOT_FOUND = ExchangeReply(status=404, body=b"{}")
_BAD = ExchangeReply(status=400, body=b"{}")


@dataclass(slots=True, kw_only=True)
class ExchangeCalls:
    """Answers requests from four ledgers.

    Feedback is kept in ``heard``: by exchange, key and fingerprint, the last word.
    """

    ledgers: Mapping[str, ExchangeLedger]
    credentials: Credentials
    page_entries: int
    base_url: Callable[[], str]
    reasons: dict[str, str] = field(
        default_factory=lambda: {"01234567-abcd-0123-4567-012345678900": "Not CSAM"}
    )
    """NCMEC's reasons for a denial: id to name."""
    heard: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def answer(self, request: ExchangeRequest, spoiling: Spoiling) -> ExchangeReply:
        """Answer one request."""
        match request.exchange:
            case "ncmec":
                return self._ncmec(request, spoiling)
            case "stopncii":
                return self._stopncii(request, spoiling)
            case "threatexchange":
                return self._graph(request, spoiling)
            case "tat":
                return self._tat(request, spoiling)
            case _:
                return _NOT_FOUND

    # --- NCMEC ----------------------------------------------------------------------------------------------------------------------
    def _ncmec(self, request: ExchangeRequest, spoiling: Spoiling) -> ExchangeReply:
        known = f"{self.credentials.username}:{self.credentials.password}".encode()
        if request.headers.get("authorization") != "Basic " + base64.b64encode(known).decode():
            return DENIED
        match request.method, request.path.split("/")[1:]:
            case "GET", ["v2", "entries"]:
                return _xml(self._ncmec_page(request.query, spoiling))
            case "GET", ["v2", "feedback", _, "reasons"]:
                return _xml(reasons_document(self.reasons))
            case "PUT", ["v2", "entries", member, entry, fingerprint, "feedback"]:
                word = feedback_of(request.body, self.reasons)
                key = f"{member}-{unquote(entry)}"
                if word is None or not self._stands("ncmec", key):
                    return _BAD
                self.heard["ncmec", key, fingerprint] = word
                return _xml("<submissionResult/>")
        return _NOT_FOUND

    def _ncmec_page(self, query: Mapping[str, str], spoiling: Spoiling) -> str:
        start = int(query.get("start", "0"))
        rows = [
            row
            for row in self.ledgers["ncmec"].in_order_of_coming()
            if row.first >= start and query["from"] <= time_text(row.at) <= query["to"]
        ]
        page, rest = rows[: self.page_entries], rows[self.page_entries :]
        following = None
        if rest:
            size = self.page_entries
            parts = {"from": query["from"], "to": query["to"], "start": rest[0].first, "size": size}
            following = "/v2/entries?" + urlencode({**parts, "max": rest[0].first + size - 1})
            following = (spoiling.next_base or "") + following
        return entries_document(_repeated(page, spoiling), following)

    # --- StopNCII -------------------------------------------------------------------------------------------------------------------
    def _stopncii(self, request: ExchangeRequest, spoiling: Spoiling) -> ExchangeReply:
        known, path = self.credentials, request.path.strip("/")
        expected = {"FetchHashes": known.fetch_key, "SubmitFeedback": known.feedback_key}.get(path)
        given = request.headers.get("x-functions-key"), request.headers.get("ocp-apim-subscription-key")
        if expected is None:
            return _NOT_FOUND
        if given != (expected, known.subscription_key):
            return DENIED
        if path == "SubmitFeedback":
            for feedback in json.loads(request.body)["hashFeedbacks"]:
                self.heard["stopncii", feedback["hashValue"], ""] = feedback["feedbackValue"]
            return _json({})
        token = request.query.get("nextPageToken", "")
        rows, rest = self._page("stopncii", int(request.query["startTimestamp"]), token.removeprefix("t"))
        page = [_parsed(row) or _stopncii_record(row) for row in _repeated(rows, spoiling)]
        last = f"t{rows[-1].place}" if rows else token
        newest = max((row.at for row in rows), default=0)
        return _json(
            {"count": len(page), "nextPageToken": last, "nextSetTimestamp": newest, "hasMoreRecords": rest, "hashRecords": page}
        )  # fmt: skip

    # --- ThreatExchange -------------------------------------------------------------------------------------------------------------
    def _graph(self, request: ExchangeRequest, spoiling: Spoiling) -> ExchangeReply:
        if request.query.get("access_token") != self.credentials.app_token:
            body = json.dumps({"error": {"message": "Invalid OAuth access token.", "code": 190}})
            return ExchangeReply(status=400, body=body.encode())
        path = request.path.strip("/")
        if request.method == "POST":
            (word,) = parse_qs(request.body.decode())["reactions"]
            self.heard["threatexchange", path[:-1], path[-1]] = word
            return _json({"success": True})
        if path == f"{self.credentials.privacy_group}/threat_updates":
            return self._graph_page(request.query, spoiling)
        if self._stands("threatexchange", path):
            return _json({"id": path, "descriptors": {"data": [{"id": path + "1", "owner": {"id": "77"}}]}})
        return _json({"id": path})

    def _graph_page(self, query: Mapping[str, str], spoiling: Spoiling) -> ExchangeReply:
        rows, rest = self._page("threatexchange", int(query.get("start_time", "0")), query.get("after", ""))
        answer: dict[str, Any] = {
            "data": [_parsed(row) or threat_update(row) for row in _repeated(rows, spoiling)]
        }
        if rest:
            base = spoiling.next_base or f"{self.base_url()}/threatexchange"
            parts = urlencode({**query, "after": rows[-1].place})
            address = f"{base}/{self.credentials.privacy_group}/threat_updates?{parts}"
            answer["paging"] = {"cursors": {"after": str(rows[-1].place)}, "next": address}
        return _json(answer)

    # --- Tech Against Terrorism -----------------------------------------------------------------------------------------------------
    def _tat(self, request: ExchangeRequest, spoiling: Spoiling) -> ExchangeReply:
        known = self.credentials
        if (request.method, request.path) == ("POST", "/token-auth/tcap/"):
            form = dict(parse_qsl(request.body.decode()))
            right = form.get("username") == known.username and form.get("password") == known.password
            return _json({"user": {}, "token": known.bearer}) if right else DENIED
        if request.headers.get("authorization") != f"Bearer {known.bearer}":
            return DENIED
        if request.path != "/api/hash-list/v2/all" or request.query.get("order") != "asc":
            return _NOT_FOUND
        after = request.query.get("after", "").partition(",")[2]
        rows, rest = self._page("tat", 0, after)
        base = spoiling.next_base or f"{self.base_url()}/tat"
        following = f"{base}/api/hash-list/v2/all?limit={self.page_entries}&offset={self.page_entries}"
        return _json(
            {
                "count": len(rows),
                "next": following if rest else None,
                "previous": None,
                "checkpoint": f"{rows[-1].at}.5,{rows[-1].place}" if rows else None,
                "results": [_parsed(row) or _tat_entry(row) for row in _repeated(rows, spoiling)],
            }
        )

    def _page(self, exchange: str, since: int, after: str) -> tuple[list[SharedEntry], bool]:
        """Give a page of what changed since a time, in the order of change, and whether there is more."""
        behind = int(after or "0")
        entries = self.ledgers[exchange].in_order_of_change()
        rows = [row for row in entries if row.at >= since and row.place > behind]
        return rows[: self.page_entries], len(rows) > self.page_entries

    def _stands(self, exchange: str, key: str) -> bool:
        entries = self.ledgers[exchange].in_order_of_coming()
        return any(row.key == key and not row.is_deleted for row in entries)


def _repeated(rows: Sequence[SharedEntry], spoiling: Spoiling) -> list[SharedEntry]:
    return [*rows, *rows] if spoiling.twice else list(rows)


def _parsed(row: SharedEntry) -> Any:
    return json.loads(row.raw) if row.raw is not None else None


def _stopncii_record(row: SharedEntry) -> dict[str, Any]:
    ((signal, value),) = row.hashes
    status = "Withdrawn" if row.is_deleted else "Active"
    return {
        "lastModtimestamp": row.at, "signalType": signal, "hashValue": value, "hashStatus": status, "caseNumbers": {"case": status},
        "CSPFeedbacks": [{"source": "Another", "feedbackValue": "Undefined", "tags": []}],
    }  # fmt: skip


def _tat_entry(row: SharedEntry) -> dict[str, Any]:
    ((algorithm, value),) = row.hashes or (("MD5", "0" * 32),)
    return {
        "id": int(row.key), "hash_digest": value, "algorithm": algorithm, "ideology": "islamist", "file_type": "mp4", "deleted": row.is_deleted,
        "updated_on": row.at + 0.5, "created_on": "2025-03-03 23:05:22,587",
    }  # fmt: skip


def _json(value: object) -> ExchangeReply:
    return ExchangeReply(body=json.dumps(value).encode())


def _xml(text: str) -> ExchangeReply:
    return ExchangeReply(body=text.encode(), content_type="application/xml")
