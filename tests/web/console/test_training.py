"""The page for training: people by name without a figure, and where ten or more of them together differ."""

from __future__ import annotations

from datetime import timedelta

from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline.records import Insert, Role
from wardline.testing import store_records as make
from wardline.testing.harness import Line

TWO = ("violation A2", "violation B1")


def settled(line: Line, count: int, *, people: int, days: float = 1) -> None:
    """Store cases in which two people said A2 and B1, everybody taking part in turn."""
    at = line.clock.now() - timedelta(days=days)
    made = []
    for number in range(count):
        case_id = make.new_id("case")
        made += [
            make.opinion(
                case_id=case_id, user_id=f"user-{(2 * number + place) % people}", answer=answer, at=at + timedelta(seconds=place),
                settled_at=at, settled="x",
            )
            for place, answer in enumerate(TWO)
        ]  # fmt: skip
    line.store.commit(*map(Insert, made), entries=[make.entry()])


def signed_in(api: Api, line: Line, name: str, role: Role) -> Browser:
    somebody(line, name, role)
    browser = Browser(api)
    browser.sign_in(name)
    return browser


def test_a_lead_sees_where_ten_people_or_more_differ_and_whose_it_is_nobody_sees(
    api: Api, line: Line
) -> None:
    settled(line, 30, people=12)
    page = signed_in(api, line, "lea", Role.LEAD).get("/training").text
    assert "Category A2, or category B1" in page
    assert "30 of 30" in page
    assert "user-3" not in page


def test_of_fewer_than_ten_nothing_is_told(api: Api, line: Line) -> None:
    settled(line, 30, people=9)
    page = signed_in(api, line, "lea", Role.LEAD).get("/training").text
    assert "Nothing that 10 people or more took part in" in page
    assert "30 of 30" not in page


def test_what_was_settled_today_or_long_ago_is_not_among_it(api: Api, line: Line) -> None:
    settled(line, 30, people=12, days=0)
    settled(line, 30, people=12, days=181)
    assert "30 of 30" not in signed_in(api, line, "lea", Role.LEAD).get("/training").text


def test_nobody_but_leads_sees_it(api: Api, line: Line) -> None:
    settled(line, 30, people=12)
    for role in (Role.MODERATOR, Role.ADMIN, Role.AUDITOR):
        assert signed_in(api, line, str(role), role).get("/training").status == 403
