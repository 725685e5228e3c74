"""After a restore: a person looked a report up at the authority, and says that the old installation filed it, and under which number."""

from __future__ import annotations

import json
from dataclasses import replace

from wardline import preservation, records, referral
from wardline.pipeline import (
    batched,
    blind_filing,
    bundles,
    filing_work,
    handing_over,
    people,
    prior,
    receipts,
    refer,
    references,
)
from wardline.pipeline.parts import Parts
from wardline.pipeline.wrong_references import TOLD, is_word
from wardline.records import DecisionState, HashKind, Insert, ReferralState, Replace, Scope, Step, Task, Verb


def record(parts: Parts, referral_id: str, user: records.User, *, number: str) -> records.Referral:
    """Finish a report that the old installation filed, under the number that the authority shows. Its holds begin now.

    No authority can be asked about a report that is finished, so it is the person's word; the receipt says so. Two reports about one account
    may have one number: then the old installation had filed them as one. So may reports of one file from several accounts.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: The report does not wait for that.
        InputError: That is no number.
        ReferenceTakenError: Another report has this number.
    """
    people.require_scope(user, Scope.MANAGE)
    found = blind_filing.opened(parts, referral_id, user)
    moved = replace(referral.told(found, number, parts.now()), version=found.version + 1)
    other = references.holder(parts, moved)
    if other is None:
        with references.claiming(parts, moved, user):
            _finish(parts, found, moved, user)
    elif is_one_report(parts, found, other, user):
        moved = _join(parts, found, other, number, user)
    else:
        raise references.taken(parts, moved, other, user)
    refer.over(parts, moved)
    return moved


def is_fallen(parts: Parts, referral_id: str) -> bool:
    """Say whether a report waits to be looked up of which nothing shall be filed any more."""
    found = parts.store.referral(referral_id)
    return found.state is ReferralState.NEEDS_HUMAN and found.problem == referral.LOOK_FALLEN


def deny(parts: Parts, referral_id: str, user: records.User) -> records.Referral:
    """Withdraw a report whose decision fell, for the old installation had not filed it, as a person says who looked it up.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: The report does not wait for that.
    """
    people.require_scope(user, Scope.MANAGE)
    found = blind_filing.opened(parts, referral_id, user)
    ended, written = bundles.settled(parts, found, referral.never_filed(found))
    told = parts.entry(
        Verb.REFERRAL_MOVED, ended.id, actor=user.id, detail=f"{ended.state}, was not filed before"
    )
    written.note(Replace(ended), told, work=[filing_work.again(ended)])
    written.commit(parts)
    return ended


def _finish(parts: Parts, found: records.Referral, moved: records.Referral, user: records.User) -> None:
    number, now = moved.remote_id or "", parts.now()
    said = {
        "form": TOLD, "version": 1, "referral": found.id, "report": number, "told_by": user.id, "told_at": now.isoformat(),
        "because": found.problem, **({} if found.remote_id is None else {"opened": found.remote_id}),
    }  # fmt: skip
    receipt = records.Receipt(
        id=parts.new_id("receipt"), referral_id=found.id, remote_id=number, received_at=now,
        body=json.dumps(said, sort_keys=True).encode(), original=False,
    )  # fmt: skip
    filed = replace(moved, completeness=handing_over.completeness(parts, found))
    receipts.store(
        parts,
        filed,
        receipt,
        actor=user.id,
        work=_follows(parts, moved),
        entries=(_told(parts, moved, user),),
    )


def is_one_report(parts: Parts, found: records.Referral, other: records.Referral, user: records.User) -> bool:
    """Say whether another report that was told to have the same number can be one with this: about the same account, or a batch."""
    receipt = parts.store.receipt_of(other.id)
    if receipt is None or not is_word(receipt) or found.bundle:
        return False
    if not blind_filing.visible(parts, [other], user):
        return False  # they may have to judge what is in it, and are not told that the two belong together
    return is_one_account(parts, found, other) or _is_one_batch(parts, found, other)


def is_one_account(parts: Parts, found: records.Referral, other: records.Referral) -> bool:
    """Say whether two reports are about the same account of the same platform, and the other one is no batch."""
    cases = [parts.store.case(each.case_id) for each in (found, other)]
    platforms = prior.platforms_of(parts, cases)
    is_same = cases[0].account_reference == cases[1].account_reference and not other.batched
    return (
        bool(cases[0].account_reference) and is_same and len({platforms.get(each.id) for each in cases}) == 1
    )


def _is_one_batch(parts: Parts, found: records.Referral, other: records.Referral) -> bool:
    """Say whether both are about the same bytes, from different accounts, and their receiver agreed to get such as one report."""
    if batched.agreement(parts, found.authority) is None or (other.bundle and not other.batched):
        return False
    if not len(found.attached) == len(found.files) == len(other.attached) == 1:
        return False
    items = [parts.store.item(each.attached[0].item_id) for each in (found, other)]
    digests = {hashed.value for item in items for hashed in item.hashes if hashed.kind is HashKind.SHA256}
    accounts = [parts.store.case(each).account_reference for each in (found.case_id, *other.case_ids)]
    is_same = len(digests) == 1 and len({item.platform for item in items}) == 1
    return is_same and len(set(accounts)) == len(accounts)


def _join(
    parts: Parts, found: records.Referral, other: records.Referral, number: str, user: records.User
) -> records.Referral:
    is_batch = not is_one_account(parts, found, other)
    lead, inside = referral.told_within(other, found, number, parts.now(), batched=is_batch)
    inside = replace(inside, version=found.version + 1)
    held = [hold for file in found.files for hold in parts.store.holds_of(file.item_id)]
    holds = preservation.place_after_filing(
        replace(lead, files=found.files), held, hold_ids=[parts.new_id("hold") for _ in found.files], receipt_at=parts.now(),
        periods=parts.rules.periods,
    )  # fmt: skip
    parts.store.commit(
        Replace(replace(lead, version=lead.version + 1)), Replace(inside), *map(Insert, holds),
        parts.count(Step.FILES_REPORTED, len(found.attached)), parts.count(Step.HOLDS_PLACED, len(holds)),
        entries=[
            _told(parts, inside, user), parts.entry(Verb.REFERRAL_MOVED, inside.id, actor=user.id, detail=f"joined {lead.id}"),
            *(parts.entry(Verb.HOLD_PLACED, hold.id, detail=hold.basis) for hold in holds),
        ],
        work=_follows(parts, inside),
    )  # fmt: skip
    return inside


def _told(parts: Parts, moved: records.Referral, user: records.User) -> records.Entry:
    return parts.entry(Verb.REFERRAL_TOLD, moved.id, actor=user.id, detail=f"report {moved.remote_id}")


def _follows(parts: Parts, moved: records.Referral) -> tuple[Task, ...]:
    """Filed although its decision fell: what goes on with it drafts the correction."""
    fallen = parts.store.decision(moved.decision_id).state is DecisionState.OVERTURNED
    return (filing_work.again(moved),) if fallen else ()
