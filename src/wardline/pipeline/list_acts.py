"""What ``Wardline`` does with hash lists, and with what two people do."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from wardline import ports, records
from wardline.errors import WardlineError
from wardline.pipeline import approvals, canaries, care, exchanging, feedback, lists
from wardline.pipeline.exchanging import Subscribed
from wardline.pipeline.lists import AddedList, SyncedList
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.parts import Parts

_ABOUT_LISTS = {records.ApprovalKind.ACTIVATE_HASH_LIST, records.ApprovalKind.LET_HASH_LIST_CHANGE}


class ListActs:
    """Part of ``Wardline``: lists and approvals."""

    parts: Parts
    _lookup: Lookup

    def add_list(
        self, origin: Path | ports.HashListSource, *, name: str, provenance: str, trust: records.ListTrust, user: records.User,
        meaning: records.ListMeaning = records.ListMeaning.ILLEGAL, role: records.ListRole = records.ListRole.BANK,
        radius_bits: int = records.WIDEST_RADIUS_BITS, surfaces: tuple[str, ...] = (),
    ) -> AddedList:  # fmt: skip
        """Read a hash list from a file, or from a source that ``parts.open_list`` made, and propose its activation."""
        terms = records.ListTerms(
            trust=trust, meaning=meaning, role=role, radius_bits=radius_bits, surfaces=surfaces
        )
        return lists.add(self.parts, origin, name=name, provenance=provenance, terms=terms, user=user)

    def subscribe(
        self, exchange: str, *, name: str, provenance: str, terms: records.ListTerms, user: records.User
    ) -> Subscribed:
        """Add a hash list that is fetched from an exchange, and propose its activation. ``run_sync`` fetches it."""
        return exchanging.subscribe(
            self.parts, exchange, name=name, provenance=provenance, terms=terms, user=user
        )

    def ask_for_sync(self, list_id: str, *, user: records.User) -> records.ListSync:
        """Ask for a list to be fetched from its exchange now; gives the sync that is under way, if one is."""
        return exchanging.ask(self.parts, list_id, user=user)

    def run_sync(self, sync_id: str) -> records.ListSync:
        """Fetch a list in this very thread, instead of as durable work."""
        done = exchanging.run(self.parts, sync_id)
        self._follow_lists()
        return done

    def preview_list(self, list_id: str, *, user: records.User) -> records.HashList:
        """Have a list looked up and counted, without any effect on an upload."""
        previewed = lists.preview(self.parts, list_id, user)
        self._follow_lists()
        return previewed

    def change_list_terms(
        self, list_id: str, terms: records.ListTerms, *, user: records.User
    ) -> records.HashList:
        """Give a list that is not active other terms."""
        changed = lists.change_terms(self.parts, list_id, terms, user=user)
        self._follow_lists()
        return changed

    def propose_list_change(self, list_id: str, *, user: records.User) -> records.Approval:
        """Propose that the next sync of a list may change as much as it likes."""
        return lists.propose_change(self.parts, list_id, user)

    def hold_entry(self, list_id: str, entry_id: str, *, user: records.User) -> list[records.HeldEntry]:
        """Let an entry restrict nothing any more, because a person doubts it; ``NotFoundError`` when there is no such entry."""
        care.find_entry(self.parts, list_id, entry_id)
        held = care.hold(self.parts, list_id, [entry_id], cause=records.HoldCause.BY_HAND, actor=user.id)
        self._follow_lists()
        return held

    def release_entry(self, held_id: str, *, user: records.User) -> records.HeldEntry:
        """Let a held entry count again."""
        released = care.release(self.parts, held_id, user)
        self._follow_lists()
        return released

    def give_feedback(
        self, list_id: str, entry_id: str, verdict: records.Verdict, *, user: records.User
    ) -> records.ListFeedback:
        """Have the owner of a list told about one of its entries."""
        return feedback.give(self.parts, list_id, entry_id, verdict, user=user)

    def sync_list(
        self, list_id: str, origin: Path | ports.HashListSource, *, user: records.User
    ) -> SyncedList:
        """Read a hash list again, from a file or a source that holds all of it as it is now."""
        synced = lists.sync(self.parts, list_id, origin, user=user)
        if synced.hash_list.role is records.ListRole.CANARY:  # what came to a bank was compared with it
            self._watch_canaries(list_id)
        self._follow_lists()
        return synced

    def disable_list(self, list_id: str, *, user: records.User) -> records.HashList:
        """Switch a list off at once."""
        disabled = lists.disable(self.parts, list_id, user)
        self._follow_lists()
        return disabled

    def propose_activation(self, list_id: str, *, user: records.User) -> records.Approval:
        """Propose to switch a list on."""
        return lists.propose_activation(self.parts, list_id, user)

    def approve(self, approval_id: str, *, user: records.User) -> records.Approval:
        """Approve somebody else's proposal; it is carried out at once."""
        approved = approvals.approve(self.parts, approval_id, user)
        if approved.kind in _ABOUT_LISTS:
            self._watch_canaries(approved.subject_id)
            self._follow_lists()
        return approved

    def refuse(self, approval_id: str, *, user: records.User) -> records.Approval:
        """Refuse somebody else's proposal."""
        return approvals.refuse(self.parts, approval_id, user)

    def _watch_canaries(self, list_id: str) -> None:
        """Compare with canaries what is switched on, or everything where they are new."""
        canaries.watch(self.parts, self.parts.store.hash_list(list_id))

    def _follow_lists(self) -> None:
        with suppress(
            WardlineError
        ):  # the act is done and durable; every upload looks again, and goes to a person while that fails
            self._lookup.refresh()
