"""What becomes of a case besides a decision: passed on, given to somebody, moved to another queue, marked as danger."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import ConflictError, NotAllowedError
from wardline.review.cases import require_claim

ASSIGNED_FOR = timedelta(hours=1)
"""So long a case waits for the person it was given to, who may be at another one; then it goes back to the queue."""


def pass_on(case: records.Case, user_id: str, *, now: datetime) -> records.Case:
    """Give a claimed case back for good: this person is not handed it again, but may still take it.

    Raises:
        ConflictError, LeaseLostError: The person does not hold the case.
    """
    require_claim(case, user_id, now=now)
    return replace(
        case, claimed_by=None, lease_until=None, passed_by=(*case.passed_by, user_id), declined_by=(*case.declined_by, user_id),
        version=case.version + 1,
    )  # fmt: skip


def stand_aside(case: records.Case, user_id: str) -> records.Case:
    """Leave a case to others for good: this person is about to learn what others said of it. A claim of theirs ends."""
    freed = replace(
        case, passed_by=tuple(dict.fromkeys((*case.passed_by, user_id))), declined_by=tuple(each for each in case.declined_by if each != user_id),
        version=case.version + 1,
    )  # fmt: skip
    return replace(freed, claimed_by=None, lease_until=None) if case.claimed_by == user_id else freed


def assign(case: records.Case, user: records.User, *, now: datetime) -> records.Case:
    """Claim a case for somebody who has to be able to take it, whoever holds it now.

    Raises:
        ConflictError: It is not open, or this person passed it on or has given an opinion on it.
        NotAllowedError: It was handed to the leads, and this person is none.
    """
    _require_open(case)
    if user.id in case.passed_by:
        raise ConflictError(
            f"{case.id}: {user.name} passed it on or has decided about it, expected somebody else"
        )
    if case.escalated_by is not None and user.role is not records.Role.LEAD:
        raise NotAllowedError(f"{case.id}: handed to the leads, expected one of them")
    return replace(
        case, claimed_by=user.id, lease_until=now + ASSIGNED_FOR, claimed_at=now, held_until=None, version=case.version + 1,
    )  # fmt: skip


def divert(case: records.Case, queue: str, *, lead_id: str, now: datetime) -> records.Case:
    """Move a case to another queue, where it stays whatever becomes known of it. If the lead holds it, it is free again.

    Raises:
        ConflictError: It is not open, is in that queue already, or somebody else is working on it.
    """
    _require_open(case)
    if case.queue == queue:
        raise ConflictError(f"{case.id}: waits in {queue} already, expected another queue")
    in_hand = case.lease_until is not None and case.lease_until > now
    if in_hand and case.claimed_by != lead_id:
        raise ConflictError(f"{case.id}: claimed by somebody else until the lease ends, expected a free case")
    return replace(
        case, queue=queue, diverted_by=lead_id, claimed_by=None, lease_until=None, version=case.version + 1
    )


def mark_danger(case: records.Case, user: records.User, *, now: datetime) -> records.Case:
    """Note that a child may be in danger now. From then on the case comes before all others, for everybody, also if it was set aside.

    Raises:
        ConflictError: It is not open, or marked already.
        LeaseLostError: A moderator who does not hold the case.
    """
    if user.role is not records.Role.LEAD:
        require_claim(case, user.id, now=now)
    _require_open(case)
    if case.imminent_since is not None:
        raise ConflictError(f"{case.id}: marked already, expected a case that is not")
    return replace(case, imminent_since=now, held_until=None, version=case.version + 1)


def no_longer_kept(case: records.Case, *, now: datetime, lease: timedelta) -> records.Case:
    """Shorten how long a case waits for whoever has it to the lease of a claim, for a child may be in danger now: who was given it for longer may be at
    another one. Its version stays."""
    if case.lease_until is None or case.lease_until <= now + lease:
        return case
    return replace(case, lease_until=now + lease)


def _require_open(case: records.Case) -> None:
    if case.state is not records.CaseState.OPEN:
        raise ConflictError(f"{case.id}: {case.state}, expected open")
