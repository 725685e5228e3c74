"""A store in plain dictionaries, under the same contract but for durability: for quick tests and simulations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wardline import ports, records
from wardline.adapters.stores import codec, drift, kinds, preparation
from wardline.adapters.stores.memory_certificates import MemoryCertificates
from wardline.adapters.stores.memory_clusters import MemoryClusters
from wardline.adapters.stores.memory_complaints import MemoryComplaints
from wardline.adapters.stores.memory_evidence import MemoryEvidence
from wardline.adapters.stores.memory_filing import MemoryFiling
from wardline.adapters.stores.memory_finding import MemoryFinding
from wardline.adapters.stores.memory_opinions import MemoryOpinions
from wardline.adapters.stores.memory_preservation import MemoryPreservation
from wardline.adapters.stores.memory_schemas import MemorySchemas
from wardline.adapters.stores.memory_wellbeing import MemoryWellbeing
from wardline.adapters.stores.preparation import Forget, Line, Prepared, Put, Take, Write
from wardline.errors import AlreadyExistsError, StoreUnavailableError, VersionConflictError

Undo = Callable[[], None]
_CHANGES_AT_ONCE = 40


@dataclass(slots=True)
class _Entry:
    line: Line
    salt: bytes | None


class MemoryStore(
    MemoryClusters,
    MemoryComplaints,
    MemoryFinding,
    MemoryFiling,
    MemoryOpinions,
    MemoryEvidence,
    MemoryCertificates,
    MemoryWellbeing,
    MemorySchemas,
    MemoryPreservation,
):
    """Records in memory. ``tasks`` holds the durable work, oldest first, for a harness to pop."""

    def __init__(self, *, reached: ports.WritePoint = preparation.ignore_write_point) -> None:
        super().__init__()
        self.tasks: list[records.Task] = []
        self._reached = reached
        self._known_work: set[tuple[str, str, int]] = set()
        self._entries: list[_Entry] = []
        self._sequenced = 0
        self._checkpoints: list[records.Checkpoint] = []
        self._by_subject: dict[str, list[_Entry]] = defaultdict(list)
        self._loads: dict[str, Mapping[str, str]] = {}
        self._holders: dict[tuple[Any, ...], str] = {}
        self._closed = False

    def commit(
        self,
        *changes: records.Change,
        entries: Sequence[records.Entry],
        work: Sequence[records.Task] = (),
    ) -> None:
        """Write everything or nothing. See ``ports.Store``."""
        prepared = preparation.prepare(changes, entries, work)
        with self._gate:
            if self._closed:
                raise StoreUnavailableError("store: closed, expected an open one")
            self._apply(prepared)
            self._reached(f"store:after-commit:{prepared.name}")

    @property
    def changes_at_once(self) -> int:
        """How many changes the background commits at once. See ``ports.Store``."""
        return _CHANGES_AT_ONCE

    def may_hold_work(self, queue: str) -> bool:
        """Say whether work waits in a queue. See ``ports.WorkReader``."""
        with self._gate:
            return any(task.queue == queue for task in self.tasks)

    def first_work(self, queue: str) -> str | None:
        with self._gate:
            ready = (task for task in self.tasks if task.queue == queue and task.not_before is None)
            return next((f"{task.name}:{task.record_id}:{task.attempt}" for task in ready), None)

    def taken_work(self, before: datetime, *, most: int) -> dict[str, str]:  # noqa: ARG002 -- a harness pops what it runs
        return {}

    def ended_work(self, before: datetime, *, most: int) -> list[str]:  # noqa: ARG002
        return []

    def close(self) -> None:
        """Refuse further commits; what is stored can still be read."""
        with self._gate:
            self._closed = True

    # --- the log ----------------------------------------------------------------------------------------------------------------
    def log_size(self) -> int:
        return self._sequenced

    def log_entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes, bytes]]:
        with self._gate:
            chosen = self._entries[max(start, 0) : max(0, min(stop, self._sequenced))]
        for position, entry in enumerate(chosen, start=max(start, 0)):
            yield position, entry.line.leaf, entry.line.leaf_hash

    def log_entries_at(self, positions: Sequence[int]) -> list[tuple[int, bytes, bytes]]:
        return [line for each in sorted(set(positions)) for line in self.log_entries(each, each + 1)]

    def log_hashes(self, start: int, stop: int) -> Iterator[bytes]:
        return (leaf_hash for _, _, leaf_hash in self.log_entries(start, stop))

    def log_positions_of(self, subject_id: str, *, before: int | None = None, most: int) -> list[int]:
        with self._gate:
            end = self._sequenced if before is None else min(before, self._sequenced)
            about = [
                place
                for place, entry in enumerate(self._entries[: max(end, 0)])
                if entry.line.subject_id == subject_id
            ]
        return about[::-1][:most]

    def checkpoints(self) -> Iterator[records.Checkpoint]:
        with self._gate:
            return iter(list(self._checkpoints))

    def last_checkpoint(self) -> records.Checkpoint | None:
        with self._gate:
            return self._checkpoints[-1] if self._checkpoints else None

    def sequence(self, sign: Callable[[Sequence[bytes]], records.Checkpoint], *, most: int = 10_000) -> int:
        """Give positions to new entries under a signed checkpoint."""
        with self._gate:
            waiting = self._entries[self._sequenced : self._sequenced + most]
            if not waiting:
                return 0
            size = self._sequenced + len(waiting)
            checkpoint = preparation.check_signed(sign([entry.line.leaf for entry in waiting]), size)
            self._checkpoints.append(checkpoint)
            self._sequenced = size
            return len(waiting)

    def drifted(self) -> Iterator[str]:
        with self._gate:
            newest_first = [(entry.line.leaf, entry.salt) for entry in reversed(self._entries)]
            return iter(list(drift.drifted(newest_first, _Stored(self._records, self._loads))))

    # --- writing ----------------------------------------------------------------------------------------------------------------
    def _apply(self, prepared: Prepared) -> None:
        """Make the changes one after the other; when one is refused, take those before it back."""
        undo: list[Undo] = []
        try:
            undo.extend(map(self._write, prepared.writes))
            self._reached(f"store:before-commit:{prepared.name}")
        except BaseException:
            for step in reversed(undo):
                step()
            raise
        self._counts.update(prepared.counts)
        self._tallies.update(prepared.tallies)
        self._log(prepared)
        for task in prepared.work:
            self._take_work(task)

    def _write(self, change: Write) -> Undo:
        match change:
            case Put():
                return self._put(change)
            case Take():
                return self._set(change.kind, change.id, None)
            case Forget():
                return self._remember(change.key_digest, None)
            case records.Remembered():
                if change.key_digest in self._remembered:
                    raise AlreadyExistsError("idempotency key: used before, expected a new one")
                return self._remember(change.key_digest, change)

    def _put(self, change: Put) -> Undo:
        table = self._table(change.kind.type)
        present = table.get(change.id)
        thing = f"{change.kind.name} {change.id}"
        if change.replaces is None and present is not None:
            raise AlreadyExistsError(f"{thing}: its id or a unique name is taken, expected a new one")
        if change.replaces is not None and (present is None or present.version != change.replaces):
            raise VersionConflictError(
                f"{thing}: changed or gone meanwhile, expected version {change.replaces}"
            )
        keys = _unique_keys(change.kind, change.record)
        if any(self._holders.get(key, change.id) != change.id for key in keys):
            raise AlreadyExistsError(f"{thing}: its id or a unique name is taken, expected a new one")
        return self._set(change.kind, change.id, change.record)

    def _set(self, kind: kinds.Kind, record_id: str, record: Any) -> Undo:
        """Put a record in its place, None for nothing; gives the way back."""
        table = self._table(kind.type)
        previous = table.pop(record_id, None)
        for key in _unique_keys(kind, previous):
            del self._holders[key]
        if record is not None:
            table[record_id] = record
            self._holders.update(dict.fromkeys(_unique_keys(kind, record), record_id))
        return lambda: _ignore(self._set(kind, record_id, previous))

    def _remember(self, key_digest: str, key: records.Remembered | None) -> Undo:
        previous = self._remembered.pop(key_digest, None)
        if key is not None:
            self._remembered[key_digest] = key
        return lambda: _ignore(self._remember(key_digest, previous))

    def _log(self, prepared: Prepared) -> None:
        for subject in prepared.unlinks:
            for entry in self._by_subject[subject]:
                entry.salt = None
        self._loads.update(prepared.loads)
        for line in prepared.lines:
            entry = _Entry(line, line.salt)
            self._entries.append(entry)
            self._by_subject[line.subject_id].append(entry)

    def _take_work(self, task: records.Task) -> None:
        key = (task.name, task.record_id, task.attempt)
        if key not in self._known_work:
            self._known_work.add(key)
            self.tasks.append(task)


class _Stored:
    """What the drift check looks at."""

    def __init__(
        self, tables: Mapping[type[Any], Mapping[str, Any]], loads: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._tables = tables
        self._loads = loads

    def rows(self, kind: kinds.Kind, ids: Sequence[str]) -> Mapping[str, codec.Row]:
        table = self._tables.get(kind.type, {})
        return {record_id: codec.to_row(table[record_id]) for record_id in ids if record_id in table}

    def ids(self, kind: kinds.Kind) -> Iterable[str]:
        return self._tables.get(kind.type, {})

    def members(self, load_id: str) -> Mapping[str, str]:
        return self._loads.get(load_id, {})


def _unique_keys(kind: kinds.Kind, record: Any) -> list[tuple[Any, ...]]:
    """Give what this record alone may hold; nothing when there is no record."""
    return [
        (kind.name, unique.fields, *(getattr(record, field) for field in unique.fields))
        for unique in kind.uniques
        if record is not None
        and (unique.while_none is None or getattr(record, unique.while_none) is None)
        and (unique.while_set is None or getattr(record, unique.while_set) is not None)
    ]


def _ignore(_undo: Undo) -> None:
    """Drop the way back from the way back."""
