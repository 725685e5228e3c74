"""The audit log: signed checkpoints over a Merkle tree of entries, and the check that nothing was changed.

The check proves that what is stored is what was signed. It cannot find what the holder of the signing key signed anew, nor a log whose
end was cut off together with the checkpoints that covered it: for these, keep a checkpoint outside and verify against it too.
"""

from wardline.audit.checkpoints import checkpoint, key_hash, open_checkpoint, sign_batch, verifier_key
from wardline.audit.proofs import Blocks, Proof, check_proof, proof_fields, prove
from wardline.audit.verification import Verdict, verify_log

__all__ = [
    "Blocks",
    "Proof",
    "Verdict",
    "check_proof",
    "checkpoint",
    "key_hash",
    "open_checkpoint",
    "proof_fields",
    "prove",
    "sign_batch",
    "verifier_key",
    "verify_log",
]
