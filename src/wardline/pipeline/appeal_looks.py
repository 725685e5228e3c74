"""Whoever looks at what came of a case whose appeal waits leaves its answer to others.

What is appealed against was known before, and reports of it go on: so it is not kept from people as an opinion is. But nobody looks it up and answers
then: a lead says first that they leave the answer to others, by taking the report on, by opening the record of the case, or by standing aside
before they export anything of it; see ``taking_on``.
"""

from __future__ import annotations

from collections.abc import Iterable

from wardline import records, review
from wardline.errors import RefusedError
from wardline.pipeline import blindness, people
from wardline.pipeline.parts import Parts
from wardline.records import CaseState, Stage


def may_answer(parts: Parts, case_ids: Iterable[str], user: records.User) -> list[records.Case]:
    """Give those of these cases whose appeal waits for an answer that this person could give yet; ids of none are passed over."""
    if not people.may_review(user):
        return []
    found = parts.store.several_cases(list(set(case_ids))).values()
    return [each for each in found if _waits_for(each, user)]


def require_left(parts: Parts, case_ids: Iterable[str], user: records.User | None) -> None:
    """Require that this person can answer no appeal of these cases any more, before they get what tells what was found in them.

    Raises:
        RefusedError: They could answer one, so that they have to leave it to others first.
    """
    open_yet = sorted(each.id for each in may_answer(parts, case_ids, user)) if user is not None else []
    if open_yet:
        raise RefusedError(
            f"{', '.join(open_yet)}: appeal that you could decide, expected one that is answered or left to others",
            remedy="Decide the appeal first, or leave it to others (`wardline case stand-aside`, `standing-aside` over HTTP, or the record of the case): then this is open to you, and "
            "somebody else decides the appeal.",
        )


def is_appealed(case: records.Case) -> bool:
    """Say whether an appeal of a case waits for its answer."""
    return case.stage is Stage.APPEAL and case.state is not CaseState.CLOSED


def _waits_for(case: records.Case, user: records.User) -> bool:
    return is_appealed(case) and not blindness.takes_no_part(case, user) and not review.is_party(case, user)
