"""The page of the queue: in the order of hand-outs, with the reason and the three factors of each row in words."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.stories import picture
from tests.web.console.browser import Browser
from wardline.records import IMMINENT_DANGER, Category, Insert
from wardline.testing import store_records as make
from wardline.testing.harness import Line
from wardline.web.console import queue


def rows(text: str) -> list[str]:
    """Give the rows of the table."""
    return text.split("<tbody", 1)[1].split("</tbody>", 1)[0].split("<tr ")[1:]


def test_rows_stand_in_the_order_of_hand_outs_and_say_why(desk: Browser, line: Line) -> None:
    line.list_of([picture(1)], name="checked", category=Category.A1)
    line.submit(picture(2), flag="spam", views_per_hour=3.0)
    line.submit(picture(1), views_per_hour=20_000.0)
    line.submit(picture(3), flag=IMMINENT_DANGER)
    page = desk.get("/queue").text
    danger, listed, flagged = rows(page)
    assert "A child may be in danger now" in danger
    assert "Category A1; seen by very many; very likely" in listed
    assert "Same as an entry of a verified list" in listed
    assert "Category unknown; seen by few; possible" in flagged
    assert "in danger" not in listed + flagged
    assert "first the one by which you avoid the most harm" in page
    assert "5 are the oldest or drawn by lot instead" in page


def test_all_that_waits_stands_page_by_page_by_age(desk: Browser, line: Line) -> None:
    start = line.clock.now()
    cases = [make.case(opened_at=start - timedelta(minutes=minute)) for minute in range(queue._SHOWN + 5)]
    line.store.commit(*map(Insert, cases), entries=[make.entry()])
    shown, links = list[str](), ["/queue?view=oldest"]
    while links:
        page = desk.get(links.pop())
        shown += [
            each for row in rows(page.text) for each in [row.split('href="/cases/', 1)[1].split('"', 1)[0]]
        ]
        links = [each for each in page.links if "after=" in each]
    assert shown == [case.id for case in reversed(cases)]
    assert "All of them, by age" in desk.get("/queue").text


def test_a_case_from_before_there_was_an_order_is_shown_without_factors(desk: Browser, line: Line) -> None:
    case = make.case(reasons=("A user flagged it: spam",))
    line.store.commit(Insert(case), entries=[make.entry()])
    (row,) = rows(desk.get("/queue").text)
    assert "A user flagged it: spam" in row
    assert "reach" not in row
