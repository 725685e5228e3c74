"""What stands on inner parts of DBOS: most of its looks for work are spared, for each takes 5 ms of the processor also when there is nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

_SETTINGS_SECONDS = 30.0
"""A queue's settings change when the process starts, and not again."""


def spare_empty_looks(dbos: Any, may_hold_work: Callable[[str], bool]) -> None:
    """Have DBOS look only into queues that may hold work, and read their settings twice a minute instead of at each look.

    This stands on two inner methods of DBOS that are asked once a look. Where a release no longer has them, or asks them otherwise, nothing
    is spared and everything else goes on.

    Args:
        dbos: Launched.
        may_hold_work: The store's; see ``ports.WorkReader``.
    """
    system = getattr(dbos, "_sys_db", None)
    if system is None:
        return
    scopes, settings = getattr(system, "dequeue_scopes", None), getattr(system, "get_queue", None)
    if not callable(scopes) or not callable(settings):
        return

    def scopes_with_work(queue_name: str) -> Any:
        return scopes(queue_name) if may_hold_work(queue_name) else []

    read: dict[str, tuple[float, Any]] = {}

    def settings_of(name: str, **options: Any) -> Any:
        now = time.monotonic()
        before = read.get(name)
        if options or before is None or now - before[0] > _SETTINGS_SECONDS:
            before = now, settings(name, **options)
            if not options:
                read[name] = before
        return before[1]

    system.dequeue_scopes, system.get_queue = scopes_with_work, settings_of


def running(dbos: Any) -> Callable[[], Collection[str]] | None:
    """Give what tells the ids of the workflows that run in this process; None where a release has none."""
    active = getattr(getattr(dbos, "_active_workflows_set", None), "activeList", None)
    return active if callable(active) else None


def is_launched(dbos: Any) -> bool:
    """Say whether DBOS was launched before: asked for a new one, it gives the one that is there, with the database of that."""
    return bool(getattr(dbos, "_launched", False))
