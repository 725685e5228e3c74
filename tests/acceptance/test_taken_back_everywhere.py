"""A decision falls, and everything that followed from it falls with it, in whichever room it is."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture, violation
from tests.acceptance.test_files_that_look_alike import flagged, like, now, say
from wardline import enforcement, records, review
from wardline.pipeline import Complaint, Rules
from wardline.records import ActionKind, CaseState, Category, DecisionState, MessageKind, Outcome, Stage
from wardline.testing.harness import REPORTER, Line
from wardline.testing.platform_ledger import AccountState, ContentState
from wardline.testing.platform_sandbox import PlatformSandbox

NOBODY_SAMPLED = Rules(reporter=REPORTER, audit_share=0.0)
GRAVEST = Rules(reporter=REPORTER, audit_share=0.0, opinions=review.SecondOpinions(gravest=True))
DRAWN = Rules(reporter=REPORTER, opinions=review.SecondOpinions(random_share=1.0))
HARMLESS = review.Judgement(outcome=Outcome.NOT_VIOLATION)
OTHER_RULE = review.Judgement(outcome=Outcome.OTHER_RULE)


def overturned_on_appeal(line: Line, case: records.Case) -> None:
    """Have the account appeal, and somebody who had no part in it find nothing."""
    key = line.platform_key(trust=records.KeyTrust.TRUSTED).record
    taken = next(each for each in line.store.actions_of(case.id) if each.kind is ActionKind.REMOVE_CONTENT)
    line.wardline.appeal(Complaint(text="It is our garden.", action_id=taken.id), api_key=key)
    line.run_due()
    say(line, case, line.person("otto"), HARMLESS)
    line.run_due()


@pytest.mark.parametrize("judgement", ["violation", "other rule"])
def test_what_had_spread_from_a_decision_falls_with_it_on_appeal(
    make_line: MakeLine, platform: PlatformSandbox, judgement: str
) -> None:
    line = make_line(rules=NOBODY_SAMPLED)
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    for case, name in zip(cases, ("mika", "noor"), strict=False):
        say(line, case, line.person(name), violation(case) if judgement == "violation" else OTHER_RULE)
    copy = now(line, cases[2])
    assert copy.state is CaseState.CLOSED
    (strike,) = line.store.strikes_of("example", "a2")
    assert strike.voided_by is None
    assert platform.state_of("post of a2") is ContentState.REMOVED
    overturned_on_appeal(line, cases[0])
    assert now(line, cases[2]).state is CaseState.OPEN
    (strike,) = line.store.strikes_of("example", "a2")
    assert strike.voided_by is not None
    assert platform.state_of("post of a2") is not ContentState.REMOVED
    assert platform.account_state_of("a2") in (None, AccountState.ACTIVE)
    taken = [
        each for each in line.store.actions_of(cases[2].id) if each.kind is not ActionKind.RESTRICT_CONTENT
    ]
    assert taken
    assert not any(each.stands for each in taken)


def test_a_decision_that_spread_from_two_people_asks_for_no_second_opinion(make_line: MakeLine) -> None:
    line = make_line(rules=GRAVEST)
    cases = [flagged(line, like(), f"a{n}") for n in range(2)]
    people = [line.person(name) for name in ("mika", "noor")]
    for person in people:
        say(line, cases[0], person, violation(cases[0], Category.A1))
    assert now(line, cases[0]).state is CaseState.CLOSED
    copy = now(line, cases[1])
    assert (copy.state, copy.stage) == (CaseState.CLOSED, Stage.FIRST)
    assert copy.decision_id is not None
    assert line.store.decision(copy.decision_id).state is DecisionState.EFFECTIVE


def test_whoever_loses_content_to_a_later_opinion_is_told_why(make_line: MakeLine) -> None:
    line = make_line(rules=DRAWN)
    case = line.case_of(line.submit(picture(), flag="spam"))
    mika, noor, otto = (line.person(name) for name in ("mika", "noor", "otto"))
    say(line, case, mika, HARMLESS)
    for person in (noor, otto):
        say(line, case, person, OTHER_RULE)
    assert now(line, case).state is CaseState.CLOSED
    told = [each for each in line.store.messages_of(case.id) if each.kind is MessageKind.STATEMENT_OF_REASONS]
    assert len(told) == 1


@pytest.mark.parametrize("outcome", [Outcome.OTHER_RULE, Outcome.VIOLATION, Outcome.NOT_VIOLATION])
def test_nobody_is_told_that_a_person_decided_about_a_copy_that_none_looked_at(
    make_line: MakeLine, platform: PlatformSandbox, outcome: Outcome
) -> None:
    always = enforcement.Promises(statements=enforcement.Statements.ALWAYS)
    line = make_line(rules=Rules(reporter=REPORTER, audit_share=0.0, promises=always))
    cases = [flagged(line, like(), f"a{n}") for n in range(3)]
    for case, name in zip(cases, ("mika", "noor"), strict=False):
        judgement = violation(case) if outcome is Outcome.VIOLATION else review.Judgement(outcome=outcome)
        say(line, case, line.person(name), judgement)
    assert now(line, cases[2]).state is CaseState.CLOSED
    told: dict[str | None, list[str]] = {}
    for each in platform.messages():
        if each.message is not MessageKind.FLAG_RECEIVED:
            told.setdefault(each.content_reference, []).append(each.text)
    looked_at, copied = told["post of a0"], told["post of a2"]
    assert len(looked_at) == len(copied) == (1 if outcome is Outcome.NOT_VIOLATION else 2)
    for text in looked_at:
        assert "person decided" in text or "by a person" in text
    for text in copied:
        assert "about the same content" in text
        for wrong in ("person decided", "by a person", "a person found", "identical"):
            assert wrong not in text
