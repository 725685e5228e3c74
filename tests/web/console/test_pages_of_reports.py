"""What the pages say of reports that a program does not file by itself, in a house that has one of each."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.browser.furnished import Furnished, furnished
from tests.browser.reports import REFERENCE
from tests.web.client import Api
from tests.web.console.browser import Browser
from wardline.web.app import create_app


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    with furnished(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
def lead(house: Furnished) -> Browser:
    return signed_in(house, "lea")


def signed_in(house: Furnished, name: str) -> Browser:
    browser = Browser(Api(create_app(house.line.wardline)))
    browser.sign_in(name)
    return browser


def text_of(browser: Browser, house: Furnished, name: str, below: str = "") -> str:
    """Read the page of a report in words, without marks."""
    text = browser.get(f"/referrals/{house.reports[name]}{below}").text
    return " ".join(re.sub(r"<[^>]*>", " ", text.replace("<wbr>", "")).replace("&#39;", "'").split())


def test_a_packs_own_id_is_no_number_of_a_report(lead: Browser, house: Furnished) -> None:
    pack_id = house.line.store.referral(house.reports["waits"]).remote_id
    assert pack_id is not None
    assert pack_id not in lead.get("/referrals").text
    officer = text_of(lead, house, "waits", "/officer")
    assert pack_id not in officer
    assert "not filed yet" in officer
    assert f"number {REFERENCE}" in text_of(lead, house, "filed", "/officer")


def test_each_stage_is_told_by_who_files_the_report(lead: Browser, house: Furnished) -> None:
    by_program = "the receiver gives a number"
    for name in ("waits", "filed"):
        page = text_of(lead, house, name)
        assert by_program not in page
        assert "1 of 1 file in the pack" in page
        assert "a person files it" in page
    page = text_of(lead, house, "filed before")
    assert by_program not in page
    assert "by a person's word" in page
    assert by_program in text_of(lead, house, "linked")


def test_every_hash_in_a_pack_has_a_line(lead: Browser, house: Furnished) -> None:
    page = lead.get(f"/referrals/{house.reports['waits']}").text
    (cell,) = re.findall(r'data-label="Hashes"><span class="any">(.*?)</span>', page)
    assert [each.split()[0] for each in cell.split("<br>")] == ["md5", "sha1", "sha256", "pdq"]


def test_of_a_report_that_must_not_be_filed_nothing_is_said_as_if_it_were_to_be(
    lead: Browser, house: Furnished
) -> None:
    page = text_of(lead, house, "fallen")
    for gone in (
        "Add what you know",
        "Can be added by",
        "Nothing keeps it",
        "what will be sent",
        "Clock",
        "1. Download",
    ):
        assert gone not in page, gone
    assert "Record it: it had been filed" in page
    assert "must not be filed any more" in text_of(lead, house, "fallen", "/officer")


def test_one_whose_receiver_is_gone_asks_first_what_becomes_of_it(lead: Browser, house: Furnished) -> None:
    page = text_of(lead, house, "gone")
    assert "Its receiver is gone from the settings. A pack for signed-pack is made" in page
    assert "A person files this report." not in page
    assert "Was it filed?" in page
    assert "Nobody filed it: pass it on" in page
    assert "Nobody filed this pack" not in page, "it could not be made anew"
    assert "The settings do not name signed-pack any more, and only its adapter" in page
    alarms = lead.get("/alarms")
    assert "/referrals?state=needs-human" in alarms.links


def test_one_from_a_back_up_is_either_told_of_or_filed(lead: Browser, house: Furnished) -> None:
    page = text_of(lead, house, "asked for")
    assert "until somebody says whether it was filed" in page
    assert "The old installation filed it" in page
    assert "It was not filed: file it" in page
    assert "File it again" not in page


def test_what_a_person_told_is_called_no_receipt_of_the_authority(lead: Browser, house: Furnished) -> None:
    page = text_of(lead, house, "filed before")
    assert "Receipt, as received" not in page
    assert "What a person told of it" in page
    assert "as the old installation attached them" in page
    for text in (page, text_of(lead, house, "filed before", "/officer")):
        assert "What was sent is what they said" not in text
        assert "hat the old installation sent is at the authority" in text
    assert "Receipt, as received" in text_of(lead, house, "linked")
    assert "Record of the filing" in text_of(lead, house, "filed")


def test_nobody_is_asked_to_add_to_a_report_that_was_filed(lead: Browser, house: Furnished) -> None:
    for name in ("filed", "linked", "batched", "filed before"):
        assert "Can be added by" not in text_of(lead, house, name), name
        assert "Who can add it" not in text_of(lead, house, name, "/officer"), name
    assert "Can be added by" in text_of(lead, house, "waits")
    assert "takes that account out" not in text_of(lead, house, "batched")


def test_the_list_of_referrals_speaks_in_words(lead: Browser, house: Furnished) -> None:
    text = lead.get("/referrals").text
    assert "needs human" not in text
    assert "one file that 3 accounts spread" in text
    assert "3 files" not in text, "one is attached"
    fallen = house.reports["fallen"]
    (line,) = re.findall(f'<li><a class="id" href="/referrals/{fallen}">.*?</li>', text)
    assert "must not be filed any more" in line
    assert "due in" not in line


def test_the_documents_of_an_incident_are_not_said_to_be_whole(lead: Browser, house: Furnished) -> None:
    assert "But for the words of the account" in text_of(lead, house, "words", "/officer")


def test_the_record_of_a_case_says_what_kind_of_violation_was_found(lead: Browser, house: Furnished) -> None:
    (address,) = (page for _, page in house.also if page.endswith("/record"))
    assert re.search(r"<b>A violation\s+A2</b>", lead.get(address).text)


def test_who_approves_hashes_reads_on_whose_word_and_opens_all_of_it(house: Furnished) -> None:
    page = signed_in(house, "ada").get("/approvals")
    assert "Police ask for it, reference OP-2026/17" in page.text
    assert f"/exports/{house.ids['export_id'][1]}" in page.links
    assert f"/destructions/{house.ids['destruction_id'][1]}" in page.links


def test_an_export_is_not_said_to_be_given_out_before_it_is_approved(lead: Browser, house: Furnished) -> None:
    approved, waits = (lead.get(f"/exports/{each}").text for each in house.ids["export_id"])
    assert "What may be given out" in approved
    assert "What would be given out" in waits


def test_what_was_refused_leads_back_to_the_report_it_is_about(lead: Browser, house: Furnished) -> None:
    address = f"/referrals/{house.reports['waits']}"
    refused = lead.send(lead.get(address).form(f"{address}/reference"), reference=REFERENCE)
    assert refused.status == 409
    assert refused.form(f"{address}/reference").fields["reference"] == REFERENCE
    elsewhere = lead.send(lead.get(f"/referrals/{house.reports['taken']}").form("/pack/given-up"))
    assert elsewhere.status == 409
    assert f"/referrals/{house.reports['taken']}" in elsewhere.links
    assert "/approvals" not in signed_in(house, "mika").get("/approvals").links


def test_an_auditor_is_told_who_says_what_becomes_of_a_report(house: Furnished) -> None:
    auditor = signed_in(house, "otto")
    page = text_of(auditor, house, "asked for")
    assert "looks it up at the authority" in page
    assert "file it again" not in page
    page = text_of(auditor, house, "gone")
    assert "What can become of it" in page
    assert "A lead or an administrator says so here" in page
    assert "Who does that" in text_of(auditor, house, "waits")
