"""Reports that a person files, for programs: the same rules as on the pages."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.test_packs import REFERENCE, now_of, reported, told
from tests.web.client import Api, assert_problem
from wardline import referral
from wardline.adapters.authorities.pack import SignedPack
from wardline.records import Role, Verb
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line
from wardline.web.app import create_app


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    folder, clock = tmp_path / "packs", VirtualClock(START)
    folder.mkdir(mode=0o700)
    packs = SignedPack(
        environment="sandbox", clock_now=clock.now, folder=folder, key=Ed25519PrivateKey.from_private_bytes(bytes(32)), entropy=secrets.token_bytes
    )  # fmt: skip
    with Line(tmp_path, authority=packs, clock=clock) as made:
        yield made


def test_a_pack_is_taken_given_up_taken_again_and_recorded_once(line: Line) -> None:
    found, lead = reported(line)
    api, address = Api(create_app(line.wardline)), f"/v1/referrals/{found.id}"
    assert api.post(f"{address}/pack", lead.secret).content.startswith(b"PK")
    assert api.post(f"{address}/pack/given-up", lead.secret).json()["state"] == "opening"
    assert_problem(api.post(f"{address}/pack", lead.secret), 404, "not-found")
    line.run_due()
    taken = api.post(f"{address}/pack", lead.secret)
    assert taken.headers["content-type"] == "application/zip"
    assert len(told(line, found.id, Verb.PACK_TAKEN)) == 2
    filed = api.post(f"{address}/reference", lead.secret, json={"reference": REFERENCE}).json()
    assert (filed["state"], filed["remote_id"]) == ("finished", REFERENCE)
    again = api.post(f"{address}/reference", lead.secret, json={"reference": REFERENCE})
    assert again.status_code == 409
    receipt = api.get(f"{address}/receipt", lead.secret)
    assert receipt.headers["content-type"] == "application/json"
    assert receipt.json()["reference"] == REFERENCE
    other = {"reference": "IRP-2026-000777", "instead_of": REFERENCE}
    assert api.post(f"{address}/reference", lead.secret, json=other).json()["remote_id"] == other["reference"]
    assert api.post(f"{address}/reference", lead.secret, json=other).status_code == 409
    second, _ = reported(line, seed=2, account="account-2")
    assert (
        api.post(
            f"/v1/referrals/{second.id}/reference", lead.secret, json={"reference": REFERENCE}
        ).status_code
        == 200
    )
    mixed = {"reference": REFERENCE, "instead_of": other["reference"]}
    assert_problem(api.post(f"{address}/reference", lead.secret, json=mixed), 409, "reference-taken")
    without = {"reference": REFERENCE, "exchange": True}
    assert_problem(api.post(f"{address}/reference", lead.secret, json=without), 400, "invalid-input")
    done = api.post(f"{address}/reference", lead.secret, json={**mixed, "exchange": True})
    assert (done.status_code, done.json()["remote_id"]) == (200, REFERENCE)
    assert api.get(f"/v1/referrals/{second.id}", lead.secret).json()["remote_id"] == other["reference"]


def test_packs_that_were_filed_as_one_report_are_recorded_under_one_reference(line: Line) -> None:
    one, lead = reported(line)
    two, _ = reported(line, seed=2)
    api = Api(create_app(line.wardline))
    address = f"/v1/referrals/{two.id}"
    assert api.post(
        f"/v1/referrals/{one.id}/reference", lead.secret, json={"reference": REFERENCE}
    ).is_success
    asked = {"reference": REFERENCE}
    assert_problem(api.post(f"{address}/reference", lead.secret, json=asked), 409, "reference-taken")
    unknown = {**asked, "within": "referral-00000000000000000000000000"}
    assert_problem(api.post(f"{address}/reference", lead.secret, json=unknown), 404, "not-found")
    for beside in ({"exchange": True, "instead_of": "IRP-1"}, {"instead_of": "IRP-1"}):
        both = {**asked, "within": one.id, **beside}
        assert_problem(api.post(f"{address}/reference", lead.secret, json=both), 400, "invalid-input")
    filed = api.post(f"{address}/reference", lead.secret, json={**asked, "within": one.id}).json()
    assert (filed["state"], filed["remote_id"], filed["joined"]) == ("finished", REFERENCE, one.id)
    (inside,) = api.get(f"/v1/referrals/{one.id}", lead.secret).json()["bundle"]
    assert inside["referral_id"] == two.id


def test_a_pack_that_somebody_else_took_is_given_up_when_they_were_asked(line: Line) -> None:
    found, lead = reported(line)
    other = line.person("ada", Role.LEAD)
    api, address = Api(create_app(line.wardline)), f"/v1/referrals/{found.id}"
    assert api.post(f"{address}/pack", other.secret).status_code == 200
    assert_problem(api.post(f"{address}/pack/given-up", lead.secret), 409, "pack-taken")
    (taking,) = api.get(address, lead.secret).json()["takings"]
    stale = {"pack": "pack-of-before", "asked": [taking["user_id"]]}
    assert_problem(api.post(f"{address}/pack/given-up", lead.secret, json=stale), 409, "conflict")
    said = {"pack": taking["pack_id"], "asked": [taking["user_id"]]}
    assert api.post(f"{address}/pack/given-up", lead.secret, json=said).json()["state"] == "opening"


def test_an_auditor_sees_that_it_waits_and_changes_nothing(line: Line) -> None:
    found, _ = reported(line)
    api, auditor = Api(create_app(line.wardline)), line.person("auditor", Role.AUDITOR)
    address = f"/v1/referrals/{found.id}"
    assert api.get(address, auditor.secret).json()["problem"] == referral.TO_FILE
    for path, body in (("pack", None), ("pack/given-up", None), ("reference", {"reference": REFERENCE})):
        answer = api.post(f"{address}/{path}", auditor.secret, json=body)
        assert_problem(answer, 403, "not-allowed")
    assert referral.awaits(now_of(line, found))
