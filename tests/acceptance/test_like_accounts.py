"""A report names the other accounts that have its files, as far as somebody judged them and that stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import the_referral, violation
from tests.acceptance.test_files_that_look_alike import HARMLESS, NOBODY_SAMPLED, flagged, like, now, say
from wardline import records, referral
from wardline.pipeline import Complaint, like_accounts, seeing
from wardline.records import Likeness, Role
from wardline.testing.harness import Line, Person


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=NOBODY_SAMPLED)


@pytest.fixture
def people(line: Line) -> list[Person]:
    return [line.person(name) for name in ("mika", "noor", "otto")]


def report_about(line: Line, case: records.Case) -> records.Report:
    report = line.wardline.preview_referral(the_referral(line, case).id).report
    assert report is not None
    return report


def document_of(line: Line, case: records.Case) -> str:
    """Give the document that opens its report."""
    preview = line.wardline.preview_referral(the_referral(line, case).id).preview
    assert preview is not None
    return preview.documents[0].body.decode()


def named(line: Line, case: records.Case) -> dict[str, Likeness]:
    return {each.account_reference: each.how for each in report_about(line, case).like.named}


def appeal(line: Line, case: records.Case) -> None:
    action = next(each for each in line.store.actions_of(case.id) if each.stands)
    complaint = Complaint(text="It is not so.", action_id=action.id)
    line.wardline.appeal(complaint, api_key=line.platform_key().record)
    line.run_due()


def test_the_second_account_with_a_file_is_reported_with_the_first_ones_name_and_number(
    line: Line, people: list[Person]
) -> None:
    first, second = (flagged(line, like(), f"account-{name}") for name in ("one", "two"))
    say(line, first, people[0], violation(first))
    say(line, second, people[1], violation(second))
    number = the_referral(line, first).remote_id
    (found,) = report_about(line, second).like.named
    assert (found.account_reference, found.how) == ("account-one", Likeness.IDENTICAL)
    assert (found.report, found.item_id) == (number, second.item_ids[0])
    sent = [document_of(line, case) for case in (first, second)]
    assert "account-one (example): byte-identical, the same bytes as file 1, uploaded" in sent[1]
    assert f"our report {number}." in sent[1]
    assert "account-two" not in sent[0]
    assert named(line, first) == {}
    assert "associatedAccount" not in sent[1]


def test_a_near_file_counts_where_a_person_viewed_it_and_decided_it_by_itself(
    line: Line, people: list[Person]
) -> None:
    viewed, unseen, last = (flagged(line, like(quality), f"a{quality}") for quality in (85, 40, 60))
    assert viewed.cluster_id == unseen.cluster_id == last.cluster_id
    say(line, viewed, people[0], violation(viewed))
    say(line, unseen, people[1], violation(unseen), looks=False)
    say(line, last, people[2], violation(last))
    assert named(line, last) == {"a85": Likeness.NEAR}


def test_nobody_is_named_whose_file_nobody_judged_or_found_harmless(line: Line, people: list[Person]) -> None:
    waits, harmless, last = (flagged(line, like(), f"account-{number}") for number in range(3))
    say(line, harmless, people[0], HARMLESS)
    say(line, last, people[1], violation(last))
    assert now(line, waits).decision_id is None
    report = report_about(line, last)
    assert report.like == records.LikeAccounts()
    assert "Other accounts" not in report.note


def test_an_account_that_appeals_is_not_named_and_one_whose_decision_fell_never_again(
    line: Line, people: list[Person]
) -> None:
    first, second = (flagged(line, like(quality), f"a{quality}") for quality in (85, 40))
    say(line, first, people[0], violation(first))
    say(line, second, people[1], violation(second))
    assert named(line, second) == {"a85": Likeness.NEAR}
    appeal(line, first)
    assert named(line, second) == {}
    say(line, now(line, first), people[2], HARMLESS)
    assert now(line, first).state is records.CaseState.CLOSED
    assert named(line, second) == {}


def test_an_own_account_is_no_other_one_and_of_many_the_rest_is_counted(
    line: Line, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(referral, "MOST_NAMED", 2)
    cases = [flagged(line, like(quality), f"a{quality}") for quality in (85, 40, 50, 60)]
    again = flagged(line, like(70), "a60")
    for case in cases:
        say(line, case, people[0], violation(case))
    if again.id not in {case.id for case in cases}:
        say(line, again, people[1], violation(again))
    report = report_about(line, cases[-1])
    assert "a60" not in {each.account_reference for each in report.like.named}
    assert (len(report.like.named), report.like.more) == (2, 1)
    assert "And 1 more." in report.note


def test_the_checklist_says_how_many_and_without_any_that_nobody_named_one(
    line: Line, people: list[Person]
) -> None:
    first, second = (flagged(line, like(), f"account-{name}") for name in ("one", "two"))
    say(line, first, people[0], violation(first))
    say(line, second, people[1], violation(second))
    said = {
        case.id: next(
            each
            for each in line.wardline.preview_referral(the_referral(line, case).id).checklist
            if each.name == "Linked accounts"
        )
        for case in (first, second)
    }
    assert said[first.id].state is referral.NeedState.MISSING
    assert said[second.id].detail == "1 with the same file or one near it"


def test_a_page_tells_whose_it_is_only_to_those_who_may_open_its_case(
    line: Line, people: list[Person]
) -> None:
    first, second = (flagged(line, like(quality), f"a{quality}") for quality in (85, 40))
    say(line, first, people[0], violation(first))
    held = line.wardline.claim(second.id, user=people[1].user)
    seen = like_accounts.seen(line.parts, [held], people[1].user)
    assert [(each.case_id, each.account_reference) for each in seen] == [(first.id, None)]
    lead = line.person("lena", role=Role.LEAD)
    seeing.look_into(line.parts, first.id, lead.user, "who else has it")
    (opened,) = like_accounts.seen(line.parts, [held], lead.user)
    assert opened.account_reference == "a85"


def test_while_an_opinion_of_a_file_like_it_is_awaited_reviewers_are_told_nothing(
    line: Line, people: list[Person]
) -> None:
    first, second, third = (flagged(line, like(quality), f"a{quality}") for quality in (85, 40, 60))
    say(line, first, people[0], violation(first))
    say(line, second, people[1], violation(second))
    closed = now(line, second)
    auditor = line.person("ada", role=Role.AUDITOR)
    assert like_accounts.seen(line.parts, [closed], people[2].user)
    appeal(line, first)
    assert like_accounts.seen(line.parts, [closed], people[2].user) == []
    assert like_accounts.seen(line.parts, [now(line, third)], auditor.user)


def test_a_case_with_a_known_answer_does_not_tell_by_its_file_what_others_decided(
    line: Line, people: list[Person]
) -> None:
    first = flagged(line, like(), "account-one")
    say(line, first, people[0], violation(first))
    outside = replace(now(line, first), account_reference="account-of-practice", cluster_id=None)
    assert like_accounts.of_case(line.parts, outside) == records.LikeAccounts()
    inside = replace(outside, cluster_id=first.cluster_id)
    assert [each.case_id for each in like_accounts.of_case(line.parts, inside).named] == [first.id]
