"""What people do with a report, for programs: approve it, check it, add to it, note a call, file it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.acceptance.test_exports import awaiting_opinion
from tests.acceptance.test_priorities import DANGER, FILING, HOUR, decide, in_hand, now_of
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api, assert_problem
from tests.web.console.browser import PASSWORD, somebody
from wardline import records
from wardline.pipeline import Rules, people
from wardline.records import FactKind, KeyTrust, Priority, ReferralState, Replace, Role, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line
from wardline.web.app import create_app

WORD = {"password": PASSWORD}


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with (
        AuthoritySandbox(clock_now=VirtualClock(START + 24 * HOUR).now) as sandbox,
        Line(
            tmp_path, authority=sandbox, rules=Rules(reporter=REPORTER, filing=FILING), replaced={"password_hasher": CHEAP}
        ) as made,
    ):  # fmt: skip
        yield made


@pytest.fixture
def api(line: Line) -> Api:
    return Api(create_app(line.wardline, low_trust_answer_seconds=0))


@pytest.fixture
def ada(line: Line) -> str:
    """The key of an administrator, who decided nothing."""
    return people.create_person_key(line.parts, "ada", somebody(line, "ada", Role.ADMIN))[1]


def told(line: Line, verb: Verb) -> list[records.Entry]:
    line.sequence()
    return [each for _, each in line.wardline.newest_entries(100) if each.verb is verb]


def test_a_second_person_approves_a_report_with_their_password_and_it_is_filed(
    line: Line, api: Api, ada: str
) -> None:
    found = decide(line, *in_hand(line))
    route = f"/v1/referrals/{found.id}/second"
    assert_problem(api.post(route, ada, json={}), 400, "invalid-input")
    assert_problem(api.post(route, ada, json={"password": "another"}), 401, "not-authenticated")
    line.run_due()
    assert now_of(line, found).state is ReferralState.DRAFT
    waiting = api.get("/v1/referrals?to_do=approve", ada).json()
    assert ([each["id"] for each in waiting["items"]], waiting["next"]) == ([found.id], None)
    assert api.post(route, ada, json=WORD).json()["second_by"] is not None
    line.run_due()
    assert now_of(line, found).state is ReferralState.FINISHED
    assert api.get("/v1/referrals?to_do=approve", ada).json()["items"] == []
    assert [each.subject_id for each in told(line, Verb.REFERRAL_APPROVED)] == [found.id]


def test_who_decided_is_not_the_second_person_over_http_either(line: Line, api: Api) -> None:
    found = decide(line, *in_hand(line))
    decider = line.store.user(line.store.decision(found.decision_id).user_id)
    secret = people.create_person_key(line.parts, "again", decider)[1]
    word = line.parts.password_hasher.hash(PASSWORD)
    changed = replace(decider, password_hash=word, version=decider.version + 1)
    line.store.commit(Replace(changed), entries=[line.parts.entry(Verb.USER_PASSWORD_CHANGED, decider.id)])
    answer = api.post(f"/v1/referrals/{found.id}/second", secret, json=WORD)
    assert answer.status_code == 403, answer.text
    assert answer.json()["type"].endswith("/second-person")


def test_danger_is_filed_at_once_and_listed_to_be_checked_until_somebody_did(
    line: Line, api: Api, ada: str
) -> None:
    found = decide(line, *in_hand(line), DANGER)
    assert found.state is ReferralState.FINISHED
    assert [each["id"] for each in api.get("/v1/referrals?to_do=check", ada).json()["items"]] == [found.id]
    assert api.post(f"/v1/referrals/{found.id}/second", ada, json=WORD).status_code == 200
    assert api.get("/v1/referrals?to_do=check", ada).json()["items"] == []
    assert [each.subject_id for each in told(line, Verb.REFERRAL_CHECKED)] == [found.id]


def test_others_about_the_account_are_named_in_the_preview_and_approved_with_it(
    line: Line, api: Api, ada: str
) -> None:
    case, decider = in_hand(line)
    first = decide(line, case, decider)
    submission = line.submit(picture(7), flag="spam", account="account-1")
    again = line.wardline.claim(line.case_of(submission).id, user=decider.user)
    second = decide(line, again, decider)
    shown = api.get(f"/v1/referrals/{first.id}/preview", ada).json()
    assert shown["waiting_with"] == [second.id]
    body = {**WORD, "others": [second.id]}
    assert api.post(f"/v1/referrals/{first.id}/second", ada, json=body).status_code == 200
    assert now_of(line, second).second_by is not None


def test_a_fact_is_added_once_under_its_key_and_stands_in_the_report(line: Line, api: Api, ada: str) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    route, key = f"/v1/referrals/{found.id}/facts", {"Idempotency-Key": "fact-1"}
    body = {"kind": "location", "text": "a town by the sea"}
    before = api.get(f"/v1/referrals/{found.id}/preview", ada).json()["score"]
    for _ in range(2):
        assert api.post(route, ada, json=body, headers=key).status_code == 201
    assert len(line.store.facts_of(case.id)) == 1
    assert_problem(
        api.post(route, ada, json={**body, "text": "a town inland"}, headers=key), 422, "idempotency-mismatch"
    )
    after = api.get(f"/v1/referrals/{found.id}/preview", ada).json()["score"]
    assert "Location" in before["missing"]
    assert "Location" not in after["missing"]
    assert after["percent"] > before["percent"]
    assert after["words"].startswith(f"{after['answered']} of {after['of']} of what police need; missing: ")


def test_a_key_that_is_a_day_old_is_a_new_one(line: Line, api: Api, ada: str) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    route, key = f"/v1/referrals/{found.id}/facts", {"Idempotency-Key": "fact-1"}
    assert api.post(route, ada, json={"kind": "identifier", "text": "one"}, headers=key).status_code == 201
    line.clock.advance(timedelta(hours=25))
    assert api.post(route, ada, json={"kind": "identifier", "text": "two"}, headers=key).status_code == 201
    assert {each.text for each in line.store.facts_of(case.id)} == {"one", "two"}


def test_a_reason_for_danger_has_a_waiting_report_filed_at_once(line: Line, api: Api, ada: str) -> None:
    found = decide(line, *in_hand(line))
    body = {"kind": "danger", "text": DANGER}
    assert api.post(f"/v1/referrals/{found.id}/facts", ada, json=body).json()["priority"] == Priority.FIRST
    line.run_due()
    assert now_of(line, found).state is ReferralState.FINISHED


def test_a_call_is_noted_once_under_its_key(line: Line, api: Api, ada: str) -> None:
    found = decide(line, *in_hand(line, region="GB"))
    route, key = f"/v1/referrals/{found.id}/calls", {"Idempotency-Key": "call-1"}
    body = {"region": "GB", "at": line.clock.now().isoformat()}
    answers = [api.post(route, ada, json=body, headers=key) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["text"] == "999 (GB) Police"
    assert len(told(line, Verb.EMERGENCY_CALLED)) == 1
    assert_problem(api.post(route, ada, json={**body, "region": "FR"}), 400, "invalid-input")
    assert_problem(api.post(f"/v1/referrals/{found.id}/facts", ada, json={"kind": "call", "text": "x"}), 400, "invalid-input")  # fmt: skip


def test_who_holds_a_case_adds_what_they_know_and_nobody_else_does(line: Line, api: Api) -> None:
    case, decider = in_hand(line)
    route, key = f"/v1/cases/{case.id}/facts", {"Idempotency-Key": "fact-1"}
    body = {"kind": "identifier", "text": "someone@mail.example"}
    first = api.post(route, decider.secret, json=body, headers=key)
    assert first.status_code == 201
    assert api.post(route, decider.secret, json=body, headers=key).json() == first.json()
    assert [each.kind for each in line.store.facts_of(case.id)] == [FactKind.IDENTIFIER]
    assert_problem(api.post(route, line.person("noor").secret, json=body), 403, "not-allowed")


def test_what_does_not_wait_for_a_person_is_not_filed_again(line: Line, api: Api, ada: str) -> None:
    found = decide(line, *in_hand(line), DANGER)
    assert_problem(api.post(f"/v1/referrals/{found.id}/filing", ada), 409, "conflict")


def test_a_key_of_low_trust_is_told_no_score(line: Line, api: Api, ada: str) -> None:
    found = decide(line, *in_hand(line))
    (key,) = (each for each in line.store.api_keys() if each.label == "ada")
    assert api.get(f"/v1/referrals/{found.id}/preview", ada).json()["score"] is not None
    low = replace(key, trust=KeyTrust.LOW, version=key.version + 1)
    line.store.commit(Replace(low), entries=[line.parts.entry(Verb.API_KEY_CREATED, key.id)])
    assert api.get(f"/v1/referrals/{found.id}/preview", ada).json()["score"] is None


def test_a_lead_who_may_have_to_judge_a_case_is_refused_every_act_and_no_list_names_it(
    line: Line, api: Api
) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    awaiting_opinion(line, line.store.case(case.id))
    lea = people.create_person_key(line.parts, "lea", somebody(line, "lea", Role.LEAD))[1]
    acts = {
        "second": WORD, "filing": None, "facts": {"kind": "location", "text": "somewhere"},
        "calls": {"region": "GB", "at": line.clock.now().isoformat()}, "receiver": {**WORD, "to": "ncmec"}, "withdrawal": WORD,
        "filed-before": {**WORD, "number": "4711"}, "reference": {"reference": "IRP-1"}, "pack": None, "pack/given-up": None,
    }  # fmt: skip
    for act, body in acts.items():
        answer = api.post(f"/v1/referrals/{found.id}/{act}", lea, json=body)
        assert answer.status_code == 403, (act, answer.text)
        assert case.id not in answer.text
    for what in ("approve", "check", "due"):
        assert api.get(f"/v1/referrals?to_do={what}", lea).json()["items"] == []
    assert line.store.facts_of(case.id) == []
