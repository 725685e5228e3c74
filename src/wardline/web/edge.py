"""The ASGI edge: caps bodies before anything is buffered, sets the headers that every answer carries, and answers when all else fails."""

from __future__ import annotations

import asyncio
from collections.abc import Container

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wardline.errors import DependencyError, TooLargeError
from wardline.web.problems import INTERNAL, problem

SMALL_BODY_BYTES = 65_536
"""What every route may be sent; uploads have their own cap."""
MOST_UPLOADING_BYTES = 512 * 2**20
"""What the bodies of all uploads under way may hold together; while they are taken apart it is three times as much."""
BODY_SECONDS = 120.0
"""A body that is not complete after this time is given up, however steadily it drips."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_MOST_DIGITS = 15

_log = structlog.get_logger("wardline.web")


class Edge:
    """Refuses bodies that are too large: by their declared length at once, else as soon as they grow over the cap; and uploads for which
    there is no room beside those under way."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        upload_paths: Container[str],
        max_upload_bytes: int,
        room: Room | None = None,
    ) -> None:
        """Stand before an application.

        Args:
            app: What stands behind it.
            upload_paths: Where uploads come in.
            max_upload_bytes: What one of them may have.
            room: For all of them; None: of its own. Edges that stand before parts of one application share it.
        """
        self._app = app
        self._upload_paths = upload_paths
        # Room for the other parts of a multipart body and its boundaries.
        self._upload_cap = max_upload_bytes + SMALL_BODY_BYTES
        self._room = room if room is not None else Room()
        self._room.hold(self._upload_cap)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        uploading = scope["path"] in self._upload_paths
        cap = self._upload_cap if uploading else SMALL_BODY_BYTES
        answer = _Answer(send)
        declared = Headers(scope=scope).get("content-length", "")
        known = declared.isascii() and declared.isdigit()
        if known and (len(declared) > _MOST_DIGITS or int(declared) > cap):
            too_large = TooLargeError(f"body: over {cap} bytes, expected at most that")
            await problem(413, too_large.code, too_large.message, too_large.advice)(scope, receive, answer)
            return
        body = _Body(receive, cap, self._room if uploading else None, int(declared) if known else cap)
        try:
            await self._app(scope, body, answer)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as error:  # noqa: BLE001 -- the last resort: without it the text of the error would be logged, and it may hold data
            _log.error(
                "request failed", method=scope["method"], route=_route(scope), error=type(error).__name__
            )
            if not answer.started:
                await problem(500, *INTERNAL)(scope, receive, answer)
        finally:
            body.close()


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


class Room:
    """How many bytes of uploads may still come in. Used on the event loop only."""

    def __init__(self, most: int = MOST_UPLOADING_BYTES) -> None:
        self._most = self._left = most

    def hold(self, size: int) -> None:
        """Have room for one upload of this size at least."""
        more = max(0, size - self._most)
        self._most, self._left = self._most + more, self._left + more

    def take(self, size: int) -> None:
        if size > self._left:
            raise DependencyError(
                "uploads: more under way than there is memory for, expected fewer at a time",
                remedy="Send it again after the time in Retry-After.",
            )
        self._left -= size

    def give_back(self, size: int) -> None:
        self._left += size


class _Body:
    """Receives a body within its cap and its time. Room is taken when somebody first asks for it: after the key was checked."""

    def __init__(self, receive: Receive, cap: int, room: Room | None, expected: int) -> None:
        self._receive, self._cap, self._room, self._expected = receive, cap, room, expected
        self._seen = self._taken = 0
        self._until: float | None = None
        self._complete = False

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()  # nothing more than that the caller left
        if self._until is None:
            self._begin()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408) from None
        self._seen += len(message.get("body", b""))
        if self._seen > self._cap:
            raise TooLargeError(f"body: over {self._cap} bytes, expected at most that")
        self._complete = not message.get("more_body", False)
        return message

    def close(self) -> None:
        """Give the room back."""
        if self._room is not None:
            self._room.give_back(self._taken)

    def _begin(self) -> None:
        if self._room is not None:
            self._room.take(self._expected)
            self._taken = self._expected
        self._until = asyncio.get_running_loop().time() + BODY_SECONDS


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "none"))
