"""Hash lists: added by one person, activated by another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from wardline import ports, records
from wardline.errors import ConflictError, InputError
from wardline.pipeline import approvals
from wardline.pipeline.parts import Parts
from wardline.records import ApprovalKind, HashListState, Load, Replace, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedList:
    """What came of adding a list."""

    hash_list: records.HashList
    approval: records.Approval
    malformed: tuple[records.MalformedLine, ...]
    """Lines that were skipped, by number and reason."""


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
    source = parts.open_list(origin) if isinstance(origin, Path) else origin
    cursor: str | None = None
    found: list[records.EntryChange] = []
    malformed: list[records.MalformedLine] = []
    while True:
        page = source.fetch(cursor)
        found += page.added
        malformed += page.malformed
        cursor = page.cursor
        if cursor is None:
            break
    distinct = {(each.kind, each.value): each for each in found}
    if not distinct:
        raise InputError(f"hash list {name}: no valid entry in {len(malformed)} lines, expected at least one")
    now = parts.now()
    proposed = records.HashList(
        id=parts.new_id("hash-list"), name=name, provenance=provenance, trust=trust, state=HashListState.PROPOSED,
        entries=len(distinct), created_at=now, created_by=user.id, refreshed_at=now,
    )  # fmt: skip
    entries = tuple(
        records.HashListEntry(
            id=parts.new_id("entry"),
            list_id=proposed.id,
            kind=each.kind,
            value=each.value,
            category=each.category,
        )
        for each in distinct.values()
    )
    approval = approvals.proposal(parts, ApprovalKind.ACTIVATE_HASH_LIST, proposed.id, proposed.version, user)
    added = parts.entry(Verb.HASH_LIST_ADDED, proposed.id, actor=user.id, detail=f"{len(entries)} entries")
    approvals.propose(parts, approval, user, records.Insert(proposed), Load(entries), entry=added)
    return AddedList(hash_list=proposed, approval=approval, malformed=tuple(malformed))


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
        records.Insert(approval),
        entries=[parts.entry(Verb.APPROVAL_PROPOSED, approval.id, actor=user.id, detail=list_id)],
    )
    return approval
