"""The conductor: one object that walks every step of the line."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from wardline import audit, intake, ports, records, review
from wardline.errors import WardlineError
from wardline.pipeline import (
    alarms,
    approvals,
    canaries,
    care,
    count,
    exchanging,
    feedback,
    lists,
    log,
    people,
    reading,
    refer,
    verifying,
)
from wardline.pipeline import review as reviewing
from wardline.pipeline.exchanging import Subscribed
from wardline.pipeline.handing_out import HandingOut
from wardline.pipeline.lists import AddedList, SyncedList
from wardline.pipeline.log import Verification
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.parts import Parts
from wardline.pipeline.proving import Prover
from wardline.pipeline.scan import LibraryScan
from wardline.pipeline.submit import Submission, submit
from wardline.pipeline.verifying import Standing


class Wardline:
    """One installation of Wardline, as Python sees it. ``wardline.connect`` gives one.

    Every method either did what it says, durably and with an audit entry, or raised an error of ``wardline.errors`` and wrote nothing.
    Safe to call from many threads.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._lookup = Lookup(parts)
        self._handing_out = HandingOut(parts)
        self._figures = count.RecentFigures(parts)
        self._prover = Prover(parts)
        self._log_watch = verifying.Watch(parts)
        self._readings = reading.Readings(parts)

    # the scan
    def submit(
        self, upload: intake.Upload, *, api_key: records.ApiKey, idempotency_key: str | None = None
    ) -> Submission:
        """Scan one upload: released, or kept with a case. See ``pipeline.submit``."""
        return submit(self.parts, self._lookup, upload, api_key=api_key, idempotency_key=idempotency_key)

    def scan(self, *, user: records.User, media: ports.Media | None = None) -> LibraryScan:
        """Begin to compare a library of files with the active lists, in a person's name; the log tells of it first.

        Args:
            user: Whose role allows managing lists.
            media: A decode sandbox of the caller's own; the installation's otherwise.

        Raises:
            NotAllowedError: The role does not allow it.
            ConflictError: No list is active, so that nothing could be found.
        """
        return LibraryScan(self.parts, self._lookup, user=user, media=media)

    # review
    def next_case(self, user: records.User) -> records.Case | None:
        """Claim the case by which this person avoids the most harm; None when none waits. See docs/explanation/queue-order.md."""
        return self._handing_out.next_case(user)

    def queue(self, user: records.User, *, most: int = 25) -> list[records.Case]:
        """Give what waits for this person, in the order in which it is handed out."""
        return self._handing_out.waiting_in_order(user, most=most)

    def claim(self, case_id: str, *, user: records.User) -> records.Case:
        """Claim one case, or renew a claim."""
        return reviewing.claim(self.parts, case_id, user)

    def return_case(self, case_id: str, *, user: records.User) -> records.Case:
        """Give a claimed case back; nobody asks why."""
        return reviewing.return_case(self.parts, case_id, user)

    def hold_case(self, case_id: str, *, user: records.User, until: datetime, note: str) -> records.Case:
        """Set a claimed case aside until later, with the reason in a note."""
        return reviewing.hold(self.parts, case_id, user, until=until, note=note)

    def escalate(self, case_id: str, *, user: records.User, note: str) -> records.Case:
        """Hand a claimed case to the leads, with the reason in a note."""
        return reviewing.escalate(self.parts, case_id, user, note=note)

    def exposure(self, user: records.User) -> review.Exposure:
        """Count what this person was shown today (UTC)."""
        return reviewing.exposure(self.parts, user)

    def cover_again(self, *, user: records.User) -> None:
        """Note that what was revealed to this person is covered again."""
        reviewing.cover_again(self.parts, user)

    def cover(self, case_id: str, *, item_id: str, user: records.User) -> bytes:
        """Give the stand-in for a file (PNG) to the person who holds the case: too coarse to be a view."""
        return reviewing.cover(self.parts, case_id, item_id, user)

    def reveal(
        self, case_id: str, *, item_id: str, user: records.User, showing: reviewing.Showing | None = None
    ) -> bytes:
        """Show one frame of a file (PNG) to the person who holds the case; logged before the bytes leave."""
        return reviewing.reveal(self.parts, case_id, item_id, user, showing or reviewing.Showing())

    def decide(self, case_id: str, *, user: records.User, judgement: review.Judgement) -> records.Decision:
        """Decide a claimed case; it takes effect after the undo window."""
        return reviewing.decide(self.parts, case_id, user, judgement)

    def undo(self, case_id: str, *, user: records.User) -> records.Case:
        """Take one's own decision back within its window."""
        return reviewing.undo(self.parts, case_id, user)

    # lists and approvals
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

    # referral
    def preview_referral(self, referral_id: str) -> refer.ReferralPreview:
        """Show what a referral would send now, what police would miss in it, and what keeps it from being filed."""
        return refer.preview(self.parts, referral_id)

    def file_again(self, referral_id: str, *, user: records.User) -> records.Referral:
        """Let a referral that waits for a person go on, after what was wrong was put right."""
        people.require_scope(user, records.Scope.MANAGE)
        return refer.file_again(self.parts, referral_id, user)

    # people
    def authenticate(self, secret: str) -> tuple[records.ApiKey, records.User | None]:
        """Find the key of a secret, and the person behind it if there is one."""
        return people.authenticate(self.parts, secret)

    def resolve_alarm(self, alarm_id: str, *, user: records.User) -> records.Alarm:
        """Close an alarm that a person dealt with."""
        return alarms.resolve(self.parts, alarm_id, actor=user.id)

    # counting and proof
    def statistics(self, first: date, last: date) -> records.Figures:
        """Count a period, both days inclusive (UTC)."""
        return count.figures(self.parts, first, last)

    def recent_statistics(self, first: date, last: date) -> records.Figures:
        """Count a period as ``statistics`` does, or give what was counted less than a minute ago: for pages that people look at."""
        return self._figures.figures(first, last)

    def publish(self, figures: records.Figures, *, publisher: ports.Publisher) -> None:
        """Publish figures; the log tells of it first."""
        count.publish(self.parts, publisher, figures)

    def newest_entries(self, most: int, *, before: int | None = None) -> list[tuple[int, records.Entry]]:
        """Give the newest signed entries with their positions, newest first; only those below a position."""
        return reading.newest(self.parts, most, before=before)

    def entries_about(
        self, subject_id: str, most: int, *, before: int | None = None
    ) -> list[tuple[int, records.Entry]]:
        """Give the newest signed entries about a record, in the same way."""
        return reading.about(self.parts, subject_id, most, before=before)

    def note_log_reading(
        self,
        shown: Sequence[tuple[int, records.Entry]],
        *,
        user: records.User,
        page: str,
        subject_id: str = "",
    ) -> bool:
        """Write into the log that this person is going to be shown these entries, if they tell who was shown what."""
        return self._readings.note(user, shown, page=page, subject_id=subject_id)

    def prove_entry(self, position: int) -> audit.Proof:
        """Prove to an outsider that an entry is in the signed log."""
        return self._prover.prove(position)

    def verify_audit(self) -> Verification:
        """Check the whole audit log and every record against it."""
        return log.verify(self.parts)

    def ask_for_verification(self, *, user: records.User) -> str:
        """Have the same done as durable work; gives the id of what was asked for, an earlier one's while that is under way."""
        return self._log_watch.ask(user)

    def log_standing(self) -> Standing:
        """Say what the newest check found, and whether one is under way."""
        return self._log_watch.standing()

    def log_badge(self) -> Standing:
        """Say the same for the foot of every page, at the cost of one small query; it may be ten seconds old."""
        return self._log_watch.badge()

    def close(self) -> None:
        """End the decoders, the connections to the outside and the store's writer. Idempotent."""
        self.parts.media.close()
        for outside in (
            self.parts.copies,
            self.parts.authority,
            *self.parts.platforms.values(),
            *self.parts.notifiers,
            *(each.exchange for each in self.parts.exchanges.values()),
        ):
            _close(outside)
        self.parts.store.close()


def _close(outside: object) -> None:
    if isinstance(outside, ports.Closeable):
        outside.close()
