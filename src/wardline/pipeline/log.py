"""The audit log's sequencer and its verification."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from wardline import audit, records
from wardline.errors import AuditLogError
from wardline.kernels import merkle
from wardline.pipeline import log_key, witnessing
from wardline.pipeline.parts import Parts

_MOST_IN_LINE = 2_000
"""Entries that are read while nobody else writes; what is more is read before, a page at a time."""
_PAGE = 10_000


class _BehindError(Exception):
    """More of the log has to be read than others shall wait for."""


class Sequencer:
    """Gives entries their positions and signs a checkpoint over them. One at a time in an installation."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._frontier = merkle.Frontier()
        self._is_anew = True
        """It is what is stored, from the first entry on, and nothing that was remembered."""

    def read_ahead(self) -> None:
        """Read what is signed already, so that a first ``run`` on a long log does not hold up whoever writes meanwhile."""
        with self._lock:
            self._extend(self._parts.store.log_size())

    def run(self) -> int:
        """Sequence what waits; gives how many entries."""
        with self._lock:
            done = 0
            while count := self._sequence():
                done += count
            return done

    def _sequence(self) -> int:
        while True:
            try:
                return self._parts.store.sequence(self._sign)
            except _BehindError:
                self._read_on()

    def _sign(self, leaves: Sequence[bytes]) -> records.Checkpoint:
        parts = self._parts
        self._catch_up()
        self._frontier, checkpoint = audit.sign_batch(
            self._frontier, leaves, parts.log_key, parts.log_origin, parts.now()
        )
        return checkpoint

    def _catch_up(self) -> None:
        """Bring the frontier to the stored log: after a start, a failed commit, or another process's turn. Nobody writes meanwhile.

        Raises:
            _BehindError: Too much of it has to be read.
            AuditLogError: The stored log is not what was signed. Signed on, it would be found in order ever after.
        """
        size = self._parts.store.log_size()
        root = self._signed_root(size)
        if self._frontier.size > size:
            self._forget()
        self._extend_at_once(size)
        if self._frontier.root() != root and not self._is_anew:
            # What is remembered may be of a commit that failed; only the stored log counts.
            self._forget()
            self._extend_at_once(size)
        self._is_anew = False
        if self._frontier.root() != root:
            raise self._not_as_signed(size)

    def _forget(self) -> None:
        self._frontier, self._is_anew = merkle.Frontier(), True

    def _extend_at_once(self, size: int) -> None:
        if size - self._frontier.size > _MOST_IN_LINE:
            raise _BehindError
        self._extend(size)

    def _read_on(self) -> None:
        """Read the stored log as far as it goes now, while others write."""
        size = self._parts.store.log_size()
        while (before := self._frontier.size) < size:
            self._extend(min(size, before + _PAGE))
            if self._frontier.size == before:
                raise self._not_as_signed(size)

    def _not_as_signed(self, size: int) -> AuditLogError:
        return AuditLogError(
            f"audit log: its {size} entries do not give the root of the last checkpoint, expected the same root"
        )

    def _signed_root(self, size: int) -> bytes:
        """Give the root that the newest checkpoint was signed over. Whatever has a position was signed in the same commit."""
        parts, last = self._parts, self._parts.store.last_checkpoint()
        if last is None and size == 0:
            return merkle.Frontier().root()
        if last is None or last.size != size:
            signed = 0 if last is None else last.size
            raise AuditLogError(
                f"audit log of {size} entries: {signed} are signed, expected a checkpoint over all"
            )
        # The record beside the note is written by whoever has the database; only the note is signed.
        try:
            signed, root = audit.open_checkpoint(last.note, parts.log_origin, parts.log_key.public_key())
        except AuditLogError:
            log_key.require(parts)  # says so where the key is the reason
            raise
        if (signed, root) != (size, last.root):
            raise AuditLogError(
                f"checkpoint of {size} entries: its record says otherwise than its signed note, expected the same"
            )
        return root

    def _extend(self, size: int) -> None:
        hashes = (
            merkle.leaf_hash(leaf) for _, leaf, _ in self._parts.store.log_entries(self._frontier.size, size)
        )
        self._frontier = self._frontier.extend(hashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What checking the whole log found."""

    ok: bool
    entries: int
    first_bad: int | None
    """Position of the first bad entry, from 0."""
    reason: str | None
    drifted: tuple[str, ...]
    """Records that are not what the log says of them; the first ten."""
    copies: int = 0
    """Checkpoints kept elsewhere that it was compared with. Without one, only changes by people without the log's key are found."""
    unread: tuple[str, ...] = ()
    """Names of the witnesses that could not be asked."""


def verify(parts: Parts, notes: Sequence[str] = ()) -> Verification:
    """Check every entry, every checkpoint, here and at the witnesses, and every record against its newest entry.

    Args:
        parts: The installation's.
        notes: More signed notes, from files that somebody kept.
    """
    store = parts.store
    try:
        log_key.require(parts)
        # First: a copy that is made meanwhile may be of a longer log than is looked at below.
        kept = witnessing.copies(parts, notes)
    except AuditLogError as error:
        return Verification(
            ok=False, entries=0, first_bad=None, reason=f"{error.message}; {error.remedy}", drifted=()
        )
    # A running service signs on meanwhile, so that what is compared ends at what is signed now. Entries are counted before that is read:
    # whatever has a position was signed in the same commit, and one from before that no checkpoint covers now lost its own.
    before = store.log_size()
    last = store.last_checkpoint()
    signed = 0 if last is None else last.size
    checkpoints = takewhile(lambda each: each.size <= signed, store.checkpoints())
    merged = heapq.merge(checkpoints, kept.checkpoints, key=lambda each: each.size)
    verdict = audit.verify_log(
        store.log_entries(0, max(before, signed)), merged, parts.log_origin, parts.log_key.public_key()
    )
    # A copy kept elsewhere may cover what the installation's own checkpoints no longer do.
    if verdict.ok and signed < before:
        verdict = replace(
            verdict, ok=False, first_bad=signed, entries=signed,
            reason=f"entry {signed}: no checkpoint covers it, expected one over all {before}",
        )  # fmt: skip
    drifted = tuple(name for name, _ in zip(store.drifted(), range(10), strict=False))
    reason = "records differ from what the log says of them" if drifted else None
    if not verdict.ok:
        reason = verdict.reason
    return Verification(
        ok=verdict.ok and not drifted,
        entries=verdict.entries,
        first_bad=verdict.first_bad,
        reason=reason,
        drifted=drifted,
        copies=len(kept.checkpoints),
        unread=tuple(kept.unread),
    )
