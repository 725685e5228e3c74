"""Two people: one proposes, another approves. Built once, for every act that needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from wardline import records
from wardline.errors import ConflictError, NotAllowedError, SecondPersonError
from wardline.pipeline import certified, destroying, look_back, vics_export
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import ApprovalKind, ApprovalState, Change, Insert, Replace, Role, Verb

_MAY_DECIDE = {
    ApprovalKind.ACTIVATE_HASH_LIST: {Role.ADMIN, Role.LEAD},
    ApprovalKind.LET_HASH_LIST_CHANGE: {Role.ADMIN, Role.LEAD},
    ApprovalKind.CERTIFY: {Role.ADMIN, Role.LEAD},
    ApprovalKind.DESTROY_EVIDENCE: {Role.ADMIN, Role.LEAD},
    ApprovalKind.EXPORT: {Role.ADMIN, Role.LEAD},
    ApprovalKind.ROTATE_VAULT_KEY: {Role.ADMIN, Role.LEAD},
}


def proposal(
    parts: Parts, kind: ApprovalKind, subject_id: str, subject_version: int, user: records.User
) -> records.Approval:
    """Make a proposal, to be committed with what it is about."""
    return records.Approval(
        id=parts.new_id("approval"), kind=kind, subject_id=subject_id, subject_version=subject_version, proposed_by=user.id,
        proposed_at=parts.now(),
    )  # fmt: skip


def approve(parts: Parts, approval_id: str, user: records.User) -> records.Approval:
    """Approve as the second person, and carry the act out in the same commit.

    Raises:
        SecondPersonError: It is this person's own proposal.
        NotAllowedError: The role does not allow it.
        ConflictError: It was decided already, or what it is about changed since.
    """
    approval = _undecided(parts, approval_id, user)
    return _decide(parts, approval, user, ApprovalState.APPROVED, _approved(parts, approval, user))


def _approved(parts: Parts, approval: records.Approval, user: records.User) -> Writing:
    """Make what the act is, to be committed with its approval."""
    match approval.kind:
        case ApprovalKind.CERTIFY:
            return certified.approved(parts, approval, user)
        case ApprovalKind.DESTROY_EVIDENCE:
            return destroying.approved(parts, approval, user)
        case ApprovalKind.EXPORT:
            return vics_export.approved(parts, approval, user)
        case ApprovalKind.ROTATE_VAULT_KEY:
            return Writing()  # done where the key file is, by `wardline vault rotate`
        case ApprovalKind.ACTIVATE_HASH_LIST | ApprovalKind.LET_HASH_LIST_CHANGE:
            changed, entry = _carry_out(parts, approval, user)
            # What a list holds that is switched on is new, as far as files are concerned that are kept already.
            work = (
                look_back.tasks(parts, changed, 0) if approval.kind is ApprovalKind.ACTIVATE_HASH_LIST else []
            )
            return Writing([Replace(changed)], [entry], list(work))
        case _:
            assert_never(approval.kind)


def refuse(parts: Parts, approval_id: str, user: records.User) -> records.Approval:
    """Refuse a proposal; nothing else happens."""
    approval = _undecided(parts, approval_id, user)
    told = Writing()
    if approval.kind is ApprovalKind.CERTIFY:
        told = certified.refused(parts, approval, user)
    elif approval.kind is ApprovalKind.DESTROY_EVIDENCE:
        told = destroying.refused(parts, approval, user)
    elif approval.kind is ApprovalKind.EXPORT:
        told = vics_export.refused(parts, approval, user)
    return _decide(parts, approval, user, ApprovalState.REFUSED, told)


def _undecided(parts: Parts, approval_id: str, user: records.User) -> records.Approval:
    approval = parts.store.approval(approval_id)
    if approval.proposed_by == user.id:
        raise SecondPersonError(f"{approval_id}: proposed by this person, expected a second person")
    if user.role not in _MAY_DECIDE[approval.kind]:
        raise NotAllowedError(f"{approval_id}: not for the role {user.role}")
    if approval.state is not ApprovalState.PROPOSED:
        raise ConflictError(f"{approval_id}: already {approval.state}, expected a proposal")
    return approval


def _carry_out(
    parts: Parts, approval: records.Approval, user: records.User
) -> tuple[records.HashList, records.Entry]:
    proposed = parts.store.hash_list(approval.subject_id)
    if proposed.revision != approval.subject_version:
        raise ConflictError(f"{proposed.id}: changed since it was proposed, expected the proposed version")
    following = replace(proposed, version=proposed.version + 1, revision=proposed.revision + 1)
    verb, changed = _changed(approval.kind, following)
    return changed, parts.entry(verb, changed.id, actor=user.id, detail=approval.id)


def _changed(kind: ApprovalKind, following: records.HashList) -> tuple[Verb, records.HashList]:
    match kind:
        case ApprovalKind.ACTIVATE_HASH_LIST:
            return Verb.HASH_LIST_ACTIVATED, replace(following, state=records.HashListState.ACTIVE)
        case ApprovalKind.LET_HASH_LIST_CHANGE:
            return Verb.HASH_LIST_LET_CHANGE, replace(following, may_change=True)
        case _:
            raise ConflictError(f"{following.id}: a hash list, expected what {kind} is about")


def _decide(
    parts: Parts, approval: records.Approval, user: records.User, state: ApprovalState, written: Writing
) -> records.Approval:
    decided = replace(
        approval, state=state, decided_by=user.id, decided_at=parts.now(), version=approval.version + 1
    )
    written.note(
        Replace(decided), parts.entry(Verb.APPROVAL_DECIDED, approval.id, actor=user.id, detail=state)
    )
    written.commit(parts)
    return decided


def propose(
    parts: Parts,
    approval: records.Approval,
    user: records.User,
    *others: Change,
    entries: Sequence[records.Entry],
) -> None:
    """Commit a proposal together with what it is about."""
    parts.store.commit(
        *others,
        Insert(approval),
        entries=[*entries, parts.entry(Verb.APPROVAL_PROPOSED, approval.id, actor=user.id)],
    )
