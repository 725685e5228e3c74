"""Reports to a receiver that is not there any more: they go to another one, or end where another one has them. Pure."""

from __future__ import annotations

from dataclasses import replace

from wardline import records
from wardline.errors import ConflictError
from wardline.referral import moves
from wardline.referral.steps import UNKNOWN_ORPHAN
from wardline.referral.told import LOOK, LOOK_FALLEN

_State = records.ReferralState
ELSEWHERE = "its receiver is gone from the settings, and another receiver gets the report of this decision"
"""Why one was withdrawn."""


def may_pass_on(found: records.Referral) -> bool:
    """Say whether nothing of a referral can be at its receiver, unless a person filed its pack.

    What joined another one is let go when that is passed on, or ends.
    """
    if found.joined is not None:
        return False
    if found.state is _State.NEEDS_HUMAN and not found.bundle:
        # Of one that another installation may have filed, that is asked first.
        return found.problem == moves.TO_FILE or (
            found.remote_id is None and found.problem not in (LOOK, LOOK_FALLEN)
        )
    return found.state in (_State.DRAFT, _State.OPENING) and found.remote_id is None


def passed_on(found: records.Referral, authority: str, environment: str) -> records.Referral:
    """Begin it anew for another receiver; its version stays. It holds no others any more.

    Raises:
        ConflictError: Something of it may be at its receiver, or it corrects what that one has.
    """
    _require(found)
    if found.corrects is not None:
        raise ConflictError(
            f"{found.id}: corrects what its receiver has, expected a report",
            remedy="Tell the receiver as it can be reached, and record its reference.",
        )
    return replace(
        _emptied(found), state=_State.DRAFT, authority=authority, environment=environment, problem=None
    )


def withdrawn(found: records.Referral) -> records.Referral:
    """End it, for another referral reports its decision; its version stays.

    Raises:
        ConflictError: Something of it may be at its receiver.
    """
    _require(found)
    return replace(_emptied(found), state=_State.WITHDRAWN, problem=ELSEWHERE)


def _require(found: records.Referral) -> None:
    if found.bundle or not may_pass_on(found):
        raise ConflictError(
            f"{found.id}: {found.state}, expected one of which nothing can be at its receiver"
        )


def _emptied(found: records.Referral) -> records.Referral:
    unknown = (UNKNOWN_ORPHAN,) if found.in_flight else ()
    given_up = unknown if found.remote_id is None else (found.remote_id,)
    return replace(
        found, remote_id=None, orphans=(*found.orphans, *given_up), files=moves.unsent(found), attempts=0, in_flight=False
    )  # fmt: skip
