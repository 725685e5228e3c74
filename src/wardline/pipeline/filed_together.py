"""Packs that a person filed as one report: the receiver gave one reference for them, and the second and each further one joins the first."""

from __future__ import annotations

from dataclasses import replace

from wardline import preservation, records, referral
from wardline.errors import ConflictError, RefusedError
from wardline.pipeline import (
    alarms,
    blind_filing,
    bundles,
    filed_before,
    filing_work,
    handing_over,
    people,
    references,
    retelling,
    wrong_references,
)
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, DecisionState, Insert, Replace, Scope, Step, Task, Verb


def record(
    parts: Parts, referral_id: str, user: records.User, *, reference: str, within: str
) -> records.Referral:
    """Note that a pack was filed in one report with another one, whose reference is recorded already. The report is finished with it.

    Args:
        parts: The installation's.
        referral_id: Of the report whose pack waits.
        user: Who says so.
        reference: The receiver's, for both.
        within: Id of a report that is finished under this reference.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: No pack waits to be filed, or the two cannot be one report.
        InputError: That is no reference.
    """
    people.require_scope(user, Scope.MANAGE)
    found, other = (blind_filing.opened(parts, each, user) for each in (referral_id, within))
    lead, now = bundles.lead_of(parts, other), parts.now()
    if not _may_be_one(parts, found, lead, reference):
        raise ConflictError(
            f"{found.id}: cannot be one report with {other.id}, expected one about the same account to the same receiver that a person recorded "
            "under this reference",
            remedy="Record the reference that the receiver gave for this one.",
        )
    bigger, inside = referral.recorded_within(lead, found, reference, now)
    inside = replace(inside, completeness=handing_over.completeness(parts, found), version=found.version + 1)
    written = handing_over.noted(parts, found, inside, user, said={"with": lead.id})
    held = [hold for file in found.files for hold in parts.store.holds_of(file.item_id)]
    holds = preservation.place_after_filing(
        replace(inside, id=lead.id), held, hold_ids=[parts.new_id("hold") for _ in found.files], receipt_at=now, periods=parts.rules.periods
    )  # fmt: skip
    written.changes += [
        Replace(replace(bigger, version=lead.version + 1)), Replace(inside), *map(Insert, holds), parts.count(Step.FILES_REPORTED, len(found.attached)),
        parts.count(Step.RECEIPTS_STORED), parts.count(Step.HOLDS_PLACED, len(holds)),
    ]  # fmt: skip
    written.entries += [
        parts.entry(Verb.REFERRAL_MOVED, inside.id, actor=user.id, detail=f"joined {lead.id}"),
        *(parts.entry(Verb.HOLD_PLACED, hold.id, detail=hold.basis) for hold in holds),
    ]
    if parts.rules.periods.before_filing:
        written.work.append(Task(name="hold-before", record_id=inside.id, attempt=inside.version))
    if parts.store.decision(found.decision_id).state is DecisionState.OVERTURNED:
        written.work.append(filing_work.again(inside))  # filed although it fell: a correction is drafted
    written.commit(parts)
    alarms.resolve_about(parts, AlarmKind.FILING_NEEDS_HUMAN, inside.id)
    return inside


def candidate(
    parts: Parts, found: records.Referral, reference: str, user: records.User
) -> records.Referral | None:
    """Give the report with which one may have been filed as one, where a person wrote the reference that it has; None where they may not know of it."""
    if not referral.awaits(found):
        return None
    wanted = replace(found, remote_id=reference, reference=referral.compared(reference))
    lead = references.holder(parts, wanted)
    if lead is None or not _may_be_one(parts, found, lead, reference):
        return None
    try:
        blind_filing.opened(parts, lead.id, user)
    except RefusedError:
        return None
    return lead


def apart(
    parts: Parts, found: records.Referral, user: records.User, *, reference: str, instead_of: str
) -> records.Referral:
    """Give a pack that was, by mistake, said to be filed in one report with another one the reference of its own.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: It is not finished under that one, or not by a person's record.
        InputError: That is no reference, or the same one.
        ReferenceTakenError: Another report to the same receiver has it.
    """
    people.require_scope(user, Scope.MANAGE)
    found = blind_filing.opened(parts, found.id, user)
    lead, before = bundles.lead_of(parts, found), wrong_references.former(parts, found, wrong_references.FORM)
    left, out = referral.told_apart(lead, found, reference, instead_of)
    out = references.claimed(parts, replace(out, version=found.version + 1), user)
    written = Writing(changes=[Replace(replace(left, version=lead.version + 1)), Replace(out)])
    wrong_references.rewrite(parts, before, out, user, None, written)
    written.changes += [
        *retelling.holds_named_anew(parts, found, lead),
        parts.count(Step.REFERRALS_FILED),
    ]
    with references.claiming(parts, out, user):
        written.commit(parts)
    wrong_references.warn(parts, found)
    return out


def is_recorded_within(parts: Parts, found: records.Referral) -> bool:
    """Say whether a report is in another one by a person's word that their packs were filed as one."""
    if found.joined is None:
        return False
    receipt = parts.store.receipt_of(found.id)
    return receipt is not None and wrong_references.is_record(receipt)


def packs_in(parts: Parts, lead: records.Referral) -> int:
    """Count the packs that were filed as one report; 0 of a report that is no several."""
    receipt = parts.store.receipt_of(lead.id) if lead.bundle else None
    if receipt is None or not wrong_references.is_record(receipt):
        return 0
    within = sum(is_recorded_within(parts, parts.store.referral(each.referral_id)) for each in lead.bundle)
    return within + 1 if within else 0


def _may_be_one(parts: Parts, found: records.Referral, lead: records.Referral, reference: str) -> bool:
    receipt = parts.store.receipt_of(lead.id)
    return (
        lead.id != found.id
        and (lead.authority, lead.environment) == (found.authority, found.environment)
        and lead.reference == referral.compared(reference)
        and lead.corrects is None
        and found.corrects is None
        and receipt is not None
        and wrong_references.is_record(receipt)
        and filed_before.is_one_account(parts, found, lead)
    )
