"""What is done with a case besides deciding it, as its page offers it; for leads, give it to somebody or move it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from wardline import records, referral
from wardline.errors import InputError
from wardline.pipeline import blindness, people
from wardline.pipeline.taking import has_skills
from wardline.records import GENERAL_QUEUE, DecisionState, Role
from wardline.web.console import filing
from wardline.web.console.desk import Desk, Page
from wardline.web.console.rendering import go

_STAND = frozenset({DecisionState.PENDING, DecisionState.GIVEN, DecisionState.EFFECTIVE})
LEADS = frozenset({Role.LEAD})


def values_of(desk: Desk, case: records.Case) -> dict[str, Any]:
    """Give what the parts of the case's page say that are about this."""
    named = (GENERAL_QUEUE, *(rule.name for rule in desk.wardline.parts.rules.queues))
    is_lead, stored = desk.user.role is Role.LEAD, desk.wardline.parts.store.case(case.id)
    return {
        "other_queues": [name for name in named if name != case.queue] if is_lead else [],
        "colleagues": _able(desk, stored) if is_lead and not blindness.hides(stored, desk.user) else [], "has_queues": len(named) > 1,
        "passed_on": desk.user.id in case.declined_by, **_danger(desk, stored),
        "fact_kinds": filing.KINDS, "fact_words": referral.FACT_WORDS,
        # Only one's own: whoever gives a second opinion is not told what the first one knows.
        "own_facts": [each for each in desk.wardline.parts.store.facts_of(case.id) if each.user_id == desk.user.id],
    }  # fmt: skip


def _danger(desk: Desk, case: records.Case) -> dict[str, Any]:
    """Say whom to telephone where somebody marked the case, or this person's own decision says that a child may be in danger: a report goes at once
    then, and nobody else may be on shift who would see its page. What others wrote of it is not told by this."""
    own = (each for each in desk.wardline.parts.store.decisions_of(case.id) if each.user_id == desk.user.id)
    if case.imminent_since is None and not any(each.escalation and each.state in _STAND for each in own):
        return {"in_danger": False, "numbers": [], "numberless": []}
    numbers, without = filing.emergency(desk, case.id), filing.numberless(desk, case.id)
    return {"in_danger": True, "numbers": numbers, "numberless": without}


def assign(desk: Desk) -> Response:
    """Claim the case for somebody."""
    note = " ".join(desk.sent("reason").split()) or None
    case = desk.wardline.assign(desk.record("case"), lead=desk.user, to=desk.needed("to"), note=note)
    return go(f"/cases/{case.id}")


def divert(desk: Desk) -> Response:
    """Move the case to another queue, with the reason."""
    case = desk.wardline.divert(
        desk.record("case"), lead=desk.user, queue=desk.needed("queue"), note=_reason(desk)
    )
    return go(f"/cases/{case.id}")


def _reason(desk: Desk) -> str:
    text = " ".join(desk.sent("reason").split())
    if not text:
        raise InputError("reason: missing, expected a sentence for whoever takes the case up")
    return text


def _able(desk: Desk, case: records.Case) -> list[str]:
    """Name those to whom the case may be given, as far as their skills go: what they chose not to take, a missing name would tell."""
    parts = desk.wardline.parts
    users = [user for user in parts.store.users() if people.may_review(user)]
    return sorted(
        user.name
        for user in users
        if has_skills(parts, case, user)
        and user.id not in (*case.passed_by, case.claimed_by)
        and (case.escalated_by is None or user.role is Role.LEAD)
    )


PAGES = (
    Page("POST", "/cases/{case_id}/assignment", LEADS, assign),
    Page("POST", "/cases/{case_id}/diversion", LEADS, divert),
)
