"""``/v1/certificates`` and ``/v1/automation`` as people's programs call them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.judged import DETECTOR, SCOPE, good_sample
from tests.unit.pipeline.certifying_line import Certifier, automated_line
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api, assert_problem
from tests.web.console.browser import PASSWORD, somebody
from wardline.pipeline import people
from wardline.records import Arm, Role
from wardline.testing.harness import Line

ONCE = {"Idempotency-Key": "the first try"}


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with automated_line(tmp_path, replaced={"password_hasher": CHEAP}) as made:
        yield made


@pytest.fixture
def certifier(line: Line) -> Certifier:
    return Certifier(line)


def test_a_certificate_is_proposed_approved_shown_and_suspended(
    api: Api, line: Line, certifier: Certifier
) -> None:
    certifier.gather(Arm.ACT)
    lea = line.person("lea", Role.LEAD)
    ada = people.create_person_key(line.parts, "ada", somebody(line, "ada", Role.ADMIN))[1]
    asked = {"scope": SCOPE, "arm": "act"}
    proposed = api.post("/v1/certificates", lea.secret, json=asked, headers=ONCE)
    assert proposed.status_code == 201, proposed.text
    approval = proposed.json()
    assert api.post("/v1/certificates", lea.secret, json=asked, headers=ONCE).json() == approval
    assert_problem(
        api.post("/v1/certificates", lea.secret, json=asked, headers={"Idempotency-Key": "another"}),
        409,
        "conflict",
    )
    approved = api.post(f"/v1/approvals/{approval['id']}/approve", ada, json={"password": PASSWORD})
    assert approved.status_code == 200, approved.text
    made = api.get(f"/v1/certificates/{approval['subject_id']}", lea.secret).json()
    assert made["certificate"]["state"] == "standing"
    assert made["evidence"] == 0
    (listed,) = api.get(f"/v1/certificates?scope={SCOPE}", ada).json()
    assert listed == made["certificate"]
    where = f"/v1/certificates/{approval['subject_id']}/suspend"
    assert api.post(where, lea.secret, json={"reason": ""}).status_code == 400
    ended = api.post(where, lea.secret, json={"reason": "people complain"}).json()
    assert (ended["state"], ended["reason"]) == ("suspended", "people complain")
    assert_problem(api.post(where, lea.secret, json={"reason": "again"}), 409, "conflict")


def test_what_is_missing_is_said(api: Api, line: Line) -> None:
    lea = line.person("lea", Role.LEAD)
    answer = api.post("/v1/certificates", lea.secret, json={"scope": SCOPE, "arm": "clear"}, headers=ONCE)
    assert_problem(answer, 403, "refused")
    assert "how often people are wrong is not known" in answer.text
    assert (
        api.post(
            "/v1/certificates", lea.secret, json={"scope": SCOPE, "arm": "both"}, headers=ONCE
        ).status_code
        == 400
    )
    assert_problem(
        api.post("/v1/certificates", lea.secret, json={"scope": "x", "arm": "act"}, headers=ONCE),
        404,
        "not-found",
    )


def test_the_public_text_names_no_threshold_list_or_detector(
    api: Api, line: Line, certifier: Certifier
) -> None:
    mika = line.person("mika")
    assert "people decide" in api.get("/v1/automation", mika.secret).json()["text"]
    made = certifier.certified(Arm.ACT)
    said = api.get("/v1/automation", mika.secret)
    assert len(said.json()["promises"]) == 1
    for secret in (DETECTOR, str(made.threshold), made.id, made.detector_version + '"'):
        assert secret not in said.text
    assert api.get("/v1/certificates", mika.secret).status_code == 403


def test_a_try_that_fails_is_refused_and_kept(api: Api, line: Line, certifier: Certifier) -> None:
    from dataclasses import replace
    from datetime import timedelta

    at = line.clock.now() - timedelta(hours=1)
    certifier.judged([replace(each, score=0.99999) for each in good_sample(Arm.ACT, at=at)])
    lea = line.person("lea", Role.LEAD)
    asked = {"scope": SCOPE, "arm": "act"}
    assert_problem(api.post("/v1/certificates", lea.secret, json=asked), 400, "invalid-input")
    answers = [api.post("/v1/certificates", lea.secret, json=asked, headers=ONCE) for _ in range(2)]
    for answer in answers:
        assert_problem(answer, 403, "refused")
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert_problem(
        api.post("/v1/certificates", lea.secret, json=asked | {"arm": "clear"}, headers=ONCE),
        422,
        "idempotency-mismatch",
    )
    (kept,) = api.get("/v1/certificates", lea.secret).json()
    assert kept["state"] == "failed"
    assert kept["threshold"] is None
