"""Matters to fill an installation with: cases in every state, and everything that comes with them. All of it is made up and harmless."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from wardline import records
from wardline.records import (
    ActionKind,
    ActionState,
    CaseState,
    Category,
    DecisionState,
    HoldBasis,
    Outcome,
    ReferralState,
    Verb,
)
from wardline.testing import store_records as make

PERIOD = timedelta(days=60)
"""The cases were opened over this time before now."""
OF_ONE_ACCOUNT = "account-0"
"""This account has many cases; others have two or three."""
_OFTEN = 60
_KEPT = timedelta(days=400)
_UNDO = timedelta(minutes=1)
_LEASE = timedelta(hours=12)
_STUCK_SHARE = 0.01
_VIOLATIONS = 0.6
_PLATFORM = "example"


@dataclass(slots=True)
class Matter:
    """What one commit adds for one case."""

    made: list[Any] = field(default_factory=list)
    entries: list[records.Entry] = field(default_factory=list)

    def add(self, record: Any, verb: Verb, *, at: datetime, actor: str = "system", detail: str = "") -> None:
        """Add a record with its entry."""
        self.made.append(record)
        self.tell(verb, record.id, at=at, actor=actor, detail=detail)

    def tell(self, verb: Verb, subject_id: str, *, at: datetime, actor: str, detail: str = "") -> None:
        """Add an entry about a record that is there already."""
        self.entries.append(
            records.Entry(verb=verb, subject_id=subject_id, actor=actor, at=at, detail=detail)
        )


class Matters:
    """Makes cases: half of them open, the others decided over the same time; the same number gives the same mix.

    Of the open ones the older half cannot be taken: in other hands, set aside, or passed by whoever asks. That is how a queue looks that
    people have worked on, and the hardest for the database: what may be taken comes after all that may not.

    Args:
        cases: How many there will be.
        now: The end of the period.
        moderators: Ids of those who hold, decide and were shown what is decided.
        passed_by: Ids of those who passed what was passed: they wait for the page that is measured.
        list_id: The hash list that everything matched.
    """

    def __init__(
        self,
        cases: int,
        *,
        now: datetime,
        moderators: Sequence[str],
        passed_by: tuple[str, ...],
        list_id: str,
    ) -> None:
        self._cases, self._now, self._moderators, self._passed_by = cases, now, moderators, passed_by
        self._reasons = (
            f"Near an entry of the verified list {list_id}",
            "A user flagged it: unwanted content",
        )
        self._chance = random.Random(cases)

    def __iter__(self) -> Iterator[Matter]:
        return (self.matter(number) for number in range(self._cases))

    def matter(self, number: int) -> Matter:
        """Make one case with everything around it."""
        opened_at = self._now - PERIOD * (1 - number / self._cases) - timedelta(minutes=5)
        matter = Matter()
        items = [self._item(number, opened_at) for _ in range(self._files())]
        for item in items:
            matter.add(item, Verb.ITEM_ROUTED, at=opened_at, detail="act")
        case = make.case(
            id=make.new_id("case", opened_at), opened_at=opened_at, account_reference=items[0].account_reference,
            item_ids=tuple(item.id for item in items), reasons=self._reasons,
        )  # fmt: skip
        if number % 2:
            self._decided(matter, case)
        else:
            self._waiting(matter, case, is_old=number < self._cases / 2, kind=number // 2 % 50)
        return matter

    def _files(self) -> int:
        return self._chance.choices((1, 2, 30), (80, 19.6, 0.4))[0]

    def _item(self, number: int, at: datetime) -> records.Item:
        often = number % max(1, self._cases // _OFTEN) == 0
        account = OF_ONE_ACCOUNT if often else f"account-{1 + number * 7919 % max(1, self._cases * 2 // 5)}"
        return make.item(id=make.new_id("item", at), received_at=at, account_reference=account)

    def _waiting(self, matter: Matter, case: records.Case, *, is_old: bool, kind: int) -> None:
        other = self._chance.choice(self._moderators)
        changes: dict[str, Any] = {}
        if kind == 0:
            changes = {"escalated_by": other}
        elif is_old and kind % 3 == 0:
            changes = {"claimed_by": other, "lease_until": self._now + _LEASE}
        elif is_old and kind % 3 == 1:
            changes = {"held_until": self._now + timedelta(days=1 + kind % 5)}
        elif is_old:
            changes = {"passed_by": self._passed_by}
        case = replace(case, **changes)
        matter.add(case, Verb.CASE_OPENED, at=case.opened_at)
        for item_id in case.item_ids:
            self._hold(matter, case, item_id)
        self._restrict(matter, case)
        if changes:
            matter.tell(Verb.CASE_CLAIMED, case.id, at=case.opened_at, actor=other)
            self._note(matter, case, other)
            self._reveal(matter, case, case.item_ids[0], other, case.opened_at)

    def _decided(self, matter: Matter, case: records.Case) -> None:
        who = self._chance.choice(self._moderators)
        at = case.opened_at + timedelta(seconds=min(self._chance.expovariate(1 / 3600), 86_400))
        at = min(at, self._now - timedelta(minutes=1))
        violation = self._chance.random() < _VIOLATIONS
        findings = tuple(
            records.Finding(
                item_id=item_id, category=self._chance.choice(list(Category)) if violation else None
            )
            for item_id in case.item_ids
        )
        decision = make.decision(
            id=make.new_id("decision", at), case_id=case.id, user_id=who, at=at, findings=findings, undo_until=at + _UNDO,
            outcome=Outcome.VIOLATION if violation else Outcome.NOT_VIOLATION, state=DecisionState.EFFECTIVE,
            annotations=(), answers=(),
        )  # fmt: skip
        case = replace(case, state=CaseState.CLOSED, decision_id=decision.id)
        matter.add(case, Verb.CASE_OPENED, at=case.opened_at)
        matter.tell(Verb.CASE_CLAIMED, case.id, at=at, actor=who)
        for item_id in case.item_ids:
            self._reveal(matter, case, item_id, who, at)
        matter.add(decision, Verb.CASE_DECIDED, at=at, actor=who)
        matter.tell(Verb.CASE_CLOSED, case.id, at=at + _UNDO, actor="system")
        self._restrict(matter, case)
        self._act(matter, case, ActionKind.SUSPEND_ACCOUNT if violation else ActionKind.RESTORE_CONTENT, at)
        referral = self._refer(matter, case, decision) if violation else None
        for item_id in case.item_ids:
            self._hold(matter, case, item_id, referral)

    def _reveal(self, matter: Matter, case: records.Case, item_id: str, who: str, at: datetime) -> None:
        reveal = make.reveal(
            id=make.new_id("reveal", at), case_id=case.id, item_id=item_id, user_id=who, at=at
        )
        covering = make.covering(reveal_id=reveal.id, user_id=who, at=at + timedelta(seconds=9))
        matter.add(reveal, Verb.CASE_REVEALED, at=at, actor=who)
        matter.add(covering, Verb.CASE_COVERED, at=covering.at, actor=who)

    def _note(self, matter: Matter, case: records.Case, who: str) -> None:
        matter.made.append(make.note(case_id=case.id, user_id=who, at=case.opened_at))

    def _hold(
        self, matter: Matter, case: records.Case, item_id: str, referral: records.Referral | None = None
    ) -> None:
        basis = HoldBasis.REPORTED if referral else HoldBasis.PROVISIONAL
        hold = make.hold(
            id=make.new_id("hold", case.opened_at), item_id=item_id, case_id=case.id, placed_at=case.opened_at,
            until=case.opened_at + _KEPT, basis=basis, referral_id=referral.id if referral else None,
        )  # fmt: skip
        matter.add(hold, Verb.HOLD_PLACED, at=case.opened_at)

    def _restrict(self, matter: Matter, case: records.Case) -> None:
        self._act(matter, case, ActionKind.RESTRICT_CONTENT, case.opened_at)

    def _act(self, matter: Matter, case: records.Case, kind: ActionKind, at: datetime) -> None:
        delivered = at + timedelta(seconds=1 + self._chance.expovariate(1 / 5))
        action = make.action(
            id=make.new_id("action", at), case_id=case.id, kind=kind, platform=_PLATFORM, account_reference=case.account_reference,
            created_at=at, state=ActionState.DELIVERED, delivered_at=min(delivered, self._now),
        )  # fmt: skip
        matter.add(action, Verb.ACTION_TAKEN, at=at, detail=kind)

    def _refer(self, matter: Matter, case: records.Case, decision: records.Decision) -> records.Referral:
        at = decision.undo_until
        stuck = self._chance.random() < _STUCK_SHARE
        done = min(at + timedelta(seconds=5 + self._chance.expovariate(1 / 20)), self._now)
        referral = make.referral(
            id=make.new_id("referral", at), case_id=case.id, decision_id=decision.id, created_at=at, orphans=(),
            files=tuple(records.ReferralFile(item_id=item_id, described=True) for item_id in case.item_ids),
            state=ReferralState.NEEDS_HUMAN if stuck else ReferralState.FINISHED,
            problem="the authority refused the report" if stuck else None, finished_at=None if stuck else done,
            remote_id=None if stuck else str(self._chance.randrange(10**7, 10**8)),
        )  # fmt: skip
        matter.add(referral, Verb.REFERRAL_DRAFTED, at=at)
        if not stuck:
            receipt = make.receipt(referral_id=referral.id, remote_id=referral.remote_id, received_at=done)
            matter.made.append(receipt)
            matter.tell(Verb.REFERRAL_FILED, referral.id, at=done, actor="system")
        return referral
