"""Deny by default: every route against every kind of key."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.routing import Route

from tests.web.client import Api, assert_problem
from wardline import records
from wardline.pipeline import changing_people, people
from wardline.records import KeyTrust, Role, Scope
from wardline.testing.harness import Line
from wardline.web import access, console
from wardline.web.app import create_app

ROUTES = sorted(access.RULES)
CALLERS: dict[str, frozenset[Scope]] = {
    "moderator": frozenset({Scope.CASES}),
    "lead": frozenset({Scope.CASES, Scope.MANAGE}),
    "admin": frozenset({Scope.MANAGE}),
    "auditor": frozenset({Scope.AUDIT}),
    "low platform": frozenset({Scope.ITEMS_WRITE}),
    "trusted platform": frozenset({Scope.ITEMS_WRITE, Scope.ITEMS_READ}),
}
BODIES = {
    ("POST", "/v1/cases/{case_id}/reveals"): {"item_id": f"item-{'0' * 26}"},
    ("POST", "/v1/cases/{case_id}/decisions"): {"outcome": "not-a-violation"},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Line, Api, dict[str, str]]]:
    """One application for all cells: no call of this module changes anything that another depends on."""
    with Line(tmp_path_factory.mktemp("access")) as line:
        secrets = {role.value: line.person(role.value, role).secret for role in Role}
        secrets["low platform"] = line.platform_key().secret
        secrets["trusted platform"] = line.platform_key(trust=KeyTrust.TRUSTED).secret
        yield line, Api(create_app(line.wardline, low_trust_answer_seconds=0)), secrets


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Find every method and path that the application answers, by its own description and by Starlette's plain routes."""
    described = {
        (method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods
    }
    plain = {
        (method, path)
        for route in app.routes
        if isinstance(path := getattr(route, "path", None), str) and path
        for method in getattr(route, "methods", None) or ()
        if method != "HEAD"
    }
    return described | plain


def filled(path: str) -> str:
    """Put an id that is nobody's into each place of a path."""
    kinds = {"item_id": "item", "case_id": "case", "list_id": "hash-list", "approval_id": "approval", "certificate_id": "certificate", "referral_id": "referral",
             "alarm_id": "alarm", "held_id": "held-entry", "cluster_id": "cluster",
             "preservation_id": "preservation", "destruction_id": "destruction", "hold_id": "hold", "export_id": "export"}  # fmt: skip
    path = path.replace("{position}", "999999").replace("{size}", "999999")
    return re.sub(r"\{(\w+)\}", lambda name: f"{kinds[name[1]]}-{'0' * 26}", path)


def test_every_route_has_a_rule_and_every_rule_a_route(line: Line) -> None:
    # The console's routes carry their rules themselves: tests/web/console tries every cell of theirs.
    pages = {
        (method, route.path)
        for route in console.routes(line.wardline)
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    assert routes_of(create_app(line.wardline)) - pages == set(access.RULES)


def test_a_route_without_a_rule_answers_nobody(line: Line) -> None:
    app = create_app(line.wardline)

    @app.get("/v1/forgotten")
    def forgotten() -> str:
        return "open to all"

    answer = Api(app).get("/v1/forgotten", line.person("ana", Role.ADMIN).secret)
    assert_problem(answer, 403, "not-allowed")
    assert "open to all" not in answer.text


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_key_may_do_what_its_scopes_say_and_nothing_else(
    world: tuple[Line, Api, dict[str, str]], method: str, path: str, who: str
) -> None:
    _, api, secrets = world
    rule = access.RULES[method, path]
    answer = api.call(method, filled(path), secrets[who], json=BODIES.get((method, path)))
    if not rule or rule & CALLERS[who]:
        assert answer.status_code not in (401, 403), answer.text
        assert answer.status_code < 500
    else:
        assert_problem(answer, 403, "not-allowed")


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if access.RULES[route]])
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic d2w6d2w=",
        "Bearer wl_" + "A" * 43,
        "Bearer " + "x" * 5000,
        "Bearer \xe9",
    ],
)
def test_without_a_valid_key_nothing_is_answered(
    world: tuple[Line, Api, dict[str, str]], method: str, path: str, header: str | None
) -> None:
    _, api, _ = world
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = api.send(method, filled(path), headers=headers)
    assert_problem(answer, 401, "not-authenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_revoked_key_and_a_disabled_person_look_like_an_unknown_key(line: Line, api: Api) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    assert api.get("/v1/cases", mika.secret).status_code == 200
    people.revoke_key(line.parts, mika.key.id)
    changing_people.disable_user(line.parts, "noor")
    answers = [api.get("/v1/cases", secret) for secret in (mika.secret, noor.secret, "wl_" + "A" * 43)]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_a_platforms_key_with_a_persons_scope_still_acts_for_nobody(line: Line, api: Api) -> None:
    from dataclasses import replace

    key = line.platform_key()
    wide = replace(key.record, scopes=(Scope.CASES, Scope.MANAGE), version=2)
    line.store.commit(
        records.Replace(wide), entries=[line.parts.entry(records.Verb.API_KEY_CREATED, wide.id)]
    )
    assert_problem(api.post("/v1/cases/next", key.secret), 403, "not-allowed")


def test_the_cells_cover_every_role_and_scope() -> None:
    assert {Role(who) for who in CALLERS if "platform" not in who} == set(Role)
    assert frozenset().union(*CALLERS.values()) == set(Scope)


def test_an_unknown_address_and_another_method_are_problems(api: Api) -> None:
    assert_problem(api.get("/v1/nothing"), 404, "not-found")
    answer = api.call("DELETE", "/v1/items")
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"
    assert_problem(api.post("/v1/items/"), 404, "not-found")
