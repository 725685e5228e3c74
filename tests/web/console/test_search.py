"""Search: what is found, who finds it, and what stays out of addresses and the log."""

from __future__ import annotations

import pytest

from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline.records import Insert, Role, Stage
from wardline.testing import store_records as make
from wardline.testing.harness import Line


@pytest.fixture
def lead(api: Api, line: Line) -> Browser:
    """A lead who has signed in."""
    somebody(line, "lea", Role.LEAD)
    browser = Browser(api)
    browser.sign_in("lea")
    return browser


def search(browser: Browser, words: str) -> Seen:
    return browser.send(browser.get("/search").form("/search"), words=words)


def test_a_case_is_found_by_the_six_characters_that_pages_show(desk: Browser, line: Line) -> None:
    case, other = make.case(), make.case()
    line.store.commit(Insert(case), Insert(other), entries=[make.entry()])
    seen = search(desk, f"  {case.id[-6:].upper()} ")
    assert f'href="/cases/{case.id}"' in seen.text
    assert other.id not in seen.text
    assert f'href="/cases/{case.id}"' in search(desk, case.id).text


def test_a_case_is_found_as_its_page_names_it(desk: Browser, line: Line) -> None:
    case = make.case()
    line.store.commit(Insert(case), entries=[make.entry()])
    for words in (f"Case {case.id[-6:].upper()}", f"#{case.id[-6:]}"):
        assert f'href="/cases/{case.id}"' in search(desk, words).text
    assert "Nothing found" in search(desk, f"Referral {case.id[-6:].upper()}").text


def test_a_referral_is_found_by_the_number_in_a_letter(lead: Browser, desk: Browser, line: Line) -> None:
    case = make.case()
    referral = make.referral(case_id=case.id, remote_id="99004711")
    line.store.commit(Insert(case), Insert(referral), entries=[make.entry()])
    seen = search(lead, "99004711")
    assert f'href="/referrals/{referral.id}"' in seen.text
    assert f'href="/cases/{case.id}"' in seen.text
    assert f"/referrals/{referral.id}" not in search(desk, "99004711").text
    assert "Number 99004711" in search(desk, "99004711").text


def test_a_referral_of_a_case_that_one_may_have_to_judge_is_not_found(
    lead: Browser, desk: Browser, line: Line
) -> None:
    case = make.case(stage=Stage.SECOND)
    referral = make.referral(case_id=case.id, remote_id="99004712")
    opinion = make.opinion(case_id=case.id)
    line.store.commit(Insert(case), Insert(referral), Insert(opinion), entries=[make.entry()])
    for browser in (lead, desk):
        for words in ("99004712", referral.id[-6:].upper()):
            assert "Number 99004712" not in search(browser, words).text


def test_only_a_lead_finds_the_cases_of_an_account(lead: Browser, desk: Browser, line: Line) -> None:
    case = make.case(account_reference="account-of-somebody")
    line.store.commit(Insert(case), entries=[make.entry()])
    assert f'href="/cases/{case.id}/account"' in search(lead, "account-of-somebody").text
    nothing = search(desk, "account-of-somebody")
    assert "Nothing found" in nothing.text
    assert case.id not in nothing.text
    assert "Nothing found" in search(lead, "account-of").text


def test_the_log_tells_that_somebody_searched_and_not_for_what(lead: Browser, line: Line) -> None:
    search(lead, "account-of-somebody")
    line.sequence()
    leaves = [leaf for _, leaf, _ in line.store.log_entries(0, line.store.log_size())]
    told = [leaf for leaf in leaves if b"search:made" in leaf]
    assert len(told) == 1
    assert b"ids and accounts" in told[0]
    assert not any(b"account-of-somebody" in leaf for leaf in leaves)


def test_what_is_searched_for_stands_in_no_address(lead: Browser) -> None:
    assert lead.get("/search").form("/search").method == "post"
    seen = search(lead, "account-of-somebody")
    assert "account-of-somebody" not in str(seen.answer.url)
    assert not any("account-of-somebody" in link for link in seen.links)


@pytest.mark.parametrize("words", ["", "   ", "x" * 256])
def test_nothing_and_too_much_are_said_clearly(desk: Browser, words: str) -> None:
    seen = search(desk, words)
    assert seen.status == 400
    assert "expected" in seen.text


@pytest.mark.parametrize("words", ["%", "_", "000000%", "'; --", "case-", "\\"])
def test_signs_that_mean_something_elsewhere_find_nothing(desk: Browser, line: Line, words: str) -> None:
    line.store.commit(Insert(make.case()), entries=[make.entry()])
    assert "Nothing found" in search(desk, words).text
