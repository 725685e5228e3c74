"""A lead takes on a report of priority 1 that waits for a person, or one of a case whose appeal waits, and judges its case no more.

Where everybody who may file reports may also have to give an opinion, blindness would hold back a report that nothing may hold back. So whoever is
there files it, and what is given up is one opinion: that person's. Nobody judges who knows.
"""

from __future__ import annotations

from collections.abc import Iterable

from wardline import records, review
from wardline.errors import ConflictError
from wardline.pipeline import appeal_looks, blind_filing, blindness, people, subjects
from wardline.pipeline.parts import Parts
from wardline.pipeline.review import commit_covering
from wardline.records import CaseState, Replace, Scope, Task, Verb

_TRIES_FROM = 3_000_000
"""Numbers of tries from here on belong to cases whose report somebody took on: work that was enqueued once is not enqueued again."""


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
    cases = subjects.cases_in(parts, found)
    known = blindness.hidden_cases(parts, cases, user) | {
        each.id for each in appeal_looks.may_answer(parts, cases, user)
    }
    freed = [_without(parts, parts.store.case(each), user) for each in sorted(known)]
    told = [parts.entry(Verb.REFERRAL_TAKEN_ON, found.id, actor=user.id)]
    told += [parts.entry(Verb.CASE_BARRED, each.id, actor=user.id, detail=found.id) for each in freed]
    looks = [_looking_for(each) for each in freed]
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


def leave_to_others(parts: Parts, case_id: str, user: records.User) -> None:
    """Have somebody answer no appeal of a case, for they are about to read its record. Nothing where they could not answer it, or hold it: then it is
    kept from them."""
    for case in appeal_looks.may_answer(parts, [case_id], user):
        if case.claimed_by != user.id:
            freed = review.stand_aside(case, user.id)
            commit_covering(
                parts, user, Replace(freed), entries=[parts.entry(Verb.CASE_BARRED, case.id, actor=user.id)], work=[_looking_for(freed)]
            )  # fmt: skip


def stand_aside(
    parts: Parts, case_ids: Iterable[str], user: records.User, *, about: str = ""
) -> list[records.Case]:
    """Have somebody answer no appeal of some cases, for they are about to take out what tells what was found in them. Doing it again does nothing.

    Args:
        parts: The installation's.
        case_ids: Which.
        user: Who leaves their appeals to others; they manage.
        about: The id of what they want, for the log.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: No appeal of one of them waits, or this person decides it at this moment.
    """
    people.require_scope(user, Scope.MANAGE)
    cases = [parts.store.case(each) for each in sorted(set(case_ids))]
    held = blindness.hidden_cases(parts, [each.id for each in cases], user)
    for case in cases:
        if case.id in held:
            raise ConflictError(
                f"{case.id}: yours to judge, expected one that is not in your hands",
                remedy="Give it back first, or wait until your answer took effect: then nothing is kept from you.",
            )
        if not appeal_looks.is_appealed(case):
            raise ConflictError(
                f"{case.id}: no appeal of it waits, expected one",
                remedy="Nothing has to be left to others: go on.",
            )
    freed = [review.stand_aside(each, user.id) for each in appeal_looks.may_answer(parts, case_ids, user)]
    if freed:
        told = [parts.entry(Verb.CASE_BARRED, each.id, actor=user.id, detail=about) for each in freed]
        looks = [_looking_for(each) for each in freed]
        commit_covering(parts, user, *map(Replace, freed), entries=told, work=looks)
    return [parts.store.case(each.id) for each in cases]


def _looking_for(case: records.Case) -> Task:
    """Give the work that sees whether somebody is left for a case."""
    return Task(name="find-reviewer", record_id=case.id, attempt=_TRIES_FROM + case.version)
