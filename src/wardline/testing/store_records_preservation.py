"""Small valid requests to preserve and to destroy, and fences."""

from __future__ import annotations

from typing import Any

from wardline import records
from wardline.testing.moments import NOON, later, new_id


def asker(**values: Any) -> records.Asker:
    """Make an agency with a reference and an officer."""
    given = {"agency": "An agency", "reference": "REF-1", "contact": "officer@agency.invalid"}
    return records.Asker(**{**given, **values})


def preservation(**values: Any) -> records.Preservation:
    """Make a request that asks for one file."""
    given = {
        "id": new_id("preservation"), "basis": records.PreservationBasis.US_REQUEST, "asker": asker(), "received_at": NOON,
        "until": later(9999), "case_ids": (new_id("case"),), "item_ids": (new_id("item"),), "recorded_by": new_id("user"),
        "recorded_at": later(1),
    }  # fmt: skip
    return records.Preservation(**{**given, **values})


def destruction(**values: Any) -> records.Destruction:
    """Make a proposal to destroy one file."""
    given = {
        "id": new_id("destruction"), "asker": asker(), "reason": "The court's order", "received_at": NOON, "item_ids": (new_id("item"),),
        "proposed_by": new_id("user"), "proposed_at": later(1),
    }  # fmt: skip
    return records.Destruction(**{**given, **values})


def destroyed_file(**values: Any) -> records.DestroyedFile:
    """Make a file that is gone."""
    given = {"item_id": new_id("item"), "sha256": "0" * 64, "size_bytes": 7, "at": later(2)}
    return records.DestroyedFile(**{**given, **values})


def fence(**values: Any) -> records.Fence:
    """Make a fence that stands."""
    given = {"id": new_id("fence"), "raised_at": NOON, "why": "restored from a back-up"}
    return records.Fence(**{**given, **values})


def export(**values: Any) -> records.Export:
    """Make a proposal to export the hashes of one case."""
    given = {
        "id": new_id("export"), "case_ids": (new_id("case"),), "profile": "theirs", "media": 1, "sha256": "0" * 64,
        "cause": records.ExportCause(reason=records.ExportReason.POLICE_REQUEST, reference="OP-17"), "proposed_by": new_id("user"),
        "proposed_at": later(1),
    }  # fmt: skip
    return records.Export(**{**given, **values})
