"""Hash lists over HTTP: what is told of them, and what may be done about them and their entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api, assert_problem
from tests.web.exchange import exchanges
from wardline import records
from wardline.pipeline import care
from wardline.records import ListTrust, Role
from wardline.testing import store_records as make
from wardline.testing.harness import Line, Person
from wardline.web.api import hash_lists


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, replaced={"exchanges": exchanges()}) as made:
        yield made


@pytest.fixture
def lead(line: Line) -> Person:
    return line.person("lead", Role.LEAD)


def test_a_list_is_given_out_without_how_far_its_exchange_was_read(
    api: Api, line: Line, lead: Person
) -> None:
    listed = make.hash_list(entries=0, source="county", cursor="https://exchange.example/next?key=secret")
    line.store.commit(
        records.Insert(listed), entries=[line.parts.entry(records.Verb.HASH_LIST_ADDED, listed.id)]
    )
    kept = {each.name for each in fields(records.HashList)} - hash_lists.UNSAID
    (given,) = api.get("/v1/hash-lists", lead.secret).json()
    answers = [api.post(f"/v1/hash-lists/{listed.id}/{act}", lead.secret) for act in ("preview", "disable")]
    for body in (given, *(answer.json() for answer in answers)):
        assert set(body) == kept
    assert [answer.json()["state"] for answer in answers] == ["preview", "disabled"]
    assert all("exchange.example" not in answer.text for answer in answers)


def test_a_list_is_fetched_as_durable_work_and_its_syncs_are_listed(api: Api, line: Line) -> None:
    admin = line.person("ana", Role.ADMIN)
    terms = records.ListTerms(trust=ListTrust.UNVERIFIED)
    added = line.wardline.subscribe("county", name="c", provenance="p", terms=terms, user=admin.user)
    line.wardline.run_sync(added.sync.id)
    line.clock.advance(timedelta(minutes=5))
    asked = api.post(f"/v1/hash-lists/{added.hash_list.id}/sync", admin.secret)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    again = api.post(f"/v1/hash-lists/{added.hash_list.id}/sync", admin.secret)
    assert again.json()["id"] == asked.json()["id"]
    line.run_due()
    listed = api.get(f"/v1/hash-lists/{added.hash_list.id}/syncs?limit=1", admin.secret).json()
    assert [(each["id"], each["state"]) for each in listed] == [(asked.json()["id"], "done")]
    auditor = line.person("uma", Role.AUDITOR)
    assert len(api.get(f"/v1/hash-lists/{added.hash_list.id}/syncs", auditor.secret).json()) == 2


def test_a_list_from_a_file_cannot_be_fetched(api: Api, line: Line, lead: Person) -> None:
    listed = line.list_of([picture()])
    assert_problem(api.post(f"/v1/hash-lists/{listed.id}/sync", lead.secret), 409, "conflict")


def test_a_held_entry_is_listed_and_released_once(api: Api, line: Line, lead: Person) -> None:
    listed = line.list_of([picture()])
    line.list_of([picture(2)], name="another")
    care.hold(line.parts, listed.id, ["hash-batch-1:7"], cause=records.HoldCause.BY_HAND, actor=lead.user.id)
    (held,) = api.get(f"/v1/hash-lists/{listed.id}/held-entries", lead.secret).json()
    assert (held["entry_id"], held["cause"]) == ("hash-batch-1:7", "by-hand")
    assert all(each.value not in str(held) for each in line.hashes(picture()))
    another = next(each for each in line.store.hash_lists() if each.name == "another")
    assert api.get(f"/v1/hash-lists/{another.id}/held-entries", lead.secret).json() == []
    released = api.post(f"/v1/held-entries/{held['id']}/release", lead.secret)
    assert released.json()["released_by"] == lead.user.id
    assert_problem(api.post(f"/v1/held-entries/{held['id']}/release", lead.secret), 409, "conflict")
    assert api.get(f"/v1/hash-lists/{listed.id}/held-entries", lead.secret).json() == []


@pytest.mark.parametrize("act", ["preview", "sync", "disable", "activation"])
def test_an_unknown_list_is_not_found(act: str, api: Api, lead: Person) -> None:
    assert_problem(api.post(f"/v1/hash-lists/hash-list-{'0' * 26}/{act}", lead.secret), 404, "not-found")
    assert_problem(api.get(f"/v1/hash-lists/hash-list-{'0' * 26}/syncs", lead.secret), 404, "not-found")
    assert_problem(api.post("/v1/held-entries/x/release", lead.secret), 400, "invalid-input")
