"""Lists come in pages; lists of hashes, proposals, alarms, referrals, holds, figures and the log are read by those who may."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest

from tests.acceptance.stories import decided_violation, picture
from tests.web.client import Api, assert_problem
from tests.web.console.browser import PASSWORD, somebody
from wardline import records
from wardline.pipeline import people
from wardline.records import AlarmKind, ListTrust, Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line, Person
from wardline.web.app import create_app

PAGED = {
    "/v1/cases": Role.LEAD, "/v1/referrals": Role.AUDITOR, "/v1/holds": Role.AUDITOR, "/v1/audit/entries": Role.AUDITOR,
}  # fmt: skip
TODAY = START.date().isoformat()


@pytest.fixture
def lead(line: Line) -> Person:
    return line.person("lead", Role.LEAD)


@pytest.fixture
def auditor(line: Line) -> Person:
    return line.person("auditor", Role.AUDITOR)


def pages(api: Api, path: str, secret: str, limit: int) -> list[list[dict[str, object]]]:
    found, cursor = [], None
    while True:
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        answer = api.get(path, secret, params=query).json()
        assert set(answer) == {"items", "next"}
        found.append(answer["items"])
        cursor = answer["next"]
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 500])
def test_pages_give_every_case_once_and_in_order(api: Api, line: Line, lead: Person, limit: int) -> None:
    cases = []
    for seed in range(5):
        cases.append(line.case_of(line.submit(picture(seed), flag="spam")).id)
        line.clock.advance(timedelta(seconds=1))
    found = pages(api, "/v1/cases", lead.secret, limit)
    assert [each["id"] for page in found for each in page] == cases
    assert all(len(page) <= limit for page in found)


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "cursor=" + "x" * 101])
def test_a_page_of_another_size_is_refused(api: Api, line: Line, path: str, query: str) -> None:
    secret = line.person("p", PAGED[path]).secret
    assert_problem(api.get(f"{path}?{query}", secret), 400, "invalid-input")


@pytest.mark.parametrize("path", [path for path in PAGED if "audit" not in path])
@pytest.mark.parametrize("cursor", ["x", "case-" + "0" * 26, "%00", "'; --"])
def test_a_cursor_of_nothing_is_said_to_be_unknown(api: Api, line: Line, path: str, cursor: str) -> None:
    secret = line.person("p", PAGED[path]).secret
    assert_problem(api.get(f"{path}?cursor={cursor}", secret), 404, "not-found")


def test_cases_are_chosen_by_state(api: Api, line: Line, lead: Person) -> None:
    line.submit(picture(), flag="spam")
    decided_violation(line, line.submit(picture(2), flag="spam"), lead)
    for state, expected in (("open", 1), ("decided", 1), ("closed", 0)):
        assert len(api.get("/v1/cases", lead.secret, params={"state": state}).json()["items"]) == expected
    assert_problem(api.get("/v1/cases?state=lost", lead.secret), 400, "invalid-input")


def with_password(line: Line, name: str, role: Role) -> Person:
    """Make somebody who can show a password, with a key."""
    user = somebody(line, name, role)
    return Person(user, *people.create_person_key(line.parts, name, user))


def test_a_list_is_proposed_and_approved_by_two(api: Api, line: Line) -> None:
    proof = {"password": PASSWORD}
    admin, lead = with_password(line, "ana", Role.ADMIN), with_password(line, "lea", Role.LEAD)
    path = line.list_file([picture()], "known")
    added = line.wardline.add_list(
        path, name="known", provenance="test", trust=ListTrust.VERIFIED, user=admin.user
    )
    (listed,) = api.get("/v1/hash-lists", admin.secret).json()
    assert (listed["state"], listed["entries"]) == ("proposed", 4)
    assert all(
        each.value not in api.get("/v1/hash-lists", admin.secret).text for each in line.hashes(picture())
    )
    approve = f"/v1/approvals/{added.approval.id}/approve"
    assert_problem(api.post(approve, admin.secret, json=proof), 403, "second-person")
    assert [each["id"] for each in api.get("/v1/approvals?state=proposed", lead.secret).json()] == [
        added.approval.id
    ]
    assert api.post(approve, lead.secret, json=proof).json()["state"] == "approved"
    assert_problem(api.post(approve, lead.secret, json=proof), 409, "conflict")
    assert isinstance(line.submit(picture()).route, records.Act)
    assert api.post(f"/v1/hash-lists/{listed['id']}/disable", lead.secret).json()["state"] == "disabled"
    assert isinstance(line.submit(picture()).route, records.Release)
    again = api.post(f"/v1/hash-lists/{listed['id']}/activation", lead.secret)
    assert again.status_code == 201
    refused = api.post(f"/v1/approvals/{again.json()['id']}/refuse", admin.secret, json=proof)
    assert refused.json()["state"] == "refused"


def test_an_alarm_is_closed_by_a_person(api: Api, line: Line, lead: Person) -> None:
    from wardline.pipeline import alarms

    alarms.raise_alarm(line.parts, AlarmKind.DISK_FULL, "disk", "full")
    (alarm,) = api.get("/v1/alarms", lead.secret).json()
    for _ in range(2):
        assert api.post(f"/v1/alarms/{alarm['id']}/resolve", lead.secret).json()["resolved_at"] is not None
    assert api.get("/v1/alarms", lead.secret).json() == []


def test_a_referral_its_receipt_and_its_hold_are_shown(tmp_path_factory: pytest.TempPathFactory) -> None:
    clock = VirtualClock(START)
    with (
        AuthoritySandbox(clock_now=clock.now) as authority,
        Line(tmp_path_factory.mktemp("referral"), clock=clock, authority=authority) as line,
    ):
        api, auditor = Api(create_app(line.wardline)), line.person("auditor", Role.AUDITOR)
        decided_violation(line, line.submit(picture(), flag="spam"), line.person("mika"))
        line.clock.advance(line.parts.rules.undo_window)
        line.run_due()
        (listed,) = api.get("/v1/referrals", auditor.secret).json()["items"]
        assert api.get(f"/v1/referrals/{listed['id']}", auditor.secret).json() == listed
        assert listed["state"] == "finished"
        receipt = api.get(f"/v1/referrals/{listed['id']}/receipt", auditor.secret)
        stored = line.store.receipt_of(listed["id"])
        assert stored is not None
        assert receipt.content == stored.body
        assert receipt.headers["content-type"].startswith("text/xml")
        bases = {each["basis"] for each in api.get("/v1/holds", auditor.secret).json()["items"]}
        assert bases == {"provisional", "reported"}


def test_a_referral_without_a_receipt_says_so(api: Api, auditor: Person) -> None:
    assert_problem(api.get(f"/v1/referrals/referral-{'0' * 26}/receipt", auditor.secret), 404, "not-found")


def test_the_log_can_be_checked_elsewhere(api: Api, line: Line, auditor: Person) -> None:
    line.list_of([picture()])
    assert api.get("/v1/audit/checkpoints", auditor.secret).json() == []
    size = line.sequence()
    found = [each for page in pages(api, "/v1/audit/entries", auditor.secret, 2) for each in page]
    assert [each["position"] for each in found] == list(range(size))
    leaves = [base64.b64decode(str(each["leaf"])) for each in found]
    stored = [leaf_hash for _, _, leaf_hash in line.store.log_entries(0, size)]
    assert [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves] == stored
    (checkpoint,) = api.get("/v1/audit/checkpoints", auditor.secret).json()
    assert checkpoint["size"] == size


@pytest.mark.parametrize("cursor", ["-1", "x", str(2**63), "9" * 4000])
def test_a_position_of_another_form_is_refused(api: Api, auditor: Person, cursor: str) -> None:
    assert_problem(api.get(f"/v1/audit/entries?cursor={cursor}", auditor.secret), 400, "invalid-input")


def test_a_position_beyond_the_end_gives_an_empty_page(api: Api, line: Line, auditor: Person) -> None:
    line.sequence()
    assert api.get(f"/v1/audit/entries?cursor={2**62}", auditor.secret).json() == {"items": [], "next": None}


def test_the_figures_of_a_day_are_shown(api: Api, line: Line, auditor: Person) -> None:
    line.submit(picture())
    shown = api.get(f"/v1/statistics?from={TODAY}&to={TODAY}", auditor.secret).json()
    assert {each["step"]: each["count"] for each in shown["counts"]} == {
        "items_received": 1,
        "items_released": 1,
    }


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"from={TODAY}",
        f"from={TODAY}&to=2026-03-01",
        "from=x&to=y",
        "from=0001-01-01&to=9999-12-31",
        f"from={TODAY}&to=9999-12-31",
    ],
)
def test_a_period_of_another_form_is_refused(api: Api, auditor: Person, query: str) -> None:
    assert_problem(api.get(f"/v1/statistics?{query}", auditor.secret), 400, "invalid-input")


def test_the_service_says_that_it_lives_and_is_ready(api: Api) -> None:
    assert api.get("/health").json() == {"status": "ok"}
    assert api.get("/ready").json() == {"status": "ready"}
