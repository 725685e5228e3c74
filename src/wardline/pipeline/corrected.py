"""Reports that correct finished ones, built from what is stored now."""

from __future__ import annotations

from collections.abc import Sequence

from wardline import records, referral
from wardline.errors import InputError
from wardline.pipeline.parts import Parts
from wardline.records import ReferralState


def correction(parts: Parts, draft_id: str, decision: records.Decision, case: records.Case) -> records.Report:
    """Build what says that a report was wrong, for its decision was overturned."""
    finished = [
        each
        for each in parts.store.referrals(case_id=case.id)
        if each.state is ReferralState.FINISHED and each.corrects is None
    ]
    if not finished:
        raise InputError(
            f"referral {draft_id}: decision {decision.id} needs none, expected a violation that stands"
        )
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    return referral.build_correction(
        draft_id, finished[-1], decision, case, items, parts.rules.reporter, parts.now()
    )


def regrading(
    parts: Parts, draft_id: str, decision: records.Decision, case: records.Case, filed: records.Referral
) -> records.Report:
    """Build what says which files of a report are graded otherwise."""
    items = [parts.store.item(item_id) for item_id in case.item_ids]
    told = told_of(parts, filed, parts.store.referrals(case_id=case.id), besides=decision.id)
    return referral.build_regrading(
        draft_id, filed, told, decision, case, items, parts.rules.reporter
    )  # fmt: skip


def told_of(
    parts: Parts, filed: records.Referral, found: Sequence[records.Referral], *, besides: str
) -> records.Decision:
    """Give the decision whose grades the authority knows: of the newest finished correction of a report, else of the report itself.

    Args:
        parts: The installation's.
        filed: The report.
        found: Every referral of its case, oldest first.
        besides: A decision that does not count.
    """
    known = [
        each
        for each in found
        if each.corrects == filed.id and each.state is ReferralState.FINISHED and each.decision_id != besides
    ]
    return parts.store.decision((known[-1] if known else filed).decision_id)
