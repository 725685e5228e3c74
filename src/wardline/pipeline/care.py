"""The care of hash lists: entries that matched too much or are near a harmless picture are held, and a person is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import structlog

from wardline import matching, records
from wardline.errors import AlreadyExistsError, ConflictError, NotFoundError, WardlineError
from wardline.pipeline import alarms
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import AlarmKind, BatchChange, HoldCause, Insert, Replace, Tallied, Tally, Verb

_log = structlog.get_logger("wardline.care")

_TOLD = {
    HoldCause.CANARY: "are near pictures that are known to be harmless",
    HoldCause.TOO_MANY: "matched more uploads today than an entry does",
    HoldCause.BY_HAND: "are doubted by a person",
    HoldCause.OVERTURNED: "led to a decision that was overturned",
}


def tallies(findings: matching.Findings, day: date) -> list[Tally]:
    """Count an upload for every list that knows it, and for each entry that it counts for."""
    counted = [
        Tally(list_id=list_id, day=day, what=what)
        for found, what in (
            (findings.matches, Tallied.MATCHED), (findings.previews, Tallied.PREVIEWED), (findings.cleared, Tallied.CLEARED),
        )
        for list_id in dict.fromkeys(each.list_id for each in found)
    ]  # fmt: skip
    return counted + [
        Tally(list_id=each.list_id, entry_id=each.entry_id, day=day, what=Tallied.MATCHED)
        for each in findings.matches[: records.MOST_MATCHES]
    ]


def watch_entries(parts: Parts, matches: Sequence[records.Match]) -> None:
    """Hold those of the entries that just matched which matched too many uploads today.

    The upload is kept by now, so what fails here is written to the program's log and tried again with the next match.
    """
    for each in matches[: records.MOST_MATCHES]:
        if each.doubt is not records.Doubt.HELD:
            try:
                _hold_if_too_many(parts, each.list_id, each.entry_id)
            except WardlineError as error:
                _log.error("entry cannot be watched", entry=each.entry_id, error=error.code)


def _hold_if_too_many(parts: Parts, list_id: str, entry_id: str) -> None:
    today = parts.now().date()
    count = parts.store.tally_of(list_id, entry_id, day=today, what=Tallied.MATCHED)
    if count <= parts.rules.entry_daily_matches:
        return
    released = parts.store.last_release(list_id, entry_id)
    if released is not None and released.released_at is not None and released.released_at.date() == today:
        return  # a person looked at it today, and let it go on
    hold(parts, list_id, [entry_id], cause=HoldCause.TOO_MANY)


def hold(
    parts: Parts, list_id: str, entry_ids: Iterable[str], *, cause: HoldCause, actor: str = SYSTEM
) -> list[records.HeldEntry]:
    """Hold entries that are not held yet, and tell a person. Gives those that were new."""
    open_ones = {(each.list_id, each.entry_id) for each in parts.store.held_entries()}
    held = [
        records.HeldEntry(
            id=parts.new_id("held-entry"), list_id=list_id, entry_id=entry_id, cause=cause, held_at=parts.now(), held_by=actor
        )
        for entry_id in dict.fromkeys(entry_ids)
        if (list_id, entry_id) not in open_ones
    ]  # fmt: skip
    if not held:
        return []
    try:
        parts.store.commit(*map(Insert, held), entries=told_of(parts, held))
    except AlreadyExistsError:
        return []  # another thread held one of them at the same moment; the next match tries again
    tell(parts, held)
    return held


def find_entry(parts: Parts, list_id: str, entry_id: str) -> tuple[records.HashBatch, int]:
    """Find the batch that an entry came with, and its place there; ``NotFoundError`` when the list has no such entry."""
    batch_id, _, place_text = entry_id.partition(":")
    batch = parts.store.batch(batch_id)
    place = int(place_text) if place_text.isdecimal() else -1
    is_entry = batch.list_id == list_id and batch.change is BatchChange.ADD and 0 <= place < batch.size
    if not is_entry:
        raise NotFoundError(f"entry {entry_id}: not one of {list_id}, expected an entry as a match tells it")
    return batch, place


def told_of(parts: Parts, held: Sequence[records.HeldEntry]) -> list[records.Entry]:
    """Make the log's entries for entries that are about to be held."""
    return [
        parts.entry(
            Verb.ENTRY_HELD,
            each.id,
            actor=each.held_by,
            detail=f"{each.list_id} {each.entry_id}: {each.cause}",
        )
        for each in held
    ]


def tell(parts: Parts, held: Sequence[records.HeldEntry]) -> None:
    """Tell a person of entries that are held now."""
    for list_id, cause in dict.fromkeys((each.list_id, each.cause) for each in held):
        message = (
            f"Entries of a hash list are held, for they {_TOLD[cause]}. Nothing is restricted for them; each upload near them goes to "
            "a person. Look at them on the page of hash lists, or with `wardline hash-list held`."
        )
        alarms.raise_alarm(parts, AlarmKind.ENTRY_HELD, list_id, message)


def release(parts: Parts, held_id: str, user: records.User) -> records.HeldEntry:
    """Let a held entry count again, because a person found it to be right."""
    held = parts.store.held_entry(held_id)
    if held.released_at is not None:
        raise ConflictError(f"{held_id}: released already, expected a held entry")
    released = replace(held, released_at=parts.now(), released_by=user.id, version=held.version + 1)
    told = parts.entry(Verb.ENTRY_RELEASED, held_id, actor=user.id, detail=f"{held.list_id} {held.entry_id}")
    parts.store.commit(Replace(released), entries=[told])
    if all(each.list_id != held.list_id for each in parts.store.held_entries()):
        alarms.resolve_about(parts, AlarmKind.ENTRY_HELD, held.list_id)
    return released
