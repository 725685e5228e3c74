"""What ``Wardline`` does with cases."""

from __future__ import annotations

from datetime import datetime

from wardline import records, review
from wardline.pipeline import finding, taking, wellbeing
from wardline.pipeline import review as reviewing
from wardline.pipeline.handing_out import HandingOut
from wardline.pipeline.parts import Parts


class ReviewActs:
    """Part of ``Wardline``: the moderators' day."""

    parts: Parts
    _handing_out: HandingOut

    def next_case(self, user: records.User) -> records.Case | None:
        """Claim the case by which this person avoids the most harm; None when none waits. See docs/explanation/queue-order.md."""
        with self.parts.giving_way.serving():
            return self._handing_out.next_case(user)

    def queue(self, user: records.User, *, most: int = 25) -> list[records.Case]:
        """Give what waits for this person, in the order in which it is handed out."""
        return self._handing_out.waiting_in_order(user, most=most)

    def claim(self, case_id: str, *, user: records.User) -> records.Case:
        """Claim one case, or renew a claim. ``NotAllowedError`` also where the person lacks a skill that its queue asks for."""
        taking.require_skills(self.parts, self.parts.store.case(case_id), user)
        wellbeing.require_may_take(self.parts, case_id, user)
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

    def find(self, words: str, *, user: records.User) -> finding.Found:
        """Find cases and referrals by what somebody has in hand; the log tells that somebody searched."""
        return finding.find(self.parts, words, user=user)

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
