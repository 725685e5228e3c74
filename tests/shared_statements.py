"""SQL that is made once for all engines of a process: each test has its own, and most of them ask the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import LRUCache

_MOST = 5_000


class _Shared(LRUCache[Any, Any]):
    """Statements of one dialect. SQLAlchemy's keys begin with the dialect of one engine, which is left out here."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


def engine_maker(make: Callable[..., sa.Engine]) -> Callable[..., sa.Engine]:
    """Give a ``create_engine`` whose engines share what was made of a statement."""
    caches: dict[tuple[str, str], _Shared] = {}

    def made(*args: Any, **options: Any) -> sa.Engine:
        engine = make(*args, **options)
        kind = (engine.dialect.name, engine.dialect.driver)
        engine.update_execution_options(compiled_cache=caches.setdefault(kind, _Shared(_MOST)))
        return engine

    return made
