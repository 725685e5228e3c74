"""What the verbs of hash lists say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wardline.cli import output
from wardline.errors import InputError, RefusedError
from wardline.records import ApprovalKind, ApprovalState, SyncState, Tallied

if TYPE_CHECKING:
    from wardline import ports, records
    from wardline.pipeline import Wardline
    from wardline.pipeline.exchanging import Subscribed
    from wardline.pipeline.lists import AddedList, SyncedList

_MOST_LINES_SHOWN = 20
_DAYS_SHOWN = 30


def plain(found: records.HashList) -> Any:
    """Give a list as JSON, without how far its exchange was read: that may hold an address."""
    return output.plain(found, without={"cursor"})


@contextmanager
def reading(source: ports.HashListSource) -> Iterator[None]:
    """Say that a list is being read; should it be refused, what of it was not taken."""
    output.note("Reading the list ...")
    try:
        yield
    except InputError:
        for what, count in untaken(source).items():  # perhaps all of it was
            output.note(f"Not taken: {count:,} {what}")
        raise


def untaken(source: ports.HashListSource) -> Mapping[str, int]:
    """Give what a source read and did not take, by what it is; a plug-in's may not say."""
    counts: Mapping[str, int] = getattr(source, "untaken", {})
    return counts


def told_added(added: AddedList, counts: Mapping[str, int], *, as_json: bool) -> None:
    """Say what came of adding a list."""
    if as_json:
        output.as_json(
            {
                "hash_list": plain(added.hash_list), "approval_id": added.approval.id, "skipped": added.malformed, "held": added.held,
                "not_taken": counts,
            }
        )  # fmt: skip
        return
    found = added.hash_list
    output.line(f"Added {found.name} with {found.entries:,} entries: {found.id}")
    _tell_skipped(added.malformed, counts)
    _tell_held(added.held)
    _tell_proposed(found, added.approval)


def told_subscribed(line: Wardline, given: Subscribed, *, as_json: bool) -> None:
    """Fetch a list for the first time, and say what came of it."""
    done = fetched(line, given.sync)
    found = line.parts.store.hash_list(given.hash_list.id)
    if as_json:
        output.as_json({"hash_list": plain(found), "approval_id": given.approval.id, "sync": done})
        return
    output.line(f"Added {found.name} with {found.entries:,} entries: {found.id}")
    _tell_malformed(done)
    _tell_proposed(found, given.approval)


def fetched(line: Wardline, sync: records.ListSync) -> records.ListSync:
    """Fetch a list now.

    Raises:
        RefusedError: What the exchange gave was refused.
    """
    output.note("Fetching the list ...")
    done = line.run_sync(sync.id)
    if done.state is SyncState.REFUSED:
        message = next(
            (each.message for each in line.parts.store.open_alarms() if each.subject_id == done.list_id),
            done.problem,
        )
        raise RefusedError(
            f"{done.list_id}: {message}", remedy="`wardline alarm list` shows it until it is resolved."
        )
    return done


def told_fetched(line: Wardline, done: records.ListSync, *, as_json: bool) -> None:
    """Say what came of fetching a list."""
    found = line.parts.store.hash_list(done.list_id)
    if as_json:
        output.as_json({"hash_list": plain(found), "sync": done})
        return
    output.line(
        f"{found.name} has {found.entries:,} entries: {done.added:,} are new, {done.marked:,} have another category, "
        f"{done.removed:,} are gone."
    )
    _tell_malformed(done)


def told_synced(synced: SyncedList, counts: Mapping[str, int], *, as_json: bool) -> None:
    """Say what came of reading a file again."""
    if as_json:
        output.as_json(
            {
                "hash_list": plain(synced.hash_list), "added": synced.added, "marked": synced.marked, "removed": synced.removed,
                "held": synced.held, "skipped": synced.malformed, "not_taken": counts,
            }
        )  # fmt: skip
        return
    output.line(
        f"{synced.hash_list.name} has {synced.hash_list.entries:,} entries: {synced.added:,} are new, {synced.marked:,} have another "
        f"category, {synced.removed:,} are gone."
    )
    _tell_skipped(synced.malformed, counts)
    _tell_held(synced.held)


def show(line: Wardline, found: records.HashList, *, as_json: bool) -> None:
    """Show a list with its newest syncs and what it found lately."""
    store, today = line.parts.store, line.parts.now().date()
    syncs = store.syncs_of(found.id, most=5)
    held = sum(each.list_id == found.id for each in store.held_entries())
    counts = dict.fromkeys(Tallied, 0)
    for each in store.tallies(today - timedelta(days=_DAYS_SHOWN), today):
        counts[each.what] += each.count if each.list_id == found.id else 0
    if as_json:
        output.as_json(
            {
                **plain(found), "held": held, "syncs": syncs,
                "last_days": {what.value: count for what, count in counts.items()},
            }
        )  # fmt: skip
        return
    output.facts(
        {
            "id": found.id, "name": found.name, "provenance": found.provenance, "role": found.role, "meaning": found.meaning,
            "trust": found.trust, "state": found.state, "found within": f"{found.radius_bits} bits",
            "surfaces": ", ".join(found.surfaces) or "all", "exchange": found.source or "none, it comes from a file",
            "entries": found.entries, "held entries": held, "added": found.created_at, "added by": found.created_by,
            "last news": found.refreshed_at,
            f"last {_DAYS_SHOWN} days": ", ".join(f"{count:,} {what}" for what, count in counts.items()),
        }
    )  # fmt: skip
    for sync in syncs:
        output.line(
            f"  {sync.asked_at:%Y-%m-%d %H:%M} {sync.state}: {sync.added:,} added, {sync.removed:,} removed {sync.problem or ''}".rstrip()
        )


def open_proposal(line: Wardline, found: records.HashList, kind: ApprovalKind) -> records.Approval | None:
    """Give the open proposal about a list as it is now."""
    proposals = line.parts.store.approvals(state=ApprovalState.PROPOSED)
    about = (kind, found.id, found.revision)
    return next(
        (each for each in proposals if (each.kind, each.subject_id, each.subject_version) == about), None
    )


def _tell_malformed(done: records.ListSync) -> None:
    if done.malformed:
        output.line(f"Skipped {done.malformed:,} malformed entries.")


def _tell_proposed(found: records.HashList, approval: records.Approval) -> None:
    output.line(
        f"Proposed: {approval.id}. A second person activates it: wardline hash-list activate {found.id} --as NAME"
    )


def _tell_held(count: int) -> None:
    if count:
        output.line(
            f"Held {count:,} entries that are near a harmless picture: wardline hash-list held. Nothing is restricted for them."
        )


def _tell_skipped(malformed: Sequence[records.MalformedLine], counts: Mapping[str, int]) -> None:
    if malformed:
        output.line(f"Skipped {len(malformed):,} malformed lines:")
    for each in malformed[:_MOST_LINES_SHOWN]:
        output.line(f"  line {each.line}: {each.reason}")
    if len(malformed) > _MOST_LINES_SHOWN:
        output.line(f"  and {len(malformed) - _MOST_LINES_SHOWN:,} more; --json names them all")
    for what, count in counts.items():
        output.line(f"Not taken: {count:,} {what}")
