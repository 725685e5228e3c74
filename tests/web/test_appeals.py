"""``/v1/appeals`` and ``/v1/flags`` as platforms and people call them."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.acceptance.stories import picture, violation
from tests.web.client import Api, assert_problem, context
from wardline import records
from wardline.records import KeyTrust, Role
from wardline.testing.harness import Key, Line, Person


@pytest.fixture
def low(line: Line) -> Key:
    return line.platform_key()


@pytest.fixture
def trusted(line: Line) -> Key:
    return line.platform_key(trust=KeyTrust.TRUSTED)


def removed(line: Line, mika: Person) -> records.Action:
    """Have a listed picture decided a violation; gives the removal."""
    line.list_of([picture()])
    submission = line.submit(picture(), account="account-9", content_reference="post-9")
    case = line.wardline.claim(line.case_of(submission).id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=violation(case))
    line.clock.advance(line.parts.rules.undo_window)
    from wardline.pipeline.conclude import conclude

    conclude(line.parts, str(line.store.case(case.id).decision_id), 0)
    return next(
        each for each in line.store.actions_of(case.id) if each.kind is records.ActionKind.REMOVE_CONTENT
    )


OFFICIAL = {"authority": "Example Police", "number": "2026/7", "received_at": "2026-01-01T12:00:00Z"}


def flag(
    api: Api, key: Key, content: bytes, *, said: dict[str, Any] | None = None, **fields: Any
) -> httpx.Response:
    parts = {
        "flag": (None, json.dumps({"reason": "child-safety"} | (said or {})).encode(), "application/json"),
        "context": (None, json.dumps(context(**fields)).encode(), "application/json"),
        "file": ("picture.jpg", content, "image/jpeg"),
    }
    return api.post("/v1/flags", key.secret, files=parts)


def test_an_appeal_is_accepted_and_listed(api: Api, line: Line, low: Key) -> None:
    mika = line.person("mika")
    action = removed(line, mika)
    answer = api.post("/v1/appeals", low.secret, json={"action_id": action.id, "text": "It is my garden."})
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert set(body) == {"id", "state", "due_at"}
    assert body["state"] == "open"
    listed = api.get("/v1/appeals", mika.secret, params={"state": "open"}).json()
    assert [each["id"] for each in listed["items"]] == [body["id"]]
    assert listed["items"][0]["text"] == "It is my garden."


@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMIN, Role.AUDITOR])
def test_no_list_shows_what_is_about_an_account_of_ones_own(
    role: Role, api: Api, line: Line, low: Key, trusted: Key
) -> None:
    reader, colleague = line.person("lea", role), line.person("lou", role)
    action = removed(line, line.person("mika"))
    item_id = line.store.case(action.case_id).item_ids[0]
    api.post("/v1/appeals", low.secret, json={"action_id": action.id, "text": "It is my garden."})
    api.post("/v1/flags", trusted.secret, json={"reason": "spam", "item_id": item_id})
    line.wardline.declare_accounts(["account-9"], user=reader.user)
    for address in ("/v1/appeals", "/v1/flags", "/v1/holds"):
        mine, theirs = (api.get(address, each.secret).json() for each in (reader, colleague))
        assert mine["items"] == [], address
        assert theirs["items"], address


def test_an_appeal_may_be_repeated_with_its_key_and_not_without(api: Api, line: Line, low: Key) -> None:
    action = removed(line, line.person("mika"))
    body = {"account_reference": "account-9", "content_reference": "post-9", "text": "It is my garden."}
    first, second = (
        api.post("/v1/appeals", low.secret, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert first.json() == second.json()
    again = api.post("/v1/appeals", low.secret, json=body | {"text": "Once more."})
    assert_problem(again, 409, "already-exists")
    assert line.store.appeals()[0].action_id == action.id


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "x"}, 400, "invalid-input"),
        ({"text": "", "action_id": "x"}, 400, "invalid-input"),
        ({"text": "x" * 2001, "action_id": "x"}, 400, "invalid-input"),
        ({"text": "x", "action_id": "action-1"}, 400, "invalid-input"),
        ({"text": "x", "account_reference": "account-9", "content_reference": "post-1"}, 404, "not-found"),
        ({"text": "x", "action_id": "x", "score": 1}, 400, "invalid-input"),
    ],
)
def test_what_is_no_appeal_is_refused(
    api: Api, low: Key, body: dict[str, Any], status: int, code: str
) -> None:
    assert_problem(api.post("/v1/appeals", low.secret, json=body), status, code)


def test_people_do_not_appeal_and_platforms_do_not_read(api: Api, line: Line, low: Key) -> None:
    lead = line.person("lea", Role.LEAD)
    for path in ("/v1/appeals", "/v1/flags"):
        assert api.post(path, lead.secret, json={}).status_code == 403
        assert api.get(path, low.secret).status_code == 403
        assert api.get(path, lead.secret).status_code == 200
        assert api.get(path).status_code == 401


def test_a_trusted_key_learns_the_number_of_its_flag(api: Api, line: Line, trusted: Key) -> None:
    answer = flag(api, trusted, picture())
    assert answer.status_code == 202, answer.text
    (notice,) = line.store.notices()
    assert answer.json() == {"status": "accepted", "notice_id": notice.id}
    item = line.store.item(notice.item_id)
    again = api.post("/v1/flags", trusted.secret, json={"reason": "child-safety", "item_id": item.id})
    assert again.json() == {"status": "accepted", "notice_id": notice.id}
    assert line.store.notice(notice.id).count == 2
    listed = api.get("/v1/flags", line.person("mika").secret, params={"state": "open"}).json()
    assert [each["count"] for each in listed["items"]] == [2]


def test_a_low_trust_key_gets_one_answer_whether_or_not_the_content_is_known(
    api: Api, line: Line, low: Key
) -> None:
    line.list_of([picture(1)])
    line.submit(picture(1), account="account-1", content_reference="post-1")
    kept = flag(api, low, picture(1))
    fresh = flag(api, low, picture(2), content_reference="post-2", account_reference="account-2")
    for answer in (kept, fresh):
        assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    assert kept.headers == fresh.headers
    assert len(line.store.notices()) == 2


def test_a_low_trust_key_is_refused_a_flag_without_its_content_whether_or_not_it_is_known(
    api: Api, line: Line, low: Key
) -> None:
    line.list_of([picture(1)])
    submission = line.submit(picture(1), account="account-1", content_reference="post-1")
    bodies: list[dict[str, Any]] = [
        {"account_reference": "account-1", "content_reference": "post-1"},
        {"account_reference": "account-1", "content_reference": "post-of-nobody"},
        {"item_id": submission.item_id},
    ]
    answers = [api.post("/v1/flags", low.secret, json={"reason": "spam"} | body) for body in bodies]
    for answer in answers:
        assert_problem(answer, 400, "invalid-input")
    assert len({answer.text for answer in answers}) == 1
    assert_problem(flag(api, low, picture(1), said={"flagger": "trusted-flagger"}), 403, "not-allowed")


@pytest.mark.parametrize(
    "said",
    [
        {"reason": ""},
        {"reason": "x" * 201},
        {"flagger": "police"},
        {"flagger": "police", "official": {**OFFICIAL, "received_at": "2026-01-01T12:00:00"}},
        {"flagger": "police", "official": {**OFFICIAL, "number": ""}},
        {"flagger": "police", "official": {**OFFICIAL, "officer": "somebody"}},
        {"official": OFFICIAL},
        {"content_reference": "post-1"},
        {"more": 1},
    ],
)
def test_what_is_no_flag_is_refused(api: Api, trusted: Key, said: dict[str, Any]) -> None:
    assert_problem(flag(api, trusted, picture(), said=said), 400, "invalid-input")


def test_an_authority_names_itself_and_its_notice(api: Api, line: Line, trusted: Key, low: Key) -> None:
    said = {"flagger": "police", "official": OFFICIAL}
    assert_problem(flag(api, low, picture(), said=said), 403, "not-allowed")
    answer = flag(api, trusted, picture(), said=said)
    assert answer.status_code == 202, answer.text
    (listed,) = api.get("/v1/flags", line.person("mika").secret).json()["items"]
    assert (listed["id"], listed["flagger"]) == (answer.json()["notice_id"], "police")
    assert listed["official"] == OFFICIAL
    # The log says what kind of flag it was, and never whose or by which number.
    line.sequence()
    details = [entry.detail or "" for _, entry in line.wardline.newest_entries(100)]
    assert any(each.endswith(" police") for each in details)
    assert not any("2026/7" in each or "Example Police" in each for each in details)


def test_a_flag_with_other_parts_is_refused(api: Api, trusted: Key) -> None:
    parts = {"flag": (None, b'{"reason": "spam"}', "application/json")}
    assert_problem(api.post("/v1/flags", trusted.secret, files=parts), 400, "invalid-input")
    assert_problem(api.post("/v1/flags", trusted.secret, content=b"{"), 400, "invalid-input")


def test_what_is_not_kept_is_not_found_without_its_content(api: Api, trusted: Key) -> None:
    body = {"reason": "spam", "account_reference": "account-1", "content_reference": "post-1"}
    assert_problem(api.post("/v1/flags", trusted.secret, json=body), 404, "not-found")
