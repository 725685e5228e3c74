"""Handing signed checkpoints to witnesses, and having the log checked, on a schedule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wardline import audit, ports, records
from wardline.errors import AuditLogError, WitnessError
from wardline.pipeline import alarms, fencing, reading
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind, Task, Verb

_SILENT_AFTER = 2
"""So many intervals without a copy are an alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What witnesses gave back of what they were given."""

    checkpoints: Sequence[records.Checkpoint]
    """Smallest first."""
    unread: Sequence[str]
    """Names of the witnesses that could not be asked."""


def subject(name: str) -> str:
    """Say what the entries and the alarm about a witness are about."""
    return f"witness-{name}"


def ask_due(parts: Parts) -> None:
    """Have the newest checkpoint handed to each witness whose time has come. Called each minute, and once a minute is enough to try again."""
    if fencing.stands(parts):
        return
    now = parts.now()
    for name, each in parts.witnesses.items():
        told = last_kept(parts, name)
        if told is None or not timedelta(0) <= now - told < each.interval:
            task = Task(name="witness", record_id=f"{name}@{int(now.timestamp()) // 60}")
            parts.store.commit(entries=(), work=[task])


def last_kept(parts: Parts, name: str) -> datetime | None:
    """Say when a witness last took a checkpoint."""
    found = (entry for _, entry in reading.about(parts, subject(name), 1))
    return next((entry.at for entry in found if entry.verb is Verb.CHECKPOINT_WITNESSED), None)


def hand_over(parts: Parts, due: str, attempt: int) -> None:  # noqa: ARG001 - the signature of every task
    """Hand the newest checkpoint to a witness. When it does not take it, the next minute tries again.

    Args:
        parts: The installation's.
        due: The witness's name, an at sign, and the minute that it was due in.
        attempt: Of no importance.
    """
    name = due.rpartition("@")[0]
    witness, last = parts.witnesses.get(name), parts.store.last_checkpoint()
    if witness is None or last is None:  # taken out of the settings meanwhile, or nothing is signed yet
        return
    try:
        if getattr(witness.witness, "gives_back", False):
            # Else it would begin anew, on a disk that is not the one elsewhere, and look as if nothing had happened.
            _given_back(parts, name, witness.witness)
        witness.witness.keep(last)
    except WitnessError as error:
        told = last_kept(parts, name)
        if told is None or not timedelta(0) <= parts.now() - told <= _SILENT_AFTER * witness.interval:
            tell_silent(parts, name, f"{error.message}. {error.remedy}")
        return
    entry = parts.entry(Verb.CHECKPOINT_WITNESSED, subject(name), detail=f"{last.size} entries")
    parts.store.commit(entries=[entry])
    alarms.resolve_about(parts, AlarmKind.WITNESS_SILENT, subject(name))


def tell_silent(parts: Parts, name: str, message: str) -> None:
    """Raise the alarm that a witness does not answer, unless it is open. Its next checkpoint that is taken ends it."""
    alarms.raise_alarm(parts, AlarmKind.WITNESS_SILENT, subject(name), message)


def copies(parts: Parts, notes: Sequence[str] = ()) -> Copies:
    """Collect what was signed and kept elsewhere.

    Args:
        parts: The installation's.
        notes: More signed notes, from files that somebody kept.

    Raises:
        AuditLogError: One of them is not signed by this log's key for this log.
    """
    found, unread = list(notes), []
    for name, each in parts.witnesses.items():
        try:
            found += _given_back(parts, name, each.witness)
        except WitnessError:
            unread.append(name)
    return Copies(checkpoints=sorted(_opened(parts, found), key=lambda each: each.size), unread=unread)


def _given_back(parts: Parts, name: str, witness: ports.Witness) -> list[str]:
    """Give the notes that a witness has; ``WitnessError`` where it is one to give them back and has none of what it took."""
    notes = witness.kept()
    if not notes and getattr(witness, "gives_back", False) and last_kept(parts, name) is not None:
        raise WitnessError(
            f"witness {name}: has nothing of what it took, expected its newest checkpoint at least",
            remedy="See whether its disk is mounted, and whether its file was moved. Put the file back, or its newest note.",
        )
    return notes


def _opened(parts: Parts, notes: Sequence[str]) -> Iterator[records.Checkpoint]:
    key = parts.log_key.public_key()
    for note in dict.fromkeys(notes):
        try:
            size, root = audit.open_checkpoint(note, parts.log_origin, key)
        except AuditLogError as error:
            raise AuditLogError(
                f"audit checkpoint kept elsewhere: {error.message}",
                remedy="Either the copy is of another installation or was changed, or this log's key is another one than it was. Find out which.",
            ) from error
        yield records.Checkpoint(size=size, root=root, note=note, at=parts.now())


def told(parts: Parts) -> Sequence[tuple[str, datetime | None]]:
    """Give each witness's name and when it last took a checkpoint."""
    return [(name, last_kept(parts, name)) for name in parts.witnesses]
