"""Records for the stations' tests, with every field filled in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from wardline import records

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
_numbers = count(1)


def new_id(kind: str) -> str:
    """Give an id that was not given before."""
    return records.new_id(kind, NOW, next(_numbers).to_bytes(10, "big"))


def context(**fields: Any) -> records.UploadContext:
    """Make the context of a public upload."""
    given: dict[str, Any] = {
        "surface": "post", "visibility": records.Visibility.PUBLIC, "uploaded_at": NOW, "content_reference": "post-1",
    }  # fmt: skip
    return records.UploadContext(**(given | fields))


def item(**fields: Any) -> records.Item:
    """Make a kept item, a still picture."""
    given: dict[str, Any] = {
        "id": new_id("item"), "received_at": NOW, "account_reference": "account-1", "platform": "example", "context": context(),
        "size_bytes": 1000, "hashes": (), "sealed": True,
        "picture": records.Picture(format=records.MediaFormat.JPEG, width=320, height=240, frames=1),
    }  # fmt: skip
    return records.Item(**(given | fields))


def case(**fields: Any) -> records.Case:
    """Make an open case about one item."""
    given: dict[str, Any] = {
        "id": new_id("case"), "opened_at": NOW, "account_reference": "account-1", "item_ids": (new_id("item"),),
        "reasons": ("A user flagged it: spam",), "restricted": False, "state": records.CaseState.OPEN,
    }  # fmt: skip
    return records.Case(**(given | fields))


def hold(**fields: Any) -> records.Hold:
    """Make an active provisional hold of thirty days."""
    given: dict[str, Any] = {
        "id": new_id("hold"), "item_id": new_id("item"), "case_id": new_id("case"), "basis": records.HoldBasis.PROVISIONAL,
        "placed_at": NOW, "until": NOW + 30 * DAY,
    }  # fmt: skip
    return records.Hold(**(given | fields))


def match(**fields: Any) -> records.Match:
    """Make a match of equal hashes on a verified list."""
    given: dict[str, Any] = {
        "list_id": new_id("hash-list"), "entry_id": new_id("entry"), "hash_kind": records.HashKind.MD5, "distance_bits": 0,
        "trust": records.ListTrust.VERIFIED, "category": records.Category.A2,
    }  # fmt: skip
    return records.Match(**(given | fields))


def finding(item_id: str, category: records.Category | None = records.Category.A2) -> records.Finding:
    """Make a finding about one file."""
    return records.Finding(item_id=item_id, category=category)


def decision(**fields: Any) -> records.Decision:
    """Make a pending violation; give ``findings`` that fit the case."""
    given: dict[str, Any] = {
        "id": new_id("decision"), "case_id": new_id("case"), "user_id": new_id("user"), "at": NOW,
        "outcome": records.Outcome.VIOLATION, "findings": (finding(new_id("item")),), "annotations": (), "escalation": None,
        "undo_until": NOW + 60 * SECOND,
    }  # fmt: skip
    return records.Decision(**(given | fields))
