"""Ways out of the console and back: to a provider, or to a security key. Each is used once, within ten minutes, in memory only."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TypeVar

from wardline.errors import ConflictError
from wardline.pipeline.sessions import Half
from wardline.ports import Errand

LIFETIME = timedelta(minutes=10)
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Where somebody goes once they are in."""

    next: str = ""
    """A path of ours; empty: their own start."""
    kept_for: str = ""
    """A case whose form was filled in when the session ended."""
    kept: str = ""
    """What was filled in, as a form sends it."""


class Purpose(Enum):
    """What a provider's word is wanted for."""

    SIGN_IN = auto()
    LINK = auto()
    """Of a person who is signed in, to that account."""
    PROVE = auto()
    """Before a grave act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToProvider:
    """A browser on its way to a provider."""

    provider: str
    errand: Errand
    purpose: Purpose
    following: Following
    session_token: str = ""
    """Of whoever is signed in already; the browser does not send it when it comes back from another site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToKey:
    """A question to a security key."""

    challenge: bytes
    following: Following
    half: Half | None = None
    """Who has taken the first step."""
    session_id: str = ""
    """Whose page it stands on, where somebody is signed in."""


Journey = TypeVar("Journey", ToProvider, ToKey)


class Journeys:
    """Holds what was asked until the answer comes. The oldest go first when there are many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[datetime, ToProvider | ToKey]] = OrderedDict()

    def begin(self, journey: ToProvider | ToKey, *, now: datetime) -> str:
        """Keep a journey; gives the name by which it is ended."""
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._held[name] = (now + LIFETIME, journey)
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
        return name

    def end(self, name: str, kind: type[Journey], *, now: datetime) -> Journey:
        """Give a journey of this kind back, once.

        Raises:
            ConflictError: Unknown, ended before, of another kind, or too old: they look alike.
        """
        with self._lock:
            until, found = self._held.pop(name, (now, None))
        if not isinstance(found, kind) or until <= now:
            raise ConflictError(
                "sign-in: begun elsewhere, ended before, or too long ago, expected one of this browser",
                remedy="Begin again.",
            )
        return found
