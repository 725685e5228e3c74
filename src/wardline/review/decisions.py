"""Decisions: made, undone within their window, then carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import ConflictError, InputError, NotAllowedError
from wardline.review.cases import require_claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a moderator says about a case."""

    outcome: records.Outcome
    findings: tuple[records.Finding, ...] = ()
    annotations: tuple[records.ReportAnnotation, ...] = ()
    escalation: str | None = None
    answers: tuple[records.Answer, ...] = ()
    note: str | None = None
    """For colleagues, 1 to 2,000 characters."""
    second_opinion: bool = False
    """Another person decides too, without knowing this."""


def decide(
    case: records.Case,
    judgement: Judgement,
    *,
    decision_id: str,
    user_id: str,
    now: datetime,
    undo_window: timedelta,
) -> tuple[records.Case, records.Decision]:
    """Record a decision.

    "Cannot tell" takes effect at once and sends the case to somebody else; anything else waits for the undo window.

    Raises:
        ConflictError, LeaseLostError: The person does not hold the case.
        InputError: A finding about a file that is not in the case, or two about one; or another opinion is asked where the case is beyond its
            first decision: nobody would be asked.
    """
    require_claim(case, user_id, now=now)
    if judgement.second_opinion and case.stage is not records.Stage.FIRST:
        raise InputError(
            f"{case.id}: another opinion asked in the stage {case.stage}, expected that only of a first decision",
            remedy="Decide it without, or say that you cannot tell: then somebody else decides.",
        )
    about = [finding.item_id for finding in judgement.findings]
    if len(set(about)) != len(about) or set(about) - set(case.item_ids):
        raise InputError(f"{case.id}: findings do not fit its files, expected at most one for each")
    unsure = judgement.outcome is records.Outcome.CANNOT_TELL
    decision = records.Decision(
        id=decision_id, case_id=case.id, user_id=user_id, at=now, outcome=judgement.outcome, findings=judgement.findings,
        annotations=judgement.annotations, escalation=judgement.escalation, answers=judgement.answers, undo_until=now if unsure else now + undo_window,
        state=records.DecisionState.EFFECTIVE if unsure else records.DecisionState.PENDING, second_opinion=judgement.second_opinion,
    )  # fmt: skip
    free = replace(case, claimed_by=None, lease_until=None, decision_id=decision_id, version=case.version + 1)
    if unsure:
        return replace(free, passed_by=(*case.passed_by, user_id)), decision
    return replace(free, state=records.CaseState.DECIDED), decision


def require_fitting(judgement: Judgement, items: Sequence[records.Item]) -> None:
    """Require that files get categories, and accounts in words the kind of an incident.

    Raises:
        InputError: A finding says of one what only the other can be; or why a child may be in danger stands beside an outcome of which no report
            comes, where nobody would read it.
    """
    if judgement.escalation is not None and judgement.outcome is not records.Outcome.VIOLATION:
        raise InputError(
            f"danger now: written beside the outcome {judgement.outcome}, of which no report comes, expected that only with a violation",
            remedy="Mark the case as danger, which everybody sees at once, and leave these words out of the decision.",
        )
    told = {item.id for item in items if item.told is not None}
    for each in judgement.findings:
        if each.item_id in told and (each.category is not None or each.annotations):
            raise InputError(
                f"{each.item_id}: a category of an account without a file, expected the kind of the incident"
            )
        if each.item_id not in told and each.incident is not None:
            raise InputError(f"{each.item_id}: the kind of an incident of a file, expected its category")
    if told and judgement.answers:
        raise InputError("decision: answers about an account without a file, expected none")


def undo(
    case: records.Case, decision: records.Decision, *, user_id: str, now: datetime, lease: timedelta
) -> tuple[records.Case, records.Decision]:
    """Take a decision back within its window; the case returns to the person who made it.

    Raises:
        NotAllowedError: Somebody else's decision.
        ConflictError: The window is over.
    """
    if decision.user_id != user_id:
        raise NotAllowedError(f"{decision.id}: made by somebody else, expected its maker")
    if (
        decision.state is not records.DecisionState.PENDING
        or now >= decision.undo_until
        or case.decision_id != decision.id
    ):
        raise ConflictError(
            f"{decision.id}: has taken effect, expected a decision within its undo window",
            remedy="Tell a lead. From now on a new flag or an appeal opens the case again.",
        )
    reopened = replace(
        case,
        state=records.CaseState.OPEN,
        claimed_by=user_id,
        lease_until=now + lease,
        decision_id=None,
        version=case.version + 1,
    )
    return reopened, replace(decision, state=records.DecisionState.UNDONE, version=decision.version + 1)


def conclude(
    case: records.Case, decision: records.Decision, *, now: datetime
) -> tuple[records.Case, records.Decision] | None:
    """Let a decision take effect once its window is over; None when there is nothing to do (undone, or done before).

    Raises:
        ConflictError: The window is still running.
    """
    if decision.state is not records.DecisionState.PENDING or case.decision_id != decision.id:
        return None
    if now < decision.undo_until:
        raise ConflictError(f"{decision.id}: may still be undone, expected the end of its window")
    return (
        replace(case, state=records.CaseState.CLOSED, version=case.version + 1),
        replace(decision, state=records.DecisionState.EFFECTIVE, version=decision.version + 1),
    )
