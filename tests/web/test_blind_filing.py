"""Whoever may have to judge a case learns from no alarm, no refusal and no form that it is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture, violation
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import records, review
from wardline.errors import ConflictError, NotAllowedError, NotFoundError, RefusedError
from wardline.pipeline import Rules
from wardline.pipeline.filing_rules import Emergency, FilingRules
from wardline.records import (
    AlarmKind,
    CaseState,
    Category,
    FactKind,
    Priority,
    ReferralState,
    Role,
    Stage,
    Verb,
)
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line, Person
from wardline.web.app import create_app

GRAVEST = review.SecondOpinions(gravest=True, random_share=0.05)
DRAWN = review.SecondOpinions(gravest=False, random_share=1.0)
FILING = FilingRules(emergency={"GB": Emergency(phone="999")})


@dataclass
class Scene:
    """A report that stopped, of a case that waits for another opinion."""

    line: Line
    authority: AuthoritySandbox
    lead: Person
    case: records.Case
    referral: records.Referral

    def alarms(self, *kinds: AlarmKind) -> list[records.Alarm]:
        return [each for each in self.line.store.open_alarms() if each.kind in kinds]

    def told(self, user: records.User) -> set[str]:
        return {each.subject_id for each in self.line.wardline.open_alarms(user=user)}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with (
        AuthoritySandbox(clock_now=VirtualClock(START).now) as authority,
        Line(
            tmp_path, authority=authority, rules=Rules(reporter=REPORTER, opinions=DRAWN, filing=FILING), replaced={"password_hasher": CHEAP}
        ) as line,
    ):  # fmt: skip
        authority.faults = lambda _call, _number: Fault.REJECTED
        lead, first = line.person("lea", Role.LEAD), line.person("mika")
        case = line.case_of(line.submit(picture(), flag="spam"))
        line.wardline.claim(case.id, user=first.user)
        line.wardline.decide(case.id, user=first.user, judgement=violation(case, Category.B1))
        line.pass_time(line.parts.rules.undo_window)
        (found,) = line.store.referrals(case_id=case.id)
        assert found.state is ReferralState.NEEDS_HUMAN
        case = line.store.case(case.id)
        assert case.stage is Stage.SECOND
        yield Scene(line, authority, lead, case, found)


def test_an_alarm_about_a_report_is_told_to_those_alone_who_do_not_judge_its_case(scene: Scene) -> None:
    line, admin = scene.line, scene.line.person("ada", Role.ADMIN)
    assert scene.referral.id in scene.told(admin.user)
    assert scene.referral.id in scene.told(line.person("otto", Role.AUDITOR).user)
    assert scene.referral.id not in scene.told(scene.lead.user)
    (alarm,) = scene.alarms(AlarmKind.FILING_NEEDS_HUMAN)
    with pytest.raises(NotFoundError):
        line.wardline.resolve_alarm(alarm.id, user=scene.lead.user)
    api = Api(create_app(line.wardline))
    assert scene.referral.id not in api.get("/v1/alarms", scene.lead.secret).text
    assert scene.referral.id in api.get("/v1/alarms", admin.secret).text
    somebody(line, "reader", Role.LEAD)
    browser = Browser(api)
    browser.sign_in("reader")
    page = browser.get("/alarms").text
    assert scene.referral.id not in page
    assert "A report waits for a person" not in page


def test_where_nobody_else_could_put_it_right_a_lead_is_told(scene: Scene) -> None:
    assert scene.referral.id in scene.told(scene.lead.user)


def test_a_lead_whose_opinion_is_settled_is_told_again(scene: Scene) -> None:
    line = scene.line
    line.person("ada", Role.ADMIN)
    second = line.person("noor")
    line.wardline.claim(scene.case.id, user=second.user)
    line.wardline.decide(scene.case.id, user=second.user, judgement=violation(scene.case, scene_grade(scene)))
    line.pass_time(line.parts.rules.undo_window)
    assert scene.referral.id in scene.told(scene.lead.user)


def scene_grade(scene: Scene) -> Category:
    (decision,) = scene.line.store.decisions_of(scene.case.id)
    grade = decision.findings[0].category
    assert grade is not None
    return grade


def test_a_refusal_names_the_report_that_was_asked_for_and_no_case(scene: Scene) -> None:
    line, lead = scene.line, scene.lead
    acts: list[Callable[[], object]] = [
        lambda: line.wardline.file_again(scene.referral.id, user=lead.user),
        lambda: line.wardline.second_referral(scene.referral.id, user=lead.user),
        lambda: line.wardline.add_to_referral(
            scene.referral.id, user=lead.user, kind=FactKind.DANGER, text="x"
        ),
        lambda: line.wardline.note_call(scene.referral.id, user=lead.user, region="GB", at=line.clock.now()),
    ]
    for act in acts:
        with pytest.raises(RefusedError) as refused:
            act()
        assert scene.case.id not in str(refused.value)
    api = Api(create_app(line.wardline))
    for more in ("", "/preview", "/receipt"):
        answer = api.get(f"/v1/referrals/{scene.referral.id}{more}", lead.secret)
        assert answer.status_code == 403
        assert scene.case.id not in answer.text


def test_no_alarm_about_clocks_or_checks_names_a_report(scene: Scene) -> None:
    line = scene.line
    line.pass_time(line.store.referral(scene.referral.id).due_at - line.clock.now())  # type: ignore[operator]  # it has a clock
    found = scene.alarms(AlarmKind.REFERRAL_NEAR, AlarmKind.REFERRAL_PAST)
    assert len(found) == 3
    assert [each for each in found if "referral-" in each.message or "case-" in each.message] == []


def test_who_judges_it_next_adds_to_it_as_if_there_were_no_report_and_it_is_in_the_report(
    scene: Scene,
) -> None:
    line, second = scene.line, scene.line.person("noor")
    line.wardline.claim(scene.case.id, user=second.user)
    line.wardline.add_fact(scene.case.id, user=second.user, kind=FactKind.LOCATION, text="a town by the sea")
    report = line.wardline.preview_referral(scene.referral.id).report
    assert report is not None
    assert "a town by the sea" in report.note
    assert scene.alarms(AlarmKind.KNOWN_LATE) == []


def test_what_is_added_after_the_report_was_sent_is_told_to_a_person_and_is_not_shown_in_it(
    scene: Scene,
) -> None:
    line, second = scene.line, scene.line.person("noor")
    admin = line.person("ada", Role.ADMIN)
    scene.authority.faults = None
    line.wardline.file_again(scene.referral.id, user=admin.user)
    line.run_due()
    assert line.store.referral(scene.referral.id).state is ReferralState.FINISHED
    line.pass_time(a_lease(line))
    line.wardline.claim(scene.case.id, user=second.user)
    line.wardline.add_fact(scene.case.id, user=second.user, kind=FactKind.LOCATION, text="a town by the sea")
    assert [each.subject_id for each in scene.alarms(AlarmKind.KNOWN_LATE)] == [scene.referral.id]
    assert scene.referral.id not in scene.told(scene.lead.user)
    shown = line.wardline.preview_referral(scene.referral.id)
    assert shown.report is not None
    assert "a town by the sea" not in shown.report.note
    missing = {each.name for each in shown.checklist if each.state == "missing"}
    assert "Location" in missing


def a_lease(line: Line) -> timedelta:
    return line.parts.rules.lease


@pytest.fixture
def urgent(tmp_path: Path) -> Iterator[Scene]:
    """Give a report of priority 1 that stopped, where each of two leads may have to judge its case, and an administrator is there."""
    folder = tmp_path / "urgent"
    folder.mkdir()
    with (
        AuthoritySandbox(clock_now=VirtualClock(START).now) as authority,
        Line(
            folder, authority=authority, rules=Rules(reporter=REPORTER, opinions=GRAVEST, filing=FILING), replaced={"password_hasher": CHEAP}
        ) as line,
    ):  # fmt: skip
        authority.faults = lambda _call, _number: Fault.REJECTED
        line.person("ada", Role.ADMIN)
        lead, first = line.person("lea", Role.LEAD), line.person("mika")
        case = line.case_of(line.submit(picture(), flag="spam"))
        line.wardline.claim(case.id, user=first.user)
        judgement = replace(violation(case, Category.A1), escalation="They meet today.")
        line.wardline.decide(case.id, user=first.user, judgement=judgement)
        line.pass_time(line.parts.rules.undo_window)
        (found,) = line.store.referrals(case_id=case.id)
        assert (found.state, found.priority) == (ReferralState.NEEDS_HUMAN, Priority.FIRST)
        assert line.store.case(case.id).stage is Stage.SECOND
        yield Scene(line, authority, lead, line.store.case(case.id), found)


def test_a_lead_who_is_there_files_a_stopped_report_of_priority_1_and_judges_its_case_no_more(
    urgent: Scene,
) -> None:
    line, lead = urgent.line, urgent.lead
    other = line.person("lou", Role.LEAD)
    with pytest.raises(RefusedError) as refused:
        line.wardline.file_again(urgent.referral.id, user=lead.user)
    assert "take it on" in refused.value.advice
    (told,) = (
        each for each in line.wardline.open_alarms(user=lead.user) if each.subject_id == urgent.referral.id
    )
    assert "priority 1" in told.message
    assert "reject" not in told.message
    line.wardline.claim(urgent.case.id, user=lead.user)
    line.wardline.take_on_report(urgent.referral.id, user=lead.user)
    urgent.authority.faults = None
    line.wardline.file_again(urgent.referral.id, user=lead.user)
    line.run_due()
    assert line.store.referral(urgent.referral.id).state is ReferralState.FINISHED
    with pytest.raises(ConflictError):
        line.wardline.claim(urgent.case.id, user=lead.user)
    line.wardline.claim(urgent.case.id, user=other.user)
    line.sequence()
    about = [each.verb for _, each in line.wardline.entries_about(urgent.referral.id, 50)]
    assert Verb.REFERRAL_TAKEN_ON in about
    with pytest.raises(RefusedError):
        line.wardline.open_referral(urgent.referral.id, user=other.user)


def test_where_everybody_knows_the_first_answer_stands_with_an_alarm(urgent: Scene) -> None:
    line = urgent.line
    line.wardline.take_on_report(urgent.referral.id, user=urgent.lead.user)
    line.run_due()
    assert line.store.case(urgent.case.id).state is CaseState.CLOSED
    assert urgent.alarms(AlarmKind.OPINION_MISSING)


def test_whose_answer_takes_effect_in_a_moment_waits_for_that(urgent: Scene) -> None:
    line, lead = urgent.line, urgent.lead
    line.person("lou", Role.LEAD)
    line.wardline.claim(urgent.case.id, user=lead.user)
    line.wardline.decide(urgent.case.id, user=lead.user, judgement=violation(urgent.case, Category.A2))
    with pytest.raises(ConflictError):
        line.wardline.take_on_report(urgent.referral.id, user=lead.user)
    line.pass_time(line.parts.rules.undo_window)
    assert line.wardline.open_referral(urgent.referral.id, user=lead.user).id == urgent.referral.id


def test_neither_a_moderator_nor_a_report_of_another_priority_is_taken_on(
    scene: Scene, urgent: Scene
) -> None:
    moderator = urgent.line.person("noor")
    with pytest.raises(NotAllowedError):
        urgent.line.wardline.take_on_report(urgent.referral.id, user=moderator.user)
    assert urgent.referral.id not in urgent.told(moderator.user)
    with pytest.raises(RefusedError) as refused:
        scene.line.wardline.take_on_report(scene.referral.id, user=scene.lead.user)
    assert "take it on" not in refused.value.advice
    assert scene.line.store.case(scene.case.id) == scene.case


def test_the_page_of_a_report_asks_first_and_shows_it_then(urgent: Scene) -> None:
    line = urgent.line
    line.person("lou", Role.LEAD)
    somebody(line, "reader", Role.LEAD)
    api = Api(create_app(line.wardline))
    browser = Browser(api)
    browser.sign_in("reader")
    asked = browser.get(f"/referrals/{urgent.referral.id}")
    assert "waits for a person" in asked.text
    assert urgent.case.id not in asked.text
    assert "They meet today." not in asked.text
    browser.send(asked.form("/taking-on"))
    assert "They meet today." in browser.get(f"/referrals/{urgent.referral.id}/officer").text
    answer = api.post(f"/v1/referrals/{urgent.referral.id}/taking-on", urgent.lead.secret)
    assert answer.status_code == 200
    assert answer.json()["id"] == urgent.referral.id
