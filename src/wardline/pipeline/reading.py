"""Reading the audit log: a page of entries, the entries about a record, and the entry that such reading leaves itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import InputError
from wardline.pipeline.parts import Parts
from wardline.records import Verb

Line = tuple[int, records.Entry]
"""Position and entry."""

READINGS = "log-readings"
"""What entries about reading the log are about."""
TELLING = frozenset({Verb.CASE_REVEALED, Verb.CASE_COVERED})
"""Entries that tell who was shown what."""
_AGAIN_AFTER = timedelta(minutes=1)


def newest(parts: Parts, most: int, *, before: int | None = None) -> list[Line]:
    """Give the newest sequenced entries below a position, newest first; what cannot be read is left to the verification."""
    size = parts.store.log_size()
    stop = size if before is None else max(0, min(before, size))
    return _read(parts.store.log_entries(max(0, stop - most), stop))[::-1]


def about(parts: Parts, subject_id: str, most: int, *, before: int | None = None) -> list[Line]:
    """Give the newest sequenced entries about a record, newest first, in the same way."""
    positions = parts.store.log_positions_of(subject_id, before=before, most=most)
    return _read(parts.store.log_entries_at(positions))[::-1]


def _read(lines: Iterable[tuple[int, bytes, bytes]]) -> list[Line]:
    read = ((position, entry_of(leaf)) for position, leaf, _ in lines)
    return [(position, entry) for position, entry in read if entry is not None]


def entry_of(leaf: bytes) -> records.Entry | None:
    """Read one leaf; None when somebody made something else of it."""
    try:
        said = json.loads(leaf)
        return records.Entry(
            verb=Verb(said["verb"]), subject_id=said["subject"], actor=said["actor"],
            at=datetime.fromisoformat(said["at"]), detail=said["detail"],
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, InputError, RecursionError):
        return None


class Readings:
    """Writes into the log that somebody read in it who was shown what; the same page at most once a minute."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = threading.Lock()
        self._noted: dict[tuple[str, str], datetime] = {}

    def note(self, user: records.User, shown: Sequence[Line], *, page: str, subject_id: str = "") -> bool:
        """Commit the entry if it is due; gives whether it was.

        Call it before anything is shown: no entry, no showing.

        Args:
            user: Who reads.
            shown: What they are going to be shown.
            page: The same text whenever the same page is asked for.
            subject_id: The record whose entries they asked for, if they asked for one's.
        """
        if not any(entry.verb in TELLING for _, entry in shown):
            return False
        key, now = (user.id, page), self._parts.now()
        with self._gate:
            self._noted = {each: at for each, at in self._noted.items() if now - at < _AGAIN_AFTER}
            if key in self._noted:
                return False
        positions = [position for position, _ in shown]
        detail = f"entries {min(positions)} to {max(positions)}"
        if subject_id:
            detail += f" about {subject_id}"
        self._parts.store.commit(
            entries=[self._parts.entry(Verb.LOG_READ, READINGS, actor=user.id, detail=detail)]
        )
        with self._gate:
            self._noted[key] = now
        return True
