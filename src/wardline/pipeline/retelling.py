"""A number that a person told wrongly after a restore, of a report that the old installation filed: it is put right, with a reason."""

from __future__ import annotations

import json
from dataclasses import replace

from wardline import records, referral
from wardline.errors import ConflictError, ReferenceTakenError
from wardline.pipeline import blind_filing, filed_before, handing_over, people, references, wrong_references
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import HoldBasis, Insert, Replace, Scope, Step, Verb


def correct(
    parts: Parts, referral_id: str, user: records.User, *, number: str, instead_of: str, reason: str
) -> records.Referral:
    """Put another number in the place of the one that a person told. One that was told to be in another report is taken out of that.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: It is not finished under that number, or that is no person's word.
        InputError: That is no number, or the same one; or no reason.
        ReferenceTakenError: Another report, which cannot be one with this, has it.
    """
    people.require_scope(user, Scope.MANAGE)
    wrong_references.require_reason(reason)
    found = blind_filing.opened(parts, referral_id, user)
    if found.joined is not None:
        return _apart(parts, found, user, number=number, instead_of=instead_of, reason=reason)
    return wrong_references.correct(
        parts, referral_id, user, reference=number, instead_of=instead_of, form=wrong_references.TOLD, reason=reason, claim=_claimed,
    )  # fmt: skip


def exchange(
    parts: Parts, referral_id: str, user: records.User, *, number: str, instead_of: str, reason: str
) -> records.Referral:
    """Exchange the numbers of two reports that were told, and mixed up; see ``wrong_references.exchange``."""
    people.require_scope(user, Scope.MANAGE)
    wrong_references.require_reason(reason)
    return wrong_references.exchange(
        parts, referral_id, user, reference=number, instead_of=instead_of, form=wrong_references.TOLD, reason=reason,
    )  # fmt: skip


def _claimed(parts: Parts, moved: records.Referral, user: records.User) -> records.Referral:
    """Let a report have the number of another one where the old installation may have filed both as one."""
    try:
        return references.claimed(parts, moved, user)
    except ReferenceTakenError:
        others = references.holders(parts, moved)
        if not all(filed_before.is_one_report(parts, moved, each, user) for each in others):
            raise
        return replace(moved, reference=None)


def _apart(
    parts: Parts, found: records.Referral, user: records.User, *, number: str, instead_of: str, reason: str
) -> records.Referral:
    lead = parts.store.referral(found.joined or "")
    word = parts.store.receipt_of(lead.id)
    if word is None or not wrong_references.is_word(word):
        raise ConflictError(
            f"{found.id}: in the report of {lead.id}, whose number is no person's word, expected one that was told"
        )
    left, out = referral.told_apart(lead, found, number, instead_of)
    out = replace(out, completeness=handing_over.completeness(parts, found), version=found.version + 1)
    out = _claimed(parts, out, user)
    said = {
        "form": wrong_references.TOLD, "version": 1, "referral": found.id, "report": number, "told_by": user.id,
        "told_at": parts.now().isoformat(), "because": referral.LOOK, "instead_of": [{"report": instead_of}], "reason": reason,
    }  # fmt: skip
    receipt = records.Receipt(
        id=parts.new_id("receipt"), referral_id=found.id, remote_id=number, received_at=found.finished_at or parts.now(),
        body=json.dumps(said, sort_keys=True).encode(), original=False,
    )  # fmt: skip
    holds = [
        replace(hold, referral_id=found.id, version=hold.version + 1)
        for file in found.files
        for hold in parts.store.holds_of(file.item_id)
        if hold.basis is HoldBasis.REPORTED and hold.referral_id == lead.id
    ]
    detail = f"{receipt.id} report {number} instead of {instead_of}, taken out of {lead.id}"
    written = Writing(
        changes=[
            Replace(replace(left, version=lead.version + 1)), Replace(out), Insert(receipt), *map(Replace, holds),
            parts.count(Step.REFERRALS_FILED), parts.count(Step.RECEIPTS_STORED),
        ],
        entries=[parts.entry(Verb.REFERENCE_CORRECTED, found.id, actor=user.id, detail=detail)],
    )  # fmt: skip
    with references.claiming(parts, out, user):
        written.commit(parts)
    wrong_references.warn(parts, found)
    return out
