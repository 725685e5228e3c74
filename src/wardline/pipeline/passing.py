"""What people do with a case besides deciding it: pass it on, give it to somebody, move it to another queue, mark it as danger."""

from __future__ import annotations

from dataclasses import replace

from wardline import records, review
from wardline.errors import InputError, NotAllowedError
from wardline.pipeline import late_danger, opinions, people, placing, standing_alone, wellbeing
from wardline.pipeline.parts import Parts
from wardline.pipeline.review import commit_covering, leave, noted, return_case
from wardline.records import GENERAL_QUEUE, Replace, Role, Task, Verb

_PASSED = 2_000_000
"""Numbers of tries from here on belong to cases that were passed on, given away or moved; see ``review._ESCALATED``."""


def pass_on(parts: Parts, case_id: str, user: records.User, *, note: str | None = None) -> records.Case:
    """Give a claimed case back for good. It is never handed to this person again, who may still choose it. If nobody else is left who may
    take it, a person hears of it."""
    case = review.pass_on(parts.store.case(case_id), user.id, now=parts.now())
    leave(parts, case, user, Verb.CASE_PASSED, note=note, work=[_find_reviewer(case)])
    return case


def stop(parts: Parts, case_id: str, user: records.User) -> records.Case:
    """Leave a claimed case to a colleague, asked nothing: in the log, and in what is handed out, as if it were passed on.

    Where nobody else is left who may take it, it only goes back: nothing shall follow from needing to stop.
    """
    case = parts.store.case(case_id)
    if case.claimed_by == user.id and review.is_in_hand(case, parts.now()):
        passed = review.pass_on(case, user.id, now=parts.now())
        if opinions.able(parts, passed):
            leave(parts, passed, user, Verb.CASE_PASSED, work=[_find_reviewer(passed)])
            return passed
    return return_case(parts, case_id, user)


def assign(
    parts: Parts, case_id: str, lead: records.User, *, to: str, note: str | None = None
) -> records.Case:
    """Claim a case for a person, whoever holds it now.

    Args:
        parts: The installation's.
        case_id: Which case.
        lead: Who does it.
        to: The name of the person who gets it.
        note: For that person.

    Raises:
        NotAllowedError: No lead does it; or the person takes no cases, or none of this queue.
        NotFoundError: Nobody has this name.
        NotTakenNowError: This person is handed no such case at present: a limit, a break or their choice.
        ConflictError: The case is not open, or this person passed it on or decided about it.
    """
    _require_lead(lead)
    user, case = people.named(parts, to), parts.store.case(case_id)
    if not people.may_review(user):
        raise NotAllowedError(f"user {user.name}: takes no cases, expected a moderator or lead")
    if case.queue not in review.taken_with(user.skills, parts.rules.queues):
        raise NotAllowedError(
            f"user {user.name}: lacks a skill that the queue {case.queue} needs, expected somebody who has it",
            remedy="Give the case to somebody else, or give this person the skill first.",
        )
    wellbeing.require_may_be_given(parts, case, user)
    given = review.assign(case, user, now=parts.now())
    entry = parts.entry(Verb.CASE_ASSIGNED, case.id, actor=lead.id, detail=user.id)
    changes = [Replace(given), *noted(parts, case.id, lead, note)]
    if case.claimed_by is None or case.claimed_by == user.id:
        parts.store.commit(*changes, entries=[entry])
    else:
        commit_covering(parts, parts.store.user(case.claimed_by), *changes, entries=[entry])
    return given


def divert(parts: Parts, case_id: str, lead: records.User, *, queue: str, note: str) -> records.Case:
    """Move a case to another queue, with the reason. It stays there whatever becomes known of it.

    Raises:
        NotAllowedError: No lead does it.
        InputError: The settings name no such queue.
        ConflictError: The case is not open, waits there already, or somebody else holds it.
    """
    _require_lead(lead)
    known = [GENERAL_QUEUE, *(rule.name for rule in parts.rules.queues)]
    if queue not in known:
        raise InputError(f"queue {queue[:64]}: not in the settings, expected one of {', '.join(known)}")
    case = parts.store.case(case_id)
    moved = review.divert(case, queue, lead_id=lead.id, now=parts.now())
    moved = placing.dated(parts, moved, left=case.queue)
    leave(parts, moved, lead, Verb.CASE_DIVERTED, note=note, detail=queue, work=[_find_reviewer(moved)])
    return moved


def mark_danger(parts: Parts, case_id: str, user: records.User, *, note: str) -> records.Case:
    """Note that a child may be in danger now, with what led to it. Whoever holds the case keeps it.

    A violation that waits only for what others say takes effect now, and what is reported already, or about to be, becomes priority 1.
    """
    rules = parts.rules
    case = review.mark_danger(parts.store.case(case_id), user, now=parts.now())
    case = review.no_longer_kept(case, now=parts.now(), lease=rules.lease)
    case = replace(case, certificate_id=None)  # nothing that a machine did puts it behind others any more
    case = placing.dated(parts, case, left=case.queue)
    parts.store.commit(
        Replace(case), *noted(parts, case.id, user, note),
        entries=[parts.entry(Verb.CASE_MARKED, case.id, actor=user.id)], work=[*standing_alone.at_once(parts, case), late_danger.after_mark(case)],
    )  # fmt: skip
    return case


def _find_reviewer(case: records.Case) -> Task:
    return Task(name="find-reviewer", record_id=case.id, attempt=_PASSED + case.version)


def _require_lead(user: records.User) -> None:
    if user.role is not Role.LEAD or user.disabled:
        raise NotAllowedError(f"{user.id}: not for the role {user.role}, expected lead")
