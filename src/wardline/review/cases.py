"""Cases and their leases: one case, one moderator at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import ConflictError, InputError, LeaseLostError, NotAllowedError


def open_case(
    case_id: str, item: records.Item, *, route: records.Review | records.Act, now: datetime
) -> records.Case:
    """Open a case about one item."""
    return records.Case(
        id=case_id, opened_at=now, account_reference=item.account_reference, item_ids=(item.id,), reasons=route.reasons,
        restricted=isinstance(route, records.Act), state=records.CaseState.OPEN,
    )  # fmt: skip


LONGEST_SET_ASIDE = timedelta(days=7)
"""A case may wait for an answer from outside, but not be forgotten."""


def claim(
    case: records.Case,
    user_id: str,
    *,
    now: datetime,
    lease: timedelta,
    role: records.Role = records.Role.MODERATOR,
    accounts: tuple[str, ...] = (),
) -> records.Case:
    """Give the case to a person until the lease ends. One that was set aside is taken up again by it.

    Raises:
        ConflictError: It is decided, somebody else holds it, or this person could not tell before, gave an opinion or looked at what came of it. Whoever only passed it on may take it.
        NotAllowedError: It was handed to the leads, and this person is none; or it is about an account of the person's own.
    """
    if case.state is not records.CaseState.OPEN:
        raise ConflictError(f"{case.id}: {case.state}, expected open")
    if case.account_reference and case.account_reference in accounts:
        raise NotAllowedError(
            f"{case.id}: about an account of this person's own, expected somebody else",
            remedy="Take the next case; a colleague decides this one.",
        )
    if user_id in case.passed_by and user_id not in case.declined_by:
        raise ConflictError(
            f"{case.id}: this person had a part in it, gave an opinion, could not tell before or looked at what came of it, expected somebody else",
            remedy="Take the next case; a colleague who knows nothing of it decides this one.",
        )
    if case.claimed_by not in (None, user_id) and not _lapsed(case, now):
        raise ConflictError(f"{case.id}: claimed by somebody else until the lease ends")
    if case.escalated_by is not None and role is not records.Role.LEAD:
        raise NotAllowedError(
            f"{case.id}: handed to the leads, expected one of them",
            remedy="Take the next case; a lead decides this one.",
        )
    is_mine = case.claimed_by == user_id and not _lapsed(case, now)
    passed_by, declined_by = (
        tuple(each for each in those if each != user_id) for those in (case.passed_by, case.declined_by)
    )
    return replace(
        case, claimed_by=user_id, lease_until=now + lease, claimed_at=case.claimed_at if is_mine else now, held_until=None,
        passed_by=passed_by, declined_by=declined_by, version=case.version + 1,
    )  # fmt: skip


def renew(case: records.Case, user_id: str, *, now: datetime, lease: timedelta) -> records.Case:
    """Lengthen the lease of the person who holds it."""
    require_claim(case, user_id, now=now)
    return replace(case, lease_until=now + lease, version=case.version + 1)


def return_to_queue(case: records.Case, user_id: str) -> records.Case:
    """Give the case back, without a reason and without a question. Returning a lapsed claim is fine; another's is not."""
    if case.claimed_by != user_id:
        raise LeaseLostError(f"{case.id}: not claimed by this person, expected a claim")
    return replace(case, claimed_by=None, lease_until=None, version=case.version + 1)


def set_aside(case: records.Case, user_id: str, *, now: datetime, until: datetime) -> records.Case:
    """Set a claimed case aside: it is handed to nobody before that time, and its evidence stays.

    Raises:
        ConflictError, LeaseLostError: The person does not hold the case, or a child may be in danger now.
        InputError: The time is over, or more than ``LONGEST_SET_ASIDE`` away.
    """
    require_claim(case, user_id, now=now)
    if case.imminent_since is not None:
        raise ConflictError(
            f"{case.id}: a child may be in danger now, expected a case that can wait",
            remedy="Decide it, hand it to the leads, or pass it on.",
        )
    if not now < until <= now + LONGEST_SET_ASIDE:
        raise InputError(
            f"{case.id}: set aside outside the next {LONGEST_SET_ASIDE.days} days, expected a time within them"
        )
    return replace(case, claimed_by=None, lease_until=None, held_until=until, version=case.version + 1)


def escalate(case: records.Case, user_id: str, *, now: datetime) -> records.Case:
    """Hand a claimed case to the leads. A lead may hand it to the other leads.

    Raises:
        ConflictError, LeaseLostError: The person does not hold the case.
    """
    require_claim(case, user_id, now=now)
    return replace(case, claimed_by=None, lease_until=None, escalated_by=user_id, version=case.version + 1)


def require_claim(case: records.Case, user_id: str, *, now: datetime) -> None:
    """Require that this person holds the case now.

    Raises:
        ConflictError: It is not open any more.
        LeaseLostError: The claim is somebody else's or has lapsed.
    """
    if case.state is not records.CaseState.OPEN:
        raise ConflictError(f"{case.id}: {case.state}, expected open")
    if case.claimed_by != user_id or _lapsed(case, now):
        raise LeaseLostError(f"{case.id}: not claimed by this person now, expected a running lease")


def _lapsed(case: records.Case, now: datetime) -> bool:
    return case.lease_until is not None and case.lease_until <= now
