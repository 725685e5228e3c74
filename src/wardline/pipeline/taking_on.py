"""A lead takes on a report of priority 1 that waits for a person, or one of a case whose appeal waits, and judges its case no more.

Where everybody who may file reports may also have to give an opinion, blindness would hold back a report that nothing may hold back. So whoever is
there files it, and what is given up is one opinion: that person's. Nobody judges who knows.
"""

from __future__ import annotations

from wardline import records, review
from wardline.errors import ConflictError
from wardline.pipeline import appeal_looks, blind_filing, blindness, people
from wardline.pipeline.parts import Parts
from wardline.pipeline.review import commit_covering
from wardline.records import CaseState, Replace, Scope, Verb


def take_on(parts: Parts, referral_id: str, user: records.User) -> records.Referral:
    """Let a lead file a report that is kept from them, and have them give no opinion about its cases. For whom nothing is hidden it changes nothing.

    Raises:
        NotAllowedError: The role does not allow it.
        RefusedError: It is kept for an opinion, and not of priority 1, or waits for nobody.
        ConflictError: This person's own answer about a case of it takes effect in a moment, or somebody changed the case.
    """
    people.require_scope(user, Scope.MANAGE)
    found = parts.store.referral(referral_id)
    if not blind_filing.may_take_on(parts, found, user):
        return blind_filing.opened(parts, referral_id, user)
    cases = blindness.cases_in(parts, found)
    known = blindness.hidden_cases(parts, cases, user) | {
        each.id for each in appeal_looks.may_answer(parts, cases, user)
    }
    freed = [_without(parts, parts.store.case(each), user) for each in sorted(known)]
    told = [parts.entry(Verb.REFERRAL_TAKEN_ON, found.id, actor=user.id)]
    told += [parts.entry(Verb.CASE_BARRED, each.id, actor=user.id, detail=found.id) for each in freed]
    looks = [appeal_looks.looking_for(each) for each in freed]
    commit_covering(parts, user, *map(Replace, freed), entries=told, work=looks)
    return found


def _without(parts: Parts, case: records.Case, user: records.User) -> records.Case:
    newest = parts.store.decision(case.decision_id) if case.decision_id is not None else None
    if case.state is CaseState.DECIDED and newest is not None and newest.user_id == user.id:
        raise ConflictError(
            f"{case.id}: your answer takes effect in a moment, expected a case that you did not just decide",
            remedy="Open the report again then, or take your answer back: it is kept from you no longer once your answer is in.",
        )
    return review.stand_aside(case, user.id)
