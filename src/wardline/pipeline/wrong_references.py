"""A number of a report that somebody recorded or told wrongly: it is put right, and what it had been stays beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from wardline import records, referral
from wardline.errors import ConflictError, InputError
from wardline.pipeline import alarms, blind_filing, people, references
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, Insert, ReferralState, Remove, Replace, Scope, Verb

FORM = "wardline-reference"
"""Of a person's record of a pack's reference, where other reports have the receiver's own answer."""
TOLD = "wardline-told"
"""Of a person's word that another installation filed a report."""
LONGEST_WHY = 500
"""Characters of a reason."""
_SAID = {FORM: ("reference", "recorded_by", "recorded_at"), TOLD: ("report", "told_by", "told_at")}
"""In which fields of each form stand the number, who said it, and when."""
_WANTED = {FORM: "a reference that a person recorded", TOLD: "a number that a person told"}
_MOST_CASES = 200

Claim = Callable[[Parts, records.Referral, records.User], records.Referral]
"""Gives a report as it is stored under a number that another may have; ``ReferenceTakenError`` where it may not."""


def correct(
    parts: Parts, referral_id: str, user: records.User, *, reference: str, instead_of: str, form: str = FORM,
    reason: str | None = None, claim: Claim = references.claimed,
) -> records.Referral:  # fmt: skip
    """Put another number in the place of the one that a person recorded, or told. When it was filed, and its holds, stay as they are.

    Args:
        parts: The installation's.
        referral_id: Of the report.
        user: Who puts it right.
        reference: The right number.
        instead_of: The one that they saw.
        form: Whether it was recorded or told.
        reason: Why, in a sentence; it stands in the record.
        claim: Says what becomes of a number that another report has.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: It is not finished under that one, or the one it has is no person's.
        InputError: That is no reference, or the same one.
        ReferenceTakenError: Another report to the same receiver has it.
    """
    people.require_scope(user, Scope.MANAGE)
    found = blind_filing.opened(parts, referral_id, user)
    moved = replace(referral.rerecorded(found, reference, instead_of), version=found.version + 1)
    before = former(parts, found, form)
    moved = claim(parts, moved, user)
    written = Writing()
    written.changes.append(Replace(moved))
    rewrite(parts, before, moved, user, reason, written)
    _follow(parts, moved, user, reason, written)
    with references.claiming(parts, moved, user):
        written.commit(parts)
    warn(parts, found)
    return moved


def exchange(
    parts: Parts, referral_id: str, user: records.User, *, reference: str, instead_of: str, form: str = FORM,
    reason: str | None = None,
) -> records.Referral:  # fmt: skip
    """Give a report the number that another one has, and that one this one's: they were mixed up. Both change at one moment.

    Args:
        parts: The installation's.
        referral_id: Of the report.
        user: Who puts it right.
        reference: The number that the other one has.
        instead_of: The one that they saw on this one.
        form: Whether the numbers were recorded or told.
        reason: Why, in a sentence; it stands in both records.

    Raises:
        NotAllowedError: The role does not allow it.
        RefusedError: They may have to judge the other report's case without knowing what came of it.
        ConflictError: Either is not finished, or has another number, or one that is no person's.
        InputError: That is no reference, or the same one.
    """
    people.require_scope(user, Scope.MANAGE)
    found = blind_filing.opened(parts, referral_id, user)
    moved = replace(referral.rerecorded(found, reference, instead_of), version=found.version + 2)
    other = references.holder(parts, moved)
    if other is None or other.remote_id is None:
        raise ConflictError(
            f"{found.id}: no other report to its receiver has that reference, expected one to exchange them with",
            remedy="If it is the right one, put it in the place of the wrong one without an exchange.",
        )
    if not blind_filing.visible(parts, [other], user):
        raise references.taken(parts, moved, other, user)
    if _is_shared(parts, found) or _is_shared(parts, other):
        raise ConflictError(
            f"{found.id}: its reference or the other one is that of several reports, expected one each",
            remedy="Correct them one by one.",
        )
    turned = replace(referral.rerecorded(other, instead_of, other.remote_id), version=other.version + 1)
    formers = [former(parts, each, form) for each in (found, other)]
    moved = replace(moved, remote_id=other.remote_id)
    # No two have one, not for a moment.
    without = replace(found, reference=None, version=found.version + 1)
    written = Writing(changes=[Replace(without), Replace(turned), Replace(moved)])
    for before, each in zip(formers, (moved, turned), strict=True):
        rewrite(parts, before, each, user, reason, written)
        _follow(parts, each, user, reason, written)
    written.commit(parts)
    for each in (found, other):
        warn(parts, each)
    return moved


def exchangeable(
    parts: Parts, found: records.Referral, reference: str, user: records.User
) -> records.Referral | None:
    """Give the report that a person may exchange numbers with: it has the one that they want for this one."""
    wanted = replace(found, remote_id=reference, reference=referral.compared(reference))
    other = references.holder(parts, wanted)
    if other is None or other.state is not ReferralState.FINISHED or other.joined is not None:
        return None
    if not blind_filing.visible(parts, [other], user) or _is_shared(parts, found) or _is_shared(parts, other):
        return None
    forms = {_form_of(parts.store.receipt_of(each.id)) for each in (found, other)}
    return other if len(forms) == 1 and None not in forms else None


def is_record(receipt: records.Receipt) -> bool:
    """Say whether a receipt is a person's record of a pack's reference."""
    return _form_of(receipt) == FORM


def is_word(receipt: records.Receipt) -> bool:
    """Say whether a receipt is a person's word that another installation filed the report."""
    return _form_of(receipt) == TOLD


def warn(parts: Parts, found: records.Referral, *, was: str = "recorded wrongly") -> None:
    """Raise an alarm where a report was made since that may have the wrong number in it."""
    if _may_be_named(parts, found):
        alarms.raise_alarm(parts, AlarmKind.KNOWN_LATE, found.id, (
            f"The reference of {found.id} had been {was}, and reports that were made since about the account, or that correct it, may name "
            "the wrong one. Tell the receiver. Of a pack that is not filed yet, say that nobody filed it: then it is made anew."
        ))  # fmt: skip


def require_reason(reason: str) -> None:
    """Require a reason that can be read later: one line of words."""
    if not reason.strip() or len(reason) > LONGEST_WHY or not reason.isprintable():
        raise InputError(
            f"reason: {len(reason)} characters, expected 1 to {LONGEST_WHY} in one line",
            remedy="Say in a sentence what was wrong, without names of people. It stays in the record beside both numbers.",
        )


def _form_of(receipt: records.Receipt | None) -> str | None:
    if receipt is None or not receipt.body.startswith(b"{"):
        return None
    try:
        form = json.loads(receipt.body).get("form")
    except ValueError:  # a receiver's answer, kept byte for byte, may be anything
        return None
    return form if form in _SAID else None


def former(parts: Parts, found: records.Referral, form: str) -> records.Receipt:
    """Give the record that is put right, or taken back.

    Raises:
        ConflictError: What the report has is no such record.
    """
    receipt = parts.store.receipt_of(found.id)
    has = _form_of(receipt)
    if receipt is not None and has == form:
        if json.loads(receipt.body).get("because") == referral.FINISHED_BY_OTHERS:
            raise ConflictError(
                f"{found.id}: the authority said that it is finished under its number, expected one that a person alone told"
            )
        return receipt
    said = f"it has {_WANTED[has]}" if has else "its number is the receiver's own answer"
    remedy = {
        FORM: "Correct it as what it is: `wardline referral record --instead-of`, or the page of the report.",
        TOLD: "Correct it as what it is: `wardline referral filed-before --instead-of`, or the page of the report.",
    }.get(has or "")
    raise ConflictError(f"{found.id}: {said}, expected {_WANTED[form]}", remedy=remedy)


def rewrite(
    parts: Parts, former: records.Receipt, moved: records.Referral, user: records.User, reason: str | None, written: Writing
) -> None:  # fmt: skip
    """Put another record in the place of one, with what that said in it; the log has both numbers. The number is that of the report as it moved."""
    before: dict[str, Any] = json.loads(former.body)
    number, who, when = _SAID[before["form"]]
    earlier = {key: before.pop(key) for key in (number, who, when, "reason") if key in before}
    said = {
        **before, number: moved.remote_id, who: user.id, when: parts.now().isoformat(),
        "instead_of": [*before.pop("instead_of", []), earlier], **({} if reason is None else {"reason": reason}),
    }  # fmt: skip
    body = json.dumps(said, sort_keys=True).encode()
    made = replace(former, id=parts.new_id("receipt"), remote_id=moved.remote_id or "", body=body)
    detail = f"{made.id} report {made.remote_id} instead of {former.remote_id}"
    written.changes.extend([Remove(records.Receipt, former.id), Insert(made)])
    written.entries.append(parts.entry(Verb.REFERENCE_CORRECTED, moved.id, actor=user.id, detail=detail))


def _follow(
    parts: Parts, moved: records.Referral, user: records.User, reason: str | None, written: Writing
) -> None:
    """Have the reports that are in this one bear its number, and those whose packs were filed with it say so in their own records."""
    for each in moved.bundle:
        inside = parts.store.referral(each.referral_id)
        follows = replace(inside, remote_id=moved.remote_id, version=inside.version + 1)
        written.changes.append(Replace(follows))
        own = parts.store.receipt_of(inside.id)
        if own is not None and is_record(own):
            rewrite(parts, own, follows, user, reason, written)


def _is_shared(parts: Parts, found: records.Referral) -> bool:
    """Say whether another report has its number too: of two that were told to be one, or of one and its correction."""
    return found.reference is None or references.holder(parts, found) is not None


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
