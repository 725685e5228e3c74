"""The durable work that files a referral."""

from __future__ import annotations

from datetime import datetime

from wardline import records
from wardline.pipeline.parts import NO_RECEIVER
from wardline.records import Task

TRIES_BETWEEN = 1_000_000
"""Tries are counted on from a number that none before had: work that was enqueued once is not enqueued again."""
NOBODY = NO_RECEIVER


def task(found: records.Referral, attempt: int, not_before: datetime | None = None) -> Task:
    """Make the work that files a referral. Each priority has a queue of its own, so that a graver one never stands behind others."""
    name = {records.Priority.FIRST: "refer-at-once", records.Priority.SECOND: "refer-soon"}
    chosen = name.get(found.priority, "refer") if found.priority is not None else "refer"
    return Task(name=chosen, record_id=found.id, attempt=attempt, not_before=not_before)


def again(found: records.Referral) -> Task:
    """Make the work that goes on with a referral that somebody changed."""
    return task(found, found.version * TRIES_BETWEEN)
