"""The ASGI edge: caps bodies before anything is buffered, sets the headers that every answer carries, and answers when all else fails."""

from __future__ import annotations

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wardline.errors import TooLargeError
from wardline.web.problems import INTERNAL, problem

SMALL_BODY_BYTES = 65_536
"""What every route may be sent; uploads have their own cap."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_MOST_DIGITS = 15

_log = structlog.get_logger("wardline.web")


class Edge:
    """Refuses bodies that are too large: by their declared length at once, else as soon as they grow over the cap."""

    def __init__(self, app: ASGIApp, *, upload_path: str, max_upload_bytes: int) -> None:
        self._app = app
        self._upload_path = upload_path
        # Room for the other parts of a multipart body and its boundaries.
        self._upload_cap = max_upload_bytes + SMALL_BODY_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cap = self._upload_cap if scope["path"] == self._upload_path else SMALL_BODY_BYTES
        answer = _Answer(send)
        declared = Headers(scope=scope).get("content-length", "")
        if (
            declared.isascii()
            and declared.isdigit()
            and (len(declared) > _MOST_DIGITS or int(declared) > cap)
        ):
            error = TooLargeError(f"body: over {cap} bytes, expected at most that")
            await problem(413, error.code, error.message, error.advice)(scope, receive, answer)
            return
        try:
            await self._app(scope, _counting(receive, cap), answer)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as error:  # noqa: BLE001 -- the last resort: without it the text of the error would be logged, and it may hold data
            _log.error(
                "request failed", method=scope["method"], route=_route(scope), error=type(error).__name__
            )
            if not answer.started:
                await problem(500, *INTERNAL)(scope, receive, answer)


class _Answer:
    """Sends on what the application answers, with the headers."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)


def _counting(receive: Receive, cap: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > cap:
            raise TooLargeError(f"body: over {cap} bytes, expected at most that")
        return message

    return counted


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "none"))
