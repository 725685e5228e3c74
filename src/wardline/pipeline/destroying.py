"""Evidence that is destroyed before its time because an authority asks for it: two people, then for good, then proof."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wardline import preservation, records
from wardline.errors import (
    ConflictError,
    EvidenceError,
    InputError,
    NotFoundError,
    RefusedError,
    VaultDeniedError,
)
from wardline.pipeline import alarms, facts_kept, golden_evidence, people, preserve, preserving
from wardline.pipeline.parts import ORIGINAL, SYSTEM, Parts
from wardline.pipeline.writing import Writing
from wardline.records import (
    AlarmKind,
    ApprovalKind,
    ApprovalState,
    DestructionState,
    HoldState,
    Insert,
    ReferralState,
    Replace,
    Scope,
    Task,
    Verb,
)

_NAMED = 5
"""So many ids stand in a message; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an authority asks to destroy."""

    asker: records.Asker
    reason: str
    received_at: datetime
    item_ids: tuple[str, ...]
    despite: tuple[str, ...] = ()
    """Every hold on these files that still runs: who proposes says that they know of it."""


def proposed(parts: Parts, wanted: Wanted, *, user: records.User) -> tuple[records.Destruction, Writing]:
    """Check what is wanted, and make its record and what is written of it. Of two for one file at the same moment the second is in conflict.

    Raises:
        NotAllowedError: The role does not allow it.
        NotFoundError: There is no such file.
        ConflictError: A file is gone already, its case is undecided, or its report is unfinished; or its destruction waits to be decided.
        RefusedError: A hold still runs that was not named.
    """
    people.require_scope(user, Scope.MANAGE)
    if wanted.received_at > parts.now():
        raise InputError("received_at: in the future, expected when the request arrived")
    item_ids = tuple(dict.fromkeys(wanted.item_ids))
    # Before looking for another proposal: one that comes after that has moved their versions, and the commit fails.
    items = [_destroyable(parts, item_id) for item_id in item_ids]
    _require_unproposed(parts, item_ids)
    running = _unnamed(parts, item_ids, wanted.despite)
    if running:
        shown = ", ".join(running[:_NAMED]) + (
            f" and {len(running) - _NAMED} more" if len(running) > _NAMED else ""
        )
        raise RefusedError(
            f"destruction: {shown} still run, expected each of them to be named",
            remedy="`wardline hold list` says what each of them keeps and why. Agree with whoever it is for, then name it as known.",
        )
    made = records.Destruction(
        id=parts.new_id("destruction"), asker=wanted.asker, reason=wanted.reason, received_at=wanted.received_at, item_ids=item_ids,
        despite=tuple(dict.fromkeys(wanted.despite)), proposed_by=user.id, proposed_at=parts.now(),
    )  # fmt: skip
    written = Writing([preserving.touched(item) for item in items])
    written.note(Insert(made), parts.entry(Verb.DESTRUCTION_PROPOSED, made.id, actor=user.id))
    return made, written


def _destroyable(parts: Parts, item_id: str) -> records.Item:
    item = parts.store.item(item_id)
    if not item.sealed:
        raise ConflictError(f"{item_id}: destroyed already, expected a file that is kept")
    case_id = _unfinished(parts, item_id)
    if case_id is not None:
        raise ConflictError(
            f"{item_id}: {case_id} is undecided or its report unfinished, expected both to be done",
            remedy="Decide the case and see its report through first: what is not reported cannot be destroyed on request.",
        )
    return item


def _require_unproposed(parts: Parts, item_ids: tuple[str, ...]) -> None:
    """Require that no destruction of one of these files waits for a second person: approved twice, one of the two would destroy nothing."""
    for approval in parts.store.approvals(state=ApprovalState.PROPOSED):
        if approval.kind is not ApprovalKind.DESTROY_EVIDENCE:
            continue
        waiting = parts.store.destruction(approval.subject_id)
        twice = next((each for each in item_ids if each in waiting.item_ids), None)
        if twice is not None:
            raise ConflictError(
                f"{twice}: its destruction is proposed already as {waiting.id}, expected that to be decided first",
                remedy=f"Have a second person approve or refuse {approval.id}. `wardline destruction show {waiting.id}` says what it is for.",
            )


def _unfinished(parts: Parts, item_id: str) -> str | None:
    """Give a case of a file that is undecided, or whose report is unfinished; an appeal may have opened it again."""
    for case_id in dict.fromkeys(hold.case_id for hold in parts.store.holds_of(item_id)):
        unfinished = any(
            each.state not in (ReferralState.FINISHED, ReferralState.WITHDRAWN)
            for each in parts.store.referrals(case_id=case_id)
        )
        if unfinished or parts.store.case(case_id).state is not records.CaseState.CLOSED:
            return case_id
    return None


def _unnamed(parts: Parts, item_ids: tuple[str, ...], despite: tuple[str, ...]) -> list[str]:
    return [
        hold_id
        for item_id in item_ids
        for hold_id in preservation.unnamed(parts.store.holds_of(item_id), despite)
    ]


def _news(parts: Parts, found: records.Destruction, item_id: str) -> str | None:
    """Say what came to a file since its destruction was proposed, so that it must not be destroyed; None where nothing did."""
    if _unfinished(parts, item_id) is not None:
        return "its case is open again or a report of it unfinished"
    if _unnamed(parts, (item_id,), found.despite):
        return "a hold was placed"
    for hold in parts.store.holds_of(item_id):
        asked = parts.store.preservation(hold.preservation_id) if hold.preservation_id else None
        if (
            asked
            and hold.state is HoldState.ACTIVE
            and any(each.at > found.proposed_at for each in asked.extensions)
        ):
            return (
                "a request to preserve was renewed"  # whoever was told of the hold was told of its former end
            )
    return None


def approved(parts: Parts, approval: records.Approval, user: records.User) -> Writing:
    """Make what an approval does: the work that destroys follows the commit.

    Raises:
        ConflictError: A hold came since that the proposal does not name, a request was renewed, or a case was opened again.
    """
    found = parts.store.destruction(approval.subject_id)
    for item_id in found.item_ids:
        news = _news(parts, found, item_id) if parts.store.item(item_id).sealed else None
        if news is not None:
            raise ConflictError(
                f"{found.id}: of {item_id} since it was proposed: {news}, expected nothing new",
                remedy="Refuse it. When the case is closed and its report finished, propose it again with every hold that runs then.",
            )
    decided = _decided(parts, found, user, DestructionState.APPROVED)
    written = Writing()
    told = parts.entry(Verb.DESTRUCTION_DECIDED, found.id, actor=user.id, detail=decided.state)
    written.note(Replace(decided), told, work=[Task(name="destroy-evidence", record_id=found.id)])
    return written


def refused(parts: Parts, approval: records.Approval, user: records.User) -> Writing:
    """Make what a refusal does."""
    decided = _decided(parts, parts.store.destruction(approval.subject_id), user, DestructionState.REFUSED)
    written = Writing()
    told = parts.entry(Verb.DESTRUCTION_DECIDED, decided.id, actor=user.id, detail=decided.state)
    written.note(Replace(decided), told)
    return written


def _decided(
    parts: Parts, found: records.Destruction, user: records.User, state: DestructionState
) -> records.Destruction:
    return replace(found, state=state, decided_by=user.id, decided_at=parts.now(), version=found.version + 1)


def carry_out(parts: Parts, destruction_id: str, attempt: int) -> None:  # noqa: ARG001 -- the signature of durable work
    """Destroy file after file, each with its commit first. Interrupted, it goes on; done again, it does nothing.

    One that the vault does not let go, for it is locked, keeps none of the others; afterwards the first error is raised, and it is done when all are gone.
    """
    found = parts.store.destruction(destruction_id)
    if found.state is not DestructionState.APPROVED:
        return
    stays: list[VaultDeniedError] = []
    for item_id in found.item_ids:
        if item_id in {each.item_id for each in found.destroyed}:
            # Its commit was made, perhaps not what follows it.
            stays += _out_of_the_vault(parts, item_id)
            continue
        # All before looking for news: what is placed, renewed or opened again after that has moved a version, and the commit fails.
        item, holds = parts.store.item(item_id), parts.store.holds_of(item_id)
        cases = [parts.store.case(each) for each in dict.fromkeys(hold.case_id for hold in holds)]
        if not item.sealed:
            continue  # its time was over meanwhile, and the sweep took it
        news = _news(parts, found, item_id)
        if news is not None:
            if not stays:  # else it is told when what is said to be destroyed is
                _stop(parts, found, news)
                return
            break
        found = _destroy(parts, found, item, holds, cases)
        stays += _out_of_the_vault(parts, item_id)
    if stays:
        raise stays[0]
    done = replace(found, state=DestructionState.DONE, done_at=parts.now(), version=found.version + 1)
    parts.store.commit(
        Replace(done), entries=[parts.entry(Verb.DESTRUCTION_DONE, done.id, detail=f"{len(done.destroyed)} files")]
    )  # fmt: skip


def _destroy(
    parts: Parts, found: records.Destruction, item: records.Item, holds: Sequence[records.Hold], cases: Sequence[records.Case]
) -> records.Destruction:  # fmt: skip
    item_id = item.id
    gone = records.DestroyedFile(
        item_id=item_id, sha256=_digest(parts, item_id), size_bytes=item.size_bytes, at=parts.now()
    )
    following = replace(found, destroyed=(*found.destroyed, gone), version=found.version + 1)
    ended = [
        replace(hold, state=HoldState.ENDED, version=hold.version + 1)
        for hold in holds
        if hold.state is HoldState.ACTIVE
    ]
    withdrawn, told = golden_evidence.withdrawn(parts, item_id)
    written = [change for case in cases for change in facts_kept.gone_with(parts, item, case.id)]
    written += [preserve.as_it_was(case) for case in cases]
    parts.store.commit(
        Replace(following), Replace(replace(item, sealed=False, version=item.version + 1)), *map(Replace, ended), *withdrawn, *written,
        entries=[
            parts.entry(Verb.EVIDENCE_DESTROYED, item_id, actor=found.decided_by or SYSTEM, detail=found.id),
            *(parts.entry(Verb.HOLD_ENDED, hold.id, detail=found.id) for hold in ended), *told,
        ],
    )  # fmt: skip
    return following


def _out_of_the_vault(parts: Parts, item_id: str) -> list[VaultDeniedError]:
    """Destroy what the records say is gone; gives why it stays, where it does."""
    try:
        parts.vault.destroy(item_id, ORIGINAL)
    except VaultDeniedError as error:
        return [error]
    return []


def _digest(parts: Parts, item_id: str) -> str | None:
    """Hash a file in memory a last time, so that it can be named to whoever asked."""
    try:
        return hashlib.sha256(parts.vault.open(item_id, ORIGINAL)).hexdigest()
    except (NotFoundError, EvidenceError):
        return None


def _stop(parts: Parts, found: records.Destruction, news: str) -> None:
    stopped = replace(found, state=DestructionState.STOPPED, version=found.version + 1)
    message = (
        f"{found.id} stopped: {news} since it was proposed. {len(found.destroyed)} of {len(found.item_ids)} files are destroyed, and the rest is kept. "
        f"See `wardline destruction show {found.id}`."
    )
    written = alarms.raised(parts, AlarmKind.DESTRUCTION_STOPPED, found.id, message)
    told = parts.entry(Verb.DESTRUCTION_STOPPED, found.id, detail=f"{news} since it was proposed")
    written.note(Replace(stopped), told)
    written.commit(parts)
