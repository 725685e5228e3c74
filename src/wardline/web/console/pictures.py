"""What was revealed on its way to one person: a picture or words, given once, within a minute, to the session it was revealed to."""

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
class _Revealed:
    item_id: str
    session_id: str
    content: bytes | str
    """A picture, or an account in words."""
    until: datetime


class Shelf:
    """Holds what was revealed between the answer to the form and the browser's request for it, in memory only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revealed: OrderedDict[str, _Revealed] = OrderedDict()

    def put(self, content: bytes | str, *, of: str, session_id: str, now: datetime) -> str:
        """Keep what an item shows for one fetch; gives its one-time name. The oldest go first when there are many."""
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._revealed[name] = _Revealed(of, session_id, content, now + _LIFETIME)
            while len(self._revealed) > _MOST:
                self._revealed.popitem(last=False)
        return name

    def has_picture(self, name: str, *, of: str, session_id: str, now: datetime) -> bool:
        """Say whether a picture of this item still waits to be fetched by this session."""
        with self._lock:
            found = self._find(name, session_id, now)
            return found is not None and found.item_id == of and isinstance(found.content, bytes)

    def take_words(self, name: str, *, of: str, session_id: str, now: datetime) -> str | None:
        """Give the words of this item to the session they were revealed to, once; None where there are none of it by this name."""
        with self._lock:
            found = self._find(name, session_id, now)
            if found is None or found.item_id != of or not isinstance(found.content, str):
                return None
            del self._revealed[name]
            return found.content

    def take_picture(self, name: str, *, session_id: str, now: datetime) -> bytes:
        """Give a picture to the session it was revealed to, once.

        Raises:
            NotFoundError: Unknown, fetched before, too old, another session's, or no picture: they look alike.
        """
        with self._lock:
            found = self._find(name, session_id, now)
            if found is not None and isinstance(found.content, bytes):
                del self._revealed[name]
                return found.content
        raise NotFoundError(
            "picture: shown before, or too old",
            remedy="Reveal the file again; that is a new entry in the log.",
        )

    def _find(self, name: str, session_id: str, now: datetime) -> _Revealed | None:
        """Find what this session may be given now; what is too old goes. Called with the lock held."""
        found = self._revealed.get(name)
        if found is not None and found.until < now:
            del self._revealed[name]
            return None
        return found if found is not None and found.session_id == session_id else None
