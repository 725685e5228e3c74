"""What of an installation decides whether a report may go into a batched one: the agreement, and what else is known of it."""

from __future__ import annotations

from wardline import records, referral
from wardline.pipeline import prior
from wardline.pipeline.parts import Parts
from wardline.records import ReferralState

_MOST_CASES = 200
"""Of one account, newest first."""


def agreement(parts: Parts, authority: str) -> referral.Agreement | None:
    """Give what was agreed with a receiver about batched reports; None where nothing was, or its adapter makes none."""
    receiver = parts.receiver(authority)
    if receiver is None or not getattr(receiver, "takes_batches", False):
        return None
    return parts.rules.filing.batches.get(receiver.name)


def against(
    parts: Parts, found: records.Referral, report: records.Report, case: records.Case
) -> tuple[referral.Kind | None, tuple[str, ...]]:  # fmt: skip
    """Say with what a report may go together, and why it is filed by itself instead.

    Args:
        parts: The installation's.
        found: Its referral, not finished.
        report: As it would be filed by itself.
        case: The referral's.
    """
    agreed = agreement(parts, found.authority)
    if agreed is None:
        return None, ("nothing is agreed with the receiver about batched reports",)
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    why = referral.against_batch(
        report, items, parts.store.facts_of(case.id), agreed, priority=found.priority,
        known_otherwise=_is_known_otherwise(parts, found, case),
    )  # fmt: skip
    return referral.kind_of(report, items), why


def _is_known_otherwise(parts: Parts, found: records.Referral, case: records.Case) -> bool:
    """Say whether its receiver gets, or got, another report about the account. An account with more is told of in full."""
    cases = parts.store.cases_of_account(case.account_reference, most=_MOST_CASES)
    platforms = prior.platforms_of(parts, (case, *cases))
    same = [each.id for each in cases if platforms.get(each.id) == platforms.get(case.id)]
    others = parts.store.referrals_of_several(same).values()
    receiver = parts.receiver(found.authority)
    return any(
        each.id != found.id and each.state is not ReferralState.WITHDRAWN and parts.receiver(each.authority) is receiver
        for several in others
        for each in several
    )  # fmt: skip
