"""Breaking the platform's own rules counts: a warning, then a suspension, and both are told with their reasons."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture
from wardline import enforcement, records, review
from wardline.pipeline import Rules
from wardline.pipeline.appealing import Complaint
from wardline.records import ActionKind, DecisionState, MessageKind, Outcome
from wardline.testing.harness import REPORTER, Line, Person
from wardline.testing.platform_ledger import AccountState, ContentState
from wardline.testing.platform_sandbox import PlatformSandbox

OTHER = review.Judgement(outcome=Outcome.OTHER_RULE)
INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)


def break_a_rule(line: Line, person: Person, number: int, *, account: str = "account-9") -> records.Case:
    """Have one more picture of an account decided to break the platform's rules."""
    submission = line.submit(
        picture(number), account=account, content_reference=f"post-{number}", flag="spam"
    )
    case = line.wardline.claim(line.case_of(submission).id, user=person.user)
    line.wardline.decide(case.id, user=person.user, judgement=OTHER)
    line.pass_time(line.parts.rules.undo_window)
    return line.store.case(case.id)


def account_actions(line: Line, *cases: records.Case) -> list[ActionKind]:
    return [
        each.kind
        for case in cases
        for each in line.store.actions_of(case.id)
        if each.content_reference is None and enforcement.acts(each)
    ]


def test_an_account_is_warned_and_then_suspended(line: Line, platform: PlatformSandbox) -> None:
    mika = line.person("mika")
    cases = [break_a_rule(line, mika, number) for number in (1, 2)]
    assert account_actions(line, *cases) == [ActionKind.WARN_ACCOUNT] * 2
    assert platform.account_state_of("account-9") is AccountState.ACTIVE
    cases.append(break_a_rule(line, mika, 3))
    assert account_actions(line, cases[2]) == [ActionKind.SUSPEND_ACCOUNT]
    assert platform.account_state_of("account-9") is AccountState.SUSPENDED
    elsewhere = break_a_rule(line, mika, 4, account="account-8")
    assert account_actions(line, elsewhere) == [ActionKind.WARN_ACCOUNT]


def test_what_expired_does_not_count(line: Line, platform: PlatformSandbox) -> None:
    mika = line.person("mika")
    for number in (1, 2):
        break_a_rule(line, mika, number)
    line.pass_time(timedelta(days=366))
    break_a_rule(line, mika, 3)
    assert platform.account_state_of("account-9") is AccountState.ACTIVE
    line.pass_time(timedelta(days=181))
    assert len(line.store.strikes_of("example", "account-9")) == 1


def test_a_violation_suspends_at_once_whatever_the_sum(line: Line, platform: PlatformSandbox) -> None:
    line.list_of([picture(9)])
    submission = line.submit(picture(9), account="account-9", content_reference="post-9")
    case = decided_violation(line, submission, line.person("mika"))
    line.pass_time(line.parts.rules.undo_window)
    assert account_actions(line, case) == [ActionKind.SUSPEND_ACCOUNT]
    (strike,) = line.store.strikes_of("example", "account-9")
    assert strike.weight == 4


def test_a_strike_that_falls_takes_the_suspension_of_another_case_with_it(
    line: Line, platform: PlatformSandbox
) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    cases = [break_a_rule(line, mika, number) for number in (1, 2, 3)]
    assert platform.account_state_of("account-9") is AccountState.SUSPENDED
    complaint = Complaint(text="mine", account_reference="account-9", content_reference="post-1")
    line.wardline.appeal(complaint, api_key=line._own_key.record)
    case = line.wardline.claim(cases[0].id, user=noor.user)
    line.wardline.decide(case.id, user=noor.user, judgement=INNOCENT)
    line.pass_time(line.parts.rules.undo_window)
    assert platform.account_state_of("account-9") is AccountState.ACTIVE
    assert platform.state_of("post-1") is ContentState.VISIBLE
    assert platform.state_of("post-3") is ContentState.REMOVED
    stands = [line.store.decision(str(each.decision_id)).state for each in cases[1:]]
    assert stands == [DecisionState.EFFECTIVE] * 2


def test_a_milder_strike_counts_from_when_the_one_in_whose_place_it_is_was_given(line: Line) -> None:
    """Else whoever appeals and is right in part has it for longer than somebody who does not."""
    mika, noor = line.person("mika"), line.person("noor")
    line.list_of([picture(9)])
    submission = line.submit(picture(9), account="account-9", content_reference="post-9")
    case = decided_violation(line, submission, mika)
    line.pass_time(line.parts.rules.undo_window)
    (first,) = line.store.strikes_of("example", "account-9")
    line.pass_time(timedelta(days=100))
    (action,) = (each for each in line.store.actions_of(case.id) if each.kind is ActionKind.REMOVE_CONTENT)
    complaint = Complaint(text="It is our garden.", action_id=action.id)
    line.wardline.appeal(complaint, api_key=line.platform_key().record)
    line.wardline.claim(case.id, user=noor.user)
    line.wardline.decide(case.id, user=noor.user, judgement=OTHER)
    line.pass_time(line.parts.rules.undo_window)
    (standing,) = (each for each in line.store.strikes_of("example", "account-9") if each.voided_by is None)
    assert standing.weight == 1
    assert (standing.given_at, standing.expires_at) == (first.given_at, first.expires_at)


def test_a_statement_of_reasons_says_what_why_and_how_to_appeal_and_nothing_of_lists(
    line: Line, platform: PlatformSandbox
) -> None:
    listed = line.list_of([picture(1)], name="list-with-a-name")
    submission = line.submit(picture(1), account="account-9", content_reference="post-1", flag="spam")
    mika = line.person("mika")
    case = line.wardline.claim(line.case_of(submission).id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=OTHER)
    line.pass_time(line.parts.rules.undo_window)
    (statement,) = (each for each in platform.messages() if each.message is MessageKind.STATEMENT_OF_REASONS)
    assert statement.account_reference == "account-9"
    text = statement.text
    for part in (
        "The content was removed.",
        "The account got a warning.",
        "wherever the service is offered",
        "break our rules",
        "somebody reported it, and automated means pointed to it",
        "made by a person",
        "You may appeal until 29 August 2026",
    ):
        assert part in text
    for secret in (listed.name, listed.id, "spam", "mika", "bits", "PDQ", "A2", "%"):
        assert secret not in text


def reported(line: Line) -> None:
    line.list_of([picture(1)])
    submission = line.submit(picture(1), account="account-7", content_reference="post-7")
    decided_violation(line, submission, line.person("mika"))
    line.pass_time(line.parts.rules.undo_window)


def test_reasons_are_not_stated_for_what_is_reported(line: Line, platform: PlatformSandbox) -> None:
    reported(line)
    assert platform.messages() == []


def test_they_are_where_the_settings_say_always(make_line: MakeLine, platform: PlatformSandbox) -> None:
    promises = enforcement.Promises(statements=enforcement.Statements.ALWAYS)
    reported(make_line(rules=Rules(reporter=REPORTER, promises=promises)))
    (statement,) = platform.messages()
    assert "content that the law forbids" in statement.text
