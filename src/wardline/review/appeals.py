"""Cases that are opened once more: for an appeal, or because of new flags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wardline import records
from wardline.errors import ConflictError
from wardline.records import CaseState, Stage


def reopen(
    case: records.Case,
    *,
    stage: Stage,
    had_a_part: Iterable[str],
    handed_by: str | None,
    restricted: bool,
) -> records.Case:
    """Open a closed case for somebody who had no part in it. It has no target until ``with_target_anew`` gives it one.

    Args:
        case: As it was closed.
        stage: Whose opinion it waits for.
        had_a_part: Users who may not have it: everybody who decided or wrote about it. Who only passed it on, without a word, may still choose it.
        handed_by: Who hands it to the leads; None where anybody may take it.
        restricted: Whether its content is hidden, or gone, at this moment.

    Raises:
        ConflictError: It is not closed.
    """
    if case.state is not CaseState.CLOSED:
        raise ConflictError(f"{case.id}: {case.state}, expected closed")
    spoke = tuple(had_a_part)
    apart = tuple(dict.fromkeys((*case.passed_by, *spoke)))
    return replace(
        case, state=CaseState.OPEN, stage=stage, claimed_by=None, lease_until=None, held_until=None, passed_by=apart, escalated_by=handed_by,
        due_at=None, target=None, restricted=restricted, version=case.version + 1,
        declined_by=tuple(each for each in case.declined_by if each not in spoke),
    )  # fmt: skip


def had_a_part(
    case: records.Case, decisions: Iterable[records.Decision], notes: Iterable[records.Note]
) -> tuple[str, ...]:
    """Give everybody whose opinion on a case is in: who decided it, took a decision back, wrote about it, or handed it to the leads."""
    people = [
        *(each for each in case.passed_by if each not in case.declined_by),
        *(each.user_id for each in decisions),
        *(each.user_id for each in notes),
        *([case.escalated_by] if case.escalated_by else []),
    ]
    return tuple(dict.fromkeys(people))
