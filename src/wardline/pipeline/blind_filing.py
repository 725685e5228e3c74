"""Reports and alarms, for people who may yet have to judge what they are about without knowing what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from wardline import records
from wardline.errors import NotFoundError, RefusedError
from wardline.pipeline import blindness, people
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind

_ASKS = frozenset({AlarmKind.CASE_STUCK, AlarmKind.DANGER_UNATTENDED, AlarmKind.KIND_UNTAKEN})
"""They say that somebody is wanted for a case, and nothing of what came of it."""


def opened(parts: Parts, referral_id: str, user: records.User | None) -> records.Referral:
    """Give a referral to somebody who may know that there is one.

    Raises:
        RefusedError: They may have to judge its case, or another one in its report. It does not say which case that is: that it is reported would tell what others said of it.
    """
    found = parts.store.referral(referral_id)
    if user is not None and blindness.hidden_cases(parts, blindness.cases_in(parts, found), user):
        raise RefusedError(
            f"{found.id}: about what has to be judged without knowing it, expected a settled case",
            remedy="Wait until it is settled, or have somebody look who does not review.",
        )
    return found


def visible(
    parts: Parts, found: Sequence[records.Referral], user: records.User | None
) -> list[records.Referral]:
    """Leave out referrals where this person may have to judge one of the cases in the report."""
    if user is None or not people.may_review(user):
        return list(found)
    about = blindness.cases_in_several(parts, found)
    hidden = blindness.hidden_cases(parts, set[str]().union(*about.values()), user)
    return [each for each in found if hidden.isdisjoint(about[each.id])]


def alarms_for(
    parts: Parts, alarms: Sequence[records.Alarm], user: records.User | None
) -> list[records.Alarm]:
    """Give alarms without those that tell what came of a case that this person may have to judge.

    Somebody has to see them: where nobody is there who puts such things right and reviews nothing, everybody does.
    """
    if user is None or not people.may_review(user):
        return list(alarms)
    telling = [each for each in alarms if each.kind not in _ASKS]
    cases = blindness.cases_of_several(parts, [(each.subject_id, "") for each in telling])
    about = {each.id: of for each, of in zip(telling, cases, strict=True)}
    hidden = blindness.hidden_cases(parts, set[str]().union(*cases), user)
    disputed = _disputed(parts, alarms)
    left = [each for each in alarms if hidden.isdisjoint(about.get(each.id, ())) and each.id not in disputed]
    if len(left) == len(alarms) or not any(people.administers(each) for each in parts.store.users()):
        return list(alarms)
    return left


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
