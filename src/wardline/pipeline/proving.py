"""Proofs that an entry is in the signed log, for those who trust neither us nor our database."""

from __future__ import annotations

import threading

from wardline import audit, records
from wardline.errors import AuditLogError, InputError, NotFoundError
from wardline.kernels import merkle
from wardline.pipeline.parts import Parts


class Prover:
    """Makes proofs under the newest checkpoint.

    The first one reads every stored leaf hash once; what it remembers of them, 32 bytes for 1,024 entries, spares that to the next ones.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = threading.Lock()
        self._blocks = audit.Blocks()

    def prove(self, position: int) -> audit.Proof:
        """Prove one entry.

        Raises:
            NotFoundError: No signed entry has this position.
            AuditLogError: The log is not what was signed, so nothing can be proved of it.
        """
        last = self._parts.store.last_checkpoint()
        size = 0 if last is None else last.size
        if last is None or not 0 <= position < size:
            raise NotFoundError(f"entry {position}: not in the signed log, expected a position below {size}")
        line = next(iter(self._parts.store.log_entries_at([position])), None)
        if line is None:
            raise AuditLogError(f"entry {position}: missing, expected one before the last of {size}")
        with self._gate:
            try:
                return self._made(position, line[1], last)
            except AuditLogError:
                # What is remembered may be of a store that was put back to an older state meanwhile; only the stored log counts.
                self._blocks = audit.Blocks()
                return self._made(position, line[1], last)

    def prove_continuation(self, old_size: int) -> audit.Continuation:
        """Prove that the log under the newest checkpoint begins with the whole log of an earlier size.

        Raises:
            NotFoundError: The log was never that long.
            AuditLogError: The log is not what was signed, so nothing can be proved of it.
        """
        last = self._parts.store.last_checkpoint()
        size = 0 if last is None else last.size
        if last is None or not 0 <= old_size <= size:
            raise NotFoundError(f"audit log of {old_size} entries: never was, expected a size up to {size}")
        with self._gate:
            try:
                return self._continued(old_size, last)
            except AuditLogError:
                self._blocks = audit.Blocks()
                return self._continued(old_size, last)

    def _continued(self, old_size: int, last: records.Checkpoint) -> audit.Continuation:
        parts, read = self._parts, self._parts.store.log_hashes
        try:
            proof = audit.prove_continuation(
                old_size, last, origin=parts.log_origin, blocks=self._blocks, read=read
            )
            earlier = self._blocks.root(0, old_size, read)
        except InputError as error:
            raise AuditLogError(f"audit log: a stored hash is none, {error.message}") from error
        # Whether the log was signed at that size is for whoever kept that checkpoint to check; here, that what is stored fits what is signed.
        if not merkle.verify_consistency(old_size, last.size, earlier, last.root, proof.hashes):
            raise AuditLogError(
                f"audit log of {last.size} entries: its hashes do not give the signed root, expected the same root"
            )
        return proof

    def _made(self, position: int, leaf: bytes, last: records.Checkpoint) -> audit.Proof:
        parts = self._parts
        try:
            proof = audit.prove(
                leaf,
                position,
                last,
                origin=parts.log_origin,
                blocks=self._blocks,
                read=parts.store.log_hashes,
            )
        except InputError as error:
            raise AuditLogError(f"entry {position}: a stored hash is none, {error.message}") from error
        audit.check_proof(proof, parts.log_origin, parts.log_key.public_key())
        return proof
