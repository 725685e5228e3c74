"""What a referral would send now, with how complete it is: nothing is sent, and nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wardline import records, referral
from wardline.errors import InputError
from wardline.pipeline import bundles, filing_work, reported, schemas
from wardline.pipeline.parts import Parts
from wardline.referral import Need


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPreview:
    """A referral, and what its report says when it is built from what is stored now."""

    referral: records.Referral
    report: records.Report | None
    """None where it cannot be built any more."""
    checklist: tuple[Need, ...]
    """What police need of it; empty without a report. A gap keeps nothing from being filed."""
    problems: tuple[str, ...]
    """What keeps it from being filed: the receiver's schema and rules."""
    preview: records.Preview | None
    """What the receiver would get; None where ``unavailable`` says why."""
    unavailable: str | None = None


def preview(parts: Parts, referral_id: str) -> ReferralPreview:
    """Show what a referral would send now: nothing is sent, and nothing is written. Of one that joined another, what that one sends."""
    schemas.adopt(parts)
    found = parts.store.referral(referral_id)
    lead = bundles.lead_of(parts, found)
    decision = parts.store.decision(lead.decision_id)
    case = parts.store.case(lead.case_id)
    try:
        report = reported.report_of(
            parts, lead.id, decision, case, corrects=lead.corrects, bundle=lead.bundle
        )
    except InputError as error:
        reason = error.message.removeprefix(f"referral {lead.id}: ")
        return ReferralPreview(
            referral=found, report=None, checklist=(), problems=(), preview=None, unavailable=reason
        )
    checklist = reported.checked(parts, report, decision, case, lead.bundle)
    report = referral.withheld(
        replace(report, priority=lead.priority)
    )  # as it is filed, but for the words of an account
    authority = parts.receiver(found.authority)
    if authority is None:
        expected = "[referral] authority" if found.authority == filing_work.NOBODY else found.authority
        return ReferralPreview(
            referral=found, report=report, checklist=checklist, problems=(), preview=None,
            unavailable=f"authority: {'none' if parts.authority is None else 'another one'} in the settings, expected {expected}",
        )  # fmt: skip
    return ReferralPreview(
        referral=found,
        report=report,
        checklist=checklist,
        problems=authority.check(report),
        preview=authority.preview(report),
    )
