"""What ``Wardline`` does with requests to preserve and to destroy."""

from __future__ import annotations

from datetime import datetime

from wardline import records
from wardline.errors import NotFoundError
from wardline.pipeline import (
    approvals,
    blind_requests,
    destroying,
    fencing,
    preserving,
    repeating,
    vics_export,
)
from wardline.pipeline.parts import Parts
from wardline.records import ApprovalKind


class PreservationActs:
    """Part of ``Wardline``: what others ask of the evidence."""

    parts: Parts

    def preserve(
        self, wanted: preserving.Wanted, *, user: records.User, once: str | None = None
    ) -> records.Preservation:
        """Record a request to preserve and hold what it is about. See ``pipeline.preserving``."""
        return preserving.record(self.parts, wanted, user=user, once=once)

    def extend_preservation(
        self, preservation_id: str, *, reason: str, user: records.User, until: datetime | None = None
    ) -> records.Preservation:
        """Give a request a later end, with a reason."""
        return preserving.extend(self.parts, preservation_id, until=until, reason=reason, user=user)

    def end_preservation(self, preservation_id: str, *, why: str, user: records.User) -> records.Preservation:
        """End a request that whoever asked has withdrawn."""
        return preserving.end(self.parts, preservation_id, why=why, user=user)

    def propose_destruction(
        self, wanted: destroying.Wanted, *, user: records.User, once: str | None = None
    ) -> tuple[records.Destruction, records.Approval]:
        """Propose that evidence is destroyed for good, as an authority asks; a second person approves it.

        The same again under the same key, ``once``, gives what was proposed, as it stands by now.

        Raises:
            RefusedError: A hold still runs that was not named.
            ConflictError: A file is gone, or not reported yet.
            IdempotencyMismatchError: The key was used for something else.
        """
        is_done, known = repeating.seen(self.parts, once, wanted, by=user.id)
        if is_done:
            return self._destruction_before(wanted, user)
        made, items = destroying.begin(self.parts, wanted, user=user)
        approval = approvals.proposal(self.parts, ApprovalKind.DESTROY_EVIDENCE, made.id, made.version, user)
        written = destroying.proposed(self.parts, made, items)
        approvals.propose(self.parts, approval, user, *known, *written.changes, entries=written.entries)
        return made, approval

    def _destruction_before(
        self, wanted: destroying.Wanted, user: records.User
    ) -> tuple[records.Destruction, records.Approval]:
        same = (wanted.asker, wanted.reason, wanted.received_at, tuple(dict.fromkeys(wanted.item_ids)))
        for approval in reversed(self.parts.store.approvals()):
            if approval.kind is ApprovalKind.DESTROY_EVIDENCE and approval.proposed_by == user.id:
                made = self.parts.store.destruction(approval.subject_id)
                if (made.asker, made.reason, made.received_at, made.item_ids) == same:
                    return blind_requests.require_open(self.parts, made.id, user), approval
        raise NotFoundError("destruction: what this key proposed is gone, expected it")

    def propose_export(
        self, wanted: vics_export.Wanted, *, user: records.User, once: str | None = None
    ) -> tuple[records.Export, records.Approval]:
        """Propose that hashes and categories of cases are given to law enforcement; a second person approves that very document.

        The same again under the same key, ``once``, gives what was proposed. See ``pipeline.vics_export.begin`` for what it raises.
        """
        is_done, known = repeating.seen(self.parts, once, wanted, by=user.id)
        if is_done:
            return self._proposed_before(wanted, user)
        made = vics_export.begin(self.parts, wanted, user=user)
        approval = approvals.proposal(self.parts, ApprovalKind.EXPORT, made.id, made.version, user)
        written = vics_export.proposed(self.parts, made)
        approvals.propose(self.parts, approval, user, *known, *written.changes, entries=written.entries)
        return made, approval

    def _proposed_before(
        self, wanted: vics_export.Wanted, user: records.User
    ) -> tuple[records.Export, records.Approval]:
        same = (tuple(dict.fromkeys(wanted.case_ids)), wanted.profile, wanted.cause)
        for approval in reversed(self.parts.store.approvals()):
            if approval.kind is ApprovalKind.EXPORT and approval.proposed_by == user.id:
                made = self.parts.store.export(approval.subject_id)
                if (made.case_ids, made.profile, made.cause) == same:
                    return blind_requests.require_open_export(self.parts, made.id, user), approval
        raise NotFoundError("export: what this key proposed is gone, expected it")

    def take_export(self, export_id: str, *, user: records.User) -> vics_export.VicsExport:
        """Give the document of an export that two people agreed to. The log has it first."""
        return vics_export.take(self.parts, export_id, user=user)

    def lift_fence(self, *, user: records.User, why: str = fencing.RESTORED) -> tuple[str, ...]:
        """Let a restored copy send again; gives the referrals that a person has to look at. See ``pipeline.fencing``."""
        return fencing.lift(self.parts, user=user, why=why)
