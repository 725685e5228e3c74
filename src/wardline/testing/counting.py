"""How many statements something asks a database, for measuring."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

import sqlalchemy as sa


@contextlib.contextmanager
def statements(engine: sa.Engine) -> Iterator[Callable[[], int]]:
    """Count those of this thread; gives what tells their number so far."""
    mine, number = threading.get_ident(), 0

    def count(*_: object) -> None:
        nonlocal number
        number += threading.get_ident() == mine

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        yield lambda: number
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
