"""The ASGI edge: caps bodies before anything is buffered, and sets the headers that every answer carries."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wardline.errors import TooLargeError
from wardline.web.problems import problem

SMALL_BODY_BYTES = 65_536
"""What every route may be sent; uploads have their own cap."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


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
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > cap:
            await _refuse(cap, scope, receive, send)
            return
        await self._app(scope, _counting(receive, cap), _with_headers(send))


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


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sent


async def _refuse(cap: int, scope: Scope, receive: Receive, send: Send) -> None:
    error = TooLargeError(f"body: over {cap} bytes, expected at most that")
    await problem(413, error.code, error.message, error.advice)(scope, receive, _with_headers(send))
