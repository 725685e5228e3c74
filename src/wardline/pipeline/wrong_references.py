"""A reference that somebody recorded wrongly: it is put right, and what had been recorded stays beside it."""

from __future__ import annotations

import json
from dataclasses import replace

from wardline import records, referral
from wardline.errors import ConflictError
from wardline.pipeline import alarms, blind_filing, people, references
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind, Insert, ReferralState, Remove, Replace, Scope, Verb

FORM = "wardline-reference"
"""Of a person's record of a reference, where other reports have the receiver's own answer."""
_MOST_CASES = 200


def correct(
    parts: Parts, referral_id: str, user: records.User, *, reference: str, instead_of: str
) -> records.Referral:
    """Put another reference in the place of one that was recorded for a filed pack. When it was filed, and its holds, stay as they are.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: It is not finished under that one, or the one it has is no person's record.
        InputError: That is no reference, or the same one.
        ReferenceTakenError: Another report to the same receiver has it.
    """
    people.require_scope(user, Scope.MANAGE)
    found, now = blind_filing.opened(parts, referral_id, user), parts.now()
    moved = replace(referral.rerecorded(found, reference, instead_of), version=found.version + 1)
    former = parts.store.receipt_of(found.id)
    if former is None or not is_record(former):
        raise ConflictError(
            f"{found.id}: its number is the receiver's own answer, expected a reference that a person recorded"
        )
    moved = references.claimed(parts, moved, user)
    before = json.loads(former.body)
    earlier = [
        *before.pop("instead_of", []),
        {key: before[key] for key in ("reference", "recorded_by", "recorded_at")},
    ]
    said = {
        **before, "reference": reference, "recorded_by": user.id, "recorded_at": now.isoformat(), "instead_of": earlier,
    }  # fmt: skip
    receipt = replace(
        former, id=parts.new_id("receipt"), remote_id=reference, body=json.dumps(said, sort_keys=True).encode()
    )  # fmt: skip
    detail = f"{receipt.id} report {reference} instead of {instead_of}"
    with references.claiming(parts, moved, user):
        parts.store.commit(
            Replace(moved), Remove(records.Receipt, former.id), Insert(receipt),
            entries=[parts.entry(Verb.REFERENCE_CORRECTED, found.id, actor=user.id, detail=detail)],
        )  # fmt: skip
    if _may_be_named(parts, found):
        alarms.raise_alarm(parts, AlarmKind.KNOWN_LATE, found.id, (
            f"The reference of {found.id} had been recorded wrongly, and reports that were made since about the account, or that correct it, may name "
            "the wrong one. Tell the receiver. Of a pack that is not filed yet, say that nobody filed it: then it is made anew."
        ))  # fmt: skip
    return moved


def is_record(receipt: records.Receipt) -> bool:
    """Say whether a receipt is a person's record of a pack's reference."""
    return receipt.body.startswith(b"{") and json.loads(receipt.body).get("form") == FORM


def _may_be_named(parts: Parts, found: records.Referral) -> bool:
    """Say whether a report to the same receiver was made since it was recorded that may have its number in it."""
    account = parts.store.case(found.case_id).account_reference
    cases = parts.store.cases_of_account(account, most=_MOST_CASES) if account else []
    others = parts.store.referrals_of_several([found.case_id, *(each.id for each in cases)])
    since = found.finished_at
    return any(
        each.id != found.id
        and (each.authority, each.environment) == (found.authority, found.environment)
        and each.sent_at is not None
        and since is not None
        and each.sent_at >= since
        and each.state is not ReferralState.WITHDRAWN
        for several in others.values()
        for each in several
    )
