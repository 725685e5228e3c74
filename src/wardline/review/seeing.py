"""Who may see what a case is about: the account, the matches, what happened, who was shown what."""

from __future__ import annotations

from datetime import datetime

from wardline import records
from wardline.records import CaseState


def sees(
    case: records.Case,
    user_id: str,
    *,
    now: datetime,
    decided_by: str | None,
    opening: records.Opening | None,
) -> bool:
    """Say whether a person may see what a case is about now.

    Args:
        case: As it is.
        user_id: Of the person.
        now: The time.
        decided_by: Who gave the decision that stands, if one does.
        opening: This person's reasoned opening of this case, if they have one.

    Returns:
        True for whoever holds the case, for whoever decided it until that is carried out, and while a reasoned opening runs.
    """
    holds = case.claimed_by == user_id and case.lease_until is not None and case.lease_until > now
    if case.state is CaseState.OPEN and holds:
        return True
    if case.state is CaseState.DECIDED and decided_by == user_id:
        return True
    is_theirs = opening is not None and (opening.case_id, opening.user_id) == (case.id, user_id)
    return is_theirs and opening is not None and opening.at <= now < opening.until
