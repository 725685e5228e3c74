"""The page of a report that a person files: the pack, the clock, the reference, and what is said when its decision fell."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.stories import decided_violation, picture
from tests.acceptance.test_packs import GB, REFERENCE, now_of, overturned, reported, told
from tests.web.client import Api
from tests.web.console.browser import PASSWORD, Browser, somebody
from wardline import referral
from wardline.adapters.authorities.pack import NcaPack
from wardline.errors import RefusedError
from wardline.pipeline import Rules, fencing
from wardline.pipeline.filing_rules import FilingRules
from wardline.records import CaseState, Insert, ReferralState, Replace, Role, Stage, Verb
from wardline.testing import store_records
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line
from wardline.web.app import create_app


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    folder, clock = tmp_path / "packs", VirtualClock(START)
    folder.mkdir(mode=0o700)
    packs = NcaPack(
        environment="sandbox", clock_now=clock.now, folder=folder, key=Ed25519PrivateKey.from_private_bytes(bytes(32)), entropy=secrets.token_bytes
    )  # fmt: skip
    rules = Rules(reporter=REPORTER, filing=FilingRules(duties={"GB": replace(GB, reported_elsewhere=())}))
    with Line(tmp_path, authority=packs, clock=clock, rules=rules) as made:
        yield made


def signed_in(line: Line, role: Role = Role.ADMIN) -> Browser:
    somebody(line, role.value, role)
    browser = Browser(Api(create_app(line.wardline)))
    browser.sign_in(role.value)
    return browser


def test_somebody_takes_the_pack_files_it_and_records_the_reference(line: Line) -> None:
    found, _ = reported(line, region="GB")
    browser, address = signed_in(line), f"/referrals/{found.id}"
    page = browser.get(address)
    assert "A person files this report." in page.text
    assert "GB: a law" in page.text
    assert "due in" in page.text
    taken = browser.send(page.form(f"{address}/pack"))
    assert taken.answer.content.startswith(b"PK")
    page = browser.send(page.form(f"{address}/reference"), reference=REFERENCE)
    assert REFERENCE in page.text
    assert "a person recorded the receiver&#39;s reference" in page.text
    assert now_of(line, found).state is ReferralState.FINISHED
    assert len(told(line, found.id, Verb.PACK_TAKEN)) == 1
    assert browser.get(f"{address}/receipt").answer.content.startswith(b"{")
    assert "The pack that was filed" in page.text
    same = browser.send(page.form(f"{address}/reference"), reference=REFERENCE)
    assert (same.status, f'name="reference" value="{REFERENCE}"' in same.text) == (400, True)
    page = browser.send(page.form(f"{address}/reference"), reference="IRP-2026-000777")
    assert now_of(line, found).remote_id == "IRP-2026-000777"
    assert b"IRP-2026-000777" in browser.get(f"{address}/receipt").answer.content


def test_who_took_the_pack_is_named_and_a_form_from_before_gives_nothing_up(line: Line) -> None:
    found, lead = reported(line)
    browser, address = signed_in(line), f"/referrals/{found.id}"
    before = browser.get(address).form(f"{address}/pack/given-up")
    line.wardline.take_pack(found.id, user=lead.user)
    refused = browser.send(before)
    assert refused.status == 409
    assert "taken by mika 1" in refused.text
    assert referral.awaits(now_of(line, found))
    page = browser.get(address)
    assert "I asked mika 1" in page.text
    assert browser.send(page.form(f"{address}/pack/given-up")).status == 409, "the box was not ticked"
    page = browser.send(page.form(f"{address}/pack/given-up"), asked="yes")
    assert page.status == 200
    assert now_of(line, found).state is ReferralState.OPENING


def test_the_old_installations_number_is_told_with_the_password_and_said_on_the_page(line: Line) -> None:
    case = decided_violation(
        line, line.submit(picture(4), flag="spam", account="account-4"), line.person("noor")
    )
    fencing.raise_(line.parts)
    line.pass_time(line.parts.rules.undo_window)
    browser = signed_in(line)
    (admin,) = (each for each in line.store.users() if each.name == "admin")
    line.wardline.lift_fence(user=admin)
    (found,) = line.store.referrals(case_id=case.id)
    line.clock.advance(line.parts.rules.accounts.proof + timedelta(minutes=1))
    address = f"/referrals/{found.id}"
    kept = browser.send(
        browser.get(address).form(f"{address}/filed-before"), number="47\x0711", proof_password=PASSWORD
    )
    kept = browser.send(kept.form(f"{address}/filed-before"), proof_password=PASSWORD)
    assert kept.status == 400
    assert kept.form(f"{address}/filed-before").fields["number"] == "47\x0711"
    line.clock.advance(line.parts.rules.accounts.proof + timedelta(minutes=1))
    asked = browser.send(browser.get(address).form(f"{address}/filed-before"), number="4711")
    assert asked.status == 403
    page = browser.send(asked.form(f"{address}/filed-before"), proof_password=PASSWORD)
    assert "told by a person" in page.text
    assert now_of(line, found).remote_id == "4711"
    kept = browser.send(page.form(f"{address}/filed-before"), number="4711", reason="off by <one>")
    assert (kept.status, 'value="off by &lt;one&gt;"' in kept.text) == (400, True)
    page = browser.send(kept.form(f"{address}/filed-before"), number="4712")
    assert page.status == 200
    assert now_of(line, found).remote_id == "4712"
    assert "It was not filed at all" in page.text
    back = {"csrf": page.form(f"{address}/filed-before").fields["csrf"], "take_back": "4712"}
    kept = browser.post(f"{address}/filed-before", {**back, "reason": " "})
    assert (kept.status, 'href="#back-reason"' in kept.text) == (400, True)
    assert (
        browser.post(
            f"{address}/filed-before", {**back, "take_back": "4711", "reason": "wrong report"}
        ).status
        == 409
    )
    page = browser.post(f"{address}/filed-before", {**back, "reason": "wrong report"})
    assert now_of(line, found).state is ReferralState.NEEDS_HUMAN
    assert "It was not filed: file it" in browser.get(address).text


def test_one_whose_decision_fell_after_a_restore_is_withdrawn_on_its_page_once_it_was_looked_up(
    line: Line,
) -> None:
    case = decided_violation(
        line, line.submit(picture(4), flag="spam", account="account-4"), line.person("noor")
    )
    fencing.raise_(line.parts)
    line.pass_time(line.parts.rules.undo_window)
    browser = signed_in(line)
    line.wardline.lift_fence(user=line.person("lift", Role.ADMIN).user)
    line.pass_time(timedelta(minutes=31))
    (found,) = line.store.referrals(case_id=case.id)
    overturned(line, found, line.person("olli"))
    page = browser.get(f"/referrals/{found.id}")
    assert "its decision was overturned: ask the authority" in page.text
    assert not [form for form in page.forms if form.action.endswith("/filing")]
    assert "must not be filed any more" in browser.get("/referrals").text
    assert browser.send(page.form("/pack/given-up")).status == 200
    assert now_of(line, found).state is ReferralState.WITHDRAWN


def test_an_auditor_reads_the_page_and_takes_no_pack(line: Line) -> None:
    found, _ = reported(line)
    page = signed_in(line, Role.AUDITOR).get(f"/referrals/{found.id}")
    assert "A lead or an administrator files it." in page.text
    assert f"/referrals/{found.id}/pack" not in [form.action for form in page.forms]


def test_one_whose_decision_fell_is_not_offered_and_ends_when_nobody_filed_it(line: Line) -> None:
    found, _ = reported(line)
    overturned(line, found, line.person("olli"))
    browser, address = signed_in(line), f"/referrals/{found.id}"
    page = browser.get(address)
    assert "must not be filed any more" in page.text
    assert f"{address}/pack" not in [form.action for form in page.forms]
    browser.send(page.form(f"{address}/pack/given-up"))
    assert now_of(line, found).state is ReferralState.WITHDRAWN


def test_what_is_no_reference_is_refused_on_the_page(line: Line) -> None:
    found, _ = reported(line)
    browser = signed_in(line)
    form = browser.get(f"/referrals/{found.id}").form(f"/referrals/{found.id}/reference")
    assert browser.send(form, reference="").status == 400
    long = "x" * (referral.LONGEST_REFERENCE + 1)
    page = browser.send(form, reference=long)
    assert page.status == 400
    assert "reference is malformed" in page.text
    assert "What you wrote is kept." in page.text
    assert page.form("/reference").fields["reference"] == long
    assert 'aria-invalid="true"' in page.text
    assert referral.awaits(now_of(line, found))
    page = browser.send(page.form("/reference"), reference=REFERENCE)
    assert page.status == 200
    assert "What you wrote is kept." not in page.text
    assert now_of(line, found).reference == REFERENCE.casefold()


def test_a_reference_that_another_report_has_is_given_back_beside_the_sentence_that_says_so(
    line: Line,
) -> None:
    found, lead = reported(line)
    line.wardline.record_reference(found.id, user=lead.user, reference=REFERENCE)
    case = decided_violation(
        line, line.submit(picture(5), flag="spam", account="account-5"), line.person("noor")
    )
    line.pass_time(line.parts.rules.undo_window)
    (second,) = line.store.referrals(case_id=case.id)
    browser = signed_in(line)
    page = browser.send(
        browser.get(f"/referrals/{second.id}").form("/reference"), reference=f"  {REFERENCE} "
    )
    assert page.status == 409
    assert f"the reference is that of {found.id} to the same receiver" in page.text
    assert page.form("/reference").fields["reference"] == REFERENCE
    assert referral.awaits(now_of(line, second))


def test_two_references_that_were_mixed_up_are_exchanged_on_the_page_of_either(line: Line) -> None:
    one, lead = reported(line)
    two, _ = reported(line, seed=5, account="account-5")
    line.wardline.record_reference(one.id, user=lead.user, reference="IRP-2")
    line.wardline.record_reference(two.id, user=lead.user, reference="IRP-1")
    browser, address = signed_in(line), f"/referrals/{one.id}"
    page = browser.send(browser.get(address).form("/reference"), reference="irp-1")
    assert page.status == 409
    assert f'href="/referrals/{two.id}"' in page.text
    exchange = next(form for form in page.forms if "exchange" in form.fields)
    assert browser.send(exchange).status == 200
    assert [now_of(line, each).remote_id for each in (one, two)] == ["IRP-1", "IRP-2"]
    assert browser.send(exchange).status == 409, "sent twice"
    page = browser.send(browser.get(address).form("/reference"), reference="IRP-9")
    assert page.status == 200
    assert not [form for form in page.forms if "exchange" in form.fields]


def test_packs_that_were_filed_as_one_report_are_said_to_be_one_on_the_page_of_the_second(line: Line) -> None:
    one, lead = reported(line)
    two, _ = reported(line, seed=5)
    stranger, _ = reported(line, seed=6, account="account-6")
    line.wardline.record_reference(one.id, user=lead.user, reference=REFERENCE)
    browser = signed_in(line)
    pages = [
        browser.send(browser.get(f"/referrals/{found.id}").form("/reference"), reference=REFERENCE.lower())
        for found in (stranger, two)
    ]
    assert [page.status for page in pages] == [409, 409]
    elsewhere, offered = ([form for form in page.forms if "within" in form.fields] for page in pages)
    assert not elsewhere
    page = pages[1]
    assert "is about the same account and has this reference" in page.text
    page = browser.send(offered[0])
    assert page.status == 200
    assert "They were filed as one report" not in page.text
    for found in (one, two):
        for page in (browser.get(f"/referrals/{found.id}"), browser.get(f"/referrals/{found.id}/officer")):
            assert "Filed as 2 packs" in page.text
        assert "Byte for byte" not in browser.get(f"/referrals/{found.id}").text
    assert (now_of(line, two).joined, now_of(line, two).remote_id) == (one.id, REFERENCE)
    assert browser.send(offered[0]).status == 409, "sent twice"

    # It was a mistake: it has one of its own.
    page = browser.send(browser.get(f"/referrals/{two.id}").form("/reference"), reference="IRP-9")
    assert page.status == 200
    assert (now_of(line, two).joined, now_of(line, two).remote_id) == (None, "IRP-9")
    assert "Filed as" not in browser.get(f"/referrals/{one.id}").text


def test_whoever_may_have_to_judge_the_case_again_neither_sees_nor_files_it(line: Line) -> None:
    found, _ = reported(line)
    lead = signed_in(line, Role.LEAD)
    form = lead.get(f"/referrals/{found.id}").form(f"/referrals/{found.id}/reference")
    case = line.store.case(found.case_id)
    waiting = replace(case, state=CaseState.OPEN, stage=Stage.SECOND, version=case.version + 1)
    opinion = store_records.opinion(case_id=case.id, decision_id=found.decision_id, user_id="user-other")
    entry = line.parts.entry(Verb.CASE_REOPENED, case.id)
    line.store.commit(Replace(waiting), Insert(opinion), entries=[entry])
    assert lead.get(f"/referrals/{found.id}").status == 403
    assert lead.send(form, reference=REFERENCE).status == 403
    user = next(each for each in line.store.users() if each.name == "lead")
    with pytest.raises(RefusedError) as refused:
        line.wardline.take_pack(found.id, user=user)
    assert case.id not in str(refused.value)  # that it is reported would tell what others said of it
    assert referral.awaits(now_of(line, found))
