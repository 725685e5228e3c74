"""Second opinions: when another person's is wanted, what counts as the same answer, and when enough people said it.

Two who agree decide. Where they differ a third person decides between them; where three differ, a lead does. Whoever completes an agreement
gave the last answer, so a case is settled by the answer that came last or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from wardline import records
from wardline.records import CaseState, DecisionState, OpinionReason, Outcome, Stage

_NOTHING_SAID = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinions:
    """When a second person is asked. By default only when the first one wants it."""

    gravest: bool = False
    """Always for category A, and for incidents as grave."""
    random_share: float = 0.0
    """Of all other decisions, 0 to 1: so many are drawn by lot."""
    most_wait: timedelta = timedelta(hours=12)
    """A violation waits for agreement so long; then it takes effect alone, and the others are heard afterwards."""


class Turn(StrEnum):
    """Whose turn it is after some answers."""

    SECOND = "second"
    THIRD = "third"
    LEADS = "leads"
    NOBODY = "nobody"
    """Settled, with the last answer."""


def reason_for(decision: records.Decision, rules: SecondOpinions, *, drawn: bool) -> OpinionReason | None:
    """Say why another person's opinion is wanted about a first decision; None when it is not.

    Args:
        decision: The first one about its case.
        rules: The team's.
        drawn: Whether the lot fell on it.
    """
    if decision.second_opinion:
        return OpinionReason.ASKED
    if rules.gravest and any(each.is_gravest for each in decision.findings):
        return OpinionReason.GRAVEST
    return OpinionReason.RANDOM if drawn else None


def answer_of(decision: records.Decision, case: records.Case) -> str:
    """Give what has to be the same for two people to agree: the outcome and, for a violation, the category of each file, or the kind of the incident.

    Annotations, answers for police and notes may differ: those of the decision that takes effect are used.
    """
    if decision.outcome is not Outcome.VIOLATION:
        return str(decision.outcome)
    said = {each.item_id: each.grade for each in decision.findings}
    return " ".join([decision.outcome, *(said.get(item_id) or _NOTHING_SAID for item_id in case.item_ids)])


def is_violation(answer: str) -> bool:
    """Say whether an answer of ``answer_of`` has to be reported."""
    return answer.split(" ", 1)[0] == Outcome.VIOLATION


def next_turn(answers: Sequence[str]) -> Turn:
    """Say whose turn it is after these answers, oldest first.

    Args:
        answers: One at least. With four, the last one is a lead's, who was asked because three differed: it decides.
    """
    match len(answers):
        case 1:
            return Turn.SECOND
        case 2:
            return Turn.NOBODY if answers[0] == answers[1] else Turn.THIRD
        case 3:
            return Turn.NOBODY if answers[2] in answers[:2] else Turn.LEADS
        case _:
            return Turn.NOBODY


def in_effect_at_once(case: records.Case, decision: records.Decision, reason: OpinionReason) -> bool:
    """Say whether a decision takes effect before others are heard.

    What was drawn by lot does, for only its measurement is wanted. So does a violation where a child may be in danger now.
    """
    in_danger = decision.escalation is not None or case.imminent_since is not None
    return reason is OpinionReason.RANDOM or (in_danger and decision.outcome is Outcome.VIOLATION)


def await_another(case: records.Case, user_id: str, turn: Turn) -> records.Case:
    """Put a case back into the queue, for somebody whose opinion is not in. Its version stays: it belongs to the same change."""
    return replace(
        case, state=CaseState.OPEN, stage=Stage.SECOND if turn is Turn.SECOND else Stage.ADJUDICATION, claimed_by=None, lease_until=None,
        held_until=None, escalated_by=None, passed_by=(*case.passed_by, user_id),
    )  # fmt: skip


def given(decision: records.Decision) -> records.Decision:
    """Note that a decision is in, and has no effect of its own. Its version stays, as above."""
    return replace(decision, state=DecisionState.GIVEN)


def is_party(case: records.Case, user: records.User) -> bool:
    """Say whether a case is about an account that this person declared as their own."""
    return bool(case.account_reference) and case.account_reference in user.accounts
