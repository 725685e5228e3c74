"""``/v1/audit``: the log, for whoever wants to check it elsewhere."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel

from wardline import audit
from wardline.pipeline import Wardline
from wardline.web import access
from wardline.web.api.pages import Limit, Page

router = APIRouter(prefix="/v1/audit", tags=["audit"])

_Wardline = Annotated[Wardline, Depends(access.wardline)]
_Position = Annotated[int, Path(ge=0, le=2**62, description="Of the entry, from 0")]
_Size = Annotated[int, Path(ge=0, le=2**62, description="Entries of the earlier log")]
_Start = Annotated[int, Query(ge=0, le=2**62, alias="cursor", description="Position to start at")]


class EntryBody(BaseModel):
    """One entry as it was hashed."""

    position: int
    leaf: str
    """The leaf's bytes, base64: SHA-256 of 0x00 and these is its hash in the tree."""


class CheckpointBody(BaseModel):
    size: int
    note: str
    """The signed note, to check with the installation's public key."""


class ProofBody(BaseModel):
    """That one entry is in the signed log, to be checked offline: RFC 6962, section 2.1.1. Bytes are base64."""

    origin: str
    """The log's name."""
    position: int
    """Of the entry, from 0."""
    leaf: str
    """The entry as it was hashed: JSON."""
    leaf_hash: str
    """SHA-256 of 0x00 and the leaf."""
    size: int
    """Entries under the checkpoint."""
    hashes: list[str]
    """The siblings on the way to the root, lowest first."""
    checkpoint: str
    """The signed note over size and root, in C2SP form."""
    key: str
    """The key that signed, as a C2SP verifier key. Whether it is the log's, a checker must know from elsewhere."""


@router.get("/entries")
def list_entries(wardline: _Wardline, start: _Start = 0, limit: Limit = 100) -> Page[EntryBody]:
    """List sequenced entries by position."""
    store = wardline.parts.store
    stop = min(start + limit, store.log_size())
    found = [
        EntryBody(position=position, leaf=base64.b64encode(leaf).decode())
        for position, leaf, _ in store.log_entries(start, stop)
    ]
    return Page(items=found, next=str(stop) if stop < store.log_size() else None)


@router.get("/checkpoints")
def last_checkpoint(wardline: _Wardline) -> list[CheckpointBody]:
    """Give the newest checkpoint; empty before the first."""
    last = wardline.parts.store.last_checkpoint()
    return [CheckpointBody(size=last.size, note=last.note)] if last else []


class ContinuationBody(BaseModel):
    """That the log begins with the whole of what it was at an earlier size: RFC 6962, section 2.1.2. Bytes are base64."""

    origin: str
    """The log's name."""
    old_size: int
    """Entries of the earlier log."""
    size: int
    """Entries under the checkpoint."""
    hashes: list[str]
    """In the order of the standard."""
    checkpoint: str
    """The newest signed note, in C2SP form."""
    key: str
    """As in a proof of an entry."""


@router.get("/checkpoints/{size}/proof")
def prove_continuation(wardline: _Wardline, size: _Size) -> ContinuationBody:
    """Prove that the log under the newest checkpoint begins with the whole log of an earlier size."""
    proof = wardline.prove_continuation(size)
    return ContinuationBody.model_validate(
        audit.continuation_fields(proof, wardline.parts.log_key.public_key())
    )


@router.get("/proofs/{position}")
def prove_entry(wardline: _Wardline, position: _Position) -> ProofBody:
    """Prove that one entry is in the log under the newest checkpoint."""
    proof = wardline.prove_entry(position)
    return ProofBody.model_validate(audit.proof_fields(proof, wardline.parts.log_key.public_key()))
