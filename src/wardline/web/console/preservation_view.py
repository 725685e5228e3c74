"""What pages about requests share: words, dates that were typed, and what somebody who may have to judge a case yet is not told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from wardline import preservation, records
from wardline.errors import InputError, RefusedError
from wardline.records import DestructionState, HoldState, PreservationBasis
from wardline.web.console.desk import Desk
from wardline.web.console.rendering import span

FILES_SHOWN = 40
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Words:
    """A basis in words."""

    title: str
    means: str


BASES = {
    PreservationBasis.US_REQUEST: Words(
        "18 USC 2703(f)",
        "A governmental entity asks while it gets process: 90 days from its arrival, and 90 more for one renewed request.",
    ),
    PreservationBasis.ORDER: Words(
        "Order or notice", "Of a court or an authority, until the date that it names."
    ),
    PreservationBasis.VOLUNTARY: Words(
        "Voluntary, 18 USC 2258A(h)(5)",
        "Longer than the year after a report, to reduce proliferation and prevent exploitation, until a date.",
    ),
}
STATES = {
    DestructionState.PROPOSED: "Waits for a second person",
    DestructionState.APPROVED: "Approved, and being carried out",
    DestructionState.REFUSED: "Refused: nothing was destroyed",
    DestructionState.STOPPED: "Stopped: something came to a file that nobody had been told of. What is left is kept, and has to be proposed again",
    DestructionState.DONE: "Done: nobody can bring these files back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a request, with what holds it."""

    item: records.Item
    case_id: str | None
    """The case that its holds name; None where it was never held."""
    running: tuple[records.Hold, ...]


def files(desk: Desk, item_ids: Iterable[str]) -> tuple[list[File], bool]:
    """Give these files but for those of cases that this person may have to judge yet; and whether any were left out.

    Ids of nothing are left out, too.
    """
    store = desk.wardline.parts.store
    items = store.several_items(list(item_ids))
    found: list[File] = []
    for item in items.values():
        holds = store.holds_of(item.id)
        running = tuple(each for each in holds if each.state is HoldState.ACTIVE)
        found.append(File(item=item, case_id=holds[0].case_id if holds else None, running=running))
    hidden = desk.wardline.hidden_cases(
        [each.case_id for each in found if each.case_id is not None], user=desk.user
    )
    shown = [each for each in found if each.case_id not in hidden]
    return shown, len(shown) < len(found)


def require_seen(desk: Desk, item_ids: Iterable[str]) -> list[File]:
    """Give these files.

    Raises:
        RefusedError: One is of a case that this person may have to judge without knowing what came of it.
    """
    shown, is_cut = files(desk, item_ids)
    if is_cut:
        raise RefusedError(
            "files: one is of a case that you may have to judge, expected settled cases",
            remedy="Wait until the case is settled, or ask somebody who does not review.",
        )
    return shown


def ends(found: records.Preservation, now: datetime) -> str:
    """Say when a request ends, counted from now."""
    if found.ended_at is not None:
        return "withdrawn"
    return f"in {span(found.until - now)}" if now < found.until else "its time is over"


def arrival(field: str, typed: str, now: datetime) -> preservation.Arrival:
    """Read when something arrived: a day and a time in UTC, a day alone, which may have been any zone's, or nothing for now."""
    if not typed:
        return preservation.Arrival(at=now, at_the_latest=now)
    if _MOMENT.fullmatch(typed):
        at = _read(field, f"{typed}:00")
        return preservation.Arrival(at=at, at_the_latest=at)
    return preservation.arrived_on(_day(field, typed), now)


def last_of(field: str, typed: str) -> datetime | None:
    """Read a day as the moment at which it is over everywhere; None when nothing was typed."""
    return preservation.over(_day(field, typed)) if typed else None


def _day(field: str, typed: str) -> datetime:
    # Of another form it is none, whatever the library would make of it.
    return _read(field, f"{typed} 00:00:00" if _DAY.fullmatch(typed) else "")


def _read(field: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise InputError(
            f"{field}: no date, expected one like 2026-11-27", remedy="Write the date as in the hint."
        ) from None


def ids(kind: str, typed: str) -> tuple[str, ...]:
    """Read ids that stand on lines of their own, or with commas or spaces between them; each once.

    Raises:
        InputError: One is none of this kind.
    """
    return tuple(dict.fromkeys(records.require_id(kind, each) for each in typed.replace(",", " ").split()))
