"""What is done with a case besides deciding it, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api, assert_problem
from wardline import records, review
from wardline.pipeline import Rules
from wardline.records import Outcome, Role
from wardline.review import QueueRule
from wardline.testing.harness import REPORTER, Line, Person


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    rules = Rules(reporter=REPORTER, queues=(QueueRule(name="german", languages=("de",)),))
    with Line(tmp_path, rules=rules) as made:
        yield made


@pytest.fixture
def mika(line: Line) -> Person:
    return line.person("mika")


@pytest.fixture
def case(line: Line) -> records.Case:
    return line.case_of(line.submit(picture(), flag="spam"))


def test_who_passed_a_case_on_is_handed_another(
    api: Api, line: Line, mika: Person, case: records.Case
) -> None:
    api.post("/v1/cases/next", mika.secret)
    passed = api.post(f"/v1/cases/{case.id}/pass", mika.secret, json={"note": "for somebody else"})
    assert (passed.status_code, passed.json()["declined_by"]) == (200, [mika.user.id])
    assert api.post("/v1/cases/next", mika.secret).status_code == 204
    assert_problem(api.post(f"/v1/cases/{case.id}/pass", mika.secret, json={}), 409, "lease-lost")
    assert api.post(f"/v1/cases/{case.id}/claim", mika.secret).status_code == 200


def test_who_passed_a_case_on_is_told_to_nobody_else(
    api: Api, line: Line, mika: Person, case: records.Case
) -> None:
    lea, noor = line.person("lea", Role.LEAD), line.person("noor")
    api.post("/v1/cases/next", mika.secret)
    api.post(f"/v1/cases/{case.id}/pass", mika.secret, json={})
    said = review.Judgement(outcome=Outcome.NOT_VIOLATION)

    def told(person: Person) -> bool:
        paths = (f"/v1/cases/{case.id}", "/v1/cases")
        return any(mika.user.id in api.get(path, person.secret).text for path in paths)

    assert [told(each) for each in (mika, lea, noor)] == [True, False, False]
    line.wardline.claim(case.id, user=noor.user)
    line.wardline.decide(case.id, user=noor.user, judgement=said)
    line.pass_time(line.parts.rules.undo_window)
    assert [told(each) for each in (mika, lea, noor)] == [True, False, False]


def test_only_leads_give_cases_away_and_move_them(
    api: Api, line: Line, mika: Person, case: records.Case
) -> None:
    lea = line.person("lea", Role.LEAD)
    at = f"/v1/cases/{case.id}"
    for path, body in (("assignment", {"to": "mika"}), ("diversion", {"queue": "german", "note": "why"})):
        assert_problem(api.post(f"{at}/{path}", mika.secret, json=body), 403, "not-allowed")
    moved = api.post(f"{at}/diversion", lea.secret, json={"queue": "german", "note": "why"}).json()
    assert (moved["queue"], moved["diverted_by"]) == ("german", lea.user.id)
    assert_problem(
        api.post(f"{at}/diversion", lea.secret, json={"queue": "none", "note": "why"}), 400, "invalid-input"
    )
    assert api.post(f"{at}/diversion", lea.secret, json={"queue": "general"}).status_code in (400, 422)
    given = api.post(f"{at}/assignment", lea.secret, json={"to": "mika"}).json()
    assert given["claimed_by"] == mika.user.id
    assert_problem(api.post(f"{at}/assignment", lea.secret, json={"to": "nobody"}), 404, "not-found")


def test_danger_is_marked_by_whoever_holds_the_case(api: Api, mika: Person, case: records.Case) -> None:
    at = f"/v1/cases/{case.id}/danger"
    assert_problem(api.post(at, mika.secret, json={"note": "It says when."}), 409, "lease-lost")
    api.post("/v1/cases/next", mika.secret)
    marked = api.post(at, mika.secret, json={"note": "It says when."}).json()
    assert marked["imminent_since"] is not None
    assert marked["target"] == "imminent"


def test_the_language_of_an_upload_chooses_its_queue(api: Api, line: Line) -> None:
    key = line.platform_key()
    assert api.upload(key.secret, picture(2), flag="spam", language="de-CH").status_code == 202
    assert [each.queue for each in line.store.cases()] == ["german"]
    wrong = api.upload(key.secret, picture(2), flag="spam", language="not a tag")
    assert wrong.status_code in (400, 422)
