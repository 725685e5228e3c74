"""What somebody else does at the very same moment, on each of the three stores."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.unit.stores.databases import POSTGRES
from wardline.adapters.stores import open_postgres
from wardline.pipeline import Wardline
from wardline.testing import harness_stores, postgres
from wardline.testing.harness import Line

STORES = ("memory", "sqlite", POSTGRES)


def opened(kind: str) -> str:
    """Give what a line is opened with: for PostgreSQL the address of a database of its own."""
    if kind != "postgres":
        return kind
    address = postgres.shared_server().new_database()
    engine = open_postgres(address)
    harness_stores.prepare(engine)
    engine.dispose()
    return address


class Meanwhile:
    """A store to which something happens once: before its first commit, or right after the first answer of one of its readers."""

    def __init__(self, store: Any, comes: Callable[[], object], after: str | None) -> None:
        self._store, self._comes, self._after = store, comes, after
        self._gate, self._came = threading.Lock(), False

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._store, name)
        if name != self._after:
            return called

        def then(*arguments: Any, **named: Any) -> Any:
            answer = called(*arguments, **named)
            self._happen()
            return answer

        return then

    def commit(self, *changes: Any, **told: Any) -> None:
        if self._after is None:
            self._happen()
        self._store.commit(*changes, **told)

    def _happen(self) -> None:
        with self._gate:
            is_first, self._came = not self._came, True
        if is_first:
            self._comes()


def interrupted(line: Line, comes: Callable[[], object], *, after: str | None = None) -> Wardline:
    """Give the installation as somebody sees it for whom something comes between what they read and what they commit."""
    store: Any = Meanwhile(line.store, comes, after)
    return Wardline(replace(line.parts, store=store))
