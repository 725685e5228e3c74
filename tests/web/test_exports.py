"""Hashes for law enforcement over HTTP and on the console: one person proposes, another approves, then they are given out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.test_exports import PROFILE, awaiting_opinion, reported, reported_words
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api, assert_problem
from tests.web.console.browser import PASSWORD, Browser, somebody
from wardline import plugins
from wardline.pipeline import people
from wardline.records import Role, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line
from wardline.web.app import create_app

GIVEN = {"reason": "police-request", "reference": "OP-17", "profile": "theirs"}
WORD = {"password": PASSWORD}


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    clock = VirtualClock(START)
    replaced = {
        "password_hasher": CHEAP, "category_profiles": {"theirs": PROFILE}, "write_vics": plugins.load("hash_lists", "vics-writer"),
    }  # fmt: skip
    with (
        AuthoritySandbox(clock_now=clock.now) as sandbox,
        Line(tmp_path, clock=clock, authority=sandbox, replaced=replaced) as made,
    ):
        yield made


@pytest.fixture
def api(line: Line) -> Api:
    return Api(create_app(line.wardline, low_trust_answer_seconds=0))


def key_of(line: Line, name: str, role: Role) -> str:
    return people.create_person_key(line.parts, name, somebody(line, name, role))[1]


def browser_of(line: Line, api: Api, name: str, role: Role) -> Browser:
    somebody(line, name, role)
    browser = Browser(api)
    browser.sign_in(name)
    return browser


def told(line: Line) -> list[Verb]:
    line.sequence()
    every = (entry.verb for _, entry in reversed(line.wardline.newest_entries(200)))
    return [each for each in every if each.startswith("export:")]


def test_two_keys_with_their_passwords_give_hashes_out(line: Line, api: Api) -> None:
    case, _ = reported(line)
    ada, lea = key_of(line, "ada", Role.ADMIN), key_of(line, "lea", Role.LEAD)
    body, once = {**GIVEN, **WORD, "case_ids": [case.id]}, {"Idempotency-Key": "export-1"}
    assert_problem(api.post("/v1/exports", ada, json={**body, "password": "no"}), 401, "not-authenticated")
    made = api.post("/v1/exports", ada, json=body, headers=once)
    assert made.status_code == 201, made.text
    assert api.post("/v1/exports", ada, json=body, headers=once).json() == made.json()
    export_id, approval_id = made.json()["export"]["id"], made.json()["approval"]["id"]
    document, approve = f"/v1/exports/{export_id}/document", f"/v1/approvals/{approval_id}/approve"
    assert_problem(api.post(document, ada, json=WORD), 409, "conflict")
    assert_problem(api.post(approve, ada, json=WORD), 403, "second-person")
    assert api.post(approve, lea, json=WORD).status_code == 200
    assert_problem(api.post(document, lea, json={"password": "no"}), 401, "not-authenticated")
    assert told(line) == [Verb.EXPORT_PROPOSED, Verb.EXPORT_DECIDED]
    given = api.post(document, lea, json=WORD)
    assert (given.status_code, given.headers["content-type"]) == (200, "application/json")
    assert given.headers["content-disposition"] == f'attachment; filename="{export_id}.json"'
    (medium,) = json.loads(given.content)["value"]
    assert medium["Category"] == 2
    assert told(line)[2:] == [Verb.EXPORT_MADE]
    listed = api.get("/v1/exports", key_of(line, "uma", Role.AUDITOR)).json()
    assert [each["id"] for each in listed["items"]] == [export_id]
    assert api.get(f"/v1/exports/{export_id}", ada).json()["state"] == "approved"


def test_a_list_goes_on_at_its_cursor(line: Line, api: Api) -> None:
    case, _ = reported(line)
    ada = key_of(line, "ada", Role.ADMIN)
    bodies = [{**GIVEN, **WORD, "reference": f"OP-{number}", "case_ids": [case.id]} for number in range(3)]
    made = [api.post("/v1/exports", ada, json=body).json()["export"]["id"] for body in bodies]
    first = api.get("/v1/exports?limit=2", ada).json()
    rest = api.get(f"/v1/exports?limit=2&cursor={first['next']}", ada).json()
    assert [each["id"] for each in (*first["items"], *rest["items"])] == sorted(made)
    assert rest["next"] is None


def test_what_is_wrong_proposes_nothing(line: Line, api: Api) -> None:
    case, _ = reported(line)
    ada = key_of(line, "ada", Role.ADMIN)
    body = {**GIVEN, **WORD, "case_ids": [case.id]}
    wrongs: tuple[dict[str, Any], ...] = (
        {"case_ids": []}, {"case_ids": ["no id"]}, {"profile": "another"}, {"reason": "because"}, {"reference": ""}, {"more": 1},
    )  # fmt: skip
    for wrong in wrongs:
        assert_problem(api.post("/v1/exports", ada, json={**body, **wrong}), 400, "invalid-input")
    assert_problem(
        api.post("/v1/exports", ada, json={**body, "case_ids": [f"case-{'0' * 26}"]}), 404, "not-found"
    )
    assert line.store.exports(most=9) == []


def test_who_may_have_to_judge_a_case_finds_no_export_of_it_anywhere(line: Line, api: Api) -> None:
    case, _ = reported(line)
    ada, lea = key_of(line, "ada", Role.ADMIN), key_of(line, "lea", Role.LEAD)
    made = api.post("/v1/exports", ada, json={**GIVEN, **WORD, "case_ids": [case.id]}).json()
    export_id, approval_id = made["export"]["id"], made["approval"]["id"]
    awaiting_opinion(line, case)
    browser = Browser(api)
    browser.sign_in("lea")
    assert api.get("/v1/exports", lea).json()["items"] == []
    assert approval_id not in [each["id"] for each in api.get("/v1/approvals", lea).json()]
    for path in (f"/v1/exports/{export_id}", f"/exports/{export_id}"):
        answer = api.get(path, lea) if path.startswith("/v1") else browser.get(path).answer
        assert answer.status_code == 403
        assert case.id not in answer.text
    for page in ("/exports", "/approvals"):
        assert case.id not in browser.get(page).text
        assert "OP-17" not in browser.get(page).text
    refused = api.post("/v1/exports", lea, json={**GIVEN, **WORD, "case_ids": [case.id]})
    assert refused.status_code == 403


def test_two_people_give_hashes_out_on_the_console(line: Line, api: Api) -> None:
    case, _ = reported(line)
    ada, lea = browser_of(line, api, "ada", Role.ADMIN), browser_of(line, api, "lea", Role.LEAD)
    assert "None was proposed" in ada.get("/exports").text
    page = ada.send(
        ada.get("/exports/new").form("/exports"), cases=f"{case.id}\r\n{case.id}", profile="theirs", reason="police-request",
        reference="OP-17",
    )  # fmt: skip
    (made,) = line.store.exports(most=9)
    assert made.case_ids == (case.id,)
    for said in ("Waits for a second person", "You proposed this", made.sha256, case.id, "Police ask for it"):
        assert said in page.text
    assert not [form for form in page.forms if form.action.endswith("/document")]
    (approval,) = line.store.approvals()
    approve = f"/approvals/{approval.id}/approve"
    asked = lea.get("/approvals")
    assert "Give hashes to law enforcement" in asked.text
    assert made.sha256 in asked.text
    lea.send(asked.form(approve))
    page = lea.get(f"/exports/{made.id}")
    assert "Approved; can be taken for 14 days" in page.text
    line.clock.advance(line.parts.rules.accounts.proof)
    again = lea.send(page.form("/document"))
    assert "Is it you?" in again.text
    given = lea.send(again.form("/document"), proof_password=PASSWORD)
    assert json.loads(given.text)["value"][0]["Category"] == 2
    assert told(line) == [Verb.EXPORT_PROPOSED, Verb.EXPORT_DECIDED, Verb.EXPORT_MADE]
    uma = browser_of(line, api, "uma", Role.AUDITOR)
    assert f"/exports/{made.id}" in uma.get("/exports").links
    assert not [form for form in uma.get(f"/exports/{made.id}").forms if form.action.endswith("/document")]


def test_a_key_is_told_of_which_cases_no_file_goes_out(line: Line, api: Api) -> None:
    case, lead = reported(line)
    words = reported_words(line, lead)
    ada, lea = key_of(line, "ada", Role.ADMIN), key_of(line, "lea", Role.LEAD)
    body = {**GIVEN, **WORD}
    refused = api.post("/v1/exports", ada, json={**body, "case_ids": [words.id]})
    assert_problem(refused, 400, "invalid-input")
    assert "none of these 1 has a file" in refused.json()["title"]
    made = api.post("/v1/exports", ada, json={**body, "case_ids": [words.id, case.id]}).json()
    assert made["without_files"] == [words.id]
    assert made["export"]["media"] == 1
    assert api.get(f"/v1/exports/{made['export']['id']}", lea).json() == {
        **made["export"],
        "without_files": [words.id],
    }
    listed = api.get("/v1/approvals?state=proposed", lea).json()
    assert listed == [{**made["approval"], "without_files": [words.id]}]
    approved = api.post(f"/v1/approvals/{made['approval']['id']}/approve", lea, json=WORD)
    assert (approved.status_code, approved.json()["without_files"]) == (200, [words.id])
    other = api.post("/v1/exports", ada, json={**body, "case_ids": [case.id]}).json()
    refuse = f"/v1/approvals/{other['approval']['id']}/refuse"
    assert api.post(refuse, lea, json=WORD).json()["without_files"] == []
    given = api.post(f"/v1/exports/{made['export']['id']}/document", lea, json=WORD)
    assert given.headers["wardline-cases-without-files"] == "1"
    assert len(json.loads(given.content)["value"]) == 1


def test_the_console_says_of_which_cases_no_file_goes_out(line: Line, api: Api) -> None:
    case, lead = reported(line)
    words = reported_words(line, lead)
    ada, lea = browser_of(line, api, "ada", Role.ADMIN), browser_of(line, api, "lea", Role.LEAD)
    form = ada.get("/exports/new").form("/exports")
    right = {"reason": "police-request", "reference": "OP-17", "profile": "theirs"}
    refused = ada.send(form, cases=words.id, **right)
    assert refused.status == 400
    assert "none of these 1 has a file" in refused.text
    assert "wardline hold export" in refused.text
    assert "#cases" in refused.links
    told = "1 of 2 cases has no file in it"
    page = ada.send(form, cases=f"{words.id} {case.id}", **right)
    assert told in page.text
    assert page.text.count(words.id) == 2
    assert told in lea.get("/approvals").text
    whole = ada.send(form, cases=case.id, **right)
    assert "no file in it" not in whole.text


def test_a_form_that_is_wrong_keeps_what_was_written_and_leads_to_the_field(line: Line, api: Api) -> None:
    case, _ = reported(line)
    ada = browser_of(line, api, "ada", Role.ADMIN)
    form = ada.get(f"/exports/new?case={case.id}").form("/exports")
    assert form.fields["cases"].strip() == case.id
    right = {"reason": "police-request", "reference": "OP-17", "profile": "theirs"}
    for wrong, field in (
        ({"cases": ""}, "cases"), ({"cases": "no id"}, "cases"), ({"cases": f"case-{'0' * 26}"}, "cases"), ({"profile": ""}, "profile-0"),
        ({"reason": ""}, "reason-0"), ({"reference": ""}, "reference"),
    ):  # fmt: skip
        page = ada.send(form, **{**right, **wrong})
        assert page.status in (400, 404)
        assert f"#{field}" in page.links, wrong
        assert case.id in page.text or "cases" in wrong
    assert line.store.exports(most=9) == []


def test_without_numbers_of_theirs_the_page_says_what_to_ask(tmp_path: Path) -> None:
    with Line(tmp_path, replaced={"password_hasher": CHEAP}) as line:
        api = Api(create_app(line.wardline))
        page = browser_of(line, api, "ada", Role.ADMIN).get("/exports/new")
    assert "No numbers are known yet" in page.text
    assert not [form for form in page.forms if form.action == "/exports"]
