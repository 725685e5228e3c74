"""Waiting for durable work, with an account of where it stands should it not come."""

from __future__ import annotations

import time
from collections.abc import Callable

from dbos import DBOS

_PATIENCE_SECONDS = 90.0


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: It did not within the time; says what the durable work was doing.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() >= deadline:
            raise AssertionError(
                f"waited {_PATIENCE_SECONDS:.0f} s in vain; the durable work, newest first:\n{_account()}"
            )
        time.sleep(0.05)


def _account() -> str:
    now = time.time() * 1000
    return "\n".join(
        f"{each.status} {each.queue_name} {each.workflow_id}: made {_ago(each.created_at, now)}, taken {_ago(each.dequeued_at, now)}, "
        f"ended {_ago(each.completed_at, now)}"
        for each in DBOS.list_workflows(sort_desc=True, limit=100, load_input=False, load_output=False)
    )


def _ago(at: int | None, now: float) -> str:
    return "never" if at is None else f"{(now - at) / 1000:.2f} s ago"
