"""``/v1/preservations`` and ``/v1/destructions`` as people's programs call them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture, violation
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api, assert_problem
from tests.web.console.browser import PASSWORD, Browser, somebody
from wardline import records, review
from wardline.pipeline import Rules, approvals, people
from wardline.records import Role
from wardline.testing.harness import REPORTER, Line
from wardline.web.app import create_app

ASKER = {"agency": "An agency", "reference": "REF-1", "contact": "officer@agency.invalid"}


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, replaced={"password_hasher": CHEAP}) as made:
        yield made


def cleared(line: Line) -> str:
    """Give the id of a file whose case was cleared: it is kept for two weeks more."""
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    mika = line.person("mika").user
    line.wardline.claim(case.id, user=mika)
    innocent = review.Judgement(outcome=records.Outcome.NOT_VIOLATION, findings=())
    line.wardline.decide(case.id, user=mika, judgement=innocent)
    line.pass_time(line.parts.rules.undo_window)
    return case.item_ids[0]


def test_a_request_is_recorded_renewed_and_ended(api: Api, line: Line) -> None:
    item_id = cleared(line)
    lea = people.create_person_key(line.parts, "lea", somebody(line, "lea", Role.LEAD))[1]
    asked = {
        "basis": "us-2703f",
        "asker": ASKER,
        "received_at": line.clock.now().isoformat(),
        "account": "account-1",
    }
    misspelt = asked | {"platform": "another-platform"}
    assert_problem(api.post("/v1/preservations", lea, json=misspelt), 400, "invalid-input")
    asked["platform"] = line.store.item(item_id).platform
    made = api.post("/v1/preservations", lea, json=asked)
    assert made.status_code == 201, made.text
    assert made.json()["item_ids"] == [item_id]
    where = f"/v1/preservations/{made.json()['id']}"
    assert api.get(where, lea).json() == made.json()
    later = api.post(f"{where}/extensions", lea, json={"reason": "renewed"}).json()
    assert later["until"] > made.json()["until"]
    assert_problem(api.post(f"{where}/extensions", lea, json={"reason": "renewed"}), 403, "refused")
    # What nothing else holds is destroyed then, and nobody else is asked: a key alone must not do it.
    assert_problem(api.post(f"{where}/end", lea, json={"reason": "withdrawn"}), 400, "invalid-input")
    wrong_person = {"reason": "withdrawn", "password": "not the password"}
    assert_problem(api.post(f"{where}/end", lea, json=wrong_person), 401, "not-authenticated")
    assert api.get(where, lea).json()["ended_at"] is None
    ended = api.post(f"{where}/end", lea, json={"reason": "withdrawn", "password": PASSWORD}).json()
    assert ended["why_ended"] == "withdrawn"
    assert ended["destroyed_since"] == []
    assert api.get("/v1/preservations", lea).json()["items"] == [ended]
    wrong = asked | {"basis": "order"}
    assert_problem(api.post("/v1/preservations", lea, json=wrong), 400, "invalid-input")


def test_a_destruction_names_its_holds_and_needs_a_second_persons_password(api: Api, line: Line) -> None:
    item_id = cleared(line)
    lea = people.create_person_key(line.parts, "lea", somebody(line, "lea", Role.LEAD))[1]
    ada = people.create_person_key(line.parts, "ada", somebody(line, "ada", Role.ADMIN))[1]
    asked = {"asker": ASKER, "reason": "the letter", "received_at": line.clock.now().isoformat(), "item_ids": [item_id]}  # fmt: skip
    assert_problem(api.post("/v1/destructions", lea, json=asked), 400, "invalid-input")
    asked["password"] = PASSWORD
    assert_problem(api.post("/v1/destructions", lea, json=asked), 403, "refused")
    order = {"basis": "order", "asker": ASKER, "received_at": line.clock.now().isoformat(), "until": "2099-01-01T00:00:00Z", "item_ids": [item_id]}  # fmt: skip
    request = api.post("/v1/preservations", lea, json=order).json()
    asked["despite"] = [each["id"] for each in api.get("/v1/holds", lea).json()["items"]]
    proposed = api.post("/v1/destructions", lea, json=asked)
    assert proposed.status_code == 201, proposed.text
    where = f"/v1/destructions/{proposed.json()['destruction']['id']}"
    approve = f"/v1/approvals/{proposed.json()['approval']['id']}/approve"
    assert api.post(approve, ada, json={"password": "another password"}).status_code == 401
    assert_problem(api.get(f"{where}/proof", lea), 409, "conflict")
    assert api.post(approve, ada, json={"password": PASSWORD}).status_code == 200
    line.run_due()
    line.sequence()
    assert api.get(where, lea).json()["state"] == "done"
    assert list(api.get(f"{where}/proof", lea).json()["entries"]) == [item_id]
    assert [each["state"] for each in api.get("/v1/destructions", lea).json()["items"]] == ["done"]
    # Whoever extends what was to keep it is told that it is gone.
    later = {"reason": "a later order", "until": "2100-01-01T00:00:00Z"}
    extended = api.post(f"/v1/preservations/{request['id']}/extensions", lea, json=later).json()
    assert (request["destroyed_since"], extended["destroyed_since"]) == ([], [item_id])
    assert api.get(f"/v1/preservations/{request['id']}", lea).json()["destroyed_since"] == [item_id]
    (listed,) = api.get("/v1/preservations", lea).json()["items"]
    assert (listed["item_ids"], listed["destroyed_since"]) == ([item_id], [item_id])


def test_a_request_that_comes_again_under_its_key_is_recorded_once(api: Api, line: Line) -> None:
    item_id = cleared(line)
    lea = people.create_person_key(line.parts, "lea", somebody(line, "lea", Role.LEAD))[1]
    received = line.clock.now().isoformat()
    asked = {"basis": "us-2703f", "asker": ASKER, "received_at": received, "account": "account-1"}
    earlier = api.post("/v1/preservations", lea, json=asked).json()
    line.clock.advance(timedelta(seconds=5))
    once = {"Idempotency-Key": "letter-1"}
    made = api.post("/v1/preservations", lea, json=asked, headers=once)
    assert made.status_code == 201, made.text
    assert made.json()["id"] != earlier["id"]  # without a key each one counts
    again = api.post("/v1/preservations", lea, json=asked, headers=once)
    assert (again.status_code, again.json()) == (201, made.json())
    assert len(line.store.preservations(after=None, most=9)) == 2
    assert len(line.store.holds_of(item_id)) == 1 + 2
    other = {**asked, "account": "account-2"}
    assert_problem(api.post("/v1/preservations", lea, json=other, headers=once), 422, "idempotency-mismatch")
    where = f"/v1/preservations/{made.json()['id']}"
    later = api.post(f"{where}/extensions", lea, json={"reason": "renewed"}).json()
    assert api.post("/v1/preservations", lea, json=asked, headers=once).json() == later
    ada = people.create_person_key(line.parts, "ada", somebody(line, "ada", Role.ADMIN))[1]
    assert api.post("/v1/preservations", ada, json=asked, headers=once).json()["id"] != later["id"]


def test_a_destruction_that_comes_again_under_its_key_is_proposed_once(api: Api, line: Line) -> None:
    item_id = cleared(line)
    lea = people.create_person_key(line.parts, "lea", somebody(line, "lea", Role.LEAD))[1]
    holds = [each["id"] for each in api.get("/v1/holds", lea).json()["items"]]
    asked = {
        "asker": ASKER, "reason": "the letter", "received_at": line.clock.now().isoformat(), "item_ids": [item_id],
        "despite": holds, "password": PASSWORD,
    }  # fmt: skip
    once = {"Idempotency-Key": "letter-1"}
    made = api.post("/v1/destructions", lea, json=asked, headers=once)
    assert made.status_code == 201, made.text
    assert api.post("/v1/destructions", lea, json=asked, headers=once).json() == made.json()
    assert len(line.store.destructions(after=None, most=9)) == 1
    other = {**asked, "reason": "another letter"}
    assert_problem(api.post("/v1/destructions", lea, json=other, headers=once), 422, "idempotency-mismatch")
    wrong = {**asked, "password": "not the password"}
    assert_problem(api.post("/v1/destructions", lea, json=wrong, headers=once), 401, "not-authenticated")


RULES = Rules(reporter=REPORTER, opinions=review.SecondOpinions(gravest=True))


def waits_for_a_second_person(line: Line) -> records.Case:
    """Give a case in which one person's opinion is in."""
    line.list_of([picture()])
    submission = line.submit(picture())
    mika = line.person("mika")
    line.person("noor")
    case = line.wardline.claim(line.case_of(submission).id, user=mika.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=violation(case))
    line.pass_time(line.parts.rules.undo_window)
    case = line.store.case(case.id)
    assert case.stage is records.Stage.SECOND
    return case


@pytest.mark.parametrize("by", ["account", "case", "file"])
def test_who_may_have_to_judge_a_case_is_not_told_that_an_agency_asks_for_it(tmp_path: Path, by: str) -> None:
    """They see that there is a request, so that it can be extended in time."""
    with Line(tmp_path, rules=RULES, replaced={"password_hasher": CHEAP}) as line:
        api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
        case = waits_for_a_second_person(line)
        other = line.case_of(line.submit(picture(2), account="account-2", flag="spam"))
        lea = people.create_person_key(line.parts, "lea", somebody(line, "lea", Role.LEAD))[1]
        auditor = line.person("oda", Role.AUDITOR).secret
        about: dict[str, dict[str, object]] = {
            "account": {"account": "account-1", "case_ids": [other.id]},
            "case": {"case_ids": [case.id, other.id]},
            "file": {"item_ids": [*case.item_ids, *other.item_ids]},
        }
        asked = {
            "basis": "us-2703f",
            "asker": ASKER,
            "received_at": line.clock.now().isoformat(),
            **about[by],
        }
        made = api.post("/v1/preservations", lea, json=asked)
        assert made.status_code == 201, made.text
        where = f"/v1/preservations/{made.json()['id']}"
        answers = [
            made,
            api.get(where, lea),
            api.get("/v1/preservations", lea),
            api.post(f"{where}/extensions", lea, json={"reason": "renewed"}),
        ]
        for answer in answers:
            assert answer.status_code in (200, 201)
            for hidden in (case.id, *case.item_ids, *(["account-1"] if by == "account" else [])):
                assert hidden not in answer.text
            assert other.id in answer.text
        told = api.get(where, auditor).json()
        assert set(told["case_ids"]) == {case.id, other.id}
        held = {each.item_id for each in line.store.holds() if each.preservation_id}
        assert held == {*case.item_ids, *other.item_ids}
        ended = api.post(f"{where}/end", lea, json={"reason": "withdrawn", "password": PASSWORD})
        assert ended.status_code == 200
        assert case.id not in ended.text


def test_who_may_have_to_judge_a_case_sees_no_destruction_of_its_files(tmp_path: Path) -> None:
    with Line(tmp_path, rules=RULES, replaced={"password_hasher": CHEAP}) as line:
        api = Api(create_app(line.wardline, low_trust_answer_seconds=0))
        case = waits_for_a_second_person(line)
        ada, leo = line.person("ada", Role.ADMIN).user, line.person("leo", Role.LEAD)
        made = records.Destruction(
            id=line.parts.new_id("destruction"), asker=records.Asker(**ASKER), reason="the letter", received_at=line.clock.now(),
            item_ids=case.item_ids, proposed_by=ada.id, proposed_at=line.clock.now(),
        )  # fmt: skip
        approval = approvals.proposal(line.parts, records.ApprovalKind.DESTROY_EVIDENCE, made.id, 1, ada)
        # As if it had been proposed when the case was settled before.
        approvals.propose(line.parts, approval, ada, records.Insert(made), entries=[])
        auditor = line.person("oda", Role.AUDITOR).secret
        for path in ("/v1/destructions", "/v1/approvals"):
            assert made.id in api.get(path, auditor).text
            assert made.id not in api.get(path, leo.secret).text
        for path in (f"/v1/destructions/{made.id}", f"/v1/destructions/{made.id}/proof"):
            refused = api.get(path, leo.secret)
            assert_problem(refused, 403, "refused")
            assert case.id not in refused.text
        assert api.get(f"/v1/destructions/{made.id}", auditor).json()["item_ids"] == list(case.item_ids)
        somebody(line, "lou", Role.LEAD)
        browser = Browser(api)
        browser.sign_in("lou")
        page = browser.get("/approvals").text
        assert "Nothing waits for a second person" in page
        assert made.id not in page
        assert made.id not in browser.get("/destructions").text
        for path in (f"/destructions/{made.id}", f"/destructions/{made.id}/proof"):
            assert browser.get(path).status == 403
            assert "the letter" not in browser.get(path).text
        somebody(line, "otto", Role.AUDITOR)
        reader = Browser(api)
        reader.sign_in("otto")
        assert "the letter" in reader.get(f"/destructions/{made.id}").text
