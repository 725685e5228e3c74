"""Uploads come in here: ``POST /v1/items`` without the framework, whose layers took longer than everything else that is done in Python.
Nothing of it is between the server and this, but for the edge and the counting of requests.

What the route answers is described in ``items``, and is the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from wardline import records
from wardline.errors import WardlineError
from wardline.pipeline import Submission, Wardline
from wardline.web import access, problems
from wardline.web.api import items
from wardline.web.hands import Hands

PATH = "/v1/items"
_RULE = access.RULES["POST", PATH]
_ROUTE = SimpleNamespace(path=PATH)
"""What the numbers about requests are counted under."""
_ACCEPTED = 202
_BARE = b'{"status":"accepted"}'


def is_upload(scope: Scope) -> bool:
    """Say whether a request is one that ``Taking`` answers."""
    return bool(scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST")


class Taking:
    """Answers uploads, and nothing else."""

    def __init__(
        self,
        *,
        wardline: Wardline,
        limiter: access.Limiter,
        hands: Hands,
        low_trust_answer_seconds: float,
    ) -> None:
        self._wardline, self._limiter, self._hands = wardline, limiter, hands
        self._grid = low_trust_answer_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = _ROUTE
        try:
            body = await self._answer(scope, receive)
        except WardlineError as error:
            await problems.of(error)(scope, receive, send)
        except HTTPException as error:
            await problems.of_refusal(error)(scope, receive, send)
        else:
            headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": _ACCEPTED, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        headers = _headers(scope)
        caller = await access.admitted(self._wardline, self._limiter, headers.get("authorization", ""), _RULE)
        body = await _body(receive)

        left_out: list[str] = []

        def submit() -> Submission:
            upload = items.read(headers, body)
            left_out.extend(items.unread(upload, self._wardline.parts.now()))
            return self._wardline.submit(
                upload, api_key=caller.key, idempotency_key=headers.get("idempotency-key")
            )

        done = await items.answer_evenly(self._grid, caller, len(body), lambda: self._hands.do(submit))
        if caller.key.trust is not records.KeyTrust.TRUSTED:
            return _BARE
        return json.dumps(items.accepted(done, left_out), separators=(",", ":")).encode("ascii")


def _headers(scope: Scope) -> Mapping[str, str]:
    """Give the headers; of one that came several times the first, as the framework does."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
