"""Hash lists: added by one person, activated by another, and read again when there is news."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from wardline import ports, records
from wardline.errors import ConflictError, InputError, RefusedError
from wardline.matching import contents
from wardline.pipeline import approvals, canaries, care, look_back, repeating
from wardline.pipeline.parts import Parts
from wardline.records import ApprovalKind, HashListState, Insert, ListRole, Load, Replace, Verb

_FREE_CHANGE = 1000
"""So many new entries, or so many fewer, are no surprise, however small a list is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedList:
    """What came of adding a list."""

    hash_list: records.HashList
    approval: records.Approval
    malformed: tuple[records.MalformedLine, ...]
    """Lines that were skipped, by number and reason."""
    held: int = 0
    """Entries that are near a canary, and so restrict nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedList:
    """What came of a sync."""

    hash_list: records.HashList
    added: int
    marked: int
    """Entries that are of another category now."""
    removed: int
    malformed: tuple[records.MalformedLine, ...]
    held: int = 0
    """New entries that are near a canary, and so restrict nothing."""


def add(
    parts: Parts,
    origin: Path | ports.HashListSource,
    *,
    name: str,
    provenance: str,
    terms: records.ListTerms,
    user: records.User,
) -> AddedList:
    """Read a list and propose its activation.

    Args:
        parts: The installation's.
        origin: A file whose suffix says how it is written, or a source that ``parts.open_list`` made.
        name: Of the list, unique.
        provenance: Who compiled it, and how it came here.
        terms: What it means, and what a match may do.
        user: Who answers for it.

    Raises:
        InputError: The file is not a list, or holds no valid entry.
        RefusedError: Many of its entries are near canaries.
        AlreadyExistsError: The name is taken.
    """
    found, malformed = _read(parts, origin, name)
    list_id = parts.new_id("hash-list")
    made = _batches(parts, contents.difference(contents.nothing(), found), list_id, after=0)
    proposed = replace(
        new_list(parts, list_id, name=name, provenance=provenance, terms=terms, user=user),
        entries=contents.count(found), batches=len(made),
    )  # fmt: skip
    held = canaries.held_among(parts, proposed, made)
    approval = approvals.proposal(parts, ApprovalKind.ACTIVATE_HASH_LIST, list_id, proposed.revision, user)
    added = parts.entry(
        Verb.HASH_LIST_ADDED, list_id, actor=user.id, detail=f"{proposed.entries} entries, {len(held)} held"
    )
    approvals.propose(
        parts, approval, user, Insert(proposed), Load(made), *map(Insert, held),
        entries=[added, *care.told_of(parts, held)],
    )  # fmt: skip
    care.tell(parts, held)
    return AddedList(hash_list=proposed, approval=approval, malformed=malformed, held=len(held))


def new_list(
    parts: Parts,
    list_id: str,
    *,
    name: str,
    provenance: str,
    terms: records.ListTerms,
    user: records.User,
    source: str = "",
) -> records.HashList:
    """Make the record of a list that holds nothing yet."""
    now = parts.now()
    return records.HashList(
        id=list_id, name=name, provenance=provenance, trust=terms.trust, state=HashListState.PROPOSED, entries=0, created_at=now,
        created_by=user.id, refreshed_at=now, meaning=terms.meaning, role=terms.role, radius_bits=terms.radius_bits,
        surfaces=terms.surfaces, source=source,
    )  # fmt: skip


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
        RefusedError: More would come or go than ``Rules.list_change`` allows, or the list comes from an exchange. Nothing was changed.
        VersionConflictError: Somebody else changed the list meanwhile.
    """
    known = parts.store.hash_list(list_id)
    if known.source:
        raise RefusedError(
            f"{list_id}: is fetched from the exchange {known.source}, expected a list from a file",
            remedy="Run `wardline hash-list sync` without a file to have it fetched now.",
        )
    found, malformed = _read(parts, origin, known.name)
    before = contents.Gathering()
    before.replay(parts.store.batches_of(list_id, after=0))
    changes = contents.difference(before.contents(), found)
    added, removed = contents.count(changes.added), contents.count(changes.removed)
    require_likely(parts, known, added=added, removed=removed)
    made = _batches(parts, changes, list_id, after=known.batches)
    held = canaries.held_among(parts, known, made)
    refreshed = replace(
        known, entries=contents.count(found), refreshed_at=parts.now(), version=known.version + 1, revision=known.revision + 1,
        batches=known.batches + len(made), may_change=False,
    )  # fmt: skip
    marked = contents.count(changes.marked)
    detail = f"{added} added, {marked} marked, {removed} removed, {len(held)} held"
    told = parts.entry(Verb.HASH_LIST_SYNCED, list_id, actor=user.id, detail=detail)
    parts.store.commit(
        Replace(refreshed), *([Load(made)] if made else []), *map(Insert, held),
        entries=[told, *care.told_of(parts, held)], work=look_back.tasks(parts, refreshed, known.batches),
    )  # fmt: skip
    care.tell(parts, held)
    return SyncedList(
        hash_list=refreshed, added=added, marked=marked, removed=removed, malformed=malformed, held=len(held)
    )


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


def require_likely(parts: Parts, known: records.HashList, *, added: int, removed: int) -> None:
    """Refuse a change as lists do not make it: more likely the file is another one, was cut short, or was tampered with.

    One person, or nobody, is enough to read a list again, so what that can bring in, or lose by mistake, is limited.

    Raises:
        RefusedError: More than ``Rules.list_change`` of a list that is in use would come or go.
    """
    if known.may_change or (known.state is HashListState.PROPOSED and known.source):
        return  # a list that is only just being fetched is looked at by a second person before it counts
    most = parts.rules.list_change
    for count, what in ((added, "new entries"), (removed, "entries gone")):
        if count > max(_FREE_CHANGE, most * known.entries):
            raise RefusedError(
                f"{known.id}: {count:,} {what} beside {known.entries:,}, expected at most {most:.0%} of them",
                remedy="Make sure that this is all of this list, and nothing else. If so much did change, let two people agree to it with "
                "`wardline hash-list let-change`, and sync it again.",
            )


def disable(parts: Parts, list_id: str, user: records.User) -> records.HashList:
    """Switch a list off at once: one person is enough to stop matching."""
    active = parts.store.hash_list(list_id)
    if active.state is HashListState.DISABLED:
        raise ConflictError(f"{list_id}: already disabled, expected an active list")
    disabled = replace(_revised(active), state=HashListState.DISABLED)
    told = parts.entry(Verb.HASH_LIST_DISABLED, list_id, actor=user.id)
    parts.store.commit(Replace(disabled), entries=[told])
    return disabled


def preview(parts: Parts, list_id: str, user: records.User) -> records.HashList:
    """Have a list looked up and counted without any effect. One person is enough: nothing is restricted and nobody is shown anything.

    Raises:
        ConflictError: It is in preview already, or is no bank.
    """
    known = parts.store.hash_list(list_id)
    if known.state is HashListState.PREVIEW or known.role is not ListRole.BANK:
        raise ConflictError(
            f"{list_id}: is a {known.role} list, {known.state}, expected a bank that is not in preview"
        )
    previewed = replace(_revised(known), state=HashListState.PREVIEW)
    told = parts.entry(Verb.HASH_LIST_PREVIEWED, list_id, actor=user.id, detail=f"was {known.state}")
    parts.store.commit(Replace(previewed), entries=[told])
    return previewed


def change_terms(
    parts: Parts, list_id: str, terms: records.ListTerms, *, user: records.User
) -> records.HashList:
    """Give a list that is not active other terms; a second person then switches it on as it is.

    Raises:
        ConflictError: It is active: terms of what counts need two people.
        RefusedError: Its exchange is not one for lists of that meaning.
    """
    known = parts.store.hash_list(list_id)
    if known.state is HashListState.ACTIVE:
        raise ConflictError(
            f"{list_id}: active, expected a list that is off or in preview",
            remedy="Put it into preview with `wardline hash-list preview`, change it, and have it activated by a second person.",
        )
    changed = replace(
        _revised(known), trust=terms.trust, meaning=terms.meaning, role=terms.role, radius_bits=terms.radius_bits,
        surfaces=terms.surfaces,
    )  # fmt: skip
    if changed.role is not ListRole.BANK and changed.state is HashListState.PREVIEW:
        raise ConflictError(f"{list_id}: in preview, expected a bank: no other list can be in preview")
    told = parts.entry(Verb.HASH_LIST_CHANGED, list_id, actor=user.id, detail=_in_words(terms))
    parts.store.commit(Replace(changed), entries=[told])
    return changed


def propose_activation(parts: Parts, list_id: str, user: records.User) -> records.Approval:
    """Propose to switch a list on that is off or in preview, or was proposed and changed since."""

    def propose() -> records.Approval:
        known = parts.store.hash_list(list_id)
        if known.state is HashListState.ACTIVE:
            raise ConflictError(f"{list_id}: already active, expected a list that is off")
        return _proposed(parts, known, ApprovalKind.ACTIVATE_HASH_LIST, user)

    return repeating.again(propose)


def propose_change(parts: Parts, list_id: str, user: records.User) -> records.Approval:
    """Propose that the next sync of a list may change as much as it likes."""

    def propose() -> records.Approval:
        known = parts.store.hash_list(list_id)
        if known.may_change:
            raise ConflictError(f"{list_id}: may change already, expected a list that may not")
        return _proposed(parts, known, ApprovalKind.LET_HASH_LIST_CHANGE, user)

    return repeating.again(propose)


def _proposed(
    parts: Parts, known: records.HashList, kind: ApprovalKind, user: records.User
) -> records.Approval:
    same = (kind, known.id, known.revision)
    for each in parts.store.approvals(state=records.ApprovalState.PROPOSED):
        if (each.kind, each.subject_id, each.subject_version) == same:
            raise ConflictError(
                f"{known.id}: already proposed as {each.id}, expected a second person to decide"
            )
    approval = approvals.proposal(parts, kind, known.id, known.revision, user)
    told = parts.entry(Verb.APPROVAL_PROPOSED, approval.id, actor=user.id, detail=f"{kind} {known.id}")
    # The version, not the revision, which the approval is about: of two of one moment the second is in conflict.
    parts.store.commit(Insert(approval), Replace(replace(known, version=known.version + 1)), entries=[told])
    return approval


def _revised(known: records.HashList) -> records.HashList:
    return replace(known, version=known.version + 1, revision=known.revision + 1)


def _in_words(terms: records.ListTerms) -> str:
    surfaces = ", ".join(terms.surfaces) or "everywhere"
    return f"{terms.trust}, {terms.meaning}, {terms.role}, {terms.radius_bits} bits, {surfaces}"[:500]
