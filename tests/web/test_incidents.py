"""``/v1/incidents`` as platforms call it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.web.client import PREFIX, Api
from wardline import records
from wardline.records import KeyTrust
from wardline.testing.harness import START, Line


def body(**fields: Any) -> dict[str, Any]:
    given = {
        "kind": "enticement", "account_reference": "account-1", "incident_reference": "conversation-7", "surface": "direct message",
        "visibility": "private", "happened_at": (START - timedelta(hours=2)).isoformat(), "flag": "contact with a child",
        "what_happened": "It asked to meet at the fountain at four.",
        "messages": [{"by": "account-1", "text": "meet me at the fountain at four", "at": START.isoformat()}],
    } | fields  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}


def test_a_trusted_key_learns_what_became_of_it_and_a_low_one_nothing(api: Api, line: Line) -> None:
    low, trusted = line.platform_key(), line.platform_key(trust=KeyTrust.TRUSTED)
    first = api.post("/v1/incidents", trusted.secret, json=body())
    assert first.status_code == 202
    item = line.store.item(first.json()["item_id"])
    assert first.json() == {"status": "accepted", "outcome": "review", "item_id": item.id}
    again = api.post("/v1/incidents", trusted.secret, json=body())
    assert again.json() == {"status": "accepted", "outcome": "repeated", "item_id": None}
    answers = [
        api.post("/v1/incidents", low.secret, json=each) for each in (body(), body(incident_reference="c-8"))
    ]
    assert [each.json() for each in answers] == [{"status": "accepted"}] * 2
    assert len({tuple(sorted(each.headers.items())) for each in answers}) == 1
    assert api.get(f"/v1/items/{item.id}", trusted.secret).json()["kept"] is True


def test_the_same_key_tells_nothing_twice_and_another_body_under_it_is_refused(api: Api, line: Line) -> None:
    secret = line.platform_key(trust=KeyTrust.TRUSTED).secret
    headers = {"Idempotency-Key": "one"}
    assert api.post("/v1/incidents", secret, json=body(), headers=headers).json()["outcome"] == "review"
    assert api.post("/v1/incidents", secret, json=body(), headers=headers).json()["outcome"] == "repeated"
    other = api.post("/v1/incidents", secret, json=body(what_happened="Another."), headers=headers)
    assert other.json()["type"] == f"{PREFIX}idempotency-mismatch"
    assert len(line.store.cases()) == 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"what_happened": ""}, "what_happened"), ({"what_happened": " \n "}, "what_happened: blank"),
        ({"what_happened": "\u200b\u2060\ufeff \u3164\n"}, "what_happened: blank"),
        ({"what_happened": "a" * 20_001}, "what_happened"), ({"what_happened": "bell \x07"}, "control characters"),
        ({"what_happened": "half \ud800"}, "incident"), ({"what_happened": "none \ufffe"}, "control characters"),
        ({"messages": [{"by": "one", "text": ""}]}, "messages"), ({"messages": [{"by": "one", "text": "\x00"}]}, "control characters"),
        ({"messages": [{"by": "one", "text": "b" * 10_000}] * 11}, "100000 characters together"),
        ({"messages": [{"by": "one", "text": "b"}] * 1_001}, "messages"), ({"messages": []}, "where it happened"),
        ({"happened_at": "2026-03-02T09:00:00"}, "time zone"), ({"happened_at": (START + timedelta(days=1)).isoformat()}, "in the future"),
        ({"ended_at": (START - timedelta(days=1)).isoformat()}, "ended_at"), ({"kind": "files"}, "kind"), ({"kind": "other"}, "kind"),
        ({"account_reference": None}, "account_reference"), ({"nonsense": 1}, "not known"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_with_its_name_and_nothing_is_kept(
    api: Api, line: Line, fields: dict[str, Any], named: str
) -> None:
    secret = line.platform_key(trust=KeyTrust.TRUSTED).secret
    content = json.dumps(body(**fields)).encode()
    refused = api.post("/v1/incidents", secret, content=content, headers={"Idempotency-Key": "one"})
    assert (refused.status_code, refused.json()["type"]) == (400, f"{PREFIX}invalid-input")
    assert named in refused.json()["title"]
    assert line.store.cases() == []
    assert list(line.parts.vault.inventory()) == []
    # Nothing is lost: put right, it may be told under the same key.
    assert (
        api.post("/v1/incidents", secret, json=body(), headers={"Idempotency-Key": "one"}).status_code == 202
    )
    assert len(line.store.cases()) == 1


def test_bytes_that_are_no_utf8_are_refused(api: Api, line: Line) -> None:
    secret = line.platform_key().secret
    content = b'{"what_happened": "\xff\xfe"}'
    refused = api.post("/v1/incidents", secret, content=content)
    assert refused.status_code == 400
    assert "UTF-8" in refused.json()["title"]


def test_what_cannot_be_read_for_a_report_is_left_out_and_named(api: Api, line: Line) -> None:
    secret = line.platform_key(trust=KeyTrust.TRUSTED).secret
    report = {"victims": [{"person": {"first_name": "Alex", "age": "many"}}]}
    answer = api.post("/v1/incidents", secret, json=body(report=report)).json()
    assert answer["left_out"] == ["victims.0.person.age"]


def test_a_private_surface_needs_a_complaint_or_a_legal_basis(api: Api, line: Line) -> None:
    secret = line.platform_key(trust=KeyTrust.TRUSTED).secret
    refused = api.post("/v1/incidents", secret, json=body(flag=None, region="DE"))
    assert (refused.status_code, refused.json()["type"]) == (403, f"{PREFIX}no-legal-basis")
    assert line.store.cases() == []
    assert api.post("/v1/incidents", secret, json=body(region="DE")).status_code == 202


def test_told_again_with_danger_its_case_comes_first_and_stays_one(api: Api, line: Line) -> None:
    secret = line.platform_key(trust=KeyTrust.TRUSTED).secret
    api.post("/v1/incidents", secret, json=body())
    (case,) = line.store.cases()
    assert case.imminent_since is None
    api.post("/v1/incidents", secret, json=body(flag=records.IMMINENT_DANGER))
    (case,) = line.store.cases()
    assert case.imminent_since is not None


def test_a_person_reveals_and_decides_it_over_http(api: Api, line: Line) -> None:
    api.post("/v1/incidents", line.platform_key().secret, json=body())
    secret = line.person("mika").secret
    case = api.post("/v1/cases/next", secret).json()
    (item_id,) = case["item_ids"]
    shown = api.post(f"/v1/cases/{case['id']}/reveals", secret, json={"item_id": item_id})
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert "meet me at the fountain at four" in shown.text
    wrong = {"outcome": "violation", "findings": [{"item_id": item_id, "category": "A2"}]}
    assert api.post(f"/v1/cases/{case['id']}/decisions", secret, json=wrong).status_code == 400
    right = {"outcome": "violation", "findings": [{"item_id": item_id, "incident": "enticement"}]}
    decided = api.post(f"/v1/cases/{case['id']}/decisions", secret, json=right)
    assert decided.status_code == 201
    assert decided.json()["findings"][0]["incident"] == "enticement"
