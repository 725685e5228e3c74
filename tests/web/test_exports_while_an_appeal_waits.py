"""Whoever could answer the appeal of a case takes nothing out that tells what was found in it, before they leave the appeal to others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.stories import violation
from tests.acceptance.test_exports import PROFILE, reported
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api, assert_problem
from tests.web.console.browser import Browser, somebody
from tests.web.test_exports import GIVEN, WORD
from tests.web.test_hold_exports import BODY, TYPED, opened, the_hold
from wardline import plugins, records
from wardline.errors import ConflictError
from wardline.pipeline import Complaint, people
from wardline.records import CaseState, Role, Stage, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line
from wardline.web.app import create_app


@dataclass
class Scene:
    """A case that was reported, and whose appeal waits. Lea could answer it; Ada reviews nothing."""

    line: Line
    api: Api
    case_id: str
    hold_id: str
    lea: str
    ada: str

    @property
    def wanted(self) -> dict[str, object]:
        return {**GIVEN, **WORD, "case_ids": [self.case_id]}

    def browser(self) -> Browser:
        browser = Browser(self.api)
        browser.sign_in("lea")
        return browser

    def user(self) -> records.User:
        found = self.line.store.user_named("lea")
        assert found is not None
        return found

    def logged(self, verb: Verb) -> list[records.Entry]:
        while self.line.sequence():
            pass
        return [each for _, each in self.line.wardline.newest_entries(200) if each.verb is verb]

    def proposed(self) -> tuple[str, str]:
        made = self.api.post("/v1/exports", self.ada, json=self.wanted).json()
        return made["export"]["id"], made["approval"]["id"]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    clock = VirtualClock(START)
    replaced = {
        "password_hasher": CHEAP, "category_profiles": {"theirs": PROFILE}, "write_vics": plugins.load("hash_lists", "vics-writer"),
    }  # fmt: skip
    with (
        AuthoritySandbox(clock_now=clock.now) as authority,
        Line(tmp_path, clock=clock, authority=authority, replaced=replaced) as line,
    ):
        lea, ada = (
            people.create_person_key(line.parts, name, somebody(line, name, role))[1]
            for name, role in (("lea", Role.LEAD), ("ada", Role.ADMIN))
        )
        case, _ = reported(line)
        action = next(each for each in line.store.actions_of(case.id) if each.stands)
        line.wardline.appeal(Complaint(text="no", action_id=action.id), api_key=line.platform_key().record)
        line.run_due()
        assert line.store.case(case.id).stage is Stage.APPEAL
        api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
        yield Scene(line, api, case.id, the_hold(line, case).id, lea, ada)


def test_a_key_exports_a_held_file_only_after_its_person_stood_aside(scene: Scene) -> None:
    export, aside = f"/v1/holds/{scene.hold_id}/export", f"/v1/cases/{scene.case_id}/standing-aside"
    refused = scene.api.post(export, scene.lea, json=BODY)
    assert_problem(refused, 403, "refused")
    assert "leave it to others" in refused.json()["detail"]
    assert scene.logged(Verb.EXPORT_MADE) == []
    assert scene.api.post(export, scene.ada, json=BODY).status_code == 200
    for _ in range(2):
        assert scene.api.post(aside, scene.lea).status_code == 200
    (entry,) = scene.logged(Verb.CASE_BARRED)
    assert (entry.subject_id, entry.actor) == (scene.case_id, scene.user().id)
    assert opened(scene.api.post(export, scene.lea, json=BODY).content)
    assert_problem(scene.api.post(f"/v1/cases/{scene.case_id}/claim", scene.lea), 409, "conflict")
    with pytest.raises(ConflictError):
        scene.line.wardline.claim(scene.case_id, user=scene.user())


def test_hashes_are_proposed_shown_approved_and_taken_only_after_that(scene: Scene) -> None:
    export_id, approval_id = scene.proposed()
    show, take = f"/v1/exports/{export_id}", f"/v1/exports/{export_id}/document"
    approve = f"/v1/approvals/{approval_id}/approve"
    assert_problem(scene.api.post("/v1/exports", scene.lea, json=scene.wanted), 403, "refused")
    assert_problem(scene.api.get(show, scene.lea), 403, "refused")
    assert_problem(scene.api.post(approve, scene.lea, json=WORD), 403, "refused")
    other = people.create_person_key(scene.line.parts, "anna", somebody(scene.line, "anna", Role.ADMIN))[1]
    assert scene.api.post(approve, other, json=WORD).status_code == 200
    assert_problem(scene.api.post(take, scene.lea, json=WORD), 403, "refused")
    assert scene.api.post(f"/v1/cases/{scene.case_id}/standing-aside", scene.lea).status_code == 200
    assert scene.api.get(show, scene.lea).json()["case_ids"] == [scene.case_id]
    assert scene.api.post(take, scene.lea, json=WORD).status_code == 200
    assert scene.api.post("/v1/exports", scene.lea, json=scene.wanted).status_code == 201


def test_a_second_person_who_stood_aside_approves(scene: Scene) -> None:
    _, approval_id = scene.proposed()
    assert scene.api.post(f"/v1/cases/{scene.case_id}/standing-aside", scene.lea).status_code == 200
    approve = f"/v1/approvals/{approval_id}/approve"
    assert scene.api.post(approve, scene.lea, json=WORD).status_code == 200


def test_the_page_of_a_hold_asks_and_then_exports(scene: Scene) -> None:
    browser, address = scene.browser(), f"/holds/{scene.hold_id}/export"
    asked = browser.get(address)
    assert "somebody else decides the appeal" in asked.text
    assert scene.line.store.hold(scene.hold_id).item_id not in asked.text
    shown = browser.send(asked.form(f"/holds/{scene.hold_id}/standing-aside"))
    given = browser.send(shown.form(address), **TYPED)
    assert given.answer.headers["content-type"] == "application/zip"
    (entry,) = scene.logged(Verb.CASE_BARRED)
    assert (entry.subject_id, entry.detail) == (scene.case_id, scene.hold_id)


def test_the_page_of_an_export_asks_and_then_shows_it(scene: Scene) -> None:
    export_id, _ = scene.proposed()
    browser = scene.browser()
    asked = browser.get(f"/exports/{export_id}")
    assert "somebody else decides the appeal" in asked.text
    assert scene.case_id not in asked.text
    shown = browser.send(asked.form(f"/exports/{export_id}/standing-aside"))
    assert scene.case_id in shown.text
    (entry,) = scene.logged(Verb.CASE_BARRED)
    assert (entry.subject_id, entry.detail) == (scene.case_id, export_id)


def test_who_holds_the_appeal_stands_aside_only_after_giving_it_back(scene: Scene) -> None:
    aside = f"/v1/cases/{scene.case_id}/standing-aside"
    scene.line.wardline.claim(scene.case_id, user=scene.user())
    refused = scene.api.post(aside, scene.lea)
    assert_problem(refused, 409, "conflict")
    assert "Give it back first" in refused.json()["detail"]
    scene.line.wardline.return_case(scene.case_id, user=scene.user())
    assert scene.api.post(aside, scene.lea).status_code == 200


def test_whoever_answered_it_exports_again_and_nobody_stands_aside_where_no_appeal_waits(
    scene: Scene,
) -> None:
    line = scene.line
    case = line.wardline.claim(scene.case_id, user=scene.user())
    line.wardline.decide(case.id, user=scene.user(), judgement=violation(case))
    line.pass_time(line.parts.rules.undo_window)
    assert line.store.case(case.id).state is CaseState.CLOSED
    aside = f"/v1/cases/{scene.case_id}/standing-aside"
    assert_problem(scene.api.post(aside, scene.lea), 409, "conflict")
    assert scene.api.post(f"/v1/holds/{scene.hold_id}/export", scene.lea, json=BODY).status_code == 200
