"""Every route of both faces against everybody there is. A route without a line here fails, and so does a line without a route.

Each cell says what somebody gets who asks with ids of nothing: ``yes`` (they get to the handler), ``no`` (403), or ``in`` (401, or the page
for signing in). What a role may is written out here once more, by hand: a rule that is loosened by mistake is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from starlette.routing import Route

from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import PASSWORD, Browser, somebody
from tests.web.test_access import filled, routes_of
from wardline.pipeline import changing_people, people, sessions
from wardline.records import KeyTrust, Role
from wardline.testing.harness import Line
from wardline.web import console
from wardline.web.app import create_app

NOBODY, LOW, TRUSTED, DISABLED = "nobody", "low platform", "trusted platform", "disabled"
EVERYBODY = (NOBODY, LOW, TRUSTED, DISABLED, *(role.value for role in Role))
ML, L, A, U = {"moderator", "lead"}, {"lead"}, {"admin"}, {"auditor"}
ALL = ML | A | U
ANYBODY = set(EVERYBODY)

API_CELLS: dict[str, set[str]] = {
    "GET /health": ANYBODY, "GET /ready": ANYBODY, "GET /openapi.json": ANYBODY,
    "GET /metrics": L | A | U,
    "POST /v1/items": {LOW, TRUSTED}, "GET /v1/items/{item_id}": {TRUSTED},
    "GET /v1/cases": ML, "POST /v1/cases/next": ML, "GET /v1/cases/{case_id}": ML | U, "POST /v1/cases/{case_id}/claim": ML,
    "POST /v1/cases/{case_id}/return": ML, "POST /v1/cases/{case_id}/hold": ML, "POST /v1/cases/{case_id}/escalation": ML,
    "POST /v1/cases/{case_id}/standing-aside": L | A,
    "POST /v1/cases/{case_id}/openings": ML | U, "GET /v1/cases/{case_id}/reveals": ML | U, "POST /v1/cases/{case_id}/reveals": ML,
    "POST /v1/cases/{case_id}/decisions": ML, "POST /v1/cases/{case_id}/undo": ML, "GET /v1/cases/{case_id}/actions": ML | A,
    "GET /v1/hash-lists": L | A | U, "POST /v1/hash-lists/{list_id}/disable": L | A, "POST /v1/hash-lists/{list_id}/activation": L | A,
    "POST /v1/hash-lists/{list_id}/preview": L | A, "POST /v1/hash-lists/{list_id}/sync": L | A,
    "GET /v1/hash-lists/{list_id}/syncs": L | A | U, "GET /v1/hash-lists/{list_id}/held-entries": L | A | U,
    "POST /v1/held-entries/{held_id}/release": L | A,
    "GET /v1/approvals": L | A | U, "POST /v1/approvals/{approval_id}/approve": L | A, "POST /v1/approvals/{approval_id}/refuse": L | A,
    "GET /v1/certificates": L | A | U, "POST /v1/certificates": L | A, "GET /v1/certificates/{certificate_id}": L | A | U,
    "POST /v1/certificates/{certificate_id}/suspend": L | A, "GET /v1/automation": ALL,
    "GET /v1/referrals": L | A | U, "GET /v1/referrals/{referral_id}": L | A | U, "GET /v1/referrals/{referral_id}/preview": L | A | U,
    "GET /v1/referrals/{referral_id}/receipt": L | A | U, "POST /v1/referrals/{referral_id}/pack": L | A,
    "POST /v1/referrals/{referral_id}/pack/given-up": L | A, "POST /v1/referrals/{referral_id}/reference": L | A, "GET /v1/holds": L | A | U,
    "POST /v1/referrals/{referral_id}/receiver": L | A, "POST /v1/referrals/{referral_id}/withdrawal": L | A, "POST /v1/referrals/{referral_id}/filed-before": L | A,
    "POST /v1/referrals/{referral_id}/taking-on": L | A,
    "POST /v1/referrals/{referral_id}/second": L | A, "POST /v1/referrals/{referral_id}/filing": L | A, "POST /v1/referrals/{referral_id}/facts": L | A,
    "POST /v1/referrals/{referral_id}/calls": L | A, "POST /v1/cases/{case_id}/facts": ML, "POST /v1/holds/{hold_id}/export": L | A,
    "GET /v1/exports": L | A | U, "POST /v1/exports": L | A, "GET /v1/exports/{export_id}": L | A | U, "POST /v1/exports/{export_id}/document": L | A,
    "GET /v1/preservations": L | A | U, "POST /v1/preservations": L | A, "GET /v1/preservations/{preservation_id}": L | A | U,
    "POST /v1/preservations/{preservation_id}/extensions": L | A, "POST /v1/preservations/{preservation_id}/end": L | A,
    "GET /v1/destructions": L | A | U, "POST /v1/destructions": L | A, "GET /v1/destructions/{destruction_id}": L | A | U,
    "GET /v1/destructions/{destruction_id}/proof": L | A | U,
    "GET /v1/alarms": L | A | U, "POST /v1/alarms/{alarm_id}/resolve": L | A, "POST /v1/alarms/{alarm_id}/sending": L | A, "GET /v1/statistics": L | A | U,
    "POST /v1/cases/{case_id}/pass": ML, "POST /v1/cases/{case_id}/danger": ML,
    # Past the rule, which knows scopes; that only leads do it is for the step itself, see test_case_passing.
    "POST /v1/cases/{case_id}/assignment": ML, "POST /v1/cases/{case_id}/diversion": ML, "GET /v1/cases/{case_id}/opinions": ML, "GET /v1/cases/{case_id}/known-answer": ML,
    "GET /v1/clusters": ML, "GET /v1/clusters/{cluster_id}": ML, "GET /v1/exposure": ML, "GET /v1/team-exposure": L | A,
    "GET /v1/viewing-choices": ML, "PUT /v1/viewing-choices": ML,
    "POST /v1/incidents": {LOW, TRUSTED},
    "POST /v1/flags": {LOW, TRUSTED}, "GET /v1/flags": ALL, "POST /v1/appeals": {LOW, TRUSTED}, "GET /v1/appeals": ALL,
    "GET /v1/audit/entries": U, "GET /v1/audit/checkpoints": U, "GET /v1/audit/checkpoints/{size}/proof": U, "GET /v1/audit/proofs/{position}": U,
}  # fmt: skip
"""Of the face for programs: who gets past the rule."""

CONSOLE_CELLS: dict[str, set[str]] = {
    "GET /": ALL, "GET /queue": ML, "GET /queue/count": ML, "GET /queue/news": ML, "POST /queue/next": ML, "GET /keys": ALL,
    "GET /cases/{case_id}": ML, "GET /cases/{case_id}/lease": ML, "GET /cases/{case_id}/account": ML,
    "GET /cases/{case_id}/record": L | U, "POST /cases/{case_id}/opening": L | U,
    "GET /cases/{case_id}/covers/{item_id}": ML, "POST /cases/{case_id}/reveals": ML, "POST /cases/{case_id}/coverings": ML,
    "GET /pictures/{name}": ML, "POST /cases/{case_id}/claim": ML, "POST /cases/{case_id}/keep": ML, "POST /cases/{case_id}/pass": ML,
    "POST /cases/{case_id}/danger": ML, "POST /cases/{case_id}/assignment": L, "POST /cases/{case_id}/diversion": L,
    "GET /search": ML, "POST /search": ML, "GET /clusters/{cluster_id}": ML, "GET /appeals": ALL, "GET /break": ML, "POST /break": ML,
    "GET /team": L, "GET /training": L, "GET /training/{user_id}": L, "GET /wellbeing": L,
    "GET /people/{user_id}/skills": L | A, "POST /people/{user_id}/skills": L | A,
    "POST /you/accounts": ALL, "POST /you/kinds": ML, "POST /you/viewing": ML,
    "POST /cases/{case_id}/hold": ML, "POST /cases/{case_id}/escalation": ML, "POST /cases/{case_id}/decisions": ML,
    "POST /cases/{case_id}/undo": ML, "POST /pause": ALL, "GET /pause": ALL,
    "GET /referrals": L | A | U, "GET /referrals/{referral_id}": L | A | U, "POST /referrals/{referral_id}/filing": L | A,
    "GET /referrals/{referral_id}/receipt": L | A | U, "GET /referrals/{referral_id}/documents/{name}": L | A | U, "GET /holds": L | A | U,
    "GET /holds/{hold_id}/export": L | A, "POST /holds/{hold_id}/export": L | A, "POST /holds/{hold_id}/standing-aside": L | A, "POST /exports/{export_id}/standing-aside": L | A,
    "GET /exports": L | A | U, "GET /exports/new": L | A, "POST /exports": L | A, "GET /exports/{export_id}": L | A | U,
    "POST /exports/{export_id}/document": L | A,
    "GET /referrals/{referral_id}/officer": L | A | U, "GET /completeness": L | A | U, "POST /referrals/{referral_id}/facts": L | A,
    "POST /referrals/{referral_id}/taking-on": L | A,
    "POST /referrals/{referral_id}/pack": L | A, "POST /referrals/{referral_id}/pack/given-up": L | A,
    "POST /referrals/{referral_id}/receiver": L | A, "POST /referrals/{referral_id}/filed-before": L | A, "POST /referrals/{referral_id}/withdrawal": L | A,
    "POST /referrals/{referral_id}/reference": L | A, "POST /referrals/{referral_id}/second": L | A, "POST /referrals/{referral_id}/calls": L | A, "POST /cases/{case_id}/facts": ML,
    "GET /statistics": L | A | U, "GET /hash-lists": L | A | U, "GET /hash-lists/{hash_list_id}": L | A | U,
    "GET /automation": L | A | U, "GET /automation/public": ALL, "GET /automation/rehearsal": ALL, "POST /automation/proposals": L | A,
    "POST /certificates/{certificate_id}/suspension": L | A,
    "GET /approvals": L | A | U, "POST /approvals/{approval_id}/approve": L | A, "POST /approvals/{approval_id}/refuse": L | A,
    "GET /preservations": L | A | U, "GET /preservations/new": L | A, "POST /preservations": L | A, "GET /preservations/{preservation_id}": L | A | U,
    "POST /preservations/{preservation_id}/extensions": L | A, "POST /preservations/{preservation_id}/end": L | A,
    "GET /destructions": L | A | U, "GET /destructions/new": L | A, "POST /destructions": L | A, "GET /destructions/{destruction_id}": L | A | U,
    "GET /destructions/{destruction_id}/proof": L | A | U,
    "GET /alarms": L | A | U, "POST /alarms/{alarm_id}/resolve": L | A, "POST /alarms/{alarm_id}/sending": L | A, "GET /audit": L | A | U, "POST /audit/verification": L | A | U,
    "GET /audit/verification": L | A | U, "GET /audit/{position}/proof": L | A | U,
    "POST /hash-lists/{hash_list_id}/disable": L | A, "POST /hash-lists/{hash_list_id}/preview": L | A,
    "POST /hash-lists/{hash_list_id}/activation": L | A, "POST /hash-lists/{hash_list_id}/change": L | A,
    "POST /hash-lists/{hash_list_id}/sync": L | A, "POST /held-entries/{held_entry_id}/release": L | A,
    "GET /people": L | A, "POST /people": A, "GET /people/new": A, "GET /people/{user_id}": A, "POST /people/{user_id}/role": A,
    "POST /people/{user_id}/password": A, "POST /people/{user_id}/unlock": A, "POST /people/{user_id}/keys": A,
    "POST /people/{user_id}/lock-out": A, "GET /people/keys/new": A, "POST /people/keys": A,
    "POST /people/keys/{api_key_id}/revocation": A,
    "GET /you": ALL, "POST /you/password": ALL, "POST /you/sessions/close-others": ALL, "POST /you/sessions/{session_id}/close": ALL,
    "POST /you/keys": ALL, "GET /you/passkeys/new": ALL, "POST /you/passkeys": ALL, "POST /you/passkeys/{passkey_id}/name": ALL,
    "POST /you/passkeys/{passkey_id}/removal": ALL, "POST /you/accounts/{provider}/link": ALL,
    "POST /you/accounts/{provider}/proof": ALL, "POST /you/accounts/{identity_id}/unlink": ALL,
}  # fmt: skip
"""Of the face for people: who gets past the rule of the page."""

STOPPING = "POST /pause"
"""Whoever stops gets the quiet page, with a session or without one, and with whatever form."""

NO_SESSION = {
    "GET /sign-in", "POST /sign-in", "POST /sign-in/passkey", "POST /sign-in/key", "POST /sign-in/with/{provider}",
    "GET /sign-in/with/{provider}/back", "GET /sign-in/with/{provider}/farewell", "POST /sign-in/with/{provider}/signed-out", "POST /sign-out", "POST /theme",
}  # fmt: skip
"""Pages for whoever is not signed in yet. Nobody's role matters there."""


@dataclass
class World:
    """One installation for all cells: nothing that a cell asks for exists, so that no cell changes what another one gets."""

    line: Line
    api: Api
    secrets: dict[str, str]
    browsers: dict[str, Browser]
    tokens: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Line(tmp_path_factory.mktemp("cells"), replaced={"password_hasher": CHEAP}) as line:
        api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
        secrets, browsers, tokens = {}, {}, {}
        for name, role in [*((role.value, role) for role in Role), (DISABLED, Role.LEAD)]:
            user = somebody(line, name, role)
            secrets[name] = people.create_person_key(line.parts, name, user)[1]
            browsers[name] = Browser(api)
            tokens[name] = browsers[name].sign_in(name, PASSWORD).form("/pause").fields["csrf"]
        changing_people.disable_user(line.parts, DISABLED)
        secrets[LOW] = line.platform_key().secret
        secrets[TRUSTED] = line.platform_key(trust=KeyTrust.TRUSTED).secret
        browsers[NOBODY] = Browser(api)
        yield World(line, api, secrets, browsers, tokens)


def _routes(line: Line) -> tuple[set[str], set[str]]:
    """Give every route of the face for programs, and every one of that for people."""
    pages = {
        f"{method} {route.path}"
        for route in console.routes(line.wardline)
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    app: FastAPI = create_app(line.wardline)
    every = {f"{method} {path}" for method, path in routes_of(app) if not path.startswith("/static")}
    return every - pages, pages


def _address(path: str) -> str:
    kinds = {"user_id": "user", "session_id": "session", "passkey_id": "passkey", "identity_id": "identity", "api_key_id": "api-key",
             "hash_list_id": "hash-list", "held_entry_id": "held-entry", "cluster_id": "cluster"}  # fmt: skip
    for name, kind in kinds.items():
        path = path.replace(f"{{{name}}}", f"{kind}-{'0' * 26}")
    path = re.sub(r"\{\w+:path\}|\{name\}|\{provider\}", "nothing", path)
    return filled(path)


def test_every_route_has_its_cells_and_every_cell_a_route(line: Line) -> None:
    api, pages = _routes(line)
    assert api == set(API_CELLS)
    assert pages == set(CONSOLE_CELLS) | NO_SESSION


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("route", sorted(API_CELLS))
def test_a_key_gets_past_the_rule_of_a_route_or_does_not(world: World, route: str, who: str) -> None:
    method, path = route.split()
    answer = world.api.call(method, _address(path), world.secrets.get(who))
    if who in API_CELLS[route]:
        assert answer.status_code not in (401, 403), answer.text
        assert answer.status_code < 500
    else:
        assert answer.status_code == (401 if who in (NOBODY, DISABLED) else 403), answer.text


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("route", sorted(CONSOLE_CELLS))
def test_a_person_gets_past_the_rule_of_a_page_or_does_not(world: World, route: str, who: str) -> None:
    method, path = route.split()
    if who in (LOW, TRUSTED) and route != STOPPING:  # a key is worth nothing here
        answer = world.api.call(method, _address(path), world.secrets[who])
        assert answer.status_code == (303 if method == "GET" else 401)
        return
    browser = world.browsers.get(who, world.browsers[NOBODY])
    if route == STOPPING and who in (NOBODY, DISABLED, LOW, TRUSTED):
        stopped = browser.post(_address(path), {})
        assert stopped.status == 401
        assert "Continue" in stopped.text
        return
    sent = {"csrf": world.tokens.get(who, "")}
    seen = browser.get(_address(path)) if method == "GET" else browser.post(_address(path), sent)
    if who in (NOBODY, DISABLED):
        assert "Sign in" in seen.text
        assert seen.status == (200 if method == "GET" else 401)
    elif who in CONSOLE_CELLS[route]:
        assert seen.status in (200, 400, 404, 409), seen.text
    else:
        assert seen.status == 403, seen.text


@pytest.mark.parametrize(
    "route", sorted(each for each in CONSOLE_CELLS if each.startswith("POST") and each != STOPPING)
)
def test_no_form_is_taken_without_its_token(world: World, route: str) -> None:
    _, path = route.split()
    who = next(each for each in CONSOLE_CELLS[route])
    assert world.browsers[who].post(_address(path), {"csrf": "0" * 64}).status == 403


def test_the_cells_know_everybody(world: World) -> None:
    assert {role.value for role in Role} < set(EVERYBODY)
    assert set(world.secrets) | {NOBODY} == set(EVERYBODY)
    for browser in (world.browsers[role.value] for role in Role):
        sessions.open_session_of(world.line.parts, browser.cookies["wardline_session"])
