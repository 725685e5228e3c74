"""Hash lists: added by one person, activated by another, and read again when there is news."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from wardline import ports, records
from wardline.errors import ConflictError, InputError, RefusedError
from wardline.matching import contents
from wardline.pipeline import approvals
from wardline.pipeline.parts import Parts
from wardline.records import ApprovalKind, HashListState, Insert, Load, Replace, Verb

_FREE_CHANGE = 1000
"""So many new entries, or so many fewer, are no surprise, however small a list is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedList:
    """What came of adding a list."""

    hash_list: records.HashList
    approval: records.Approval
    malformed: tuple[records.MalformedLine, ...]
    """Lines that were skipped, by number and reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedList:
    """What came of a sync."""

    hash_list: records.HashList
    added: int
    marked: int
    """Entries that are of another category now."""
    removed: int
    malformed: tuple[records.MalformedLine, ...]


def add(
    parts: Parts,
    origin: Path | ports.HashListSource,
    *,
    name: str,
    provenance: str,
    trust: records.ListTrust,
    user: records.User,
) -> AddedList:
    """Read a list and propose its activation.

    Args:
        parts: The installation's.
        origin: A file whose suffix says how it is written, or a source that ``parts.open_list`` made.
        name: Of the list, unique.
        provenance: Who compiled it, and how it came here.
        trust: What a match may do.
        user: Who answers for it.

    Raises:
        InputError: The file is not a list, or holds no valid entry.
        AlreadyExistsError: The name is taken.
    """
    found, malformed = _read(parts, origin, name)
    now = parts.now()
    list_id = parts.new_id("hash-list")
    made = _batches(parts, contents.difference(contents.nothing(), found), list_id, after=0)
    proposed = records.HashList(
        id=list_id, name=name, provenance=provenance, trust=trust, state=HashListState.PROPOSED,
        entries=contents.count(found), created_at=now, created_by=user.id, refreshed_at=now, batches=len(made),
    )  # fmt: skip
    approval = approvals.proposal(parts, ApprovalKind.ACTIVATE_HASH_LIST, proposed.id, proposed.version, user)
    added = parts.entry(
        Verb.HASH_LIST_ADDED, proposed.id, actor=user.id, detail=f"{proposed.entries} entries"
    )
    approvals.propose(parts, approval, user, Insert(proposed), Load(made), entry=added)
    return AddedList(hash_list=proposed, approval=approval, malformed=malformed)


def sync(
    parts: Parts, list_id: str, origin: Path | ports.HashListSource, *, user: records.User
) -> SyncedList:
    """Read a list again: what is new is found from then on, and what is gone is not.

    Args:
        parts: What the line works with.
        list_id: Which list. It may be on or off.
        origin: A file, or a source that ``parts.open_list`` made, that holds all of the list as it is now.
        user: Who asks for it.

    Raises:
        InputError: The file is not a list, or holds no valid entry.
        RefusedError: More would come or go than ``Rules.list_change`` allows. Nothing was changed.
        VersionConflictError: Somebody else changed the list meanwhile.
    """
    known = parts.store.hash_list(list_id)
    found, malformed = _read(parts, origin, known.name)
    before = contents.Gathering()
    before.replay(parts.store.batches_of(list_id, after=0))
    changes = contents.difference(before.contents(), found)
    added, removed = contents.count(changes.added), contents.count(changes.removed)
    for count, what in ((added, "new entries"), (removed, "entries gone")):
        _require_likely(known, count, what, parts.rules.list_change)
    made = _batches(parts, changes, list_id, after=known.batches)
    refreshed = replace(
        known, entries=contents.count(found), refreshed_at=parts.now(), version=known.version + 1,
        batches=known.batches + len(made),
    )  # fmt: skip
    marked = contents.count(changes.marked)
    told = parts.entry(
        Verb.HASH_LIST_SYNCED, list_id, actor=user.id, detail=f"{added} added, {marked} marked, {removed} removed"
    )  # fmt: skip
    parts.store.commit(Replace(refreshed), *([Load(made)] if made else []), entries=[told])
    return SyncedList(hash_list=refreshed, added=added, marked=marked, removed=removed, malformed=malformed)


def _read(
    parts: Parts, origin: Path | ports.HashListSource, name: str
) -> tuple[contents.Contents, tuple[records.MalformedLine, ...]]:
    """Read all of a source."""
    source = parts.open_list(origin) if isinstance(origin, Path) else origin
    cursor: str | None = None
    gathering = contents.Gathering()
    malformed: list[records.MalformedLine] = []
    while True:
        page = source.fetch(cursor)
        gathering.take(page.added)
        malformed += page.malformed
        cursor = page.cursor
        if cursor is None:
            break
    found = gathering.contents()
    if not contents.count(found):
        raise InputError(f"hash list {name}: no valid entry in {len(malformed)} lines, expected at least one")
    return found, tuple(malformed)


def _batches(
    parts: Parts, changes: contents.Difference, list_id: str, *, after: int
) -> tuple[records.HashBatch, ...]:
    return tuple(
        contents.batches(changes, list_id=list_id, after=after, new_id=lambda: parts.new_id("hash-batch"))
    )


def _require_likely(known: records.HashList, count: int, what: str, most_change: float) -> None:
    """Refuse a change as lists do not make it: more likely the file is another one, was cut short, or was tampered with.

    One person is enough to read a list again, so what one person can bring in, or lose by mistake, is limited.
    """
    if count > max(_FREE_CHANGE, most_change * known.entries):
        raise RefusedError(
            f"{known.id}: {count:,} {what} beside {known.entries:,}, expected at most {most_change:.0%} of them",
            remedy="Make sure that the file is all of this list. If so much did change, add the file as a list of its own, which a second "
            "person activates, and switch this one off.",
        )


def disable(parts: Parts, list_id: str, user: records.User) -> records.HashList:
    """Switch a list off at once: one person is enough to stop matching."""
    active = parts.store.hash_list(list_id)
    if active.state is HashListState.DISABLED:
        raise ConflictError(f"{list_id}: already disabled, expected an active list")
    disabled = replace(active, state=HashListState.DISABLED, version=active.version + 1)
    parts.store.commit(
        Replace(disabled), entries=[parts.entry(Verb.HASH_LIST_DISABLED, list_id, actor=user.id)]
    )
    return disabled


def propose_activation(parts: Parts, list_id: str, user: records.User) -> records.Approval:
    """Propose to switch a disabled list on again."""
    disabled = parts.store.hash_list(list_id)
    if disabled.state is HashListState.ACTIVE:
        raise ConflictError(f"{list_id}: already active, expected a list that is off")
    open_ones = parts.store.approvals(state=records.ApprovalState.PROPOSED)
    if any(each.subject_id == list_id and each.subject_version == disabled.version for each in open_ones):
        raise ConflictError(f"{list_id}: already proposed, expected a second person to decide")
    approval = approvals.proposal(parts, ApprovalKind.ACTIVATE_HASH_LIST, list_id, disabled.version, user)
    parts.store.commit(
        Insert(approval),
        entries=[parts.entry(Verb.APPROVAL_PROPOSED, approval.id, actor=user.id, detail=list_id)],
    )
    return approval
