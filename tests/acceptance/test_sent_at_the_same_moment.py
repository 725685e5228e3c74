"""What comes twice at the very same moment counts once, and is answered as it would be a second later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance import test_evidence_on_request as evidence
from tests.acceptance.conftest import MakeLine
from tests.acceptance.meanwhile import STORES, interrupted, opened
from tests.acceptance.stories import decided_violation, picture
from tests.acceptance.test_an_appeal import Scene, scene
from tests.acceptance.test_priorities import FILING, decide, in_hand
from wardline import records, review
from wardline.errors import AlreadyExistsError, IdempotencyMismatchError, VersionConflictError
from wardline.pipeline import Rules, Wardline, conclude, preserve
from wardline.pipeline.appealing import Complaint
from wardline.pipeline.flagging import Flagged
from wardline.records import AppealState, FactKind, KeyTrust, NoticeState, Replace, Role, Verb
from wardline.testing.harness import REPORTER, Line


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    return opened(str(request.param))


def appeal(told: Scene, wardline: Wardline, text: str, key: str | None = None) -> records.Appeal:
    complaint = Complaint(text=text, action_id=told.removal.id)
    return wardline.appeal(complaint, api_key=told.line._own_key.record, idempotency_key=key)


def test_of_two_appeals_one_is_taken_and_the_other_hears_until_when_it_is_answered(line: Line) -> None:
    told = scene(line)
    first: list[records.Appeal] = []

    def comes() -> None:
        first.append(appeal(told, line.wardline, "mine"))

    with pytest.raises(AlreadyExistsError, match="was received before") as refused:
        appeal(told, interrupted(line, comes), "mine, too")
    assert first[0].id in refused.value.message
    assert f"{first[0].due_at:%Y-%m-%d}" in refused.value.advice
    assert line.store.appeals() == first


def test_the_same_appeal_under_one_key_is_one_and_another_under_it_is_refused(line: Line) -> None:
    told = scene(line)
    first: list[records.Appeal] = []

    def comes() -> None:
        first.append(appeal(told, line.wardline, "mine", "k"))

    assert appeal(told, interrupted(line, comes), "mine", "k") == first[0]
    with pytest.raises(IdempotencyMismatchError):
        appeal(told, line.wardline, "another", "k")
    assert line.store.appeals() == first


def test_who_works_on_the_case_at_that_moment_turns_no_appeal_away(line: Line) -> None:
    told = scene(line)

    def comes() -> None:
        case = told.now()
        entry = line.parts.entry(Verb.CASE_RENEWED, case.id)
        line.store.commit(Replace(replace(case, version=case.version + 1)), entries=[entry])

    taken = appeal(told, interrupted(line, comes), "mine")
    assert taken.state is AppealState.OPEN
    assert told.now().stage is records.Stage.APPEAL


def test_a_key_of_more_than_a_day_ago_serves_again(line: Line) -> None:
    told = scene(line)
    complaint = Complaint(text="mine", action_id=told.removal.id)
    key = line._own_key.record
    other = decided_violation(
        line, line.submit(picture(), account="account-8", content_reference="post-8"), told.mika
    )
    line.pass_time(line.parts.rules.undo_window)
    line.wardline.appeal(complaint, api_key=key, idempotency_key="k")
    line.clock.advance(timedelta(hours=25))  # and nobody swept since
    removal = line.store.actions_of(other.id)[0]
    again = Complaint(text="mine", action_id=removal.id)
    assert line.wardline.appeal(again, api_key=key, idempotency_key="k").case_id == other.id


@pytest.fixture
def decided(line: Line) -> records.Case:
    """A case of which the decision takes effect when its window is over: from here on at any moment."""
    line.list_of([picture()])
    submission = line.submit(picture(), account="account-9", content_reference="post-9")
    line.run_due()
    case = decided_violation(line, submission, line.person("mika"))
    line.clock.advance(line.parts.rules.undo_window)
    return case


def complain(line: Line, wardline: Wardline, what: str) -> None:
    """Appeal against what was done, or flag it, before anything was decided to the end."""
    account, content = "account-9", "post-9"
    if what == "appeal":
        appealed = Complaint(text="mine", account_reference=account, content_reference=content)
        wardline.appeal(appealed, api_key=line._own_key.record)
    else:
        flagged = Flagged(reason="child-safety", account_reference=account, content_reference=content)
        wardline.flag(flagged, api_key=line.platform_key(trust=KeyTrust.TRUSTED).record)


def require_seen_to(line: Line, case: records.Case, what: str) -> None:
    """Require that a complaint does not lie still: the case is open again for an appeal, and a flag is answered."""
    line.run_due()
    if what == "appeal":
        (taken,) = line.store.appeals()
        assert (taken.state, taken.decision_id) == (AppealState.OPEN, case.decision_id)
        assert line.store.case(case.id).stage is records.Stage.APPEAL
    else:
        (notice,) = line.store.notices_of(case.id)
        assert notice.state is NoticeState.ANSWERED


@pytest.mark.parametrize("what", ["appeal", "flag"])
def test_a_decision_that_takes_effect_while_a_complaint_comes_leaves_it_not_lying(
    line: Line, decided: records.Case, what: str
) -> None:
    complain(line, interrupted(line, line.run_due), what)
    assert line.store.case(decided.id).state is not records.CaseState.DECIDED
    require_seen_to(line, decided, what)


@pytest.mark.parametrize("what", ["appeal", "flag"])
def test_a_complaint_that_comes_while_a_decision_takes_effect_does_not_lie_still(
    line: Line, decided: records.Case, what: str
) -> None:
    assert decided.decision_id is not None
    parts = interrupted(line, lambda: complain(line, line.wardline, what)).parts
    with pytest.raises(VersionConflictError):  # the work is done again, as after every error
        conclude.conclude(parts, decided.decision_id, 0)
    require_seen_to(line, decided, what)


def twice(line: Line, act: Callable[[Wardline], Any]) -> None:
    """Require that the same, sent twice at the same moment, is answered alike."""
    first: list[Any] = []
    assert act(interrupted(line, lambda: first.append(act(line.wardline)))) == first[0]


def test_a_request_to_preserve_under_one_key_is_one(line: Line) -> None:
    lead, item_id = line.person("lea", Role.LEAD).user, evidence.reported(line)
    wanted = evidence.asked(line, item_ids=(item_id,))
    twice(line, lambda wardline: wardline.preserve(wanted, user=lead, once="k"))
    assert len(line.store.preservations(most=9)) == 1


def test_what_police_need_under_one_key_is_written_once(line: Line) -> None:
    line.list_of([picture()])
    mika = line.person("mika").user
    case = line.wardline.claim(line.case_of(line.submit(picture())).id, user=mika)

    def act(wardline: Wardline) -> records.Fact:
        return wardline.add_fact(case.id, user=mika, kind=FactKind.LOCATION, text="a school", once="k")

    twice(line, act)
    assert len(line.store.facts_of(case.id)) == 1


@pytest.mark.parametrize("what", ["fact", "call"])
def test_what_is_added_to_a_report_under_one_key_is_added_once(make_line: MakeLine, what: str) -> None:
    line = make_line(rules=Rules(reporter=REPORTER, filing=FILING))
    case, lead = in_hand(line, region="GB")
    found, at = decide(line, case, lead), line.clock.now()

    def act(wardline: Wardline) -> records.Referral | records.Fact:
        if what == "call":
            return wardline.note_call(found.id, user=lead.user, region="GB", at=at, once="k")
        return wardline.add_to_referral(
            found.id, user=lead.user, kind=FactKind.LOCATION, text="a school", once="k"
        )

    twice(line, act)
    assert len(line.store.facts_of(case.id)) == 1


def test_a_call_is_noted_although_the_report_moves_at_that_moment(make_line: MakeLine) -> None:
    line = make_line(rules=Rules(reporter=REPORTER, filing=FILING))
    case, lead = in_hand(line, region="GB")
    found, ada = decide(line, case, lead), line.person("ada", Role.ADMIN).user

    def comes() -> None:
        line.wardline.second_referral(found.id, user=ada)

    interrupted(line, comes).note_call(found.id, user=lead.user, region="GB", at=line.clock.now())
    (noted,) = line.store.facts_of(case.id)
    assert noted.kind is FactKind.CALL


@pytest.mark.parametrize("first", ["request", "unlinking"])
def test_an_account_that_is_asked_for_while_it_is_taken_out_of_its_last_case_stays_or_is_not_promised(
    line: Line, first: str
) -> None:
    lead = line.person("lea", Role.LEAD).user
    line.list_of([picture()])
    case = line.wardline.claim(line.case_of(line.submit(picture())).id, user=lead)
    innocent = review.Judgement(outcome=records.Outcome.NOT_VIOLATION, findings=())
    line.wardline.decide(case.id, user=lead, judgement=innocent)
    line.pass_time(timedelta(days=20))
    assert not line.store.item(case.item_ids[0]).sealed
    assert line.store.case(case.id).account_reference == "account-1"

    def ask(wardline: Wardline) -> records.Preservation:
        return wardline.preserve(evidence.asked(line, account="account-1"), user=lead)

    if first == "request":
        parts = interrupted(line, lambda: ask(line.wardline)).parts
        with pytest.raises(VersionConflictError):  # the work is done again, as after every error
            preserve.unlink(parts, case.id, 0)
        preserve.unlink(line.parts, case.id, 0)
        assert line.store.case(case.id).account_reference == "account-1"
    else:
        made = ask(interrupted(line, lambda: preserve.unlink(line.parts, case.id, 0)))
        assert (made.case_ids, made.gone) == ((), ())
