"""The audit log: signed checkpoints over a Merkle tree of entries, and the check that nothing was changed.

The check proves that what is stored is what was signed. It cannot find what the holder of the signing key signed anew, nor a log whose
end was cut off together with the checkpoints that covered it: for these, keep a checkpoint outside and verify against it too.
"""

from wardline.audit.checkpoints import (
    checkpoint,
    key_hash,
    notes_in,
    notes_in_file,
    open_checkpoint,
    sign_batch,
    signers,
    verifier_key,
)
from wardline.audit.proofs import (
    Blocks,
    Continuation,
    Proof,
    check_continuation,
    check_proof,
    continuation_fields,
    proof_fields,
    prove,
    prove_continuation,
)
from wardline.audit.statements import open_statement, sign_statement
from wardline.audit.tiles import (
    CHECKPOINT_PATH,
    ENTRIES,
    TILE_WIDTH,
    TileFile,
    Tiling,
    entries_path,
    hash_path,
    read_tile,
    widths,
)
from wardline.audit.verification import Verdict, verify_log

__all__ = [
    "CHECKPOINT_PATH", "ENTRIES", "TILE_WIDTH", "Blocks", "Continuation", "Proof", "TileFile", "Tiling", "Verdict", "check_continuation", "check_proof", "checkpoint",
    "continuation_fields", "entries_path", "hash_path", "key_hash", "notes_in", "notes_in_file", "open_checkpoint", "open_statement", "proof_fields", "prove", "prove_continuation",
    "read_tile", "sign_batch", "sign_statement", "signers", "verifier_key", "verify_log", "widths",
]  # fmt: skip
