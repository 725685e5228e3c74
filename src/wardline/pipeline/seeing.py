"""Cases are seen by who holds them. Leads and auditors open others with a reason, which the log has before they see anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wardline import records, review
from wardline.errors import NotAllowedError
from wardline.pipeline.parts import Parts
from wardline.records import Insert, Role, Verb

LASTS = timedelta(minutes=30)
"""So long a case stays open to whoever gave a reason."""
MAY_LOOK_INTO = frozenset({Role.LEAD, Role.AUDITOR})


def sees(parts: Parts, case: records.Case, user: records.User) -> bool:
    """Say whether a person may see what a case is about now: never of an account of their own. See ``review.sees``."""
    if review.is_party(case, user):
        return False
    now = parts.now()
    opening = parts.store.opening_of(case.id, user.id, now=now) if user.role in MAY_LOOK_INTO else None
    decided_by = parts.store.decision(case.decision_id).user_id if case.decision_id else None
    return review.sees(case, user.id, now=now, decided_by=decided_by, opening=opening)


def require(parts: Parts, case_id: str, user: records.User) -> records.Case:
    """Give a case to somebody who sees it.

    Raises:
        NotFoundError: There is none.
        NotAllowedError: It is not in this person's hands, and they did not open it with a reason.
    """
    case = parts.store.case(case_id)
    if not sees(parts, case, user):
        raise NotAllowedError(
            f"{case_id}: not in your hands, expected the person who holds it",
            remedy="Take the case. A lead or an auditor opens it with a reason.",
        )
    return case


def look_into(parts: Parts, case_id: str, user: records.User, reason: str) -> records.Opening:
    """Open a case for half an hour to a lead or an auditor who does not hold it. No picture is shown by that.

    Raises:
        InputError: The reason is none, or longer than 500 characters.
        NotAllowedError: The role does not allow it, or it is about an account of their own.
        NotFoundError: There is no such case.
    """
    if user.role not in MAY_LOOK_INTO:
        raise NotAllowedError(f"{case_id}: not for the role {user.role}, expected auditor or lead")
    case, now = parts.store.case(case_id), parts.now()
    if review.is_party(case, user):
        raise NotAllowedError(
            f"{case_id}: about an account of this person's own, expected somebody else",
            remedy="Have a colleague look.",
        )
    made = records.Opening(
        id=parts.new_id("opening"), case_id=case.id, user_id=user.id, reason=" ".join(reason.split()), at=now, until=now + LASTS
    )  # fmt: skip
    parts.store.commit(
        Insert(made), entries=[parts.entry(Verb.CASE_LOOKED_INTO, case.id, actor=user.id, detail=made.id)]
    )
    return made


def without_account(parts: Parts, case: records.Case, user: records.User) -> records.Case:
    """Give a case as somebody sees it: to whom it is not open, without the account it is about."""
    if not case.account_reference or sees(parts, case, user):
        return case
    return replace(case, account_reference="")
