"""Which reports about the same account the authority has from us already, so that each new one names them."""

from __future__ import annotations

from collections.abc import Sequence

from wardline import records
from wardline.pipeline.parts import Parts
from wardline.records import ReferralState

_MOST_CASES = 200
"""Of one account, newest first. Older ones are named by the reports of these."""


def reports_about(parts: Parts, case: records.Case, draft_id: str) -> tuple[str, ...]:
    """Give the authority's numbers of our finished reports about the account of a case, oldest first.

    Only those at the same authority and in the same of its systems: the number of a test report means nothing in production. Corrections
    are no reports about anything new, and the reports that they correct are named in them.

    Args:
        parts: The installation's.
        case: The new report's.
        draft_id: The referral that is built.
    """
    if not case.account_reference:
        return ()
    cases = parts.store.cases_of_account(case.account_reference, most=_MOST_CASES)
    platforms = platforms_of(parts, (case, *cases))
    # Two platforms may call different accounts the same.
    same = [each.id for each in cases if platforms.get(each.id) == platforms.get(case.id)]
    found = parts.store.referrals_of_several(same)
    everything = [each for referrals in found.values() for each in referrals]
    stored = next((each for each in everything if each.id == draft_id), None)
    authority = parts.receiver(stored.authority) if stored is not None else parts.authority
    if authority is None:
        return ()
    # One that is finished itself, and is built again to be read, could not name what came after it.
    until = stored.said_until if stored is not None else None
    finished = [
        each
        for each in everything
        if each.id != draft_id and each.corrects is None and each.state is ReferralState.FINISHED
        and each.remote_id is not None and (each.authority, each.environment) == (authority.name, authority.environment)
        and (until is None or (each.finished_at is not None and each.finished_at < until))
    ]  # fmt: skip
    finished.sort(key=lambda each: (each.finished_at or each.created_at, each.id))
    return tuple(dict.fromkeys(each.remote_id for each in finished if each.remote_id is not None))


def platforms_of(parts: Parts, cases: Sequence[records.Case]) -> dict[str, str]:
    """Give the platform of each case that has a file."""
    first = {each.id: each.item_ids[0] for each in cases if each.item_ids}
    items = parts.store.several_items(list(dict.fromkeys(first.values())))
    return {case_id: items[item_id].platform for case_id, item_id in first.items() if item_id in items}
