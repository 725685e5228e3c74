"""What a list says of files that are kept already: their cases get the place that it asks for, several to a commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

from wardline import ports, preservation, records, review, triage
from wardline.errors import VersionConflictError
from wardline.pipeline import gathering
from wardline.pipeline.parts import Parts
from wardline.pipeline.placing import placed
from wardline.pipeline.writing import Writing
from wardline.records import CaseState, Insert, Outcome, Replace, Verb

_CHANGES_A_FILE = 2
"""The file's own and its case's."""
_GIVES_WAY_SECONDS = 0.1
"""So long, for each commit, it waits for people who are handed a case."""
_TRIES = 5
"""How often somebody may change one of the cases at the same moment."""
_Found = tuple[records.Item, records.Match]


def renew(parts: Parts, found: Iterable[_Found]) -> int:
    """Let people see files again, or see why, with what a list says now. Gives how many cases changed.

    While some are committed the next ones are read and placed already.

    Args:
        parts: The installation's.
        found: Each file once, as it was read a while ago, with the entry that is nearest to it. A case without a decision gets its new place, one
            whose file was found innocent is followed by a new one, and nothing happens where a violation was found or the entry is known.
    """
    waiting, renewed = iter(found), 0
    before: Future[int] | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="wardline-renewing") as writing:
        while some := list(islice(waiting, at_once(parts.store))):
            way = _Way(parts)
            ready = _made(parts, some, way)
            renewed += before.result() if before else 0
            before = writing.submit(_commit, parts, some, ready, way)
        return renewed + (before.result() if before else 0)


def at_once(store: ports.Store) -> int:
    """Say how many files go into a commit."""
    return max(1, store.changes_at_once // _CHANGES_A_FILE)


def _commit(parts: Parts, found: Sequence[_Found], made: _Made, way: _Way) -> int:
    """Renew a few; again with what is stored then where somebody changed one of them at the same moment."""
    for tries_left in reversed(range(_TRIES)):
        try:
            way.give()
            if made.written.changes:
                made.written.commit(parts)
            break
        except VersionConflictError:
            if not tries_left:
                raise
            items = parts.store.several_items([item.id for item, _ in found])
            made = _made(parts, [(items[item.id], match) for item, match in found if item.id in items], way)
    for item, match in made.cleared:
        way.give()
        _open_again(parts, item, match)
    return made.cases + len(made.cleared)


class _Way:
    """Lets people go first, for as long as these few may wait altogether."""

    def __init__(self, parts: Parts) -> None:
        self._others = parts.giving_way
        self._left_seconds = _GIVES_WAY_SECONDS

    def give(self) -> None:
        self._left_seconds = self._others.wait(self._left_seconds)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Files by what becomes of them."""

    open: list[tuple[records.Case, records.Item, records.Match]]
    cleared: list[_Found]


@dataclass(frozen=True, slots=True)
class _Made:
    """What is to be written."""

    written: Writing
    cases: int
    """Open ones, which it changes."""
    cleared: list[_Found]
    """Files that have a new case each."""


def _made(parts: Parts, found: Sequence[_Found], way: _Way) -> _Made:
    way.give()
    of_each = _sorted(parts, found)
    written, cases = _renewed(parts, of_each, way)
    return _Made(written, cases, of_each.cleared)


def _sorted(parts: Parts, found: Sequence[_Found]) -> _Sorted:
    """Read the newest case of each file about which the list tells something new."""
    news = [(item, match) for item, match in found if _is_new(item, match)]
    store = parts.store
    holds = store.holds_of_several([item.id for item, _ in news])
    newest = {item_id: placed[-1].case_id for item_id, placed in holds.items()}
    cases = store.several_cases([*dict.fromkeys(newest.values())])
    decided = [case.decision_id for case in cases.values() if case.decision_id is not None]
    decisions = store.several_decisions(decided) if decided else {}
    of_each = _Sorted([], [])
    for item, match in news:
        case = cases.get(newest.get(item.id, ""))
        if case is None or _is_settled(case, decisions):
            continue
        if case.state is CaseState.OPEN:
            of_each.open.append((case, item, match))
        else:
            of_each.cleared.append((item, match))
    return of_each


def _is_new(item: records.Item, match: records.Match) -> bool:
    """Say whether the list tells something new of a file. Without the file nobody could decide anything."""
    known = {(each.list_id, each.entry_id) for each in item.matches}
    return (match.list_id, match.entry_id) not in known and item.sealed and bool(item.account_reference)


def _is_settled(case: records.Case, decisions: dict[str, records.Decision]) -> bool:
    """Say whether people found a violation already: then the list tells nothing new.

    Of an open case that is not said yet. What one person found waits for others, who would know by the missing news what it was; or it is appealed.
    """
    decision = decisions.get(case.decision_id or "")
    return case.state is not CaseState.OPEN and decision is not None and decision.outcome is Outcome.VIOLATION


def _renewed(parts: Parts, of_each: _Sorted, way: _Way) -> tuple[Writing, int]:
    """Put together what is written of open cases; gives how many those are. A case of several files changes once, and each file has its entry."""
    written, cases = Writing(), dict[str, records.Case]()
    for read, item, match in of_each.open:
        way.give()
        before = cases.get(read.id, read)
        told = _told(item, match)
        case = replace(
            before, reasons=(*before.reasons, _reason(match)), certificate_id=None, version=read.version + 1
        )
        cases[case.id] = placed(parts, case, told, told.matches)
        written.note(Replace(told), parts.entry(Verb.CASE_RENEWED, case.id, detail=match.list_id))
    written.changes += map(Replace, cases.values())
    return written, len(cases)


def _open_again(parts: Parts, item: records.Item, match: records.Match) -> None:
    """Open a new case about a file that was found innocent, and keep it for that long."""
    told, now = _told(item, match), parts.now()
    route = records.Review(reasons=(_reason(match),))
    case = review.open_case(parts.new_id("case"), told, route=route, now=now)
    opened = placed(parts, case, told, told.matches)
    # Its earlier hold may be about to end.
    hold = preservation.place_provisional(
        told, opened.id, hold_id=parts.new_id("hold"), periods=parts.rules.periods, now=now
    )
    entries = [
        parts.entry(Verb.CASE_OPENED, opened.id, detail=match.list_id),
        parts.entry(Verb.HOLD_PLACED, hold.id),
    ]

    def commit(placed: gathering.Placed) -> None:
        parts.store.commit(
            Replace(told), Insert(placed.case), Insert(hold), *placed.changes, entries=[*entries, *placed.entries], work=placed.work
        )  # fmt: skip

    gathering.open_in_place(parts, None, opened, told, commit)


def _told(item: records.Item, match: records.Match) -> records.Item:
    return replace(item, matches=(match, *item.matches)[: records.MOST_MATCHES], version=item.version + 1)


def _reason(match: records.Match) -> str:
    route = triage.route([match], triage.Policy())
    return "A list grew: " + ("" if isinstance(route, records.Release) else route.reasons[0])
