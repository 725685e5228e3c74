"""Sentinels: what lists and people found by themselves, scored when it came in and settled by two. What the score found is never one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.detected import INNOCENT, decide, evidence, orange, rules, scope
from tests.acceptance.stories import violation
from wardline import records, review
from wardline.errors import InputError
from wardline.pipeline import Complaint, Flagged, Rules
from wardline.records import Channel, Truth
from wardline.testing.harness import Line, Person
from wardline.triage import ScopeMode

LOW, HIGH = orange(0.0), orange(0.9)
TWO = review.SecondOpinions(random_share=1.0)
"""Of every decision another opinion is asked."""


def everything(**values: Any) -> Rules:
    return rules(scope(**values), opinions=TWO)


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=everything())


def settle(line: Line, case: records.Case, judgement: review.Judgement | None = None) -> list[Person]:
    people = [line.person(f"{name} {case.id[-6:]}") for name in ("mika", "noor")]
    for person in people:
        decide(line, case, person, judgement or violation(case))
    return people


def test_a_flagged_file_that_two_people_settled_is_evidence_of_its_route(line: Line) -> None:
    case = line.case_of(line.submit(LOW, flag="spam"))
    settle(line, case)
    found, item = evidence(line, case), line.store.item(case.item_ids[0])
    assert (found.channel, found.truth, found.person_was_right) == (Channel.USER_FLAG, Truth.VIOLATING, True)
    assert (found.scope, found.score) == ("posts", item.scores[0].probability)
    assert (found.detector, found.detector_version) == (
        item.scores[0].detector,
        item.scores[0].detector_version,
    )


def test_the_same_as_an_entry_of_a_verified_list_is_evidence_of_that(line: Line) -> None:
    line.list_of([HIGH])
    case = line.case_of(line.submit(HIGH))
    settle(line, case)
    assert evidence(line, case).channel is Channel.VERIFIED_LIST


@pytest.mark.parametrize("mode", ScopeMode)
def test_what_only_a_score_found_is_never_evidence(make_line: MakeLine, mode: ScopeMode) -> None:
    line = make_line(rules=everything(mode=mode))
    case = line.case_of(line.submit(HIGH))
    settle(line, case)
    assert line.store.evidence_of(case.id) == []


def test_what_a_score_found_and_a_user_flags_later_is_never_evidence(line: Line) -> None:
    key = line.platform_key(trust=records.KeyTrust.TRUSTED)
    submission = line.submit(HIGH, key=key)
    case = line.case_of(submission)
    line.wardline.flag(
        Flagged(item_id=submission.item_id or "", reason="spam", flagger=records.Flagger.USER),
        api_key=key.record,
    )
    settle(line, case)
    assert line.store.evidence_of(case.id) == []


NOTICE = records.OfficialNotice(
    authority="Example Police", number="2026/7", received_at=datetime(2026, 1, 1, tzinfo=UTC)
)


def noticed(line: Line, content: bytes | None, *, number: str = "2026/7", **values: Any) -> records.Notice:
    """Pass on a notice of police about post-9 of account-9."""
    key = line.platform_key(trust=records.KeyTrust.TRUSTED)
    upload = line.upload(content, account="account-9", content_reference="post-9") if content else None
    said = Flagged(
        reason="child-safety", flagger=records.Flagger.POLICE, official=replace(NOTICE, number=number), upload=upload,
        account_reference="account-9", content_reference="post-9", **values,
    )  # fmt: skip
    taken = line.wardline.flag(said, api_key=key.record)
    assert taken.notice_id is not None
    return line.store.notice(taken.notice_id)


def test_what_police_gave_notice_of_is_evidence_of_that_route(line: Line) -> None:
    notice = noticed(line, LOW)
    assert (notice.flagger, notice.official) == (records.Flagger.POLICE, NOTICE)
    case = line.store.case(notice.case_id)
    assert case.reasons[0] == "An authority gave notice of it: child-safety"
    settle(line, case)
    assert evidence(line, case).channel is Channel.POLICE


def test_a_notice_of_a_file_that_its_score_had_brought_is_no_evidence(line: Line) -> None:
    line.submit(HIGH, account="account-9", content_reference="post-9")
    notice = noticed(line, None)
    case = line.store.case(notice.case_id)
    settle(line, case)
    assert line.store.evidence_of(case.id) == []


def test_each_notice_of_police_is_kept_with_its_number_and_the_same_one_is_counted(line: Line) -> None:
    first, again = noticed(line, LOW), noticed(line, None)
    other = noticed(line, None, number="2026/8")
    assert again == replace(first, count=2, version=first.version + 1)
    assert other.case_id == first.case_id
    assert other.official == replace(NOTICE, number="2026/8")


def test_another_notice_of_police_opens_what_was_cleared_for_somebody_else(line: Line) -> None:
    case = line.store.case(noticed(line, LOW).case_id)
    had_a_part = settle(line, case, INNOCENT)
    line.pass_time(line.parts.rules.undo_window)
    assert line.store.case(case.id).state is records.CaseState.CLOSED
    noticed(line, None)
    assert line.store.case(case.id).state is records.CaseState.CLOSED
    noticed(line, None, number="2026/8")
    opened = line.store.case(case.id)
    assert opened.state is records.CaseState.OPEN
    assert {each.user.id for each in had_a_part} <= set(opened.passed_by)
    for each in had_a_part:
        assert line.wardline.next_case(each.user) is None
    assert line.wardline.next_case(line.person("zoe").user) is not None


@pytest.mark.parametrize("wrong", [
    {"official": None}, {"flagger": records.Flagger.USER}, {"flagger": records.Flagger.TRUSTED_FLAGGER},
    {"official": replace(NOTICE, received_at=datetime(2999, 1, 1, tzinfo=UTC))},
])  # fmt: skip
def test_a_notice_without_its_number_or_a_number_without_a_notice_is_refused(
    line: Line, wrong: dict[str, Any]
) -> None:
    given: dict[str, Any] = {"flagger": records.Flagger.POLICE, "official": NOTICE} | wrong
    said = Flagged(reason="child-safety", upload=line.upload(LOW), **given)
    with pytest.raises(InputError):
        line.wardline.flag(said, api_key=line.platform_key(trust=records.KeyTrust.TRUSTED).record)
    assert line.store.cases() == []


def test_an_unverified_list_is_no_sentinel(line: Line) -> None:
    line.list_of([LOW], trust=records.ListTrust.UNVERIFIED)
    case = line.case_of(line.submit(LOW))
    settle(line, case)
    assert line.store.evidence_of(case.id) == []


def test_one_vote_is_no_evidence(make_line: MakeLine) -> None:
    line = make_line(rules=rules(scope()))
    case = line.case_of(line.submit(LOW, flag="spam"))
    decide(line, case, line.person("mika"), INNOCENT)
    assert line.store.case(case.id).state is records.CaseState.CLOSED
    assert line.store.evidence_of(case.id) == []


def test_a_second_opinion_that_doubt_asked_for_is_no_evidence(make_line: MakeLine) -> None:
    line = make_line(rules=rules(scope()))
    case = line.case_of(line.submit(LOW, flag="spam"))
    asked = review.Judgement(outcome=records.Outcome.NOT_VIOLATION, second_opinion=True)
    mika, noor = line.person("mika"), line.person("noor")
    decide(line, case, mika, asked)
    decide(line, case, noor, INNOCENT)
    assert len(line.store.opinions_of(case.id)) == 2
    assert line.store.case(case.id).state is records.CaseState.CLOSED
    assert line.store.evidence_of(case.id) == []


def test_what_came_before_there_were_detectors_is_never_scored_afterwards(make_line: MakeLine) -> None:
    line = make_line(rules=rules(opinions=TWO), store="sqlite")
    case = line.case_of(line.submit(LOW, flag="spam"))
    line.close()
    line = make_line(rules=everything(), store="sqlite")
    settle(line, case)
    assert line.store.evidence_of(case.id) == []


def test_a_list_is_no_route_to_a_score_that_holds_the_list(make_line: MakeLine) -> None:
    line = make_line(rules=everything(near_hash=True))
    line.list_of([HIGH])
    listed = line.case_of(line.submit(HIGH))
    flagged = line.case_of(line.submit(orange(0.0, 3), flag="spam"))
    for case in (listed, flagged):
        settle(line, case)
    assert line.store.evidence_of(listed.id) == []
    assert evidence(line, flagged).detector == "mean-logit of near-hash, orange"


def test_a_decision_that_falls_corrects_the_evidence_and_the_log_says_which_one_did_it(line: Line) -> None:
    case = line.case_of(line.submit(LOW, flag="spam"))
    settle(line, case)
    first = evidence(line, case)
    action = next(
        each for each in line.store.actions_of(case.id) if each.kind is records.ActionKind.REMOVE_CONTENT
    )
    key = line.platform_key(trust=records.KeyTrust.TRUSTED)
    line.wardline.appeal(Complaint(text="mine", action_id=action.id), api_key=key.record)
    line.run_due()
    decide(line, line.store.case(case.id), line.person("olli"), INNOCENT)
    corrected = evidence(line, case)
    assert (corrected.truth, corrected.person_was_right, corrected.version) == (Truth.INNOCENT, False, 2)
    assert (corrected.id, corrected.recorded_at, corrected.score) == (
        first.id,
        first.recorded_at,
        first.score,
    )
    line.sequence()
    told = [entry for _, entry in line.wardline.entries_about(corrected.id, 9)]
    assert [each.verb for each in told] == [
        records.Verb.EVIDENCE_CORRECTED,
        records.Verb.EVIDENCE_RECORDED,
    ]
    assert told[0].detail.startswith("decision-")
