"""Reports and alarms, for people who may yet have to judge what they are about without knowing what came of it.

One exception: a report of priority 1 that waits for a person waits for no opinion. A lead is told that there is one, and takes it on; see ``taking_on``.
So is taken on what is about a case whose appeal waits, by leads who leave its answer to others; see ``appeal_looks``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wardline import records
from wardline.errors import NotFoundError, RefusedError
from wardline.pipeline import appeal_looks, blindness, people, subjects
from wardline.pipeline.parts import NO_RECEIVER, Parts
from wardline.records import AlarmKind, Priority, ReferralState, Role

_ASKS = frozenset({AlarmKind.CASE_STUCK, AlarmKind.DANGER_UNATTENDED, AlarmKind.KIND_UNTAKEN})
"""They say that somebody is wanted for a case, and nothing of what came of it."""
_TAKE_ON = (
    "A child may be in danger now: if nobody else is there, take it on (`wardline referral take-on`, or its page). Then you file it, and are asked for "
    "no opinion about its case."
)
_APPEALED = "Decide the appeal first, or take the report on (`wardline referral take-on`, or its page): then you read it, and somebody else decides the appeal."
_WAITS = f"A report of priority 1 waits for a person, and you may have to judge its case. {_TAKE_ON}"


def opened(parts: Parts, referral_id: str, user: records.User | None) -> records.Referral:
    """Give a referral to somebody who may know that there is one.

    Raises:
        RefusedError: They may have to judge its case, or another one in its report, or could answer its appeal yet. It does not say which case that is: that it is reported would tell what others said of it.
    """
    found = parts.store.referral(referral_id)
    if user is None:
        return found
    cases = subjects.cases_in(parts, found)
    blindness.require_others(parts, found.id, list(cases), user)
    if blindness.hidden_cases(parts, cases, user):
        wait = "Wait until it is settled, or have somebody look who does not review."
        raise RefusedError(
            f"{found.id}: about what has to be judged without knowing it, expected a settled case",
            remedy=_TAKE_ON if _is_to_be_taken_on(parts, found, user) else wait,
        )
    if appeal_looks.may_answer(parts, cases, user):
        raise RefusedError(
            f"{found.id}: about a case whose appeal you could decide, expected one that is answered",
            remedy=_APPEALED,
        )
    return found


def may_take_on(parts: Parts, found: records.Referral, user: records.User) -> bool:
    """Say whether this person, from whom a report is kept, may file it all the same: a child may be in danger now, and it waits for somebody. Or an
    appeal of its case waits, and they leave that to others."""
    cases = subjects.cases_in(parts, found)
    if blindness.about_own(parts, list(cases), user):
        return False
    if blindness.hidden_cases(parts, cases, user):
        return _is_to_be_taken_on(parts, found, user)
    return user.role is Role.LEAD and bool(appeal_looks.may_answer(parts, cases, user))


def waits_for_opinion(parts: Parts, found: records.Referral, user: records.User) -> bool:
    """Say whether a report that may be taken on is kept for an opinion, and not for an appeal alone."""
    return bool(blindness.hidden_cases(parts, subjects.cases_in(parts, found), user))


def _is_to_be_taken_on(parts: Parts, found: records.Referral, user: records.User) -> bool:
    lead = found if found.joined is None else parts.store.referral(found.joined)
    if user.role is not Role.LEAD or user.disabled or lead.priority is not Priority.FIRST:
        return False
    is_stuck = lead.authority != NO_RECEIVER and parts.receiver(lead.authority) is None
    over = (ReferralState.FINISHED, ReferralState.WITHDRAWN)
    return lead.state is ReferralState.NEEDS_HUMAN or (is_stuck and lead.state not in over)


def visible(
    parts: Parts, found: Sequence[records.Referral], user: records.User | None
) -> list[records.Referral]:
    """Leave out referrals where this person may have to judge one of the cases in the report, or one is about an account of their own."""
    if user is None or not (people.may_review(user) or user.accounts):
        return list(found)
    about = subjects.cases_in_several(parts, found)
    hidden = blindness.hidden_cases(parts, set[str]().union(*about.values()), user)
    return [each for each in found if hidden.isdisjoint(about[each.id])]


def alarms_for(
    parts: Parts, alarms: Sequence[records.Alarm], user: records.User | None
) -> list[records.Alarm]:
    """Give alarms without those that tell what came of a case that this person may have to judge.

    Of a report that this person may take on they are told that there is one, and neither of which case nor what is wrong with it. Somebody has to see them: where nobody is there who puts such things right and reviews nothing, everybody does.
    """
    if user is None or not people.may_review(user):
        return list(alarms)
    telling = [each for each in alarms if each.kind not in _ASKS]
    cases = subjects.cases_of_several(parts, [(each.subject_id, "") for each in telling])
    about = {each.id: of for each, of in zip(telling, cases, strict=True)}
    hidden = blindness.hidden_cases(parts, set[str]().union(*cases), user)
    disputed = _disputed(parts, alarms)
    kept = {
        each.id for each in alarms if not hidden.isdisjoint(about.get(each.id, ())) or each.id in disputed
    }
    if not kept or not any(people.administers(each) for each in parts.store.users()):
        return list(alarms)
    taken_on = {each.id for each in alarms if each.id in kept and _asks_to_take_on(parts, each, user)}
    return [
        replace(each, message=_WAITS) if each.id in taken_on else each
        for each in alarms
        if each.id not in kept or each.id in taken_on
    ]


def require_told(parts: Parts, alarm_id: str, user: records.User) -> None:
    """Refuse an alarm that this person is not told of, as if there were none."""
    if not alarms_for(parts, [parts.store.alarm(alarm_id)], user):
        raise NotFoundError(f"alarm {alarm_id}: unknown")


def _disputed(parts: Parts, alarms: Sequence[records.Alarm]) -> set[str]:
    """Give the ids of those alarms that tell of a cluster of which a case waits for somebody who shall not know that."""
    telling = [
        each
        for each in alarms
        if each.kind is AlarmKind.CLUSTER_DISPUTED and each.subject_id.startswith("cluster-")
    ]
    waiting = {each for each in {each.subject_id for each in telling} if parts.store.awaits_opinion(each)}
    return {each.id for each in telling if each.subject_id in waiting}


def _asks_to_take_on(parts: Parts, alarm: records.Alarm, user: records.User) -> bool:
    if alarm.kind is not AlarmKind.FILING_NEEDS_HUMAN:
        return False
    return _is_to_be_taken_on(parts, parts.store.referral(alarm.subject_id), user)
