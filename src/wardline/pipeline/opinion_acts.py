"""What ``Wardline`` does with opinions that several people give about one case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wardline import assurance, records, review
from wardline.errors import ConflictError
from wardline.pipeline import blind_filing, blindness, changing_people, golden, golden_evidence, training
from wardline.pipeline.lookup import Lookup
from wardline.pipeline.parts import SYSTEM, Parts


class OpinionActs:
    """Part of ``Wardline``: second opinions, what each person may know of a case, and files with a known answer."""

    parts: Parts
    _lookup: Lookup

    def seen_cases(self, cases: Sequence[records.Case], *, user: records.User) -> list[records.Case]:
        """Give cases as this person may see them before they are closed."""
        return blindness.seen(self.parts, cases, user)

    def seen_actions(self, case_id: str, *, user: records.User) -> list[records.Action]:
        """Give what the platform was asked, without what opinions led to that this person must not know yet."""
        case = self.parts.store.case(case_id)
        return blindness.seen_actions(self.parts, case, user, self.parts.store.actions_of(case_id))

    def seen_reveals(self, case_id: str, *, user: records.User) -> list[records.Reveal]:
        """Give who was shown what; before a case is closed, a person who reviews is told of their own only."""
        case = self.parts.store.case(case_id)
        return blindness.seen_reveals(case, user, self.parts.store.reveals_of(case_id))

    def hidden_cases(self, case_ids: Iterable[str], *, user: records.User | None) -> set[str]:
        """Give those of these cases of which this person must not know what came of them, for they may have to judge them."""
        return set() if user is None else blindness.hidden_cases(self.parts, case_ids, user)

    def require_open(self, case_id: str, *, user: records.User | None) -> None:
        """Require that this person may know what came of a case."""
        blindness.require_open(self.parts, case_id, user)

    def open_referral(self, referral_id: str, *, user: records.User | None) -> records.Referral:
        """Give a referral, unless this person may have to judge its case."""
        return blind_filing.opened(self.parts, referral_id, user)

    def open_alarms(self, *, user: records.User | None) -> list[records.Alarm]:
        """Give the open alarms, oldest first, as far as this person may know what they are about."""
        return blind_filing.alarms_for(self.parts, self.parts.store.open_alarms(), user)

    def answers_for(self, case_id: str, *, user: records.User) -> list[blindness.Answered]:
        """Give the answers between which the person who holds a case decides; none to anybody else."""
        case = self.parts.store.case(case_id)
        return blindness.answers_for(self.parts, case, user, holds=self._holds(case, user))

    def _holds(self, case: records.Case, user: records.User) -> bool:
        try:
            review.require_claim(case, user.id, now=self.parts.now())
        except ConflictError:
            return False
        return True

    def known_answer(self, case_id: str, *, user: records.User) -> golden.KnownAnswer:
        """Tell the person who decided a file with a known answer what it is; ``NotFoundError`` for any other case."""
        return golden.known_answer(self.parts, case_id, user)

    def add_golden(self, content: bytes, *, actor: str = SYSTEM) -> records.GoldenItem:
        """Add a harmless file of the operator's own, whose answer is known."""
        return golden.add(self.parts, self._lookup, content, actor=actor)

    def use_for_practice(
        self, case_id: str, *, item_id: str | None = None, actor: str = SYSTEM
    ) -> records.GoldenItem:
        """Use the evidence of a case for practice; see ``golden_evidence``."""
        return golden_evidence.add(self.parts, case_id, item_id=item_id, actor=actor)

    def retire_golden(self, golden_id: str, *, actor: str = SYSTEM) -> records.GoldenItem:
        """Take such a file out of use and destroy it."""
        return golden.retire(self.parts, golden_id, actor=actor)

    def measures_of(self, user_id: str, *, reader: records.User) -> training.Training:
        """Measure one person's opinions, for themselves or for a lead who trains them."""
        return training.measures_of(self.parts, user_id, reader=reader)

    def differences(self, *, reader: records.User) -> tuple[assurance.Difference, ...]:
        """Say where people differ: of ten or more together, for leads."""
        return training.differences(self.parts, reader=reader)

    def told(
        self, lines: Sequence[tuple[int, records.Entry]], *, user: records.User
    ) -> list[tuple[int, records.Entry]]:
        """Leave out entries of the log that tell what came of a case that this person may have to judge."""
        return blindness.told(self.parts, lines, user)

    def declare_accounts(self, references: Sequence[str], *, user: records.User) -> records.User:
        """Say which accounts on the platforms are this person's own: cases about them are handed to others."""
        return changing_people.declare_accounts(self.parts, user.name, references, actor=user.id)
