"""The proof that evidence was destroyed: a signed statement, and for each file its entry in the signed log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wardline import audit, records
from wardline.errors import ConflictError
from wardline.pipeline import reading
from wardline.pipeline.parts import Parts
from wardline.records import DestructionState, Verb

_MEANS = (
    "Each file existed sealed, under a data key of its own that lay beside it only, wrapped by the master key. The wrapped data key was destroyed first, then the "
    "sealed content: in a folder the key was overwritten and the file deleted; in a bucket of an object store every version of both that it lists was removed. "
    "What an older back-up, or an object store out of sight, still holds is unreadable once that is gone, or the master key of its time is retired and destroyed."
)
_LOOKED_AT = 50


def prove(parts: Parts, destruction_id: str, prove_entry: Callable[[int], audit.Proof]) -> dict[str, Any]:
    """Make the proof of a destruction that is done, or of as much as was done of one that stopped. Sequence the log before.

    Raises:
        ConflictError: It is not done, or stopped before anything was destroyed.
    """
    found = parts.store.destruction(destruction_id)
    if found.state is DestructionState.STOPPED and not found.destroyed:
        raise ConflictError(f"{found.id}: stopped before anything was destroyed, expected something to prove")
    if found.state not in (DestructionState.DONE, DestructionState.STOPPED):
        raise ConflictError(f"{found.id}: {found.state}, expected one that is done")
    entries = {each.item_id: prove_entry(_position(parts, found, each.item_id)) for each in found.destroyed}
    key = parts.log_key
    said = {
        "kind": "destruction", "log": parts.log_origin, "destruction": found.id, "agency": found.asker.agency,
        "reference": found.asker.reference, "received_at": found.received_at.isoformat(), "proposed_by": found.proposed_by,
        "proposed_at": found.proposed_at.isoformat(), "approved_by": found.decided_by, "approved_at": _said(found.decided_at),
        "state": found.state.value, "done_at": _said(found.done_at), "means": _MEANS, "not_destroyed_by_this": _others(parts, found),
        "files": [
            {
                "item": each.item_id, "sha256": each.sha256, "size_bytes": each.size_bytes, "destroyed_at": each.at.isoformat(),
                "log_entry": entries[each.item_id].position,
            }
            for each in found.destroyed
        ],
    }  # fmt: skip
    return {
        **audit.sign_statement(said, parts.log_origin, key),
        "entries": {
            item_id: audit.proof_fields(proof, key.public_key()) for item_id, proof in entries.items()
        },
    }


def _others(parts: Parts, found: records.Destruction) -> list[dict[str, Any]]:
    """Name the files that were asked about and that this did not destroy: they are kept, or had gone before."""
    gone = {each.item_id for each in found.destroyed}
    others = [item_id for item_id in found.item_ids if item_id not in gone]
    return [{"item": each, "is_kept": parts.store.item(each).sealed} for each in others]


def _said(at: Any) -> str | None:
    return None if at is None else at.isoformat()


def _position(parts: Parts, found: records.Destruction, item_id: str) -> int:
    for position, entry in reading.about(parts, item_id, _LOOKED_AT):
        if entry.verb is Verb.EVIDENCE_DESTROYED and entry.detail == found.id:
            return position
    raise ConflictError(f"{item_id}: its entry is not in the signed log yet, expected it there")
