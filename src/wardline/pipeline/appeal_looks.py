"""Whoever looks at what came of a case whose appeal waits leaves its answer to others.

What is appealed against was known before, and reports of it go on: so it is not kept from people as an opinion is. But nobody looks it up and answers
then: a lead says first that they leave the answer to others, by taking the report on or by opening the record of the case.
"""

from __future__ import annotations

from collections.abc import Iterable

from wardline import records, review
from wardline.pipeline import blindness, people
from wardline.pipeline.parts import Parts
from wardline.pipeline.review import commit_covering
from wardline.records import CaseState, Replace, Stage, Task, Verb

_TRIES_FROM = 3_000_000
"""As in ``taking_on``: work that was enqueued once is not enqueued again."""


def may_answer(parts: Parts, case_ids: Iterable[str], user: records.User) -> list[records.Case]:
    """Give those of these cases whose appeal waits for an answer that this person could give yet; ids of none are passed over."""
    if not people.may_review(user):
        return []
    found = parts.store.several_cases(list(set(case_ids))).values()
    return [each for each in found if _waits_for(each, user)]


def _waits_for(case: records.Case, user: records.User) -> bool:
    is_appealed = case.stage is Stage.APPEAL and case.state is not CaseState.CLOSED
    return is_appealed and not blindness.takes_no_part(case, user) and not review.is_party(case, user)


def leave_to_others(parts: Parts, case_id: str, user: records.User) -> None:
    """Have somebody answer no appeal of a case, for they are about to read its record. Nothing where they could not answer it, or hold it: then it is
    kept from them."""
    for case in may_answer(parts, [case_id], user):
        if case.claimed_by != user.id:
            freed = review.stand_aside(case, user.id)
            commit_covering(
                parts, user, Replace(freed), entries=[parts.entry(Verb.CASE_BARRED, case.id, actor=user.id)], work=[looking_for(freed)]
            )  # fmt: skip


def looking_for(case: records.Case) -> Task:
    """Give the work that sees whether somebody is left for a case."""
    return Task(name="find-reviewer", record_id=case.id, attempt=_TRIES_FROM + case.version)
