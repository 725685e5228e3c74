"""A new master key for the vault: proposed and approved by two people, then every data key is wrapped anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wardline import intake, records
from wardline.errors import ConflictError, EvidenceError, RefusedError
from wardline.pipeline import approvals, people, repeating
from wardline.pipeline.parts import Parts
from wardline.records import ApprovalKind, ApprovalState, Scope, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrapped:
    """What a pass over the vault did."""

    changed: int
    """Objects whose data key was wrapped anew."""
    seen: int
    damaged: tuple[str, ...]
    """Ids of objects that cannot be: they are not what was sealed. The old key must stay for whoever looks into it."""


def propose(parts: Parts, epoch: int, *, user: records.User) -> records.Approval:
    """Propose that a new key takes the place of the one with this number.

    Raises:
        NotAllowedError: The role does not allow it.
        ConflictError: That is proposed already.
    """
    people.require_scope(user, Scope.MANAGE)

    def once() -> records.Approval:
        before = _about(parts, epoch)
        for each in before:
            if each.state is not ApprovalState.REFUSED:
                raise ConflictError(f"{each.id}: {each.state} already, expected none for this key")
        made = approvals.proposal(parts, ApprovalKind.ROTATE_VAULT_KEY, subject(epoch), epoch, user)
        approvals.propose(parts, made, user, _turn(parts, epoch, len(before)), entries=[])
        return made

    return repeating.again(once)


def _turn(parts: Parts, epoch: int, number: int) -> records.Remembered:
    """Give what only one of two proposals of one moment can store: a key is no record with a version that both could move."""
    secret = parts.idempotency_secret
    digest = intake.key_digest(f"proposal {number}", api_key_id=subject(epoch), secret=secret)
    return intake.remember(digest, digest, parts.now())


def require_approved(parts: Parts, epoch: int) -> records.Approval:
    """Give the approval for replacing a key; ``RefusedError`` when there is none."""
    for each in _about(parts, epoch):
        if each.state is ApprovalState.APPROVED:
            return each
    raise RefusedError(
        f"{subject(epoch)}: nobody approved that it is replaced, expected two people to agree",
        remedy="Run `wardline vault propose-rotation`, and have a second person approve it.",
    )


def is_approved(parts: Parts, epoch: int) -> bool:
    """Say whether two people agreed that a key is replaced."""
    return any(each.state is ApprovalState.APPROVED for each in _about(parts, epoch))


def subject(epoch: int) -> str:
    """Give what the log calls a key: its number, never anything of it."""
    return f"vault-key-{epoch}"


def _about(parts: Parts, epoch: int) -> list[records.Approval]:
    return [
        each
        for each in parts.store.approvals()
        if each.kind is ApprovalKind.ROTATE_VAULT_KEY and each.subject_id == subject(epoch)
    ]


def tell_added(parts: Parts, epoch: int, approval: records.Approval, *, user: records.User) -> None:
    """Write into the log that a key is going to be made."""
    parts.store.commit(
        entries=[parts.entry(Verb.VAULT_KEY_ADDED, subject(epoch), actor=user.id, detail=approval.id)]
    )


def tell_retired(parts: Parts, epoch: int, found: Rewrapped, *, user: records.User) -> None:
    """Write into the log that a key is going to be taken away."""
    told = f"{found.seen} files are under the newer key"
    parts.store.commit(
        entries=[parts.entry(Verb.VAULT_KEY_RETIRED, subject(epoch), actor=user.id, detail=told)]
    )


def rewrap_all(parts: Parts, progress: Callable[[int], None] = lambda _seen: None) -> Rewrapped:
    """Put the data key of every object under the newest master key, until a whole pass found nothing left to do.

    Interrupted at any moment, it is simply begun again: what was done stays done, and every object is readable throughout.
    """
    changed, seen = 0, 0
    while True:
        done, seen, damaged = 0, 0, list[str]()
        for object_id, purpose, _ in parts.vault.inventory():
            try:
                done += parts.vault.rewrap(object_id, purpose)
            except EvidenceError:
                damaged.append(object_id)
            seen += 1
            progress(seen)
        changed += done
        if not done:
            return Rewrapped(changed=changed, seen=seen, damaged=tuple(damaged))
