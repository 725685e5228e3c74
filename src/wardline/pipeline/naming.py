"""Which reports name an account as another one that has their files: by what was noted when they were opened, for what is stored says it no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from wardline import records
from wardline.pipeline import bundles
from wardline.pipeline.parts import Parts
from wardline.records import ReferralState

_PAGE = 200
_MAY_BE_SENT = (ReferralState.DRAFT, ReferralState.OPENING)
"""What is being opened may have been built a moment ago, and says afterwards whom it named."""


def reports(parts: Parts, case: records.Case) -> Iterator[records.Referral]:
    """Give the reports about other accounts that name the one of a case, and those that may be sent at this moment; of a report of several the lead."""
    member = parts.store.cluster_member(case.id)
    after: str | None = None
    known: set[str] = set()
    while member is not None:
        found = parts.store.cluster_members(member.cluster_id, after=after, most=_PAGE)
        several = parts.store.referrals_of_several(
            [each.case_id for each in found if each.case_id != case.id]
        )
        for each in (each for referrals in several.values() for each in referrals):
            lead = bundles.lead_of(parts, each)
            if lead.id in known or lead.corrects is not None:
                continue
            known.add(lead.id)
            if case.id in lead.names or lead.state in _MAY_BE_SENT:
                yield lead
        if len(found) < _PAGE:
            return
        after = found[-1].id


def finished(
    parts: Parts, case: records.Case, *, beside: records.Referral, until: datetime | None
) -> list[records.Referral]:
    """Give the finished reports that name the account of a case, oldest first: of the receiver and the system of another one, without that.

    Args:
        parts: The installation's.
        case: Whose account.
        beside: The other one.
        until: What was finished afterwards does not count; None: all.
    """
    found = [
        each for each in reports(parts, case)
        if each.state is ReferralState.FINISHED and (each.authority, each.environment) == (beside.authority, beside.environment)
        and each.id != beside.id and each.finished_at is not None and (until is None or each.finished_at < until)
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.finished_at or each.created_at, each.id))
