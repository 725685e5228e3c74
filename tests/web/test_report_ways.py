"""Reports whose receiver is gone, and reports that another installation filed, for programs: the same rules as on the pages."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.stories import decided_violation, picture
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api, assert_problem
from tests.web.console.browser import PASSWORD, Browser, somebody
from wardline import records, referral
from wardline.adapters.authorities.pack import KeptPacks, NcaPack
from wardline.pipeline import Rules, fencing, people
from wardline.pipeline.filing_rules import FilingRules
from wardline.records import Role, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line
from wardline.web.app import create_app


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def authority(clock: VirtualClock) -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox(clock_now=clock.now) as sandbox:
        yield sandbox


def api_of(line: Line) -> Api:
    return Api(create_app(line.wardline, low_trust_answer_seconds=0))


def key_of(line: Line, name: str, role: Role = Role.LEAD) -> str:
    return people.create_person_key(line.parts, name, somebody(line, name, role))[1]


def waiting(tmp_path: Path, clock: VirtualClock, authority: AuthoritySandbox, *receivers: str) -> str:
    """Give the id of a report whose pack waits, from an installation that is closed again."""
    folder = tmp_path / "packs"
    folder.mkdir(mode=0o700)
    packs = NcaPack(
        environment="sandbox", clock_now=clock.now, folder=folder, key=Ed25519PrivateKey.from_private_bytes(b"l" * 32), entropy=secrets.token_bytes
    )  # fmt: skip
    rules = Rules(
        reporter=REPORTER,
        filing=FilingRules(duties={"GB": referral.Duty(receivers=receivers, basis="A rule")}),
    )
    with Line(
        tmp_path / "line", clock=clock, authority=authority, rules=rules, store="sqlite", replaced={"receivers": {"nca-pack": packs}}
    ) as line:  # fmt: skip
        case = decided_violation(line, line.submit(picture(), flag="spam", region="GB"), line.person("mika"))
        line.pass_time(line.parts.rules.undo_window)
        (found,) = (each for each in line.store.referrals(case_id=case.id) if referral.awaits(each))
        return found.id


def without_it(tmp_path: Path, clock: VirtualClock, authority: AuthoritySandbox, **more: Any) -> Line:
    replaced = {"packs": KeptPacks(tmp_path / "packs"), "password_hasher": CHEAP}
    return Line(
        tmp_path / "line", clock=clock, authority=authority, rules=Rules(reporter=REPORTER), store="sqlite", replaced=replaced, **more
    )  # fmt: skip


def test_a_report_whose_receiver_is_gone_is_passed_on_and_filed_there_once(
    tmp_path: Path, clock: VirtualClock, authority: AuthoritySandbox
) -> None:
    address = f"/v1/referrals/{waiting(tmp_path, clock, authority, 'nca-pack')}"
    with without_it(tmp_path, clock, authority) as line:
        api, lea, ada = api_of(line), key_of(line, "lea"), key_of(line, "ada", Role.ADMIN)
        assert api.post(f"{address}/pack", ada).status_code == 200
        word = {"password": PASSWORD}
        to = {"to": "ncmec", **word}
        for body in ({}, word, {"to": "ncmec"}):
            assert_problem(api.post(f"{address}/receiver", lea, json=body), 400, "invalid-input")
        wrong = {"to": "ncmec", "password": "not the password"}
        assert_problem(api.post(f"{address}/receiver", lea, json=wrong), 401, "not-authenticated")
        assert_problem(api.post(f"{address}/receiver", lea, json=to), 409, "pack-taken")
        assert_problem(api.post(f"{address}/withdrawal", lea, json=word), 409, "pack-taken")
        (taking,) = api.get(address, lea).json()["takings"]
        asked = {"asked": [taking["user_id"]], **word}
        assert_problem(api.post(f"{address}/withdrawal", lea, json=asked), 403, "refused")
        assert_problem(
            api.post(f"{address}/receiver", lea, json=to | asked | {"pack": "before"}), 409, "conflict"
        )
        moved = api.post(f"{address}/receiver", lea, json=to | asked | {"pack": taking["pack_id"]})
        assert (moved.status_code, moved.json()["authority"]) == (200, "ncmec"), moved.text
        line.pass_time(timedelta(hours=1))
        assert api.get(address, lea).json()["state"] == "finished"
        assert_problem(api.post(f"{address}/receiver", lea, json=to), 409, "conflict")
    assert len(authority.ledger.finished()) == 1


def test_a_report_that_another_receiver_gets_is_withdrawn(
    tmp_path: Path, clock: VirtualClock, authority: AuthoritySandbox
) -> None:
    address = f"/v1/referrals/{waiting(tmp_path, clock, authority, 'ncmec', 'nca-pack')}"
    with without_it(tmp_path, clock, authority) as line:
        api, lea, word = api_of(line), key_of(line, "lea"), {"password": PASSWORD}
        assert_problem(api.post(f"{address}/receiver", lea, json={"to": "ncmec", **word}), 409, "conflict")
        assert_problem(api.post(f"{address}/withdrawal", lea), 400, "invalid-input")
        assert api.post(f"{address}/withdrawal", lea, json=word).json()["state"] == "withdrawn"


def test_on_the_page_it_is_passed_on_once_the_password_was_shown_and_the_others_were_asked(
    tmp_path: Path, clock: VirtualClock, authority: AuthoritySandbox
) -> None:
    address = f"/referrals/{waiting(tmp_path, clock, authority, 'nca-pack')}"
    with without_it(tmp_path, clock, authority) as line:
        api, ada = api_of(line), key_of(line, "ada", Role.ADMIN)
        assert api.post(f"/v1{address}/pack", ada).status_code == 200
        somebody(line, "lea", Role.LEAD)
        browser = Browser(api)
        browser.sign_in("lea")
        line.clock.advance(line.parts.rules.accounts.proof + timedelta(minutes=1))
        form = browser.get(address).form(f"{address}/receiver")
        asked = browser.send(form, to="ncmec", asked="yes")
        assert "password" in asked.text
        (found,) = line.store.referrals()
        assert found.authority == "nca-pack"
        page = browser.send(asked.form(f"{address}/receiver"), proof_password=PASSWORD)
        assert page.status == 200
        (found,) = line.store.referrals()
        assert found.authority == "ncmec"


def restored(line: Line) -> records.Referral:
    line.list_of([picture()])
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    fencing.raise_(line.parts)
    line.pass_time(line.parts.rules.undo_window)
    line.wardline.lift_fence(user=line.person("lift", Role.LEAD).user)
    (found,) = line.store.referrals(case_id=case.id)
    return found


def test_what_another_installation_filed_is_finished_by_a_word_with_a_password(
    tmp_path: Path, clock: VirtualClock, authority: AuthoritySandbox
) -> None:
    replaced = {"password_hasher": CHEAP}
    with Line(tmp_path, clock=clock, authority=authority, replaced=replaced) as line:
        found, api, lea = restored(line), api_of(line), key_of(line, "lea")
        address = f"/v1/referrals/{found.id}/filed-before"
        assert_problem(api.post(address, lea, json={"number": "4711"}), 400, "invalid-input")
        wrong = {"number": "4711", "password": "not the password"}
        assert_problem(api.post(address, lea, json=wrong), 401, "not-authenticated")
        filed = api.post(address, lea, json={"number": "4711", "password": PASSWORD})
        assert (filed.json()["state"], filed.json()["remote_id"]) == ("finished", "4711")
        right = {"number": "4712", "instead_of": "4711", "reason": "off by one"}
        without = {"number": "4712", "instead_of": "4711", "password": PASSWORD}
        assert_problem(api.post(address, lea, json=right), 400, "invalid-input")
        assert_problem(api.post(address, lea, json=without), 400, "invalid-input")
        put_right = api.post(address, lea, json={**right, "password": PASSWORD})
        assert (put_right.status_code, put_right.json()["remote_id"]) == (200, "4712")
        assert_problem(api.post(address, lea, json={**right, "password": PASSWORD}), 409, "conflict")
        said = api.get(f"/v1/referrals/{found.id}/receipt", lea).json()
        assert (said["reason"], said["instead_of"][0]["report"]) == ("off by one", "4711")
        line.sequence()
        told = [entry.verb for _, entry in line.wardline.newest_entries(20)]
        assert Verb.REFERRAL_TOLD in told
        assert Verb.USER_PROVEN in told
        back = {"number": "4712", "take_back": True, "reason": "wrong report", "password": PASSWORD}
        for name, value in (("reason", None), ("instead_of", "4711"), ("exchange", True), ("reason", " ")):
            assert_problem(api.post(address, lea, json={**back, name: value}), 400, "invalid-input")
        assert_problem(api.post(address, lea, json={**back, "password": None}), 400, "invalid-input")
        assert_problem(api.post(address, lea, json={**back, "number": "4711"}), 409, "conflict")
        waits = api.post(address, lea, json=back)
        assert (waits.status_code, waits.json()["state"], waits.json()["remote_id"]) == (
            200,
            "needs-human",
            None,
        )
        assert_problem(api.get(f"/v1/referrals/{found.id}/receipt", lea), 404, "not-found")
        line.pass_time(timedelta(days=1))
    assert authority.ledger.reports() == []
