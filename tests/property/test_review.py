"""Whatever several people do to a case in whatever order, it is never lost and never decided twice."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.unit.made import NOW, case, finding, new_id
from wardline import records, review
from wardline.errors import ConflictError, RefusedError
from wardline.records import CaseState, DecisionState, Outcome

LEASE, WINDOW = timedelta(minutes=15), timedelta(seconds=60)
PEOPLE = [new_id("user") for _ in range(3)]
people = st.sampled_from(PEOPLE)


class OneCase(RuleBasedStateMachine):
    """A case, its decisions, and people who get in each other's way."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.case = case()
        self.decisions: dict[str, records.Decision] = {}
        self.effective: list[records.Decision] = []
        self.versions = [self.case.version]

    def become(self, changed: records.Case) -> None:
        self.versions.append(changed.version)
        self.case = changed

    @rule(seconds=st.sampled_from([1, 59, 60, 61, 899, 900, 901]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(user=people)
    def somebody_claims(self, user: str) -> None:
        held_by = self.case.claimed_by if self.case.lease_until and self.case.lease_until > self.now else None
        free = (
            self.case.state is CaseState.OPEN and user not in self.case.passed_by and held_by in (None, user)
        )
        try:
            self.become(review.claim(self.case, user, now=self.now, lease=LEASE))
        except ConflictError:
            assert not free
        else:
            assert free

    @rule(user=people)
    def somebody_returns(self, user: str) -> None:
        try:
            self.become(review.return_to_queue(self.case, user))
        except ConflictError:
            return

    @rule(user=people)
    def somebody_renews(self, user: str) -> None:
        try:
            self.become(review.renew(self.case, user, now=self.now, lease=LEASE))
        except ConflictError:
            return

    @rule(user=people, outcome=st.sampled_from(Outcome))
    def somebody_decides(self, user: str, outcome: Outcome) -> None:
        findings = (finding(self.case.item_ids[0]),) if outcome is Outcome.VIOLATION else ()
        holds = (
            self.case.claimed_by == user
            and self.case.lease_until is not None
            and self.case.lease_until > self.now
        )
        try:
            decided, decision = review.decide(
                self.case, review.Judgement(outcome=outcome, findings=findings), decision_id=new_id("decision"), user_id=user,
                now=self.now, undo_window=WINDOW,
            )  # fmt: skip
        except ConflictError:
            assert not holds
            return
        assert holds
        self.become(decided)
        self.decisions[decision.id] = decision

    @rule(user=people)
    def somebody_undoes(self, user: str) -> None:
        decision = self.decisions.get(self.case.decision_id or "")
        if decision is None:
            return
        try:
            reopened, undone = review.undo(self.case, decision, user_id=user, now=self.now, lease=LEASE)
        except (ConflictError, RefusedError):
            return
        assert decision.user_id == user
        assert self.now < decision.undo_until
        self.become(reopened)
        self.decisions[undone.id] = undone

    @rule()
    def every_decision_is_tried_to_conclude(self) -> None:
        for decision in list(self.decisions.values()):
            try:
                done = review.conclude(self.case, decision, now=self.now)
            except ConflictError:
                assert self.now < decision.undo_until
                continue
            if done is not None:
                self.become(done[0])
                self.decisions[decision.id] = done[1]
                self.effective.append(done[1])

    @invariant()
    def versions_grow_by_one(self) -> None:
        assert self.versions == list(range(1, len(self.versions) + 1))

    @invariant()
    def at_most_one_decision_took_effect(self) -> None:
        assert len(self.effective) <= 1
        assert bool(self.effective) == (self.case.state is CaseState.CLOSED)

    @invariant()
    def the_case_is_somewhere(self) -> None:
        """Open for somebody, or decided with a decision that will take effect, or closed by one."""
        match self.case.state:
            case CaseState.OPEN:
                assert all(each.state is not DecisionState.PENDING for each in self.decisions.values())
            case CaseState.DECIDED:
                assert self.decisions[self.case.decision_id or ""].state is DecisionState.PENDING
                assert self.case.claimed_by is None
            case CaseState.CLOSED:
                assert self.decisions[self.case.decision_id or ""].state is DecisionState.EFFECTIVE
                assert self.case.claimed_by is None

    @invariant()
    def nobody_holds_what_they_passed(self) -> None:
        assert self.case.claimed_by not in self.case.passed_by


TestOneCase = OneCase.TestCase
TestOneCase.settings = settings(max_examples=150, stateful_step_count=40)
