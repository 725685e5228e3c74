"""``/v1/preservations`` and ``/v1/destructions`` as people's programs call them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api, assert_problem
from tests.web.console.browser import PASSWORD, somebody
from wardline import records, review
from wardline.pipeline import people
from wardline.records import Role
from wardline.testing.harness import Line

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
    lea = line.person("lea", Role.LEAD).secret
    asked = {
        "basis": "us-2703f",
        "asker": ASKER,
        "received_at": line.clock.now().isoformat(),
        "account": "account-1",
    }
    made = api.post("/v1/preservations", lea, json=asked)
    assert made.status_code == 201, made.text
    assert made.json()["item_ids"] == [item_id]
    where = f"/v1/preservations/{made.json()['id']}"
    assert api.get(where, lea).json() == made.json()
    later = api.post(f"{where}/extensions", lea, json={"reason": "renewed"}).json()
    assert later["until"] > made.json()["until"]
    assert_problem(api.post(f"{where}/extensions", lea, json={"reason": "renewed"}), 403, "refused")
    ended = api.post(f"{where}/end", lea, json={"reason": "withdrawn"}).json()
    assert ended["why_ended"] == "withdrawn"
    assert api.get("/v1/preservations", lea).json()["items"] == [ended]
    wrong = asked | {"basis": "order"}
    assert_problem(api.post("/v1/preservations", lea, json=wrong), 400, "invalid-input")


def test_a_destruction_names_its_holds_and_needs_a_second_persons_password(api: Api, line: Line) -> None:
    item_id = cleared(line)
    lea = line.person("lea", Role.LEAD).secret
    ada = people.create_person_key(line.parts, "ada", somebody(line, "ada", Role.ADMIN))[1]
    asked = {"asker": ASKER, "reason": "the letter", "received_at": line.clock.now().isoformat(), "item_ids": [item_id]}  # fmt: skip
    assert_problem(api.post("/v1/destructions", lea, json=asked), 403, "refused")
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
