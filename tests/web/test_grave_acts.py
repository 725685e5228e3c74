"""What the console asks again for, a key alone does not do over HTTP: whoever takes a key is not the second person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api, assert_problem
from tests.web.console.browser import PASSWORD, somebody
from wardline import records
from wardline.pipeline import Rules, admitting, people
from wardline.pipeline.account_rules import AccountRules
from wardline.records import ApprovalState, ListTrust, Role, SecondFactor, Verb
from wardline.testing.harness import REPORTER, Line
from wardline.web import access
from wardline.web.app import create_app
from wardline.web.console.building import PAGES


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, replaced={"password_hasher": CHEAP}) as made:
        yield made


def proposed(line: Line) -> records.Approval:
    admin = somebody(line, "ana", Role.ADMIN)
    path = line.list_file([picture()], "known")
    return line.wardline.add_list(
        path, name="known", provenance="test", trust=ListTrust.VERIFIED, user=admin
    ).approval


def key_of(line: Line, name: str) -> str:
    return people.create_person_key(line.parts, name, somebody(line, name, Role.LEAD))[1]


def state(line: Line) -> ApprovalState:
    return line.store.approvals()[0].state


@pytest.mark.parametrize("act", ["approve", "refuse"])
def test_a_key_alone_is_not_enough(api: Api, line: Line, act: str) -> None:
    route, secret = f"/v1/approvals/{proposed(line).id}/{act}", key_of(line, "lea")
    for body in (None, {}, {"password": ""}, {"password": PASSWORD, "more": 1}):
        answer = api.post(route, secret) if body is None else api.post(route, secret, json=body)
        assert_problem(answer, 400, "invalid-input")
    assert_problem(api.post(route, secret, json={"password": "not the password"}), 401, "not-authenticated")
    assert state(line) is ApprovalState.PROPOSED
    assert api.post(route, secret, json={"password": PASSWORD}).status_code == 200
    assert state(line) is not ApprovalState.PROPOSED
    line.sequence()
    assert Verb.USER_PROVEN in [entry.verb for _, entry in line.wardline.newest_entries(50)]


def test_guessing_locks_the_person(api: Api, line: Line) -> None:
    route, secret = f"/v1/approvals/{proposed(line).id}/approve", key_of(line, "lea")
    for guess in range(admitting.FAILURES_BEFORE_LOCK):
        assert_problem(api.post(route, secret, json={"password": f"guess {guess}"}), 401, "not-authenticated")
    assert_problem(api.post(route, secret, json={"password": PASSWORD}), 401, "not-authenticated")
    assert state(line) is ApprovalState.PROPOSED


def test_whoever_has_to_show_a_security_key_does_it_in_the_console(tmp_path: Path) -> None:
    factors = {**AccountRules().second_factor, Role.LEAD: SecondFactor.REQUIRED}
    rules = Rules(reporter=REPORTER, accounts=replace(AccountRules(), second_factor=factors))
    with Line(tmp_path, rules=rules, replaced={"password_hasher": CHEAP}) as line:
        api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
        route, secret = f"/v1/approvals/{proposed(line).id}/approve", key_of(line, "lea")
        answer = api.post(route, secret, json={"password": PASSWORD})
        assert_problem(answer, 403, "not-allowed")
        assert "console" in answer.text
        assert state(line) is ApprovalState.PROPOSED


def test_what_asks_again_in_the_console_asks_over_http_too(line: Line) -> None:
    grave = {(page.method, f"/v1{page.path}") for page in PAGES if page.grave}
    described = create_app(line.wardline, low_trust_answer_seconds=0).openapi()
    asking = {
        name
        for name, schema in described["components"]["schemas"].items()
        if "password" in schema.get("required", ())
    }
    guarded = {
        (method.upper(), path)
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if any(f'/{name}"' in json.dumps(operation.get("requestBody", {})) for name in asking)
    }
    assert guarded == grave & set(access.RULES)
    assert len(guarded) == 11
