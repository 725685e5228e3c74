"""Pictures on their way to one person: each is fetched once, within a minute, by the session it was revealed to."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from wardline.errors import NotFoundError

_LIFETIME = timedelta(seconds=60)
_MOST = 64


@dataclass(frozen=True, slots=True)
class _Picture:
    session_id: str
    content: bytes
    until: datetime


class Shelf:
    """Holds revealed pictures between the page and the browser's request for them, in memory only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: OrderedDict[str, _Picture] = OrderedDict()

    def put(self, content: bytes, *, session_id: str, now: datetime) -> str:
        """Keep a picture for one fetch; gives its one-time name. The oldest go first when there are many."""
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._pictures[name] = _Picture(session_id, content, now + _LIFETIME)
            while len(self._pictures) > _MOST:
                self._pictures.popitem(last=False)
        return name

    def has(self, name: str, *, session_id: str, now: datetime) -> bool:
        """Say whether a picture still waits to be fetched by this session."""
        with self._lock:
            found = self._pictures.get(name)
        return found is not None and found.session_id == session_id and found.until >= now

    def take(self, name: str, *, session_id: str, now: datetime) -> bytes:
        """Give a picture to the session it was revealed to, once.

        Raises:
            NotFoundError: Unknown, fetched before, too old, or another session's: they look alike.
        """
        with self._lock:
            found = self._pictures.get(name)
            if found is not None and (found.session_id == session_id or found.until < now):
                del self._pictures[name]
        if found is None or found.session_id != session_id or found.until < now:
            raise NotFoundError(
                "picture: shown before, or too old",
                remedy="Reveal the file again; that is a new entry in the log.",
            )
        return found.content
