"""Whatever people do and whenever: no report with a duty waits beyond its cap, danger never waits, and every file is reported once."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.acceptance.stories import picture
from wardline import records, referral, review
from wardline.errors import ConflictError, SecondPersonError
from wardline.pipeline import Rules
from wardline.pipeline.filing_rules import FilingRules
from wardline.records import Category, FactKind, FileAnnotation, Priority, ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line

APPROVAL = referral.Approval(second=True, third=True, second_hours=2, third_hours=12)
CAPS = {Priority.SECOND: timedelta(hours=2), Priority.THIRD: timedelta(hours=12)}
CLOCKS = referral.Clocked(everywhere=referral.Clocks(first_hours=1, second_hours=1.5, third_hours=8))
"""Both are shorter than the caps are, so that the clock is what ends the waiting."""
LONGEST = {Priority.SECOND: timedelta(hours=1.5), Priority.THIRD: timedelta(hours=8)}
_STEPS = st.one_of(
    st.tuples(st.just("decide"), st.sampled_from(["third", "second", "first"])),
    st.tuples(st.just("approve"), st.integers(0, 5)),
    st.tuples(st.just("danger"), st.integers(0, 5)),
    st.tuples(st.just("pass"), st.integers(1, 300)),
)


class _House:
    """A line, and what was decided in it."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.decider, self.second = line.person("mika", Role.LEAD).user, line.person("lea", Role.LEAD).user
        self.files: list[str] = []

    def do(self, what: str, how: str | int) -> None:
        if what == "decide":
            self._decide(str(how))
        elif what == "pass":
            self.line.pass_time(timedelta(minutes=int(how)))
        elif found := self.line.store.referrals():
            self._act(what, found[int(how) % len(found)])
        self.line.run_due()

    def _decide(self, how: str) -> None:
        line, wardline = self.line, self.line.wardline
        number = len(self.files)
        submission = line.submit(picture(1 + number % 3), account=f"account-{number % 2}", flag="spam")
        case = wardline.claim(line.case_of(submission).id, user=self.decider)
        said = (FileAnnotation.LIVE_STREAMING,) if how == "second" else ()
        findings = tuple(
            records.Finding(item_id=each, category=Category.B1, annotations=said) for each in case.item_ids
        )
        reason = "somebody is with a child" if how == "first" else None
        judgement = review.Judgement(outcome=records.Outcome.VIOLATION, findings=findings, escalation=reason)
        wardline.decide(case.id, user=self.decider, judgement=judgement)
        self.files += case.item_ids
        line.clock.advance(line.parts.rules.undo_window)

    def _act(self, what: str, found: records.Referral) -> None:
        try:
            if what == "approve":
                self.line.wardline.second_referral(found.id, user=self.second)
            else:
                self.line.wardline.add_to_referral(
                    found.id, user=self.decider, kind=FactKind.DANGER, text="somebody is with a child"
                )
        except (ConflictError, SecondPersonError):
            return  # it is filed, or was looked at: nothing is to be done

    def check(self) -> None:
        now = self.line.clock.now()
        for each in self.line.store.referrals():
            assert each.priority is not None
            assert each.due_at is not None
            if each.priority is Priority.FIRST:
                assert each.state is ReferralState.FINISHED, "danger waited"
            if referral.waits(each):
                assert each.waits_until is not None
                assert now < each.waits_until <= each.due_at
                assert each.waits_until - each.created_at <= min(CAPS[each.priority], LONGEST[each.priority])
            else:
                assert each.state is ReferralState.FINISHED, "nobody held it, and it is not filed"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(_STEPS, min_size=2, max_size=10))
def test_no_order_of_acts_holds_a_report_beyond_its_cap_or_reports_a_file_twice(
    steps: list[tuple[str, str | int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, AuthoritySandbox(
        clock_now=VirtualClock(START + timedelta(days=99)).now
    ) as sandbox:  # fmt: skip
        rules = Rules(reporter=REPORTER, filing=FilingRules(approval=APPROVAL, clocks=CLOCKS))
        with Line(Path(folder), authority=sandbox, rules=rules) as line:
            house = _House(line)
            for step in steps:
                house.do(*step)
                house.check()
            line.pass_time(timedelta(hours=13))
            reported = Counter(
                file.item_id
                for each in line.store.referrals()
                if each.state is ReferralState.FINISHED and each.joined is None
                for file in each.files
            )
            assert reported == Counter(house.files)
            reports = {each.remote_id for each in line.store.referrals()}
            assert {str(each.report_id) for each in sandbox.ledger.finished()} == reports
            assert sandbox.ledger.open() == []
