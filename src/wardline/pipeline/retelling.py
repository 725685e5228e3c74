"""What a person told wrongly after a restore, of a report that the old installation filed: its number is put right, or all of it taken back, with a
reason."""

from __future__ import annotations

import json
from dataclasses import replace

from wardline import records, referral
from wardline.errors import ConflictError, ReferenceTakenError
from wardline.pipeline import (
    alarms,
    blind_filing,
    filed_before,
    handing_over,
    people,
    references,
    wrong_references,
)
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import (
    AlarmKind,
    DecisionState,
    HoldBasis,
    Insert,
    ReferralState,
    Remove,
    Replace,
    Scope,
    Step,
    Verb,
)


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


def take_back(
    parts: Parts, referral_id: str, user: records.User, *, number: str, reason: str
) -> records.Referral:
    """Take back a person's word that a report was filed, for nobody had filed that one: it waits for a person again, and is owed as before.

    The log has the number and who said it, the alarm has the reason. Its holds stay, and its clock never stopped.

    Args:
        parts: The installation's.
        referral_id: Of the report.
        user: Who takes it back.
        number: The one that was told, as they saw it.
        reason: Why, in a sentence.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: It is not finished under that number, or not by a person's word; others are in it, or a report was made that corrects it.
        InputError: No reason.
    """
    people.require_scope(user, Scope.MANAGE)
    wrong_references.require_reason(reason)
    found = blind_filing.opened(parts, referral_id, user)
    lead = found if found.joined is None else parts.store.referral(found.joined)
    word = wrong_references.former(parts, lead, wrong_references.TOLD)
    _require_uncorrected(parts, found)
    said = json.loads(word.body)
    fallen = parts.store.decision(found.decision_id).state is DecisionState.OVERTURNED
    written, detail = Writing(), f"{word.id} report {number} told by {said['told_by']}"
    if lead is found:
        back = referral.told_back(found, number, opened=said.get("opened"), fallen=fallen)
        written.changes.append(Remove(records.Receipt, word.id))
    else:
        left, back = referral.told_back_within(lead, found, number, fallen=fallen)
        detail = f"{detail}, in {lead.id}"
        written.changes += [
            Replace(replace(left, version=lead.version + 1)),
            *holds_named_anew(parts, found, lead),
        ]
    back = replace(back, version=found.version + 1)
    written.note(
        Replace(back),
        parts.entry(Verb.WORD_TAKEN_BACK, back.id, actor=user.id, detail=detail),
        parts.entry(Verb.REFERRAL_MOVED, back.id, actor=user.id, detail=back.state),
    )
    # One that was left open would keep the reason out.
    alarms.resolve_about(parts, AlarmKind.FILING_NEEDS_HUMAN, back.id)
    written.add(alarms.raised(parts, AlarmKind.FILING_NEEDS_HUMAN, back.id, (
        f"{referral.asking(back)}: {back.problem}. Somebody had said that it was filed as report {number}, and that is taken back: {reason}"
    )))  # fmt: skip
    written.commit(parts)
    wrong_references.warn(parts, found, was="told by mistake")
    return back


def _require_uncorrected(parts: Parts, found: records.Referral) -> None:
    for each in parts.store.referrals(case_id=found.case_id):
        if each.corrects == found.id and each.state is not ReferralState.WITHDRAWN:
            raise ConflictError(
                f"{found.id}: {each.id} corrects or adds to it, expected a report that nothing rests on",
                remedy="That one names its number to the authority. If the number alone is wrong, put it right; otherwise tell the authority.",
            )


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
    detail = f"{receipt.id} report {number} instead of {instead_of}, taken out of {lead.id}"
    written = Writing(
        changes=[
            Replace(replace(left, version=lead.version + 1)), Replace(out), Insert(receipt), *holds_named_anew(parts, found, lead),
            parts.count(Step.REFERRALS_FILED), parts.count(Step.RECEIPTS_STORED),
        ],
        entries=[parts.entry(Verb.REFERENCE_CORRECTED, found.id, actor=user.id, detail=detail)],
    )  # fmt: skip
    with references.claiming(parts, out, user):
        written.commit(parts)
    wrong_references.warn(parts, found)
    return out


def holds_named_anew(parts: Parts, found: records.Referral, lead: records.Referral) -> list[records.Change]:
    """Have the holds on the files of a report that is in another one no more name it."""
    return [
        Replace(replace(hold, referral_id=found.id, version=hold.version + 1))
        for file in found.files
        for hold in parts.store.holds_of(file.item_id)
        if hold.basis is HoldBasis.REPORTED and hold.referral_id == lead.id
    ]
