"""What people wrote down for a report is kept as long as the files that it is about, and goes with the last of them. Who reads it is said here, too."""

from __future__ import annotations

from wardline import records
from wardline.pipeline import blindness, people
from wardline.pipeline.parts import Parts
from wardline.records import CaseState, ReferralState

_OVER = (ReferralState.FINISHED, ReferralState.WITHDRAWN)


def are_own_alone(case: records.Case, user: records.User) -> bool:
    """Say whether this person reads of a case only what they wrote down themselves: they may have to judge it yet, without knowing what others know."""
    is_open = case.state is not CaseState.CLOSED
    return is_open and people.may_review(user) and not blindness.takes_no_part(case, user)


def seen(parts: Parts, case: records.Case, user: records.User) -> list[records.Fact]:
    """Give what people wrote down about a case, oldest first, as far as this person may read it."""
    own_alone = are_own_alone(case, user)
    found = [each for each in parts.store.facts_of(case.id) if each.user_id == user.id or not own_alone]
    return sorted(found, key=lambda each: (each.at, each.id))


def gone_with(parts: Parts, item: records.Item, case_id: str) -> list[records.Change]:
    """Give what to remove in the commit that destroys a file: nothing while its case has another one, or a report that is still to be filed."""
    case = parts.store.case(case_id)
    others = (parts.store.item(each) for each in case.item_ids if each != item.id)
    is_wanted = case.state is not CaseState.CLOSED or any(each.sealed for each in others)
    if is_wanted or any(each.state not in _OVER for each in parts.store.referrals(case_id=case_id)):
        return []
    return [records.Remove(records.Fact, fact.id) for fact in parts.store.facts_of(case_id)]
