"""Requests of authorities on the console: from arrival to the proof that is handed over."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.stories import picture, violation
from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline import audit, records, review
from wardline.pipeline import preserving
from wardline.records import DestructionState, PreservationBasis, Role
from wardline.testing.harness import Line

AGENCY = {"agency": "An <agency>", "reference": "REF-1", "contact": "officer@agency.invalid"}


def visitor(api: Api, line: Line, name: str, role: Role) -> Browser:
    somebody(line, name, role)
    browser = Browser(api)
    browser.sign_in(name)
    return browser


@pytest.fixture
def lea(api: Api, line: Line) -> Browser:
    return visitor(api, line, "lea", Role.LEAD)


@pytest.fixture
def settled(line: Line) -> records.Case:
    """A case that is closed, its file still kept."""
    case = line.case_of(line.submit(picture(), account="account-7", flag="spam"))
    mika = line.person("mika").user
    line.wardline.claim(case.id, user=mika)
    line.wardline.decide(
        case.id, user=mika, judgement=review.Judgement(outcome=records.Outcome.NOT_VIOLATION)
    )
    line.pass_time(line.parts.rules.undo_window)
    return case


def recorded(browser: Browser, **about: str) -> Seen:
    return browser.send(
        browser.get("/preservations/new").form("/preservations"), **{"basis": "us-2703f", **AGENCY, **about}
    )


def the_request(line: Line) -> records.Preservation:
    (found,) = line.store.preservations(most=9)
    return found


def test_a_request_is_recorded_holds_what_is_there_and_says_so(
    lea: Browser, line: Line, settled: records.Case
) -> None:
    wrong = recorded(lea, account="account-7", platform="misspelt")
    assert (wrong.status, "#platform" in wrong.links) == (400, True)
    page = recorded(lea, account="account-7", platform=line.store.item(settled.item_ids[0]).platform)
    found = the_request(line)
    assert (found.item_ids, found.until - found.received_at) == (settled.item_ids, timedelta(days=90))
    for said in (
        "An &lt;agency&gt;",
        "REF-1",
        "18 USC 2703(f)",
        "account-7",
        settled.item_ids[0],
        "kept sealed",
        "in 90 days",
    ):
        assert said in page.text  # fmt: skip
    assert f"/audit?record={found.id}" in page.links
    page = lea.get("/preservations")
    assert f"/preservations/{found.id}" in page.links
    assert "1 kept</td>" in page.text


def test_a_form_that_is_wrong_records_nothing_keeps_what_was_written_and_leads_to_the_field(
    lea: Browser, line: Line
) -> None:
    for wrong, field in (
        ({"account": ""}, "account"),
        ({"account": "", "platform": "example"}, "account"),
        ({"account": "a", "received": "yesterday"}, "received"),
        ({"account": "a", "received": "2999-01-01 10:00"}, "received"),
        ({"account": "a", "received": "2999-01-01"}, "received"),
        ({"account": "a", "until": "2999-01-01"}, "until"),
        ({"account": "a", "basis": "order"}, "until"),
        ({"account": "a", "basis": "another"}, "basis-0"),
        ({"account": "a", "agency": ""}, "agency"),
    ):
        page = recorded(lea, **wrong)
        assert page.status == 400
        assert f"#{field}" in page.links, wrong
        assert page.form("/preservations").fields["reference"] == "REF-1"
    assert recorded(lea, cases=f"case-{'0' * 26}").status == 404
    assert recorded(lea, cases="no id").status == 400
    assert line.store.preservations(most=9) == []


def test_a_day_without_a_time_cuts_no_period_short(lea: Browser, line: Line) -> None:
    """Nobody knows in which time zone it was meant."""
    day = line.clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=9)
    recorded(lea, account="nobody", received=f"{day:%Y-%m-%d}")
    found = the_request(line)
    assert found.received_at == day
    assert found.until == day + timedelta(days=1, hours=12) + timedelta(days=90)


def test_the_end_of_an_order_is_the_end_of_its_last_day(lea: Browser, line: Line) -> None:
    recorded(lea, basis="order", account="nobody", until="2999-06-01")
    assert f"{the_request(line).until:%Y-%m-%d %H:%M}" == "2999-06-02 12:00", "the day is over everywhere"
    extended = lea.send(
        lea.get(f"/preservations/{the_request(line).id}").form("/extensions"),
        reason="second order",
        until="2999-07-01",
    )
    assert extended.status == 200
    assert "second order" in extended.text
    assert the_request(line).until.month == 7


def test_a_request_is_renewed_once_and_withdrawn_each_with_a_reason(lea: Browser, line: Line) -> None:
    recorded(lea, account="nobody")
    found = the_request(line)
    form = lea.get(f"/preservations/{found.id}").form("/extensions")
    assert lea.send(form, reason="").status == 400
    lea.send(form, reason="renewed by letter")
    assert the_request(line).until - found.until == timedelta(days=90)
    page = lea.send(form, reason="a third time")
    assert page.status == 403
    assert not [each for each in page.forms if each.action.endswith("/extensions")]
    page = lea.send(lea.get(f"/preservations/{found.id}").form("/end"), reason="withdrawn by letter")
    assert "withdrawn by letter" in page.text
    assert the_request(line).ended_at is not None
    assert [each.action for each in page.forms if each.action.startswith("/preservations/")] == []


def test_evidence_is_destroyed_by_two_people_and_the_proof_is_handed_over(
    api: Api, lea: Browser, line: Line, settled: records.Case
) -> None:
    recorded(lea, account="account-7")
    form = lea.get(f"/destructions/new?preservation={the_request(line).id}").form("/destructions")
    assert form.fields["items"].split() == list(settled.item_ids)
    assert form.fields["agency"] == AGENCY["agency"]
    page = lea.send(form, reason="the agency's letter")
    assert (page.status, line.store.destructions(most=9)) == (400, [])
    assert "#known" in page.links
    # Not by accident either: a hold that came since is not among those that were shown.
    page = lea.send(page.form("/destructions"), known="yes", despite=form.fields["despite"].split()[0])
    assert (page.status, line.store.destructions(most=9)) == (400, [])
    page = lea.send(page.form("/destructions"), known="yes")
    (made,) = line.store.destructions(most=9)
    assert page.status == 200
    assert set(made.despite) == {hold.id for hold in line.store.holds_of(settled.item_ids[0])}
    assert "You proposed this, so another person decides" in page.text
    assert lea.get(f"/destructions/{made.id}/proof").status == 409

    ada = visitor(api, line, "ada", Role.ADMIN)
    assert "/approvals" in ada.get(f"/destructions/{made.id}").links
    ada.send(ada.get("/approvals").form("/approve"))
    line.run_due()
    line.sequence()
    assert line.store.destruction(made.id).state is DestructionState.DONE
    page = ada.get(f"/destructions/{made.id}")
    assert "nobody can bring these files back" in page.text
    answer = ada.get(f"/destructions/{made.id}/proof").answer
    assert answer.headers["content-disposition"] == f'attachment; filename="proof-{made.id}.json"'
    proof = json.loads(answer.text)
    said = audit.open_statement(proof, line.parts.log_key.public_key())
    assert [each["item"] for each in said["files"]] == list(settled.item_ids)
    assert "destroyed" in lea.get(f"/preservations/{the_request(line).id}").text
    listed = lea.get("/preservations").text
    assert "0 kept" in listed
    assert "1 destroyed since<" in listed
    recorded(lea, cases=settled.id)
    assert "1 destroyed before<" in lea.get("/preservations").text


@pytest.mark.parametrize("state", [DestructionState.STOPPED, DestructionState.APPROVED])
def test_of_a_destruction_that_stopped_the_proof_of_what_was_destroyed_is_offered(
    lea: Browser, line: Line, settled: records.Case, state: DestructionState
) -> None:
    form = lea.get("/destructions/new").form("/destructions")
    page = lea.send(form, **AGENCY, reason="a letter", items=settled.item_ids[0])
    lea.send(page.form("/destructions"), known="yes")
    (made,) = line.store.destructions(most=9)
    gone = records.DestroyedFile(item_id=settled.item_ids[0], sha256=None, size_bytes=1, at=line.clock.now())
    for destroyed, offered in (((), False), ((gone,), state is DestructionState.STOPPED)):
        made = replace(made, state=state, destroyed=destroyed, version=made.version + 1)
        line.store.commit(
            records.Replace(made), entries=[line.parts.entry(records.Verb.DESTRUCTION_STOPPED, made.id)]
        )
        links = lea.get(f"/destructions/{made.id}").links
        assert (f"/destructions/{made.id}/proof" in links) == offered


def test_what_is_undecided_is_not_even_proposed(lea: Browser, line: Line) -> None:
    case = line.case_of(line.submit(picture(), flag="spam"))
    form = lea.get("/destructions/new").form("/destructions")
    page = lea.send(form, **AGENCY, reason="a letter", items=case.item_ids[0])
    page = lea.send(page.form("/destructions"), known="yes")
    assert page.status == 409
    assert line.store.destructions(most=9) == []
    assert lea.send(form, **AGENCY, reason="a letter", items="").status == 400


def test_an_auditor_reads_and_is_offered_no_act(api: Api, lea: Browser, line: Line) -> None:
    recorded(lea, account="nobody")
    otto = visitor(api, line, "otto", Role.AUDITOR)
    for path in ("/preservations", f"/preservations/{the_request(line).id}", "/destructions"):
        page = otto.get(path)
        assert page.status == 200
        assert not [
            each for each in page.forms if each.action.startswith(("/preservations", "/destructions"))
        ]
        assert not [each for each in page.links if "/new" in each]


def test_many_requests_and_many_files_stand_on_several_pages(
    lea: Browser, line: Line, settled: records.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wardline.web.console.preservations._SHOWN", 2)
    monkeypatch.setattr("wardline.web.console.preservations._RUNNING_SHOWN", 2)
    for _ in range(3):
        recorded(lea, account="account-7")
        line.clock.advance(timedelta(seconds=1))
    found = line.store.preservations(most=9)
    page = lea.get("/preservations")
    assert f"/preservations/{found[1].id}" in page.links
    (later,) = [each for each in page.links if "after=" in each]
    assert f"/preservations/{found[2].id}" in lea.get(later.partition("#")[0]).links
    assert any("page=2" in each for each in page.links)


def test_whoever_may_judge_a_case_yet_is_not_told_that_an_authority_asks_about_it(
    api: Api, lea: Browser, line: Line
) -> None:
    case = line.case_of(line.submit(picture(), account="account-of-a-case", flag="spam"))
    first, ada = line.person("first").user, visitor(api, line, "ada", Role.ADMIN)
    line.wardline.claim(case.id, user=first)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=first)
    line.wardline.decide(case.id, user=first, judgement=replace(violation(case), second_opinion=True))
    line.pass_time(line.parts.rules.undo_window)
    asker = records.Asker(agency="An agency", reference="REF-1", contact="officer@agency.invalid")
    wanted = preserving.Wanted(
        basis=PreservationBasis.US_REQUEST, asker=asker, received_at=line.clock.now(), account="account-of-a-case"
    )  # fmt: skip
    admin = line.store.user_named("ada")
    assert admin is not None
    made = line.wardline.preserve(wanted, user=admin)
    address = f"/preservations/{made.id}"
    for secret in ("account-of-a-case", case.id, case.item_ids[0]):
        assert secret in ada.get(address).text
        for path in (address, "/preservations", f"/destructions/new?preservation={made.id}"):
            assert secret not in lea.get(path).text
    assert lea.get(f"/destructions/new?preservation={made.id}").status == 403
    form = lea.get("/destructions/new").form("/destructions")
    refused = lea.send(form, **AGENCY, reason="a letter", items=case.item_ids[0])
    assert refused.status == 403
    assert case.id not in refused.text


def test_whose_a_request_is_about_is_kept_from_them_on_every_page_of_its_files(
    api: Api, lea: Browser, line: Line, settled: records.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it names no case, as one that was recorded before such requests named theirs."""
    monkeypatch.setattr("wardline.web.console.preservation_view.FILES_SHOWN", 1)
    case = line.case_of(line.submit(picture(2), account="account-7", flag="spam"))
    first = line.person("first").user
    line.wardline.claim(case.id, user=first)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=first)
    line.wardline.decide(case.id, user=first, judgement=replace(violation(case), second_opinion=True))
    line.pass_time(line.parts.rules.undo_window)
    recorded(lea, account="account-7")
    made = the_request(line)
    bare = replace(made, case_ids=(), item_ids=(*settled.item_ids, *case.item_ids), version=made.version + 1)
    line.store.commit(
        records.Replace(bare), entries=[line.parts.entry(records.Verb.PRESERVATION_RECORDED, made.id)]
    )
    for number in (1, 2):
        text = lea.get(f"/preservations/{made.id}?page={number}").text
        assert "Kept from you for now" in text
        for secret in ("account-7", case.id, case.item_ids[0]):
            assert secret not in text
