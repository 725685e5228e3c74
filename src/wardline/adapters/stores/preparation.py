"""A commit, checked and turned into rows and audit lines before any lock is taken. Shared by all stores."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wardline import records
from wardline.adapters.stores import beside, codec, kinds
from wardline.errors import AuditLogError, InputError

SALT_BYTES = 16
MOST_DIGEST_BYTES = 56_000
"""Digests in one leaf. Entry bundles give a leaf's length in 16 bits. Source: C2SP tlog-tiles, "Log Entries"."""
REMOVED = "removed"
"""In the place of a removed record's digest."""


LOAD = "load"
"""In the place of a kind's name, for records that were loaded together."""


def ignore_write_point(point: str) -> None:
    """Let a write point pass; what stores call unless a fault test gives something else."""


@dataclass(frozen=True, slots=True)
class Put:
    """A record to insert, or to put in the place of its previous version."""

    kind: kinds.Kind
    id: str
    row: dict[str, codec.Cell]
    record: Any
    replaces: int | None
    """The version that must be stored; None when nothing may be."""
    beside: dict[str, codec.Cell] = field(default_factory=dict)
    """Cells that are stored with the row and are no part of the record; no digest has them."""


@dataclass(frozen=True, slots=True)
class Take:
    """A record to remove."""

    kind: kinds.Kind
    id: str


@dataclass(frozen=True, slots=True)
class Forget:
    """An idempotency key to remove."""

    key_digest: str


@dataclass(frozen=True, slots=True)
class _Load:
    """Records that share one digest in the log."""

    id: str
    puts: tuple[Put, ...]


Write = Put | Take | Forget | records.Remembered


TallyKey = tuple[date, str, str, records.Tallied]
"""Day, list id, entry id or nothing, and what is counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One audit entry as it is stored."""

    id: str
    subject_id: str
    leaf: bytes
    leaf_hash: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything one commit writes."""

    name: str
    """For the write points: the verb of the first entry, or ``counts``."""
    writes: tuple[Write, ...]
    counts: Counter[tuple[date, records.Step]]
    tallies: Counter[TallyKey]
    lines: tuple[Line, ...]
    loads: dict[str, dict[str, str]]
    """Load id, then ``<kind>:<id>``: the digest of each record that was loaded."""
    unlinks: tuple[str, ...]
    """Subjects whose older entries lose their salts, so that no digest ties them to the account any more."""
    work: tuple[records.Task, ...]


def prepare(
    changes: Sequence[records.Change], entries: Sequence[records.Entry], work: Sequence[records.Task]
) -> Prepared:
    """Check a commit and turn it into what is written; ``AuditLogError`` when a record changes and nobody tells of it.

    Idempotency keys are no records: they may be remembered, and removed, without an entry.
    """
    counts: Counter[tuple[date, records.Step]] = Counter()
    tallies: Counter[TallyKey] = Counter()
    writes: list[Write] = []
    audited: list[Put | Take | _Load] = []
    files = beside.files_of(changes)
    for change in changes:
        match change:
            case records.Add():
                counts[change.day, change.step] += change.amount
            case records.Tally():
                tallies[change.day, change.list_id, change.entry_id, change.what] += change.count
            case records.Load():
                load = _load(change)
                writes += load.puts
                audited.append(load)
            case _:
                write = _write(change, files)
                writes.append(write)
                if isinstance(write, Put | Take):
                    audited.append(write)
    if audited and not entries:
        raise AuditLogError(
            f"record {audited[0].id}: changed without an audit entry, expected at least one: no entry, no action"
        )
    loads: dict[str, dict[str, str]] = {}
    return Prepared(
        name=entries[0].verb.value if entries else "counts",
        writes=tuple(writes),
        counts=counts,
        tallies=tallies,
        lines=tuple(_lines(audited, entries, loads)),
        loads=loads,
        unlinks=_unlinked(audited, entries),
        work=tuple(work),
    )


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf of the log. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def _write(
    change: records.Insert | records.Replace | records.Remove | records.Remembered, files: beside.Files
) -> Write:
    match change:
        case records.Remembered():
            return change
        case records.Remove():
            if change.kind is records.Remembered:
                return Forget(change.id)
            return Take(kinds.kind_of(change.kind), change.id)
        case records.Insert():
            return _put(change.record, files, replacing=False)
        case records.Replace():
            return _put(change.record, files, replacing=True)


def _put(record: Any, files: beside.Files, *, replacing: bool) -> Put:
    kind = kinds.kind_of(type(record))
    if replacing and not kind.versioned:
        raise InputError(f"{kind.name} {record.id}: written once, expected a record with versions")
    return Put(
        kind, record.id, codec.to_row(record), record, record.version - 1 if replacing else None,
        beside.cells(record, files, is_new=not replacing),
    )  # fmt: skip


def _load(change: records.Load) -> _Load:
    if len({type(record) for record in change.records}) > 1:
        raise InputError("load: holds records of several kinds, expected one kind")
    return _Load(
        secrets.token_hex(SALT_BYTES), tuple(_put(record, {}, replacing=False) for record in change.records)
    )


def _key(change: Put | Take | _Load) -> str:
    return f"{LOAD}:{change.id}" if isinstance(change, _Load) else f"{change.kind.name}:{change.id}"


def _lines(
    changes: Sequence[Put | Take | _Load], entries: Sequence[records.Entry], loads: dict[str, dict[str, str]]
) -> list[Line]:
    """Make the lines: a change belongs to the first entry about its record, a file without one to the entry about its case, and anything else to
    the first entry. So the digests of several people's files are never under one salt, which goes when one of them is unlinked."""
    newest = {_key(change): change for change in changes}
    belongs: list[dict[str, Put | Take | _Load]] = [{} for _ in entries]
    position = {entry.subject_id: index for index, entry in reversed(list(enumerate(entries)))}
    case_of = _cases_of_files(changes)
    for key, change in newest.items():
        about = change.id if change.id in position else case_of.get(change.id, change.id)
        belongs[position.get(about, 0)][key] = change
    return [
        line for entry, own in zip(entries, belongs, strict=True) for line in _lines_of(entry, own, loads)
    ]


def _cases_of_files(changes: Sequence[Put | Take | _Load]) -> dict[str, str]:
    cases = [
        each.record for each in changes if isinstance(each, Put) and isinstance(each.record, records.Case)
    ]
    return {item_id: case.id for case in cases for item_id in case.item_ids}


def _unlinked(changes: Sequence[Put | Take | _Load], entries: Sequence[records.Entry]) -> tuple[str, ...]:
    subjects = [entry.subject_id for entry in entries if entry.verb is records.Verb.ACCOUNT_UNLINKED]
    return tuple({*subjects, *(change.id for change in changes)}) if subjects else ()


def _lines_of(
    entry: records.Entry, changes: dict[str, Put | Take | _Load], loads: dict[str, dict[str, str]]
) -> list[Line]:
    """Make the lines of one entry: one, or several alike when it has more digests than a leaf may hold."""
    lines: list[Line] = []
    pending = list(reversed(changes.items()))
    while pending or not lines:
        salt = secrets.token_bytes(SALT_BYTES)
        digests: dict[str, str] = {}
        room = MOST_DIGEST_BYTES
        while pending and room > 0:
            key, change = pending.pop()
            digests[key] = _digest(change, salt, loads)
            room -= len(key) + 70
        lines.append(_line(entry, digests, salt))
    return lines


def _digest(change: Put | Take | _Load, salt: bytes, loads: dict[str, dict[str, str]]) -> str:
    match change:
        case Put():
            return _digest_of_row(change, salt)
        case Take():
            return REMOVED
        case _Load():
            members = {_key(put): _digest_of_row(put, salt) for put in change.puts}
            loads[change.id] = members
            return codec.digest_of_load(members, salt)


def _digest_of_row(put: Put, salt: bytes) -> str:
    return codec.digest(put.row, salt, later=put.kind.later)


def _line(entry: records.Entry, digests: dict[str, str], salt: bytes) -> Line:
    line_id = records.new_id("log-entry", entry.at, secrets.token_bytes(10))
    leaf = codec.canonical_json(
        {
            "actor": entry.actor,
            "at": entry.at.isoformat(timespec="microseconds"),
            "detail": entry.detail,
            "digests": digests,
            "id": line_id,
            "subject": entry.subject_id,
            "verb": entry.verb.value,
        }
    ).encode()
    return Line(line_id, entry.subject_id, leaf, leaf_hash(leaf), salt)


Sign = Callable[[Sequence[bytes]], records.Checkpoint]


def check_signed(checkpoint: records.Checkpoint, size: int) -> records.Checkpoint:
    """Require that the signer's log is as long as the store's."""
    if checkpoint.size != size:
        raise AuditLogError(
            f"checkpoint: {checkpoint.size} entries signed, expected the {size} that are stored"
        )
    return checkpoint
