"""Cases over HTTP: claimed, revealed, decided, taken back."""

from __future__ import annotations

import struct
from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance.stories import PNG_SIGNATURE, picture
from tests.web.client import Api, assert_problem
from wardline import records
from wardline.errors import StoreUnavailableError
from wardline.records import Role
from wardline.testing.harness import Line, Person
from wardline.web.app import create_app


@pytest.fixture
def mika(line: Line) -> Person:
    return line.person("mika")


@pytest.fixture
def case(line: Line) -> records.Case:
    return line.case_of(line.submit(picture(), flag="spam"))


def violation(case: records.Case) -> dict[str, Any]:
    return {
        "outcome": "violation",
        "findings": [{"item_id": case.item_ids[0], "category": "A2", "annotations": ["viral", "viral"]}],
    }


def test_the_next_case_is_claimed_and_none_is_an_empty_answer(
    api: Api, mika: Person, case: records.Case
) -> None:
    taken = api.post("/v1/cases/next", mika.secret)
    assert (taken.status_code, taken.json()["id"], taken.json()["claimed_by"]) == (200, case.id, mika.user.id)
    nothing = api.post("/v1/cases/next", mika.secret)
    assert (nothing.status_code, nothing.content) == (204, b"")


def test_a_reveal_is_a_png_and_is_logged(api: Api, line: Line, mika: Person, case: records.Case) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    shown = api.post(f"/v1/cases/{case.id}/reveals", mika.secret, json={"item_id": case.item_ids[0]})
    assert (shown.status_code, shown.headers["content-type"], shown.headers["cache-control"]) == (
        200,
        "image/png",
        "no-store",
    )
    assert shown.content.startswith(PNG_SIGNATURE)
    assert struct.unpack(">II", shown.content[16:24]) == (320, 240)
    (logged,) = api.get(f"/v1/cases/{case.id}/reveals", mika.secret).json()
    assert (logged["user_id"], logged["item_id"], logged["frame"]) == (mika.user.id, case.item_ids[0], 0)
    line.sequence()
    assert any(b"case:revealed" in leaf for _, leaf, _ in line.store.log_entries(0, line.store.log_size()))


def test_no_entry_no_pixels(tmp_path_factory: pytest.TempPathFactory) -> None:
    broken = [False]

    def reached(name: str) -> None:
        if broken[0] and name == "store:before-commit:case:revealed":
            raise StoreUnavailableError("store: gone, expected it there")

    with Line(tmp_path_factory.mktemp("store"), reached=reached) as line:
        api, mika = Api(create_app(line.wardline)), line.person("mika")
        case = line.case_of(line.submit(picture(), flag="spam"))
        line.wardline.claim(case.id, user=mika.user)
        broken[0] = True
        answer = api.post(f"/v1/cases/{case.id}/reveals", mika.secret, json={"item_id": case.item_ids[0]})
        assert_problem(answer, 503, "store-unavailable")
        assert PNG_SIGNATURE not in answer.content
        assert line.store.reveals_of(case.id) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS", "QUERY"])
def test_no_other_method_shows_pixels(
    api: Api, line: Line, mika: Person, case: records.Case, method: str
) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    path = f"/v1/cases/{case.id}/reveals"
    answer = api.call(
        method, path, mika.secret, headers={"Accept": "image/png"}, json={"item_id": case.item_ids[0]}
    )
    assert "image" not in answer.headers["content-type"]
    assert PNG_SIGNATURE not in answer.content
    assert line.store.reveals_of(case.id) == []


def test_conditional_and_partial_requests_get_the_whole_picture_and_are_logged(
    api: Api, line: Line, mika: Person, case: records.Case
) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    path, body = f"/v1/cases/{case.id}/reveals", {"item_id": case.item_ids[0]}
    first = api.post(path, mika.secret, json=body)
    assert not {"etag", "last-modified", "accept-ranges"} & set(first.headers)
    for trick in (
        {"If-None-Match": "*"},
        {"Range": "bytes=0-10"},
        {"If-Modified-Since": "Mon, 02 Mar 2030 09:00:00 GMT"},
    ):
        again = api.post(path, mika.secret, json=body, headers=trick)
        assert (again.status_code, again.content) == (200, first.content)
    assert len(line.store.reveals_of(case.id)) == 4


def test_only_who_holds_the_case_is_shown_anything(
    api: Api, line: Line, mika: Person, case: records.Case
) -> None:
    path, body = f"/v1/cases/{case.id}/reveals", {"item_id": case.item_ids[0]}
    assert_problem(api.post(path, mika.secret, json=body), 409, "lease-lost")
    api.post(f"/v1/cases/{case.id}/claim", line.person("noor").secret)
    assert_problem(api.post(path, mika.secret, json=body), 409, "lease-lost")
    assert line.store.reveals_of(case.id) == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid-input"), ({"item_id": "x"}, 400, "invalid-input"), ({"item_id": f"item-{'0' * 26}"}, 404, "not-found"),
        ({"frame": -1}, 400, "invalid-input"), ({"frame": 1}, 400, "invalid-input"), ({"frame": 2**70}, 400, "invalid-input"),
        ({"size": 5}, 400, "invalid-input"), ([], 400, "invalid-input"),
    ],
)  # fmt: skip
def test_a_reveal_of_something_else_is_refused(
    api: Api, line: Line, mika: Person, case: records.Case, body: Any, status: int, code: str
) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    if isinstance(body, dict) and body and "item_id" not in body:
        body = {"item_id": case.item_ids[0]} | body
    assert_problem(api.post(f"/v1/cases/{case.id}/reveals", mika.secret, json=body), status, code)
    assert line.store.reveals_of(case.id) == []


def test_a_decision_is_made_and_taken_back(api: Api, line: Line, mika: Person, case: records.Case) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    made = api.post(f"/v1/cases/{case.id}/decisions", mika.secret, json=violation(case))
    assert made.status_code == 201
    assert made.json()["findings"] == [
        {"item_id": case.item_ids[0], "category": "A2", "annotations": ["viral"], "incident": None}
    ]
    assert api.get(f"/v1/cases/{case.id}", mika.secret).json()["state"] == "decided"
    assert api.post(f"/v1/cases/{case.id}/undo", mika.secret).json()["state"] == "open"
    assert_problem(api.post(f"/v1/cases/{case.id}/undo", mika.secret), 400, "invalid-input")
    assert api.post(f"/v1/cases/{case.id}/decisions", mika.secret, json=violation(case)).status_code == 201
    line.clock.advance(line.parts.rules.undo_window)
    assert_problem(api.post(f"/v1/cases/{case.id}/undo", mika.secret), 409, "conflict")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"outcome": "maybe"}, {"outcome": "violation"}, {"outcome": "violation", "findings": [{"item_id": "item-1"}]},
        {"outcome": "not-a-violation", "annotations": ["spam"]}, {"outcome": "not-a-violation", "escalation": ""},
        {"outcome": "not-a-violation", "escalation": "x" * 3001}, {"outcome": "not-a-violation", "extra": 1},
        {"outcome": "violation", "findings": [{"item_id": f"item-{'0' * 26}", "category": "A2"}]},
        {"outcome": "violation", "findings": "all"}, {"outcome": "violation", "annotations": ["unknown"]},
    ],
)  # fmt: skip
def test_a_decision_of_another_form_is_refused(
    api: Api, line: Line, mika: Person, case: records.Case, body: dict[str, Any]
) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    assert_problem(api.post(f"/v1/cases/{case.id}/decisions", mika.secret, json=body), 400, "invalid-input")
    assert line.store.case(case.id).state is records.CaseState.OPEN


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"outcome": "violation", "\\ud800": 1}', b"[" * 3000, b'{"outcome": NaN}']
)
def test_a_body_that_cannot_be_read_is_refused(
    api: Api, mika: Person, case: records.Case, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = api.post(f"/v1/cases/{case.id}/decisions", mika.secret, content=body, headers=headers)
    assert_problem(answer, 400, "invalid-input")


def test_half_a_character_in_an_escalation_is_refused(
    api: Api, line: Line, mika: Person, case: records.Case
) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    body = b'{"outcome": "not-a-violation", "escalation": "\\ud800"}'
    headers = {"Content-Type": "application/json"}
    answer = api.post(f"/v1/cases/{case.id}/decisions", mika.secret, content=body, headers=headers)
    assert_problem(answer, 400, "invalid-input")
    assert line.store.case(case.id).state is records.CaseState.OPEN


def test_a_lost_lease_is_a_conflict(api: Api, line: Line, mika: Person, case: records.Case) -> None:
    noor = line.person("noor", Role.LEAD)
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    assert_problem(api.post(f"/v1/cases/{case.id}/claim", noor.secret), 409, "conflict")
    line.clock.advance(line.parts.rules.lease)
    assert api.post(f"/v1/cases/{case.id}/claim", noor.secret).status_code == 200
    assert_problem(api.post(f"/v1/cases/{case.id}/return", mika.secret), 409, "lease-lost")
    assert api.post(f"/v1/cases/{case.id}/return", noor.secret).json()["claimed_by"] is None


def test_what_the_platform_was_asked_is_listed(
    api: Api, line: Line, mika: Person, case: records.Case
) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    api.post(f"/v1/cases/{case.id}/decisions", mika.secret, json=violation(case))
    line.clock.advance(line.parts.rules.undo_window + timedelta(seconds=1))
    line.run_due()
    listed = api.get(f"/v1/cases/{case.id}/actions", mika.secret).json()
    assert sorted(action["kind"] for action in listed) == ["remove-content", "suspend-account"]


@pytest.mark.parametrize(
    "case_id", ["case-1", "item-" + "0" * 26, "case-" + "U" * 26, "..", "case-" + "0" * 26 + "%00"]
)
def test_an_id_of_another_form_is_refused(api: Api, mika: Person, case_id: str) -> None:
    answer = api.get(f"/v1/cases/{case_id}", mika.secret)
    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_case_is_set_aside_with_a_reason(api: Api, line: Line, mika: Person, case: records.Case) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    until = line.clock.now() + timedelta(hours=2)
    held = api.post(
        f"/v1/cases/{case.id}/hold",
        mika.secret,
        json={"until": until.isoformat(), "note": "asked the platform"},
    )
    assert (held.status_code, held.json()["claimed_by"]) == (200, None)
    assert line.store.case(case.id).held_until == until
    assert [note.text for note in line.store.notes_of(case.id)] == ["asked the platform"]
    assert api.post("/v1/cases/next", mika.secret).status_code == 204


@pytest.mark.parametrize(
    "until", ["2026-03-02T12:00:00", "2026-03-02T08:00:00Z", "2026-03-20T08:00:00Z", "soon"]
)
def test_a_case_is_set_aside_until_a_moment_of_the_next_week_only(
    until: str, api: Api, line: Line, mika: Person, case: records.Case
) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    refused = api.post(f"/v1/cases/{case.id}/hold", mika.secret, json={"until": until, "note": "later"})
    assert refused.status_code in (400, 422)
    assert line.store.case(case.id).held_until is None


def test_a_case_that_was_handed_to_the_leads_is_theirs(
    api: Api, line: Line, mika: Person, case: records.Case
) -> None:
    lea = line.person("lea", Role.LEAD)
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    handed = api.post(f"/v1/cases/{case.id}/escalation", mika.secret, json={"note": "it may go on tonight"})
    assert handed.status_code == 200
    assert_problem(api.post(f"/v1/cases/{case.id}/claim", mika.secret), 403, "not-allowed")
    assert api.post("/v1/cases/next", lea.secret).json()["id"] == case.id


def test_answers_and_a_note_come_with_a_decision(
    api: Api, line: Line, mika: Person, case: records.Case
) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    body = {
        **violation(case),
        "answers": [{"about": "viral", "reply": "not-sure"}],
        "note": "the list agrees",
    }
    decided = api.post(f"/v1/cases/{case.id}/decisions", mika.secret, json=body)
    assert decided.json()["answers"] == [{"about": "viral", "reply": "not-sure"}]
    assert [note.text for note in line.store.notes_of(case.id)] == ["the list agrees"]


@pytest.mark.parametrize(
    "answers",
    [
        [{"about": "infant", "reply": "yes"}],
        [{"about": "viral", "reply": "yes"}, {"about": "viral", "reply": "no"}],
    ],
)
def test_an_answer_to_what_was_not_asked_is_refused(
    answers: list[dict[str, str]], api: Api, mika: Person, case: records.Case
) -> None:
    api.post(f"/v1/cases/{case.id}/claim", mika.secret)
    refused = api.post(
        f"/v1/cases/{case.id}/decisions", mika.secret, json={**violation(case), "answers": answers}
    )
    assert refused.status_code == 400
