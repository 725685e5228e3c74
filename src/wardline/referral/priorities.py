"""How urgent a report is, by when it shall be filed, and how long it may wait for a second person. Pure.

No law gives hours. SI 2026/268, regulation 6, as second-hand readers quote it, says "immediately", "as soon as reasonably practicable" and
"without undue delay"; 18 USC 2258A(a)(1) says "as soon as reasonably possible". The hours are ours, and counsel must confirm them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from wardline import records
from wardline.errors import ConflictError, SecondPersonError
from wardline.records import FactKind, FileAnnotation, Priority, ReferralState, ReportAnnotation

_LAST = datetime.max.replace(tzinfo=UTC)
SOON_REPORT = frozenset(
    {
        ReportAnnotation.SEXTORTION,
        ReportAnnotation.CSAM_SOLICITATION,
        ReportAnnotation.SADISTIC_ONLINE_EXPLOITATION,
    }
)
"""Said of a report: somebody works on a child, and may go on."""
SOON_FILE = frozenset(
    {FileAnnotation.LIVE_STREAMING, FileAnnotation.POSSIBLE_SELF_PRODUCTION, FileAnnotation.PHYSICAL_HARM}
)
"""Said of a file: it is new, or it happens now."""


class ToDo(StrEnum):
    """What people have to do about reports."""

    APPROVE = "approve"
    """They wait for a second person, and are filed without one when the time is over."""
    CHECK = "check"
    """They were filed by one person, and a second one looks at them afterwards."""
    DUE = "due"
    """Their clock runs: on their way, whatever they wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """From ``[referral.clocks]`` in wardline.toml: hours from the decision in which a report of each priority shall be filed."""

    first_hours: float = 1.0
    second_hours: float = 24.0
    third_hours: float = 72.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """From ``[referral.approval]`` in wardline.toml: which reports a second person looks at before they are filed, and for how long they wait."""

    second: bool = False
    """Those of priority 2."""
    third: bool = False
    """Those of priority 3."""
    second_hours: float = 2.0
    """Then one of priority 2 is filed anyway."""
    third_hours: float = 12.0
    """Then one of priority 3 is filed anyway."""
    check_hours: float = 24.0
    """A report that one person alone filed is checked by another within so many hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked:
    """What the settings say of clocks: everywhere, and otherwise in some regions."""

    everywhere: Clocks = field(default_factory=Clocks)
    regions: Mapping[str, Clocks] = field(default_factory=dict)
    """By ISO 3166-1 alpha-2."""


def assign(
    decision: records.Decision, facts: Iterable[records.Fact] = (), *, is_imminent: bool = False
) -> Priority:
    """Say how urgent the report of a decision is.

    Args:
        decision: What it follows from.
        facts: What people wrote down about the case.
        is_imminent: Somebody marked the case as one in which a child may be in danger now.
    """
    if is_imminent or decision.escalation is not None or any(each.kind is FactKind.DANGER for each in facts):
        return Priority.FIRST
    of_files = {annotation for finding in decision.findings for annotation in finding.annotations}
    if SOON_REPORT & set(decision.annotations) or SOON_FILE & of_files:
        return Priority.SECOND
    return Priority.THIRD


def graver(one: Priority | None, other: Priority) -> Priority:
    """Give the more urgent of two: a priority is raised and never lowered."""
    return other if one is None else min(one, other)


def length(priority: Priority, clocked: Clocked, regions: Collection[str] = ()) -> timedelta:
    """Say how long a report has: the shortest of the regions that its account may be in; what holds everywhere holds in a region without hours of its
    own, and where nobody knows the region."""
    chosen = [clocked.regions.get(each, clocked.everywhere) for each in regions] or [clocked.everywhere]
    return timedelta(hours=min(_hours(priority, each) for each in chosen))


def waits_until(
    priority: Priority, approval: Approval, *, now: datetime, due_at: datetime
) -> datetime | None:
    """Say until when a report waits for a second person: never beyond its clock, and never one of priority 1. None: it does not wait."""
    wanted, hours = {
        Priority.FIRST: (False, 0.0),
        Priority.SECOND: (approval.second, approval.second_hours),
        Priority.THIRD: (approval.third, approval.third_hours),
    }[priority]
    until = min(_after(now, timedelta(hours=hours)), due_at)
    return until if wanted and until > now else None


def clocked(
    draft: records.Referral, priority: Priority, *, since: datetime, now: datetime, rules: Clocked, approval: Approval,
    regions: Collection[str] = (), corrects: bool = False,
) -> records.Referral:  # fmt: skip
    """Give a draft its priority, its clock, and what a second person has to do with it.

    Args:
        draft: Not filed yet.
        priority: As ``assign`` gave it.
        since: When what it reports was known.
        now: Aware UTC.
        rules: The clocks of the settings.
        approval: Whom a second person looks at, by the settings.
        regions: Where its account may be.
        corrects: It tells nothing new, so nobody waits with it and nobody checks it.
    """
    due_at = _after(since, length(priority, rules, regions))
    given = replace(draft, priority=priority, clock_from=since, due_at=due_at)
    if corrects:
        return given
    until = waits_until(priority, approval, now=now, due_at=due_at)
    check = _after(now, timedelta(hours=approval.check_hours)) if priority is Priority.FIRST else None
    return replace(given, waits_until=until, check_by=check)


def raised(
    found: records.Referral, *, now: datetime, rules: Clocked, approval: Approval, regions: Collection[str] = ()
) -> records.Referral:  # fmt: skip
    """Make a report one of priority 1: what waited for a second person waits no more, and no clock gets longer. Its version stays.

    Where that gives it a new clock, this runs from now: the danger was not known before, and its alarms count from when it was.
    """
    due_at = _after(now, length(Priority.FIRST, rules, regions))
    is_shorter = found.due_at is None or due_at < found.due_at
    clock_from = now if is_shorter else found.clock_from
    due_at = due_at if found.due_at is None else min(found.due_at, due_at)
    check_by = found.check_by
    if found.second_at is None and check_by is None:
        check_by = _after(now, timedelta(hours=approval.check_hours))
    return replace(
        found, priority=Priority.FIRST, clock_from=clock_from, due_at=due_at, waits_until=None, check_by=check_by,
    )  # fmt: skip


def waits(found: records.Referral) -> bool:
    """Say whether a report waits for a second person."""
    return found.state is ReferralState.DRAFT and found.waits_until is not None


def release(
    found: records.Referral, *, now: datetime, approval: Approval
) -> records.Referral | None:  # fmt: skip
    """File a report that nobody approved in time; None while it need not be. A second person checks it afterwards."""
    if not waits(found) or found.waits_until is None or now < found.waits_until:
        return None
    return replace(unapproved(found, now=now, approval=approval), version=found.version + 1)


def unapproved(found: records.Referral, *, now: datetime, approval: Approval) -> records.Referral:
    """Let a report go on that nobody approved: somebody checks it afterwards. Its version stays."""
    return replace(found, waits_until=None, check_by=_after(now, timedelta(hours=approval.check_hours)))


def seconded(
    found: records.Referral, *, user_id: str, deciders: Collection[str], now: datetime
) -> records.Referral:
    """Note that a second person looked at a report, before it is filed or afterwards.

    Args:
        found: It waits for approval, or is finished and was not checked.
        user_id: Who looked.
        deciders: Who decided what it reports.
        now: Aware UTC.

    Raises:
        SecondPersonError: This person decided it.
        ConflictError: Nobody has to look at it, somebody did, or it is being filed at this moment.
    """
    if user_id in deciders:
        raise SecondPersonError(f"{found.id}: decided by this person, expected a second person")
    if found.second_at is not None:
        raise ConflictError(f"{found.id}: a second person has looked already, expected one that waits for it")
    if not waits(found) and (found.check_by is None or found.state is not ReferralState.FINISHED):
        raise ConflictError(
            f"{found.id}: waits for no second person, expected one that is to be approved or checked"
        )
    return replace(
        found, waits_until=None, second_by=user_id, second_at=now, version=found.version + 1
    )  # fmt: skip


def part_over(found: records.Referral, *, now: datetime) -> float:
    """Say which part of its clock a report has behind it: 0 at its start, 1 at its end, and on; 0 where there is no clock."""
    if found.clock_from is None or found.due_at is None:
        return 0.0
    whole = found.due_at - found.clock_from
    return (now - found.clock_from) / whole if whole > timedelta(0) else 1.0


def asking(stopped: records.Referral) -> str:
    """Say of a report that waits for a person how urgent that is: whoever is woken by it has nothing else to go by."""
    why = "a child may be in danger now" if stopped.priority is Priority.FIRST else ""
    by = f"due by {stopped.due_at:%d %b, %H:%M} UTC" if stopped.due_at is not None else ""
    said = "; ".join(each for each in (why, by) if each)
    return f"A report of priority {stopped.priority} waits for a person{f' ({said})' if said else ''}"


def regions_of(items: Sequence[records.Item]) -> tuple[str, ...]:
    """Give the regions of the accounts of some files, each once, as the platform gave them, but for the United Kingdom.

    Its code is ``"GB"``. Many write ``"UK"``, which ISO 3166-1 keeps free for that reason: who owes a report for one owes it for the other.
    """
    known = (item.context.region for item in items if item.context is not None)
    return tuple(dict.fromkeys("GB" if each == "UK" else each for each in known if each is not None))


def _hours(priority: Priority, clocks: Clocks) -> float:
    return {
        Priority.FIRST: clocks.first_hours,
        Priority.SECOND: clocks.second_hours,
        Priority.THIRD: clocks.third_hours,
    }[priority]


def _after(at: datetime, period: timedelta) -> datetime:
    try:
        return at + period
    except OverflowError:
        return _LAST
