"""Whoever looked at what came of a case gives no opinion about it, and answers no appeal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.stories import picture, violation
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api, assert_problem
from tests.web.console.browser import Browser, somebody
from wardline import records, review
from wardline.errors import ConflictError, RefusedError
from wardline.pipeline import Complaint, Rules, seeing
from wardline.records import CaseState, Category, Outcome, Role, Stage, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line, Person
from wardline.web.app import create_app

NOTE = "a note that must not travel"
OPINIONS = review.SecondOpinions(gravest=False, random_share=1.0)
ALONE = review.SecondOpinions(gravest=False, random_share=0.0)


@dataclass
class Scene:
    """Somebody decided a case that a lead passed on."""

    line: Line
    lead: Person
    case_id: str

    @property
    def case(self) -> records.Case:
        return self.line.store.case(self.case_id)

    @property
    def referral(self) -> records.Referral:
        (found,) = self.line.store.referrals(case_id=self.case_id)
        return found

    def browser(self) -> Browser:
        browser = Browser(Api(create_app(self.line.wardline)))
        browser.sign_in("lea")
        return browser

    def logged(self, subject_id: str) -> list[Verb]:
        while self.line.sequence():
            pass
        return [entry.verb for _, entry in self.line.wardline.entries_about(subject_id, 50)]


def scene_of(line: Line) -> Scene:
    somebody(line, "lea", Role.LEAD)
    user = line.store.user_named("lea")
    assert user is not None
    keyholder = line.person("keyholder", Role.LEAD)
    lead = Person(user, keyholder.key, keyholder.secret)
    first = line.person("mika")
    line.person("noor")
    case = line.case_of(line.submit(picture(), flag="spam"))
    line.wardline.claim(case.id, user=lead.user)
    line.wardline.pass_on(case.id, user=lead.user)
    line.wardline.claim(case.id, user=first.user)
    judgement = violation(case, Category.B1)
    line.wardline.decide(
        case.id,
        user=first.user,
        judgement=review.Judgement(outcome=Outcome.VIOLATION, findings=judgement.findings, note=NOTE),
    )
    return Scene(line, lead, case.id)


@contextmanager
def _told(folder: Path, opinions: review.SecondOpinions) -> Iterator[Scene]:
    """Give one whose first decision takes effect now."""
    rules = Rules(reporter=REPORTER, opinions=opinions)
    with (
        AuthoritySandbox(clock_now=VirtualClock(START).now) as authority,
        Line(folder, authority=authority, rules=rules, replaced={"password_hasher": CHEAP}) as line,
    ):
        scene = scene_of(line)
        line.pass_time(rules.undo_window)
        yield scene


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Scene]:
    """Give one whose second opinion is awaited."""
    with _told(tmp_path, OPINIONS) as scene:
        assert scene.case.stage is Stage.SECOND
        yield scene


@pytest.fixture
def appealed(tmp_path: Path) -> Iterator[Scene]:
    """Give one whose appeal waits."""
    with _told(tmp_path, ALONE) as scene:
        line = scene.line
        action = next(each for each in line.store.actions_of(scene.case_id) if each.stands)
        complaint = Complaint(text="It is our garden.", action_id=action.id)
        line.wardline.appeal(complaint, api_key=line.platform_key().record)
        line.run_due()
        assert (scene.case.stage, scene.case.state) == (Stage.APPEAL, CaseState.OPEN)
        yield scene


def test_who_passed_a_case_on_reads_no_report_of_it_while_they_may_give_an_opinion(asked: Scene) -> None:
    line, lead = asked.line, asked.lead
    with pytest.raises(RefusedError):
        line.wardline.open_referral(asked.referral.id, user=lead.user)
    assert line.wardline.visible_referrals([asked.referral], user=lead.user) == []
    browser = asked.browser()
    for path in (f"/referrals/{asked.referral.id}", f"/referrals/{asked.referral.id}/officer", f"/cases/{asked.case_id}/record"):  # fmt: skip
        page = browser.get(path)
        assert page.status == 403, path
        assert NOTE not in page.text
    assert line.wardline.claim(asked.case_id, user=lead.user).stage is Stage.SECOND


def test_who_could_not_tell_and_takes_no_part_any_more_reads_it(asked: Scene) -> None:
    line, lead = asked.line, asked.lead
    line.wardline.claim(asked.case_id, user=lead.user)
    cannot = review.Judgement(outcome=Outcome.CANNOT_TELL)
    line.wardline.decide(asked.case_id, user=lead.user, judgement=cannot)
    assert line.wardline.open_referral(asked.referral.id, user=lead.user).id == asked.referral.id
    with pytest.raises(ConflictError):
        line.wardline.claim(asked.case_id, user=lead.user)


def test_a_record_tells_nothing_of_a_decision_that_others_may_have_to_give_again(tmp_path: Path) -> None:
    rules = Rules(reporter=REPORTER, opinions=OPINIONS)
    with Line(tmp_path, rules=rules, replaced={"password_hasher": CHEAP}) as line:
        scene = scene_of(line)
        assert scene.case.state is CaseState.DECIDED
        browser = scene.browser()
        page = browser.get(f"/cases/{scene.case_id}/record")
        if page.status == 200:
            page = browser.send(page.form("/opening"), reason="a complaint")
        assert NOTE not in page.text
        assert page.status == 403


def test_who_could_decide_an_appeal_is_asked_before_they_read_the_report(appealed: Scene) -> None:
    line, lead, referral = appealed.line, appealed.lead, appealed.referral
    with pytest.raises(RefusedError) as refused:
        line.wardline.open_referral(referral.id, user=lead.user)
    assert "take the report on" in refused.value.advice
    browser = appealed.browser()
    assert NOTE not in browser.get(f"/referrals/{referral.id}/officer").text
    asked = browser.get(f"/referrals/{referral.id}")
    assert "somebody else decides the appeal" in asked.text
    assert "may be in danger" not in asked.text
    assert line.wardline.visible_referrals([referral], user=lead.user) == [referral]
    shown = browser.send(asked.form("/taking-on"))
    assert shown.status == 200
    assert browser.get(f"/referrals/{referral.id}/officer").status == 200
    with pytest.raises(ConflictError) as barred:
        line.wardline.claim(appealed.case_id, user=lead.user)
    assert "looked at what came of it" in str(barred.value)
    assert "looked at what came of it" in browser.get(f"/cases/{appealed.case_id}").text
    assert Verb.REFERRAL_TAKEN_ON in appealed.logged(referral.id)
    assert Verb.CASE_BARRED in appealed.logged(appealed.case_id)


def test_who_opens_the_record_of_an_appealed_case_leaves_the_appeal_to_others(appealed: Scene) -> None:
    line, lead = appealed.line, appealed.lead
    browser = appealed.browser()
    asked = browser.get(f"/cases/{appealed.case_id}/record")
    assert "somebody else decides the appeal" in asked.text
    shown = browser.send(asked.form("/opening"), reason="a question from outside")
    assert NOTE in shown.text
    with pytest.raises(ConflictError):
        line.wardline.claim(appealed.case_id, user=lead.user)
    assert line.wardline.open_referral(appealed.referral.id, user=lead.user).id == appealed.referral.id


def test_an_opening_from_before_the_appeal_opens_no_record_of_it(appealed: Scene) -> None:
    line, lead = appealed.line, appealed.lead
    api = Api(create_app(line.wardline))
    opened = f"/v1/cases/{appealed.case_id}/openings"
    assert api.post(opened, lead.secret, json={"reason": "a complaint"}).status_code == 201
    somebody(line, "reader", Role.LEAD)
    reader = line.store.user_named("reader")
    assert reader is not None
    browser = Browser(api)
    browser.sign_in("reader")
    seeing.look_into(line.parts, appealed.case_id, reader, "a complaint")
    page = browser.get(f"/cases/{appealed.case_id}/record")
    assert NOTE not in page.text
    assert "somebody else decides the appeal" in page.text


def test_over_http_the_report_of_an_appealed_case_is_refused_until_it_is_taken_on(appealed: Scene) -> None:
    api, at = Api(create_app(appealed.line.wardline)), f"/v1/referrals/{appealed.referral.id}"
    for more in ("", "/preview"):
        assert_problem(api.get(f"{at}{more}", appealed.lead.secret), 403, "refused")
    assert api.post(f"{at}/taking-on", appealed.lead.secret).status_code == 200
    assert api.get(f"{at}/preview", appealed.lead.secret).status_code == 200
    assert_problem(api.post(f"/v1/cases/{appealed.case_id}/claim", appealed.lead.secret), 409, "conflict")


def test_who_answers_the_appeal_reads_the_report_after_it(appealed: Scene) -> None:
    line, lead = appealed.line, appealed.lead
    line.wardline.claim(appealed.case_id, user=lead.user)
    with pytest.raises(RefusedError):
        line.wardline.open_referral(appealed.referral.id, user=lead.user)
    line.wardline.decide(appealed.case_id, user=lead.user, judgement=violation(appealed.case, Category.B1))
    line.pass_time(line.parts.rules.undo_window)
    assert appealed.case.state is CaseState.CLOSED
    assert line.wardline.open_referral(appealed.referral.id, user=lead.user).id == appealed.referral.id
