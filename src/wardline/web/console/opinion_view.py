"""What the page of a case says of several people's opinions: its stage in words, the answers to decide between, and nothing else of them."""

from __future__ import annotations

from typing import Any

from wardline import records, review
from wardline.errors import NotFoundError
from wardline.pipeline.blindness import Answered
from wardline.pipeline.golden import KnownAnswer
from wardline.pipeline.taking import has_skills
from wardline.records import CaseState, Outcome, Stage
from wardline.web.console.desk import Desk

OUTCOMES = {
    Outcome.VIOLATION: "a violation", Outcome.NOT_VIOLATION: "no violation", Outcome.OTHER_RULE: "another rule",
    Outcome.CANNOT_TELL: "cannot tell",
}  # fmt: skip


def opinion_values(desk: Desk, case: records.Case) -> dict[str, Any]:
    """Give what the template asks for.

    Args:
        desk: Whose page it is.
        case: As it may be seen by this person.
    """
    answers = desk.wardline.answers_for(case.id, user=desk.user)
    return {
        "stage_tag": _tag(case), "stage_words": _words(desk, case, len(answers)), "answers": [_said(each) for each in answers],
        "why_not": _why_not(desk, case), "practice": _practice(desk, case),
    }  # fmt: skip


def _tag(case: records.Case) -> str:
    if case.state is CaseState.CLOSED:
        return ""
    return {
        Stage.SECOND: "Second opinion", Stage.ADJUDICATION: "To decide between answers", Stage.APPEAL: "Appeal",
    }.get(case.stage, "")  # fmt: skip


def _words(desk: Desk, case: records.Case, answers: int) -> str:
    """Say whose opinion the case waits for, without saying what any is."""
    if case.state is CaseState.CLOSED or case.stage not in (Stage.SECOND, Stage.ADJUDICATION):
        return ""
    if any(each.user_id == desk.user.id for each in desk.wardline.parts.store.opinions_of(case.id)):
        return "Others are asked for their opinion too. None of them is told yours."
    if case.stage is Stage.SECOND:
        return "A first opinion is in. Nothing of it is sent to you, so that yours is your own."
    if answers:
        return (
            "People gave different answers, blind. Yours decides between them; you may also give another one."
        )
    return "People gave different answers. Whoever takes the case sees the answers, without names."


def _said(answer: Answered) -> tuple[str, str]:
    """Give an answer in words: the outcome, and the categories."""
    words = OUTCOMES[answer.outcome]
    categories = [
        records.KIND_WORDS[each.incident] if each.incident else str(each.category)
        for each in answer.findings
        if each.grade
    ]
    return words[:1].upper() + words[1:], ", ".join(dict.fromkeys(categories))


def _why_not(desk: Desk, case: records.Case) -> str:
    """Say why this person may not take the case; empty when they may."""
    if review.is_party(case, desk.user):
        return "It is about an account of yours, so somebody else decides."
    if not has_skills(desk.wardline.parts, case, desk.user):
        return "It waits in a queue whose skills you do not have, so somebody who has them decides."
    if desk.user.id not in case.passed_by or desk.user.id in case.declined_by:
        return ""
    store = desk.wardline.parts.store
    own = [each.outcome for each in store.decisions_of(case.id) if each.user_id == desk.user.id]
    if own and case.stage is Stage.APPEAL:
        return "You had a part in what is appealed, so somebody else decides."
    if any(each.user_id == desk.user.id for each in store.opinions_of(case.id)):
        return "Your opinion is in, so somebody else gives the next one."
    if own and own[-1] is Outcome.CANNOT_TELL:
        return "You could not tell, so somebody else decides."
    if case.stage is Stage.AUDIT and not own:
        return "You judged a file like it, so somebody else looks at this one."
    return "You had a part in it, or looked at what came of it, so somebody else decides."


def _practice(desk: Desk, case: records.Case) -> KnownAnswer | None:
    """Give the known answer of a file that this person just decided."""
    if case.state is not CaseState.CLOSED:
        return None
    try:
        return desk.wardline.known_answer(case.id, user=desk.user)
    except NotFoundError:
        return None
