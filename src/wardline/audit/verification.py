"""Verification: is every stored entry the one that was signed, and which is the first that is not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wardline import records
from wardline.audit.checkpoints import open_checkpoint
from wardline.errors import AuditLogError
from wardline.kernels import merkle

LogLine = tuple[int, bytes, bytes]
"""Position, leaf, stored leaf hash: what the store's audit reader gives."""

_BATCH = 1024
"""Leaf hashes held before they are folded into the frontier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a verification found."""

    ok: bool
    """Everything present is intact, and what was signed."""
    entries: int
    """Intact entries from the beginning, before the first bad one."""
    unsigned: int
    """How many of these no good checkpoint covers; none when all is well."""
    first_bad: int | None
    """Position of the first bad or missing entry; the first that is in doubt when a checkpoint is bad; None when all is well, or when
    a checkpoint is bad after which no entry follows."""
    reason: str
    """What was found, in a sentence; no content."""


def verify_log(
    entries: Iterable[LogLine],
    checkpoints: Iterable[records.Checkpoint],
    origin: str,
    public_key: Ed25519PublicKey,
) -> Verdict:
    """Check a whole log against its checkpoints, reading each iterable once and holding a bounded number of entries.

    Args:
        entries: Every entry that has a position, by it, from 0. Entries get theirs in the commit of the checkpoint over them, so that one
            beyond the last checkpoint is a finding: it was added, or its checkpoint was taken away.
        checkpoints: Every checkpoint, smallest first. Merge copies that were kept outside into them by size: only these reveal a log
            that was cut off together with its newest checkpoints, or signed anew.
        origin: The log's name.
        public_key: The log's key.
    """
    walk = _Walk(iter(entries))
    try:
        for checkpoint in checkpoints:
            walk.cover(checkpoint, origin, public_key)
        walk.finish()
    except _FoundError as found:
        return Verdict(
            ok=False, entries=walk.size, unsigned=walk.unsigned, first_bad=found.position, reason=found.reason
        )
    reason = f"{walk.signed} entries are intact and signed"
    return Verdict(ok=True, entries=walk.size, unsigned=0, first_bad=None, reason=reason)


class _FoundError(Exception):
    """Ends the walk at the first thing that is wrong."""

    def __init__(self, position: int | None, reason: str) -> None:
        super().__init__(reason)
        self.position = position
        self.reason = reason


class _Walk:
    """One pass over the entries, in step with the checkpoints."""

    def __init__(self, entries: Iterator[LogLine]) -> None:
        self._entries = entries
        self._frontier = merkle.Frontier()
        self._pending: list[bytes] = []
        self.signed = 0
        """Entries under the last good checkpoint."""

    @property
    def size(self) -> int:
        """Entries read and found intact in themselves."""
        return self._frontier.size + len(self._pending)

    @property
    def unsigned(self) -> int:
        return self.size - self.signed

    def cover(self, checkpoint: records.Checkpoint, origin: str, public_key: Ed25519PublicKey) -> None:
        """Read the entries up to a checkpoint and compare the roots."""
        try:
            size, root = open_checkpoint(checkpoint.note, origin, public_key)
        except AuditLogError as error:
            raise self._doubt(error.message) from None
        if (size, root) != (checkpoint.size, checkpoint.root):
            raise self._doubt(
                f"checkpoint of {size} entries: its record says otherwise than its signed note, expected the same"
            )
        if size < self.signed:
            raise self._doubt(
                f"checkpoint of {size} entries: comes after one of {self.signed}, expected them in order of size"
            )
        self.read(size)
        self._fold()
        if self._frontier.root() != root:
            last = f"entries {self.signed} to {size - 1}" if size > self.signed else "the same entries"
            raise self._doubt(
                f"checkpoint of {size} entries: its root does not fit {last}, expected the root of what is stored"
            )
        self.signed = size

    def finish(self) -> None:
        """Read what lies beyond the last checkpoint, where nothing may be."""
        self.read(None)
        if self.unsigned:
            raise _FoundError(
                self.signed, f"entry {self.signed}: not signed, expected a checkpoint over all {self.size}"
            )

    def read(self, stop: int | None) -> None:
        """Read and check entries until there are ``stop`` of them; to the end when None."""
        while stop is None or self.size < stop:
            line = next(self._entries, None)
            if line is None:
                break
            self._pending.append(_checked(line, self.size))
            if len(self._pending) == _BATCH:
                self._fold()
        if stop is not None and self.size < stop:
            reason = f"log of {self.size} entries: cut off, expected the {stop} that were signed"
            if self.unsigned:
                reason += (
                    f"; entries {self.signed} to {self.size - 1} cannot be compared with what was signed"
                )
            raise _FoundError(self.size, reason)

    def _fold(self) -> None:
        self._frontier = self._frontier.extend(self._pending)
        self._pending.clear()

    def _doubt(self, reason: str) -> _FoundError:
        """Name the first entry that no good checkpoint covers, if there is one."""
        follows = self.unsigned > 0 or next(self._entries, None) is not None
        return _FoundError(self.signed if follows else None, reason)


def _checked(line: LogLine, expected: int) -> bytes:
    """Check one entry by itself and give its hash."""
    position, leaf, stored = line
    if position > expected:
        raise _FoundError(expected, f"entry {expected}: missing, expected one before entry {position}")
    if position < expected:
        raise _FoundError(position, f"entry {position}: repeated or out of order, expected entry {expected}")
    leaf_hash = merkle.leaf_hash(leaf)
    if leaf_hash != stored:
        raise _FoundError(position, f"entry {position}: its hash is not the stored one, expected the same")
    if not _is_json_object(leaf):
        raise _FoundError(position, f"entry {position}: malformed, expected a JSON object")
    return leaf_hash


def _is_json_object(leaf: bytes) -> bool:
    try:
        return isinstance(json.loads(leaf.decode("utf-8")), dict)
    except (ValueError, RecursionError):
        return False
