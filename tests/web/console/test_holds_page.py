"""Holds: what is kept, why, and until when, in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import decided_violation, picture
from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline import records
from wardline.records import HoldBasis, HoldState, Role
from wardline.testing import store_records as make
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START, Line
from wardline.web.app import create_app


def visitor(api: Api, line: Line, role: Role) -> Browser:
    somebody(line, f"one {role}", role)
    browser = Browser(api)
    browser.sign_in(f"one {role}")
    return browser


def lines(seen: Seen) -> list[str]:
    """Each row's text."""
    return [
        re.sub(r"(<[^>]+>\s*)+", " | ", row)
        for row in re.findall(r"<tr[^>]*><th scope=\"row\".*?</tr>", seen.text)
    ]


def put(line: Line, *holds: records.Hold) -> None:
    line.store.commit(*map(records.Insert, holds), entries=[make.entry()])


@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMIN, Role.AUDITOR])
def test_without_holds_the_page_says_how_one_begins(api: Api, line: Line, role: Role) -> None:
    seen = visitor(api, line, role).get("/holds")
    assert "Nothing is held" in seen.text
    assert "Nothing is destroyed while its case is undecided" in seen.text
    assert "<table" not in seen.text


def test_a_hold_says_why_and_how_long_in_words(tmp_path: Path) -> None:
    clock = VirtualClock(START)
    with (
        AuthoritySandbox(clock_now=clock.now) as sandbox,
        Line(tmp_path, clock=clock, authority=sandbox) as line,
    ):
        line.list_of([picture()])
        case = decided_violation(line, line.submit(picture()), line.person("mo"))
        line.pass_time(line.parts.rules.undo_window + timedelta(minutes=5))
        line.clock.advance(timedelta(days=64))
        lead = visitor(Api(create_app(line.wardline)), line, Role.LEAD)
        seen = lead.get("/holds")
        provisional, reported = lines(seen)
    assert "Provisional" in provisional
    assert "its time is over; it waits for the decision or for the receipt" in provisional
    assert "Reported to the authority" in reported
    assert "One year at least from the receipt (18 USC 2258A(h))" in reported
    assert re.search(r"2 Mar 2027, 09:0\d \| in 300 days", reported)
    assert f"/cases/{case.id}" in seen.links
    assert [link for link in seen.links if link.startswith("/referrals/referral-")]


def test_only_those_who_review_get_a_link_to_the_case(api: Api, line: Line) -> None:
    hold = make.hold()
    put(line, hold)
    for role, linked in ((Role.LEAD, True), (Role.ADMIN, False), (Role.AUDITOR, False)):
        assert (f"/cases/{hold.case_id}" in visitor(api, line, role).get("/holds").links) is linked


def test_a_hold_that_has_ended_says_so_and_offers_nothing(api: Api, line: Line) -> None:
    put(line, replace(make.hold(), state=HoldState.ENDED))
    seen = visitor(api, line, Role.LEAD).get("/holds")
    (row,) = lines(seen)
    assert "has ended" in row
    assert {form.action for form in seen.forms} == {"/pause", "/theme", "/sign-out"}


def test_pages_show_every_hold_once_and_lead_back_to_the_beginning(api: Api, line: Line) -> None:
    holds = [
        replace(
            make.hold(), placed_at=line.clock.now() + timedelta(minutes=number), basis=HoldBasis.PROVISIONAL
        )
        for number in range(95)
    ]
    put(line, *holds)
    lead = visitor(api, line, Role.LEAD)
    page, shown = lead.get("/holds"), list[str]()
    while True:
        shown += [match[1] for row in lines(page) if (match := re.search(r"hold\s+\| (\w{6})", row))]
        later = [link for link in page.links if "after=" in link]
        if not later:
            break
        page = lead.get(later[0])
        assert "/holds" in page.links
    assert shown == [hold.id[-6:].upper() for hold in holds]


def test_a_page_after_a_hold_that_is_gone_is_not_found(api: Api, line: Line) -> None:
    assert visitor(api, line, Role.LEAD).get(f"/holds?after=hold-{'0' * 26}").status == 404


def test_every_basis_has_words() -> None:
    from wardline.web.console.records_kept import WORDS

    assert set(WORDS) == set(HoldBasis)
