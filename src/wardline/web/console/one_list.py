"""The page of one hash list: its terms, what may be done, the entries that are held, its syncs, its numbers, and what its owner was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from wardline import records
from wardline.records import AlarmKind, HashListState, HoldCause, ListRole, SyncState, Tallied
from wardline.web.console import list_view
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.list_view import Row
from wardline.web.console.paging import Paged, paged
from wardline.web.console.rendering import page

_DAYS_SHOWN = 14
_ROWS_SHOWN, _MOST_KEPT = 10, 200
"""So many to a page, and so many at all: what is older is in the log."""
CAUSES = {
    HoldCause.CANARY: "near a picture that is known to be harmless",
    HoldCause.TOO_MANY: "matched more uploads in a day than an entry does",
    HoldCause.BY_HAND: "doubted by a person",
    HoldCause.OVERTURNED: "a decision on it was overturned",
}
_COUNTED = (
    (Tallied.PREVIEWED, "Would have matched"), (Tallied.MATCHED, "Matched"), (Tallied.CONFIRMED, "Confirmed"), (Tallied.DENIED, "Denied"),
    (Tallied.CLEARED, "Let through"),
)  # fmt: skip
SYNC_STATES = {SyncState.WAITING: "under way", SyncState.DONE: "done", SyncState.REFUSED: "refused"}
_PROBLEMS = {
    "configuration": "The exchange is not set up as it must be.",
    "secret-file": "The key for the exchange cannot be read.",
    "dependency": "The exchange did not answer as it should.",
    "hash-exchange": "The exchange cannot be reached, or did not answer as it should.",
    "hash-exchange-denied": "The exchange does not let us in.",
    "invalid-input": "What came is not a list.",
    "refused": "What came was not taken over: too much of it changed, or it is not what the list's terms say.",
    "conflict": "The list was changed meanwhile.",
    "version-conflict": "The list was changed meanwhile.",
}
"""By the error's code."""


@dataclass(frozen=True, slots=True)
class Held:
    """An entry that is held, and how much it matches."""

    entry: records.HeldEntry
    cause: str
    today: int
    """Uploads that matched it today."""


@dataclass(frozen=True, slots=True)
class May:
    """What a manager may do about the list as it is now."""

    activate: bool
    preview: bool
    disable: bool
    change: bool
    fetch: bool


def show(desk: Desk) -> Response:
    """Show one hash list: what it is, what may be done about it, and what became of it; hashes are never shown."""
    store = desk.wardline.parts.store
    about = store.hash_list(desk.record("hash-list"))
    beside = list_view.around(desk)
    row = list_view.row_of(desk, about, beside)
    syncs = store.syncs_of(about.id, most=_MOST_KEPT)
    manages = desk.user.role in MANAGERS
    return page(
        desk, "hash_list", row=row, may=_may(row, syncs) if manages else None, held=_held(desk, about),
        syncs=paged(syncs, desk.asked("syncs"), most=_ROWS_SHOWN), trouble=_trouble(desk, about),
        feedback=paged(store.feedback_of(about.id, most=_MOST_KEPT), desk.asked("feedback"), most=_ROWS_SHOWN),
        days=list_view.days_of(about, beside)[:_DAYS_SHOWN], most_days=list_view.DAYS, columns=_columns(row), drawn=list_view.main_count(about), interval=_interval(desk, about),
        limit=desk.wardline.parts.rules.list_change, stale_after=desk.wardline.parts.rules.list_stale_after,
        names={user.id: user.name for user in store.users()}, sync_states=SYNC_STATES, hears=_hears(desk, about), problem_words=problem_words,
    )  # fmt: skip


def _columns(row: Row) -> list[tuple[Tallied, str]]:
    """Choose what the table of days counts: columns that are empty throughout are left out, where the page has enough without them."""
    always = {Tallied.CONFIRMED, Tallied.DENIED, list_view.main_count(row.about)}
    return [(what, words) for what, words in _COUNTED if what in always or row.counts.get(what)]


def problem_words(code: str) -> str:
    """Say in words what went wrong with a sync."""
    return _PROBLEMS.get(code, "It did not work.")


def _held(desk: Desk, about: records.HashList) -> Paged[Held]:
    store, today = desk.wardline.parts.store, desk.now.date()
    found = [each for each in store.held_entries() if each.list_id == about.id]
    shown = paged(found, desk.asked("held"), most=_ROWS_SHOWN)
    rows = [
        Held(
            each, CAUSES[each.cause], store.tally_of(about.id, each.entry_id, day=today, what=Tallied.MATCHED)
        )
        for each in shown.shown
    ]
    return Paged(rows, shown.start, shown.total, shown.number, shown.pages)


def _may(row: Row, syncs: Sequence[records.ListSync]) -> May:
    about = row.about
    is_fetched_first = about.state is HashListState.PROPOSED and bool(about.source)  # no limit holds yet
    under_way = bool(syncs) and syncs[0].state is SyncState.WAITING
    return May(
        activate=about.state is not HashListState.ACTIVE and row.proposal is None,
        preview=about.role is ListRole.BANK and about.state is not HashListState.PREVIEW,
        # A list from a file that was never on is off as it is.
        disable=about.state is not HashListState.DISABLED
        and (about.state is not HashListState.PROPOSED or bool(about.source)),
        change=not about.may_change and row.change is None and not is_fetched_first,
        fetch=bool(about.source) and not row.is_lost and not under_way,
    )


def _trouble(desk: Desk, about: records.HashList) -> records.Alarm | None:
    """Find the open alarm that the list cannot be fetched."""
    wanted = (AlarmKind.LIST_NOT_SYNCED, about.id)
    open_ones = desk.wardline.parts.store.open_alarms()
    return next((each for each in open_ones if (each.kind, each.subject_id) == wanted), None)


def _interval(desk: Desk, about: records.HashList) -> timedelta | None:
    known = desk.wardline.parts.exchanges.get(about.source)
    return known.interval if known and about.state is not HashListState.DISABLED else None


def _hears(desk: Desk, about: records.HashList) -> bool:
    known = desk.wardline.parts.exchanges.get(about.source)
    return known is not None and known.feedback


PAGES = (Page("GET", "/hash-lists/{hash_list_id}", OVERSEERS, show),)
