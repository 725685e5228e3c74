"""What the pages of hash lists tell of a list: in words what it means and does, where it comes from, and its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wardline import records
from wardline.records import (
    ApprovalKind,
    ApprovalState,
    HashListState,
    ListRole,
    Tallied,
)
from wardline.web.console import list_words
from wardline.web.console.desk import Desk
from wardline.web.console.paging import number_of

DAYS = 30
"""Numbers of a list are of so many days, today included."""
WAITING_SHOWN, DECIDED_SHOWN = 10, 40
"""So many proposals stand on a page of approvals."""

_OFF = {
    HashListState.PROPOSED: "It is loaded and matches nothing yet.",
    HashListState.DISABLED: "It was switched off and matches nothing.",
    HashListState.PREVIEW: "Uploads are compared with it and counted. Nothing else happens.",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beside the lists themselves; asked for once a page."""

    waiting: Sequence[records.Approval]
    decided: Sequence[records.Approval]
    held: Mapping[str, int]
    """How many entries of each list are held."""
    tallies: Sequence[records.Tally]
    """Of the last days."""
    counts: Mapping[str, Mapping[Tallied, int]]
    """Their sums, by list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One list, as the pages show it."""

    about: records.HashList
    means: str
    does: str
    """What follows from it now, in one or two sentences."""
    effect: str
    """What a match leads to, in a few words."""
    origin: str
    is_lost: bool
    """Its exchange is no longer in the settings."""
    stale: bool
    """No news for longer than the settings allow. A list that is off may be as old as it likes."""
    proposal: records.Approval | None
    """The open proposal to switch it on as it is now."""
    proposal_at: str
    """The address of that proposal; empty when there is none."""
    change: records.Approval | None
    """The open proposal to let its next sync change as much as it likes."""
    change_at: str
    decided: records.Approval | None
    """The newest proposal about it that was decided, if it was lately."""
    held: int
    counts: Mapping[Tallied, int]
    """Of the last days."""

    @property
    def is_counted(self) -> bool:
        """Whether there is anything to say about its matches: only banks have them."""
        return self.about.role is ListRole.BANK or any(self.counts.values())


@dataclass(frozen=True, slots=True)
class Day:
    """What was counted of a list on one day (UTC)."""

    day: date
    counts: Mapping[Tallied, int]
    percent: int
    """Of the day with the most, in matches that count, or of a list in preview in those that would."""


def around(desk: Desk) -> Around:
    """Ask for what pages of lists show beside the lists."""
    store, today = desk.wardline.parts.store, desk.now.date()
    tallies = store.tallies(today - timedelta(days=DAYS - 1), today)
    counts: dict[str, Counter[Tallied]] = {}
    for each in tallies:
        counts.setdefault(each.list_id, Counter())[each.what] += each.count
    return Around(
        waiting=store.approvals(state=ApprovalState.PROPOSED), decided=store.decided_approvals(most=DECIDED_SHOWN),
        held=Counter(each.list_id for each in store.held_entries()), tallies=tallies, counts=counts,
    )  # fmt: skip


def row_of(desk: Desk, about: records.HashList, known: Around) -> Row:
    """Describe one list."""
    proposal = _open_one(about, known, ApprovalKind.ACTIVATE_HASH_LIST)
    change = _open_one(about, known, ApprovalKind.LET_HASH_LIST_CHANGE)
    decided = next((each for each in known.decided if each.subject_id == about.id), None)
    return Row(
        about=about, means=list_words.means(about), does=_does(desk, about, proposal, decided), effect=list_words.effect(desk, about),
        origin=list_words.origin(desk, about),
        is_lost=bool(about.source) and about.source not in desk.wardline.parts.exchanges, stale=list_words.is_stale(desk, about),
        proposal=proposal, proposal_at=place_of(proposal, known.waiting), change=change, change_at=place_of(change, known.waiting),
        decided=decided, held=known.held.get(about.id, 0), counts=known.counts.get(about.id, Counter()),
    )  # fmt: skip


def place_of(proposal: records.Approval | None, waiting: Sequence[records.Approval]) -> str:
    """Give the address of an open proposal on the page where it stands; empty when there is none."""
    if proposal is None:
        return ""
    row = next((row for row, each in enumerate(waiting) if each.id == proposal.id), 0)
    number = number_of(row, most=WAITING_SHOWN)
    return f"/approvals{f'?page={number}' if number > 1 else ''}#{proposal.id}"


def days_of(about: records.HashList, known: Around) -> list[Day]:
    """Give the days on which something was counted of a list, newest first."""
    counted: dict[date, Counter[Tallied]] = {}
    for each in known.tallies:
        if each.list_id == about.id:
            counted.setdefault(each.day, Counter())[each.what] += each.count
    drawn = main_count(about)
    most = max((counts[drawn] for counts in counted.values()), default=0)
    return [
        Day(day, counted[day], round(100 * counted[day][drawn] / most) if most else 0)
        for day in sorted(counted, reverse=True)
    ]


def main_count(about: records.HashList) -> Tallied:
    """Say which count tells most of a list as it is now."""
    return Tallied.PREVIEWED if about.state is HashListState.PREVIEW else Tallied.MATCHED


def _open_one(about: records.HashList, known: Around, kind: ApprovalKind) -> records.Approval | None:
    wanted = (kind, about.id, about.revision)
    return next(
        (each for each in known.waiting if (each.kind, each.subject_id, each.subject_version) == wanted), None
    )


def _does(
    desk: Desk, about: records.HashList, proposal: records.Approval | None, decided: records.Approval | None
) -> str:
    if about.state is HashListState.PROPOSED and proposal is None:
        refused = decided is not None and (decided.kind, decided.state) == (
            ApprovalKind.ACTIVATE_HASH_LIST,
            ApprovalState.REFUSED,
        )
        return "It is loaded and matches nothing. " + (
            "Its proposal was refused." if refused else "Nobody proposes to switch it on as it is now."
        )
    return _OFF.get(about.state) or list_words.does_when_on(desk, about)
