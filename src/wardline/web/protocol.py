"""HTTP as it comes from strangers: the server's own protocol, with an end to what may stand before, between and after bodies.

A parser keeps a heading until it is complete. Nobody is asked who they are before that, and the caps of the edge count bodies.
"""

from __future__ import annotations

from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MOST_HEADING_BYTES = 65_536
"""Request line and headers, or trailers; what comes in the same read goes uncounted, which is a quarter of a megabyte at most."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 28\r\nconnection: close\r\n\r\n"
    b"Too much before a body came."
)


class CappedProtocol(HttpToolsProtocol):
    """Closes a connection on which more than ``MOST_HEADING_BYTES`` came since a body, or the end of a request."""

    _heading = 0

    def data_received(self, data: bytes) -> None:
        """Hand it to the parser, which calls the methods below meanwhile."""
        self._heading += len(data)
        super().data_received(data)
        if self._heading > MOST_HEADING_BYTES and not self.transport.is_closing():
            answering = cast(
                "RequestResponseCycle | None", self.cycle
            )  # there is none before the first request
            if answering is None or answering.response_complete:  # else it would stand within another answer
                self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        """A piece of a body came."""
        self._heading = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._heading = 0
        super().on_message_complete()
