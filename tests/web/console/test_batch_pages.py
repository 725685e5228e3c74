"""The pages of a batched report say that it is one, and of which accounts; nothing else of them stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.batching import AGREED, decided, rules, without_wait
from tests.acceptance.stories import the_referral
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline.records import Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line
from wardline.web.app import create_app

ACCOUNTS = ("account-1", "account-2", "account-3")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    agreed = without_wait(AGREED, wait_hours=6.0, no_duty_in=("CH",))
    with (
        AuthoritySandbox(clock_now=VirtualClock(START + timedelta(days=1)).now) as sandbox,
        Line(tmp_path, authority=sandbox, rules=rules(agreed)) as made,
    ):
        yield made


@pytest.fixture
def browser(line: Line) -> Browser:
    somebody(line, "auditor", Role.AUDITOR)
    found = Browser(Api(create_app(line.wardline)))
    found.sign_in("auditor")
    return found


@pytest.mark.parametrize("which", [0, 1])
def test_the_officers_page_of_each_names_all_accounts_and_nothing_else_of_them(
    line: Line, browser: Browser, which: int
) -> None:
    mika = line.person("mika")
    cases = [decided(line, mika, each, region="FR", file_name="f.jpg") for each in ACCOUNTS]
    line.pass_time(line.parts.rules.undo_window)
    text = browser.get(f"/referrals/{the_referral(line, cases[which]).id}/officer").text
    paper = text[text.index('class="paper officer') :]
    assert "Batched report: one file that 3 accounts spread" in paper
    named = re.search('<dt>Accounts</dt><dd class="id">(.*?)</dd>', paper)
    assert named is not None
    assert sorted(named[1].split("<br>")) == list(ACCOUNTS)
    assert "takes no note" in paper
    for unsaid in ("192.0.2.7", "FR", "f.jpg", "No address is known", "How this was found"):
        assert unsaid not in paper, unsaid


def test_the_page_of_a_referral_says_that_its_account_is_in_a_batched_report(
    line: Line, browser: Browser
) -> None:
    mika = line.person("mika")
    cases = [decided(line, mika, each) for each in ACCOUNTS]
    line.pass_time(line.parts.rules.undo_window)
    lead, member = (browser.get(f"/referrals/{the_referral(line, case).id}").text for case in cases[:2])
    assert "2 more accounts that spread the same file" in lead
    assert "Its account is named in the batched report of" in member
    for text in (lead, member):
        assert "one file that 3 accounts spread" in text
        assert "the platform&#39;s own ids of 3 accounts" in text
        assert "a batched report has no place for it" in text
        assert "1 of 1 attached" in text


def test_the_page_of_one_that_waits_says_so_and_for_what(line: Line, browser: Browser) -> None:
    case = decided(line, line.person("mika"), "account-1", region="CH")
    line.pass_time(line.parts.rules.undo_window)
    text = browser.get(f"/referrals/{the_referral(line, case).id}").text
    assert (
        "Waits for other accounts that spread the same file, as agreed with the receiver, until 2026-03-02 15:"
        in text
    )
    assert "nobody has a duty" in text
