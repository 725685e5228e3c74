"""Packs: a person takes one, files it with the receiver, and records the reference; or says that nobody filed it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import replace

from wardline import ports, records, referral
from wardline.errors import NotFoundError, PackTakenError, RefusedError, WardlineError
from wardline.pipeline import (
    alarms,
    blind_filing,
    clock_watch,
    fencing,
    people,
    reading,
    receipts,
    references,
    reported,
    wrong_references,
)
from wardline.pipeline import refer as filing
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, DecisionState, HoldState, Insert, ReferralState, Replace, Scope, Verb

_TRIES_FROM = 250_000_000
"""Tries of referrals whose pack a person saw to are counted from here: work that was enqueued once is not enqueued again."""
_REMADE_FROM = 260_000_000
"""And those whose pack is made anew from here."""
_LOOKED_AT = 1_000
"""Newest entries about a referral, in which those are looked for who took its packs."""


def maker_of(parts: Parts, found: records.Referral) -> ports.PackMaker | None:
    """Give the receiver of a referral if it takes packs."""
    receiver = parts.receiver(found.authority)
    return receiver if isinstance(receiver, ports.PackMaker) else None


def keeper_of(parts: Parts, found: records.Referral) -> ports.PackKeeper | None:
    """Give where the packs of a referral are, if it has any; those of a receiver that is gone from the settings stay where they were."""
    if parts.receiver(found.authority) is None:
        return parts.packs
    return maker_of(parts, found)


def pack_of(parts: Parts, found: records.Referral) -> str | None:
    """Find the pack of a referral that waits to be filed, or was."""
    maker = keeper_of(parts, found)
    if maker is None:
        return None
    if referral.awaits(found):
        return found.remote_id
    filed = _filed_as(parts, found)
    return next((pack_id for of, pack_id in maker.packs() if of == found.id and pack_id == filed), None)


def take(parts: Parts, referral_id: str, user: records.User) -> tuple[str, bytes]:
    """Give the pack of a referral, with its file name. The log has it before the bytes leave.

    Raises:
        NotAllowedError: The role does not allow it.
        NotFoundError: It has no pack, or none any more.
        RefusedError: Its decision was overturned, so it must not be filed.
    """
    found = _opened(parts, referral_id, user)
    maker, pack_id = keeper_of(parts, found), pack_of(parts, found)
    if (
        maker is None
        or pack_id is None
        or found.state not in (ReferralState.NEEDS_HUMAN, ReferralState.FINISHED)
    ):
        raise NotFoundError(f"{found.id}: has no pack, expected one that is whole")
    if found.state is ReferralState.NEEDS_HUMAN and (
        found.problem == referral.UNWANTED or _is_overturned(parts, found)
    ):
        raise RefusedError(
            f"{found.id}: its decision was overturned, expected one that stands",
            remedy="Do not file it. Say whether somebody had filed it before.",
        )
    content = maker.open_pack(pack_id)
    digest = hashlib.sha256(content).hexdigest()
    detail = f"{pack_id} sha256 {digest}"
    # One that waits changes with it: who says at the same moment that nobody filed it has to look again.
    waits = found.state is ReferralState.NEEDS_HUMAN
    noted = replace(referral.taken(found, pack_id, user.id, parts.now()), version=found.version + 1)
    parts.store.commit(
        *([Replace(noted)] if waits else []),
        entries=[parts.entry(Verb.PACK_TAKEN, found.id, actor=user.id, detail=detail)],
    )
    return f"{found.id}-{pack_id}.zip", content


def record(parts: Parts, referral_id: str, user: records.User, *, reference: str) -> records.Referral:
    """Note that the receiver has a report, by the reference that it gave. The report is finished with it, and its holds begin.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: No pack of it waits to be filed.
        InputError: That is no reference.
        ReferenceTakenError: Another report to the same receiver has it.
    """
    found = _opened(parts, referral_id, user)
    moved = replace(referral.recorded(found, reference, parts.now()), version=found.version + 1)
    moved = references.claimed(parts, replace(moved, completeness=completeness(parts, found)), user)
    receipt, filed = _record_of(parts, found, moved, user, {})
    # Filed although its decision fell: what goes on with it drafts the correction.
    work = (filing.task(moved, _TRIES_FROM + moved.version),) if _is_overturned(parts, found) else ()
    if filed != found.remote_id:
        alarms.raise_alarm(parts, AlarmKind.KNOWN_LATE, found.id, _filed_as_earlier(found, filed))
    with references.claiming(parts, moved, user):
        receipts.store(parts, moved, receipt, actor=user.id, work=work)
    alarms.resolve_about(parts, AlarmKind.FILING_NEEDS_HUMAN, moved.id)
    return moved


def noted(
    parts: Parts, found: records.Referral, moved: records.Referral, user: records.User, *, said: dict[str, str]
) -> Writing:  # fmt: skip
    """Write down under which reference a pack was filed, as ``record`` does, for a report that is finished in another one."""
    receipt, filed = _record_of(parts, found, moved, user, said)
    written = Writing()
    detail = f"{receipt.id} report {receipt.remote_id}"
    written.note(Insert(receipt), parts.entry(Verb.REFERRAL_FILED, found.id, actor=user.id, detail=detail))
    if filed != found.remote_id:
        written.add(alarms.raised(parts, AlarmKind.KNOWN_LATE, found.id, _filed_as_earlier(found, filed)))
    return written


def _record_of(
    parts: Parts, found: records.Referral, moved: records.Referral, user: records.User, more: Mapping[str, str]
) -> tuple[records.Receipt, str | None]:  # fmt: skip
    """Give a person's record of a reference, and the pack that was filed."""
    taken, reference = _taken(parts, found.id), moved.remote_id or ""
    at = moved.finished_at or parts.now()
    # One that nobody took was not filed: it was made after the one that was.
    filed = taken[0] if taken and found.remote_id not in taken else found.remote_id
    said = {
        "form": wrong_references.FORM, "version": 1, "referral": found.id, "pack": filed, "reference": reference,
        "recorded_by": user.id, "recorded_at": at.isoformat(), **more,
    }  # fmt: skip
    receipt = records.Receipt(
        id=parts.new_id("receipt"), referral_id=found.id, remote_id=reference, received_at=at,
        body=json.dumps(said, sort_keys=True).encode(), original=False,
    )  # fmt: skip
    return receipt, filed


def _filed_as_earlier(found: records.Referral, filed: str | None) -> str:
    return (
        f"{found.id} is filed as {filed}, for nobody took the pack that was made after it. Tell the receiver what was added since, naming "
        "its reference."
    )


def give_up(
    parts: Parts, referral_id: str, user: records.User, *, pack_id: str | None = None, asked: Collection[str] = ()
) -> records.Referral:  # fmt: skip
    """Note that nobody filed a pack: it is deleted and made anew; where the decision fell, nothing is reported.

    Args:
        parts: The installation's.
        referral_id: Of the report.
        user: Who says so.
        pack_id: The pack that they speak of; None: whichever waits.
        asked: Ids of the people who took it and whom they asked.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: No pack of it waits to be filed, or another one than they saw.
        PackTakenError: Somebody else took it and was not asked.
    """
    found = _opened(parts, referral_id, user)
    referral.require_pack(found, pack_id)
    require_asked(parts, found, user, asked)
    moved = replace(referral.remade(found), version=found.version + 1)
    work = [filing.task(moved, _TRIES_FROM + moved.version)] if moved.state is ReferralState.OPENING else []
    told = given_up_entry(parts, found, user)
    parts.store.commit(Replace(moved), entries=[told], work=work)
    alarms.resolve_about(parts, AlarmKind.FILING_NEEDS_HUMAN, moved.id)
    return moved


def require_asked(parts: Parts, found: records.Referral, user: records.User, asked: Collection[str]) -> None:
    """Require that whoever else took the pack that waits was asked.

    Raises:
        PackTakenError: Somebody was not.
    """
    unasked = referral.unasked(found, user.id, asked)
    if unasked:
        names = ", ".join(parts.store.user(each).name for each in unasked)
        raise PackTakenError(
            f"{found.id}: its pack was taken by {names}, expected their word that they did not file it"
        )


def given_up_entry(parts: Parts, found: records.Referral, user: records.User) -> records.Entry:
    """Tell that nobody filed the pack that waits, and who of those that took it was asked."""
    of = [each for each in referral.takers(found, found.remote_id) if each != user.id]
    detail = f"{found.remote_id} {'taken by ' + ', '.join(of) + ', who were asked' if of else ''}".strip()
    return parts.entry(Verb.PACK_GIVEN_UP, found.id, actor=user.id, detail=detail[:500])


def made_anew(
    parts: Parts, found: records.Referral, *, actor: str, written: Writing
) -> records.Referral:  # fmt: skip
    """Give up a pack that does not say what was written down since, and have another made. Its version stays; any other referral is given as it is,
    and so is one whose decision fell: only a person says whether its pack was filed."""
    if not referral.awaits(found) or found.problem == referral.UNWANTED:
        return found
    if found.remote_id in _taken(parts, found.id):
        written.add(alarms.raised(parts, AlarmKind.KNOWN_LATE, found.id, (
            f"Somebody took the pack of {found.id} before something was added, so it may be filed without that. If it was filed, record its "
            "reference, file no other, and tell the receiver what was added. If not, file the new pack instead."
        )))  # fmt: skip
    written.entries.append(
        parts.entry(Verb.PACK_GIVEN_UP, found.id, actor=actor, detail=found.remote_id or "")
    )
    changed = referral.remade(found)
    written.work.append(filing.task(changed, _REMADE_FROM + found.version))
    return changed


def sweep(parts: Parts) -> int:
    """Delete packs that nothing keeps any more: of reports that were given up or withdrawn, or whose files no hold keeps. Gives how many."""
    deleted = 0
    if clock_watch.is_in_doubt(parts) or fencing.stands(parts):
        return 0
    for maker in parts.keepers_of_packs():
        for referral_id, pack_id in list(maker.packs()):
            try:
                found = parts.store.referral(referral_id)
            except NotFoundError:
                continue  # of another database in this place; a person looks
            if _is_kept(parts, found, pack_id):
                continue
            told = parts.entry(Verb.PACK_DELETED, found.id, actor=SYSTEM, detail=pack_id)
            parts.store.commit(entries=[told])
            maker.forget_pack(pack_id)
            deleted += 1
    return deleted


def _is_kept(parts: Parts, found: records.Referral, pack_id: str) -> bool:
    if found.state is ReferralState.WITHDRAWN:
        return False
    if found.state is not ReferralState.FINISHED:
        # One that was taken and given up may be what the receiver has.
        return pack_id not in found.orphans or pack_id in _taken(parts, found.id)
    if pack_id != _filed_as(parts, found):
        return False
    if not found.files or found.finished_at is None:
        return found.finished_at is None or parts.now() < found.finished_at + parts.rules.periods.after_filing
    holds = (hold for file in found.files for hold in parts.store.holds_of(file.item_id))
    return any(hold.state is HoldState.ACTIVE for hold in holds)


def _taken(parts: Parts, referral_id: str) -> list[str]:
    """Give the packs of a referral that somebody took, the newest taken first."""
    noted = [each.pack_id for each in reversed(parts.store.referral(referral_id).takings)]
    # Before takings stood in the referral, and of packs that were filed, only the log has them.
    lines = reading.about(parts, referral_id, _LOOKED_AT)
    logged = [each.detail.split(" ", 1)[0] for _, each in lines if each.verb is Verb.PACK_TAKEN]
    return list(dict.fromkeys([*noted, *logged]))


def _filed_as(parts: Parts, found: records.Referral) -> str | None:
    """Give the pack that a finished report is, as the record of its reference has it."""
    receipt = parts.store.receipt_of(found.id)
    if receipt is None or not receipt.body.startswith(b"{"):
        return None
    pack_id = json.loads(receipt.body).get("pack")
    return pack_id if isinstance(pack_id, str) else None


def _opened(parts: Parts, referral_id: str, user: records.User) -> records.Referral:
    """Give a referral to somebody who manages, and who does not have to judge its case without knowing what came of it."""
    people.require_scope(user, Scope.MANAGE)
    return blind_filing.opened(parts, referral_id, user)


def _is_overturned(parts: Parts, found: records.Referral) -> bool:
    return parts.store.decision(found.decision_id).state is DecisionState.OVERTURNED


def completeness(parts: Parts, found: records.Referral) -> int | None:
    """Say how complete it is by what is stored now; None where it cannot be built any more."""
    try:
        decision, case = parts.store.decision(found.decision_id), parts.store.case(found.case_id)
        report = reported.report_of(
            parts, found.id, decision, case, corrects=found.corrects, bundle=found.bundle
        )
    except WardlineError:
        return None
    return referral.score(reported.checked(parts, report, decision, case, found.bundle)).percent
