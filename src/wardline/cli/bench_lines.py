"""The lines between a load and its server: HTTP over connections that stay open, for as little processor time as can be."""

from __future__ import annotations

import http.client
import select
from collections.abc import Mapping
from contextlib import suppress
from queue import Empty, LifoQueue
from urllib.parse import urlsplit

_PATIENCE_SECONDS = 30


class Lines:
    """Opens as many connections to one server as are needed at a time. Safe to call from many threads.

    The load runs on the machine that it measures: what it uses itself, the server has not, and each turn of its own empties the caches
    for the server. So it is the plainest client there is.
    """

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc
        self._free: LifoQueue[http.client.HTTPConnection] = LifoQueue()

    def post(self, path: str, content: bytes, headers: Mapping[str, str]) -> int:
        """Send one request and give the status of its answer, once all of it was read."""
        line = self._take()
        try:
            line.request("POST", path, content, dict(headers))
            answer = line.getresponse()
            answer.read()
        except BaseException:
            line.close()
            raise
        self._free.put(line)
        return answer.status

    def close(self) -> None:
        """Close the connections that nobody uses."""
        with suppress(Empty):
            while True:
                self._free.get_nowait().close()

    def _take(self) -> http.client.HTTPConnection:
        with suppress(Empty):
            while True:
                line = self._free.get_nowait()
                if _is_open(line):
                    return line
                line.close()
        return http.client.HTTPConnection(self._address, timeout=_PATIENCE_SECONDS)


def _is_open(line: http.client.HTTPConnection) -> bool:
    """Say whether the server waits on it. One that it hung up can be read: there is the end of what it says."""
    return line.sock is not None and not select.select([line.sock], [], [], 0)[0]
