"""Cases and their leases: one case, one moderator at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import ConflictError, LeaseLostError


def open_case(
    case_id: str, item: records.Item, *, route: records.Review | records.Act, now: datetime
) -> records.Case:
    """Open a case about one item."""
    return records.Case(
        id=case_id, opened_at=now, account_reference=item.account_reference, item_ids=(item.id,), reasons=route.reasons,
        restricted=isinstance(route, records.Act), state=records.CaseState.OPEN,
    )  # fmt: skip


def claim(case: records.Case, user_id: str, *, now: datetime, lease: timedelta) -> records.Case:
    """Give the case to a moderator until the lease ends.

    Raises:
        ConflictError: It is decided, somebody else holds it, or this person could not tell before.
    """
    if case.state is not records.CaseState.OPEN:
        raise ConflictError(f"{case.id}: {case.state}, expected open")
    if user_id in case.passed_by:
        raise ConflictError(f"{case.id}: this person could not tell before, expected somebody else")
    if case.claimed_by not in (None, user_id) and not _lapsed(case, now):
        raise ConflictError(f"{case.id}: claimed by somebody else until the lease ends")
    return replace(case, claimed_by=user_id, lease_until=now + lease, version=case.version + 1)


def renew(case: records.Case, user_id: str, *, now: datetime, lease: timedelta) -> records.Case:
    """Lengthen the lease of the person who holds it."""
    require_claim(case, user_id, now=now)
    return replace(case, lease_until=now + lease, version=case.version + 1)


def return_to_queue(case: records.Case, user_id: str) -> records.Case:
    """Give the case back, without a reason and without a question. Returning a lapsed claim is fine; another's is not."""
    if case.claimed_by != user_id:
        raise LeaseLostError(f"{case.id}: not claimed by this person, expected a claim")
    return replace(case, claimed_by=None, lease_until=None, version=case.version + 1)


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
