"""Whoever looks at what came of a case whose appeal waits leaves its answer to others.

What is appealed against was known before, and reports of it go on: so it is not kept from people as an opinion is. But nobody looks it up and answers
then: a lead says first that they leave the answer to others, by taking the report on or by opening the record of the case; see ``taking_on``.
"""

from __future__ import annotations

from collections.abc import Iterable

from wardline import records, review
from wardline.pipeline import blindness, people
from wardline.pipeline.parts import Parts
from wardline.records import CaseState, Stage


def may_answer(parts: Parts, case_ids: Iterable[str], user: records.User) -> list[records.Case]:
    """Give those of these cases whose appeal waits for an answer that this person could give yet; ids of none are passed over."""
    if not people.may_review(user):
        return []
    found = parts.store.several_cases(list(set(case_ids))).values()
    return [each for each in found if _waits_for(each, user)]


def _waits_for(case: records.Case, user: records.User) -> bool:
    is_appealed = case.stage is Stage.APPEAL and case.state is not CaseState.CLOSED
    return is_appealed and not blindness.takes_no_part(case, user) and not review.is_party(case, user)
