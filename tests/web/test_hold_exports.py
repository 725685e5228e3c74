"""A held file is taken out over HTTP and on the console: sealed for its receiver, told in the log first, never in the clear on disk."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.acceptance.stories import picture
from tests.acceptance.test_exports import awaiting_opinion, reported
from tests.unit.pipeline.signing_in import CHEAP
from tests.unit.stores.databases import POSTGRES, SQLITE
from tests.web.client import Api, assert_problem
from tests.web.console.browser import PASSWORD, Browser, somebody
from wardline import preservation, records
from wardline.adapters.stores import open_postgres
from wardline.pipeline import people
from wardline.records import HoldBasis, HoldState, Replace, Role, Verb
from wardline.testing import harness_stores, postgres
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line
from wardline.web.app import create_app

RECEIVER = X25519PrivateKey.from_private_bytes(bytes(range(32)))
GIVEN = {"reason": "court-order", "reference": "7-CO-2026"}


def pem(key: X25519PrivateKey | Ed25519PrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode("ascii")


BODY = {**GIVEN, "recipient_key": pem(RECEIVER), "password": PASSWORD}
TYPED = {**GIVEN, "recipient_key": pem(RECEIVER).replace("\n", "\r\n")}
"""As a browser sends it."""


@pytest.fixture(params=[SQLITE, POSTGRES])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    clock, store = VirtualClock(START), str(request.param)
    if store == "postgres":
        store = postgres.shared_server().new_database()
        engine = open_postgres(store)
        harness_stores.prepare(engine)
        engine.dispose()
    with (
        AuthoritySandbox(clock_now=clock.now) as sandbox,
        Line(
            tmp_path, store=store, clock=clock, authority=sandbox, replaced={"password_hasher": CHEAP}
        ) as made,
    ):
        yield made


@pytest.fixture
def api(line: Line) -> Api:
    return Api(create_app(line.wardline, low_trust_answer_seconds=0))


@pytest.fixture
def ada(line: Line) -> str:
    return people.create_person_key(line.parts, "ada", somebody(line, "ada", Role.ADMIN))[1]


def the_hold(line: Line, case: records.Case) -> records.Hold:
    (found,) = [each for each in line.store.holds_of(case.item_ids[0]) if each.basis is HoldBasis.REPORTED]
    return found


def opened(package: bytes) -> bytes:
    """Open the file in a package, as its receiver does."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        about = json.loads(archive.read("manifest.json"))
        sealed = archive.read("evidence-1.sealed")
    item_id = about["evidence"][0]["item"]
    return preservation.open_sealed(sealed, RECEIVER, about=f"{about['pack']}\n{item_id}".encode())


def exports(line: Line) -> list[records.Entry]:
    line.sequence()
    return [each for _, each in line.wardline.newest_entries(100) if each.verb is Verb.EXPORT_MADE]


def test_a_key_and_a_password_get_a_package_that_its_receiver_opens_and_the_log_has_it(
    line: Line, api: Api, ada: str, tmp_path: Path
) -> None:
    case, _ = reported(line)
    hold = the_hold(line, case)
    for _ in range(2):  # the second one, when the log is known already
        answer = api.post(f"/v1/holds/{hold.id}/export", ada, json=BODY)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        assert f'filename="{hold.id}-package-' in answer.headers["content-disposition"]
        assert opened(answer.content) == picture()
        assert picture() not in answer.content
    told = exports(line)
    assert [(each.subject_id, "court-order 7-CO-2026" in each.detail) for each in told] == [
        (case.item_ids[0], True)
    ] * 2
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and picture() in path.read_bytes()]
    assert line.verify().ok


def test_what_is_wrong_opens_nothing_and_the_log_has_no_export(line: Line, api: Api, ada: str) -> None:
    case, _ = reported(line)
    route = f"/v1/holds/{the_hold(line, case).id}/export"
    for wrong in (
        {"recipient_key": "no key"}, {"recipient_key": pem(Ed25519PrivateKey.generate())}, {"recipient_key": ""},
        {"reason": "because"}, {"reference": ""}, {"reference": "a\nb"}, {"password": ""}, {"more": 1},
    ):  # fmt: skip
        assert_problem(api.post(route, ada, json={**BODY, **wrong}), 400, "invalid-input")
    assert_problem(api.post(route, ada, json={**BODY, "password": "another"}), 401, "not-authenticated")
    assert_problem(api.post(f"/v1/holds/hold-{'0' * 26}/export", ada, json=BODY), 404, "not-found")
    hold = the_hold(line, case)
    ended = replace(hold, state=HoldState.ENDED, version=hold.version + 1)
    line.store.commit(Replace(ended), entries=[line.parts.entry(Verb.HOLD_ENDED, hold.id)])
    assert_problem(api.post(route, ada, json=BODY), 409, "conflict")
    assert exports(line) == []


def test_a_lead_who_may_have_to_judge_the_case_takes_nothing_out(line: Line, api: Api) -> None:
    case, _ = reported(line)
    awaiting_opinion(line, case)
    lea = people.create_person_key(line.parts, "lea", somebody(line, "lea", Role.LEAD))[1]
    hold = the_hold(line, case)
    assert api.post(f"/v1/holds/{hold.id}/export", lea, json=BODY).status_code == 403
    browser = Browser(api)
    browser.sign_in("lea")
    assert f"/holds/{hold.id}/export" not in browser.get("/holds").links
    page = browser.get(f"/holds/{hold.id}/export")
    assert page.status == 403
    assert hold.item_id not in page.text
    assert exports(line) == []


def test_the_page_of_a_hold_exports_it_once_the_password_was_shown_again(line: Line, api: Api) -> None:
    case, _ = reported(line)
    hold = the_hold(line, case)
    somebody(line, "ada", Role.ADMIN)
    browser = Browser(api)
    browser.sign_in("ada")
    address = f"/holds/{hold.id}/export"
    assert address in browser.get("/holds").links
    line.clock.advance(line.parts.rules.accounts.proof)
    page = browser.get(address)
    asked = browser.send(page.form(address), **TYPED)
    assert asked.status == 403
    assert "Is it you?" in asked.text
    assert exports(line) == []
    given = browser.send(asked.form(address), proof_password=PASSWORD)
    assert given.answer.headers["content-type"] == "application/zip"
    assert opened(given.answer.content) == picture()
    assert len(exports(line)) == 1


def test_a_form_that_is_wrong_keeps_what_was_written_and_leads_to_the_field(line: Line, api: Api) -> None:
    case, _ = reported(line)
    address = f"/holds/{the_hold(line, case).id}/export"
    somebody(line, "ada", Role.ADMIN)
    browser = Browser(api)
    browser.sign_in("ada")
    form = browser.get(address).form(address)
    for wrong, field in (
        ({"recipient_key": "no key"}, "recipient_key"), ({"recipient_key": ""}, "recipient_key"), ({"reference": ""}, "reference"),
        ({"reason": ""}, "reason-0"),
    ):  # fmt: skip
        page = browser.send(form, **{**TYPED, **wrong})
        assert page.status == 400
        assert f"#{field}" in page.links, wrong
        kept = page.form(address).fields
        assert "reference" in wrong or kept["reference"] == "7-CO-2026"
    assert exports(line) == []


def test_an_auditor_sees_holds_and_no_way_to_export_one(line: Line, api: Api) -> None:
    case, _ = reported(line)
    somebody(line, "uma", Role.AUDITOR)
    browser = Browser(api)
    browser.sign_in("uma")
    page = browser.get("/holds")
    assert the_hold(line, case).id[-6:].upper() in page.text
    assert not [link for link in page.links if link.endswith("/export")]
