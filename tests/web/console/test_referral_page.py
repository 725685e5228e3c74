from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stories import decided_violation, picture, the_referral
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import records, referral
from wardline.pipeline import Rules, refer
from wardline.records import ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line
from wardline.web.app import create_app
from wardline.web.console import referral as referral_page

OVERSEERS = [Role.LEAD, Role.ADMIN, Role.AUDITOR]


@pytest.fixture
def sandbox() -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox(clock_now=VirtualClock(START + timedelta(days=1)).now) as started:
        yield started


@pytest.fixture
def line(tmp_path: Path, sandbox: AuthoritySandbox) -> Iterator[Line]:
    with Line(tmp_path, authority=sandbox) as made:
        yield made


def signed_in(line: Line, role: Role = Role.LEAD) -> Browser:
    somebody(line, role.value, role)
    browser = Browser(Api(create_app(line.wardline)))
    browser.sign_in(role.value)
    return browser


def decided(line: Line, *, seed: int = 1, **upload: Any) -> records.Referral:
    """Decide a violation, let it take effect, and do what follows as far as it goes now."""
    submission = line.submit(picture(seed), flag="spam", **upload)
    case = decided_violation(line, submission, line.person(f"mika {seed}"))
    line.clock.advance(line.parts.rules.undo_window)
    line.run_due()
    return the_referral(line, case)


def stopped(line: Line, sandbox: AuthoritySandbox, *, seed: int = 1) -> records.Referral:
    """Make a referral that waits for a person; afterwards the receiver answers again."""
    sandbox.faults = lambda call, _number: Fault.DROP_BEFORE if call == "submit" else None
    found = referral.withdraw(decided(line, seed=seed), "the authority rejected the report")
    sandbox.faults = None
    line.store.commit(
        records.Replace(found), entries=[line.parts.entry(records.Verb.REFERRAL_MOVED, found.id)]
    )
    return found


@pytest.mark.parametrize("role", OVERSEERS)
def test_every_overseer_reads_the_checklist_and_what_is_sent(line: Line, role: Role) -> None:
    found = decided(line, port=None)
    page = signed_in(line, role).get(f"/referrals/{found.id}")
    assert page.status == 200
    assert "What police need" in page.text
    assert '<span class="unseen">Missing: </span><b>Port of the upload</b>' in page.text
    assert '<span class="unseen">Answered: </span><b>Upload address</b>' in page.text
    assert "from the reveal log: 1 yes, 0 no" in page.text
    assert "espIdentifier" in page.text
    assert "account-1" in page.text
    assert "It cannot be edited here" in page.text


def test_only_a_lead_is_led_to_the_case(line: Line) -> None:
    found = decided(line)
    address = f"/cases/{found.case_id}"
    assert address in signed_in(line, Role.LEAD).get(f"/referrals/{found.id}").links
    assert address not in signed_in(line, Role.AUDITOR).get(f"/referrals/{found.id}").links


def test_a_finished_referral_stands_at_its_receipt_and_gives_it(line: Line) -> None:
    found = decided(line)
    browser = signed_in(line)
    page = browser.get(f"/referrals/{found.id}")
    assert '<li aria-current="step"><b>Receipt</b>' in page.text
    assert "Built again from today" in page.text
    receipt = line.store.receipt_of(found.id)
    assert receipt is not None
    assert f"/referrals/{found.id}/receipt" in page.links
    assert browser.get(f"/referrals/{found.id}/receipt").answer.content == receipt.body


def test_a_draft_stands_at_the_start_and_says_what_will_be_sent(tmp_path: Path) -> None:
    with Line(tmp_path) as line:  # nobody to send to, so it stays a draft
        found = decided(line)
        page = signed_in(line).get(f"/referrals/{found.id}")
    assert '<li aria-current="step"><b>Draft</b>' in page.text
    assert "What police need" in page.text
    assert "No preview" in page.text
    assert "Authority: none in the settings" in page.text


def test_every_document_is_given_as_a_file_with_the_bytes_of_the_preview(line: Line) -> None:
    found = decided(line)
    browser, preview = signed_in(line, Role.AUDITOR), line.wardline.preview_referral(found.id).preview
    page = browser.get(f"/referrals/{found.id}")
    assert preview is not None
    for document in preview.documents:
        address = f"/referrals/{found.id}/documents/{document.name}"
        assert address in page.links
        answer = browser.get(address).answer
        assert answer.content == document.body
        assert answer.headers["content-type"].startswith("text/xml")
        assert answer.headers["content-disposition"] == f'attachment; filename="{found.id}-{document.name}"'
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["nothing.xml", "..%2Freceipt", "report.xml%00", "REPORT.XML"])
def test_a_document_that_is_not_of_the_preview_is_not_found(line: Line, name: str) -> None:
    found = decided(line)
    assert signed_in(line).get(f"/referrals/{found.id}/documents/{name}").status == 404


def test_a_moderator_reads_neither_the_page_nor_its_documents(line: Line) -> None:
    found = decided(line)
    browser = signed_in(line, Role.MODERATOR)
    for address in ("", "/receipt", "/documents/report.xml"):
        assert browser.get(f"/referrals/{found.id}{address}").status == 403


@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMIN])
def test_a_manager_files_again_what_waits_for_a_person(
    line: Line, sandbox: AuthoritySandbox, role: Role
) -> None:
    found = stopped(line, sandbox)
    browser = signed_in(line, role)
    page = browser.get(f"/referrals/{found.id}")
    assert "This referral waits for a person." in page.text
    assert "The authority rejected the report." in page.text
    after = browser.send(page.form("/filing"))
    assert after.status == 200
    assert line.store.referral(found.id).state is ReferralState.OPENING
    line.run_due()
    assert line.store.referral(found.id).state is ReferralState.FINISHED


def test_an_auditor_files_nothing(line: Line, sandbox: AuthoritySandbox) -> None:
    found = stopped(line, sandbox)
    browser = signed_in(line, Role.AUDITOR)
    page = browser.get(f"/referrals/{found.id}")
    assert not [form for form in page.forms if form.action.endswith("/filing")]
    token = page.form("/sign-out").fields["csrf"]
    assert browser.post(f"/referrals/{found.id}/filing", {"csrf": token}).status == 403
    assert line.store.referral(found.id) == found


def test_what_the_receiver_would_refuse_is_named_and_cannot_be_filed(
    tmp_path: Path, sandbox: AuthoritySandbox
) -> None:
    wrong = Rules(reporter=replace(REPORTER, email="nobody"))
    with Line(tmp_path, authority=sandbox, rules=wrong) as line:
        found = decided(line)
        assert found.state is ReferralState.NEEDS_HUMAN
        browser = signed_in(line)
        page = browser.get(f"/referrals/{found.id}")
        assert "This keeps it from being filed." in page.text
        assert "<li>reporter email: malformed, expected an e-mail address</li>" in page.text
        assert not [form for form in page.forms if form.action.endswith("/filing")]
        refused = browser.post(f"/referrals/{found.id}/filing", page.form("/sign-out").fields)
        assert refused.status == 400
        assert "This was not done" in refused.text


def test_a_referral_that_is_finished_cannot_be_filed_again(line: Line) -> None:
    found = decided(line)
    browser = signed_in(line)
    token = browser.get(f"/referrals/{found.id}").form("/sign-out").fields["csrf"]
    assert browser.post(f"/referrals/{found.id}/filing", {"csrf": token}).status == 409


def test_failed_tries_and_a_lost_number_are_told_in_words(line: Line, sandbox: AuthoritySandbox) -> None:
    sandbox.faults = lambda call, _number: Fault.DROP_AFTER if call == "submit" else None
    found = decided(line)
    page = signed_in(line).get(f"/referrals/{found.id}")
    assert '<li aria-current="step"><b>Opening</b>' in page.text
    assert "1: the answer to opening the report was lost" in page.text
    assert "by itself, within 5 min of the last" in page.text
    assert "A number is unknown." in page.text
    assert "1 without a number" in page.text


def test_a_report_that_is_withdrawn_says_so(line: Line, sandbox: AuthoritySandbox) -> None:
    sandbox.faults = lambda call, _number: Fault.DROP_AFTER if call == "upload" else None
    found = decided(line)
    page = signed_in(line).get(f"/referrals/{found.id}")
    assert found.state is ReferralState.RETRACTING
    assert "The open report is being withdrawn." in page.text


def test_a_report_that_cannot_be_built_again_says_why(line: Line) -> None:
    found = decided(line)
    case = line.store.case(found.case_id)
    unlinked = replace(case, account_reference="", version=case.version + 1)
    line.store.commit(
        records.Replace(unlinked), entries=[line.parts.entry(records.Verb.ACCOUNT_UNLINKED, case.id)]
    )
    browser = signed_in(line)
    page = browser.get(f"/referrals/{found.id}")
    assert page.status == 200
    assert "was unlinked, expected a known account" in page.text
    assert "What police need" not in page.text
    assert browser.get(f"/referrals/{found.id}/documents/report.xml").status == 404


def test_what_an_account_wrote_never_becomes_markup(line: Line) -> None:
    found = decided(line, file_name="<script>alert(1)</script>.jpg", account='"><img src=x>')
    page = signed_in(line).get(f"/referrals/{found.id}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.jpg" in page.text
    assert "<script>alert" not in page.text
    assert page.images == []


def test_the_page_has_no_script_or_style_of_its_own_and_no_picture(
    line: Line, sandbox: AuthoritySandbox
) -> None:
    waits, done = stopped(line, sandbox), decided(line, seed=2)
    browser = signed_in(line)
    for address in (f"/referrals/{done.id}", f"/referrals/{waits.id}", "/referrals"):
        page = browser.get(address)
        assert page.status == 200
        assert page.images == []
        for part in (" style=", "<style", " onclick", "<script>"):
            assert part not in page.text


def test_the_list_shows_all_or_those_that_wait_for_a_person(line: Line, sandbox: AuthoritySandbox) -> None:
    done, waits = decided(line), stopped(line, sandbox, seed=2)
    browser = signed_in(line)
    everything, chosen = browser.get("/referrals"), browser.get("/referrals?state=needs-human")
    assert {f"/referrals/{done.id}", f"/referrals/{waits.id}"} <= set(everything.links)
    assert "/referrals?state=needs-human" in everything.links
    assert f"/referrals/{waits.id}" in chosen.links
    assert f"/referrals/{done.id}" not in chosen.links
    assert browser.get("/referrals?state=nothing").status == 400


def test_a_list_that_is_filtered_goes_on_filtered(
    line: Line, sandbox: AuthoritySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(referral_page, "_SHOWN", 1)
    first = stopped(line, sandbox)
    line.clock.advance(timedelta(seconds=1))
    second = stopped(line, sandbox, seed=2)
    browser = signed_in(line)
    page = browser.get("/referrals?state=needs-human")
    (more,) = [link for link in page.links if "before=" in link]
    assert more == f"/referrals?state=needs-human&before={second.id}"
    assert f"/referrals/{first.id}" in browser.get(more).links


def test_nothing_that_waits_is_said_in_words(line: Line) -> None:
    browser = signed_in(line)
    assert "No referral waits for a person." in browser.get("/referrals?state=needs-human").text
    assert "No referral yet." in browser.get("/referrals").text
    assert refer.NOBODY not in browser.get("/referrals").text.split("<main", 1)[1].split("</main", 1)[0]
