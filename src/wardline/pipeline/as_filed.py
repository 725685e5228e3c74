"""What a report is built from. Of one that was filed, and is built again to be read, nothing that came after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wardline import records
from wardline.errors import NotFoundError
from wardline.pipeline.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What changes in a case while it is reported, and afterwards."""

    at: datetime
    """When it was filed; now, where it was not."""
    reveals: Sequence[records.Reveal]
    actions: Sequence[records.Action]
    facts: Sequence[records.Fact]


def sources(parts: Parts, case: records.Case, draft_id: str) -> Sources:
    """Read what the report of a referral is built from.

    Args:
        parts: The installation's.
        case: What is reported.
        draft_id: The referral, which need not be stored yet.
    """
    try:
        filed_at = parts.store.referral(draft_id).finished_at
    except NotFoundError:
        filed_at = None
    at = filed_at or parts.now()
    return Sources(
        at=at,
        reveals=[each for each in parts.store.reveals_of(case.id) if filed_at is None or each.at <= at],
        actions=parts.store.actions_of(case.id),  # of which those count that were confirmed until then
        facts=[each for each in parts.store.facts_of(case.id) if filed_at is None or each.at <= at],
    )
