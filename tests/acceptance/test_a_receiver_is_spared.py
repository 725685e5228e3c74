"""While a receiver answers nobody few calls are made to it, priority 1 is tried all the same, and all goes out at once when it answers."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture, the_referral, violation
from wardline import records, review
from wardline.pipeline import Rules, circuits, correcting
from wardline.records import AlarmKind, Priority, ReferralState
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line, Person

MANY = 12
OUTAGE = timedelta(hours=5)


class Down:
    """Takes the sandbox down, and counts who calls it."""

    def __init__(self, fault: Fault) -> None:
        self.calls: Counter[str] = Counter()
        self.fault: Fault | None = fault

    def __call__(self, call: str, number: int) -> Fault | None:
        del number
        self.calls[call] += call != "xsd"
        return self.fault if call != "xsd" else None


@pytest.fixture
def sandbox() -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox(clock_now=VirtualClock(START + timedelta(days=9)).now) as started:
        yield started


@pytest.fixture
def line(tmp_path: Path, sandbox: AuthoritySandbox) -> Iterator[Line]:
    with Line(tmp_path, authority=sandbox, rules=Rules(reporter=REPORTER)) as made:
        yield made


def decided(line: Line, seed: int, person: Person, escalation: str | None = None) -> records.Case:
    submission = line.submit(
        picture(seed), flag="spam", account=f"account-{seed}", content_reference=f"post-{seed}"
    )
    case = line.wardline.claim(line.case_of(submission).id, user=person.user)
    said = violation(case, records.Category.B2)
    said = review.Judgement(outcome=said.outcome, findings=said.findings, escalation=escalation)
    line.wardline.decide(case.id, user=person.user, judgement=said)
    line.clock.advance(line.parts.rules.undo_window)
    line.run_due()
    return line.store.case(case.id)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Fault.DROP_BEFORE, "ended before the whole answer"),
        (Fault.SERVER_ERROR, "answer code 1000"),
        (Fault.ERROR_IN_SUCCESS, "answer code 1100"),
    ],
)
def test_many_reports_make_few_calls_to_a_receiver_that_is_down_and_all_go_out_at_once_when_it_answers(
    line: Line, sandbox: AuthoritySandbox, fault: Fault, seen: str
) -> None:
    down = Down(fault)
    sandbox.faults = down
    person = line.person("mika")
    cases = [decided(line, seed, person) for seed in range(1, MANY + 1)]
    line.pass_time(OUTAGE)
    tried = sum(the_referral(line, case).attempts for case in cases)
    assert sum(down.calls.values()) < 0.7 * tried, "each would have called by itself"
    told = line.store.open_alarm(AlarmKind.FILING_FAILED, "ncmec")
    assert told is not None
    assert seen in told.message

    down.fault = None
    next_try = min(
        task.not_before for task in line._work.waiting() if task.name == "refer" and task.not_before
    )
    line.pass_time(next_try - line.clock.now() + timedelta(seconds=1))
    line.run_due()
    assert {the_referral(line, case).state for case in cases} == {ReferralState.FINISHED}
    assert AlarmKind.FILING_FAILED not in {each.kind for each in line.store.open_alarms()}
    line.pass_time(timedelta(days=2))
    assert len(sandbox.ledger.finished()) == MANY
    assert sandbox.ledger.open() == []


class TakesNoFile(Down):
    """Opens reports and withdraws them, and answers nonsense to each file."""

    def __call__(self, call: str, number: int) -> Fault | None:
        fault = super().__call__(call, number)
        return fault if call == "upload" else None


@pytest.mark.parametrize("escalation", [None, "A message says that they meet this afternoon."])
def test_a_receiver_that_opens_reports_and_takes_no_file_is_asked_more_and_more_seldom_and_somebody_is_told(
    line: Line, sandbox: AuthoritySandbox, escalation: str | None
) -> None:
    odd = TakesNoFile(Fault.GARBAGE)
    sandbox.faults = odd
    case = decided(line, 1, line.person("mika"), escalation)
    line.pass_time(timedelta(minutes=3))
    told = line.store.open_alarm(AlarmKind.FILING_FAILED, "ncmec")
    assert told is not None
    assert "ncmec upload: HTTP 200 with text/xml, 27 bytes, a web page" in told.message, "what was seen of it"
    assert "sign-in page" in told.message, "and where to look"
    line.pass_time(timedelta(hours=3))
    assert odd.calls["submit"] < (60 if escalation else 20), (
        "one report opened and withdrawn every few seconds"
    )

    odd.fault = None
    line.pass_time(timedelta(minutes=5) if escalation else timedelta(hours=1))
    assert the_referral(line, case).state is ReferralState.FINISHED
    assert line.store.alarm(told.id).resolved_at is not None
    assert (len(sandbox.ledger.finished()), sandbox.ledger.open()) == (1, [])


def test_a_report_of_priority_1_is_tried_while_others_are_spared(
    line: Line, sandbox: AuthoritySandbox
) -> None:
    down = Down(Fault.DROP_BEFORE)
    sandbox.faults = down
    person = line.person("mika")
    for seed in range(1, 8):
        decided(line, seed, person)
    down.fault = None
    first = decided(line, 20, person, "A message says that they meet this afternoon.")
    found = the_referral(line, first)
    assert (found.priority, found.state) == (Priority.FIRST, ReferralState.FINISHED)
    line.run_due()
    assert len(sandbox.ledger.finished()) == 8, "what waited went out with the word that the receiver answers"


def test_what_failed_before_a_restart_goes_out_at_once_when_the_receiver_answers(
    line: Line, sandbox: AuthoritySandbox
) -> None:
    down = Down(Fault.DROP_BEFORE)
    sandbox.faults = down
    person = line.person("mika")
    cases = [decided(line, seed, person) for seed in range(1, 4)]
    line.pass_time(OUTAGE)
    object.__setattr__(line.parts, "circuits", circuits.Circuits())  # as a new process has it
    down.fault = None
    decided(line, 20, person)
    line.run_due()
    assert {the_referral(line, case).state for case in cases} == {ReferralState.FINISHED}


def test_a_report_with_half_of_its_clock_over_is_not_spared(line: Line, sandbox: AuthoritySandbox) -> None:
    down = Down(Fault.DROP_BEFORE)
    sandbox.faults = down
    person = line.person("mika")
    for seed in range(1, 7):
        decided(line, seed, person)
    late = line.store.referrals()[-1]
    assert late.clock_from is not None
    assert late.due_at is not None
    line.pass_time(late.clock_from + (late.due_at - late.clock_from) / 2 - line.clock.now())
    before, tried = the_attempts(line), down.calls.total()
    line.pass_time(timedelta(hours=2))
    assert the_attempts(line) - before == down.calls.total() - tried > 0


def the_attempts(line: Line) -> int:
    return sum(each.attempts for each in line.store.referrals())


def test_what_another_process_found_to_answer_again_is_not_spared_here(
    line: Line, sandbox: AuthoritySandbox
) -> None:
    down = Down(Fault.DROP_BEFORE)
    sandbox.faults = down
    person = line.person("mika")
    cases = [decided(line, seed, person) for seed in range(1, MANY + 1)]
    here, there = line.parts.circuits, circuits.Circuits()
    assert here.is_open("ncmec")
    down.fault = None
    object.__setattr__(line.parts, "circuits", there)
    wakes = the_referral(line, cases[0])
    correcting.refer(line.parts, wakes.id, 900_000)  # in the other process, which takes none of what it wakes
    assert the_referral(line, cases[0]).state is ReferralState.FINISHED
    object.__setattr__(line.parts, "circuits", here)
    line.run_due()
    assert {the_referral(line, case).state for case in cases} == {ReferralState.FINISHED}


def test_one_referral_is_in_one_hand_at_a_time_and_others_are_not_kept_waiting() -> None:
    hands, seen, inside = circuits.Circuits(), list[str](), threading.Event()

    def second() -> None:
        with hands.in_hand("referral-1"):
            seen.append("second")

    with hands.in_hand("referral-1"):
        thread = threading.Thread(target=second)
        thread.start()
        with hands.in_hand("referral-2"):
            inside.set()
        assert inside.is_set()
        thread.join(0.1)
        seen.append("first")
    thread.join(5)
    assert seen == ["first", "second"]
    assert hands._hands == {}
