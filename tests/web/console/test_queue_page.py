"""The page of the queue: in the order of hand-outs, with the reason and the three factors of each row in words."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.stories import picture
from tests.web.console.browser import Browser
from wardline import review
from wardline.pipeline.flagging import Flagged
from wardline.records import IMMINENT_DANGER, Category, Insert, KeyTrust, Outcome
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


def test_a_colleague_is_said_to_have_asked_where_one_could_not_tell_and_nowhere_else(
    desk: Browser, line: Line
) -> None:
    """Others are kept apart, too: whoever is a party to a case, and whoever judged it before a new flag came."""
    noor, olli = line.person("noor").user, line.person("olli").user
    unsure, cleared, barred = (
        line.case_of(line.submit(picture(seed), flag="spam", account=f"account-{seed}", content_reference=f"post-{seed}"))
        for seed in (1, 2, 3)
    )  # fmt: skip
    for case, outcome in ((unsure, Outcome.CANNOT_TELL), (cleared, Outcome.NOT_VIOLATION)):
        line.wardline.claim(case.id, user=noor)
        line.wardline.decide(case.id, user=noor, judgement=review.Judgement(outcome=outcome))
    line.pass_time(line.parts.rules.undo_window)
    flagged = Flagged(reason="nudity", item_id=cleared.item_ids[0])
    line.wardline.flag(flagged, api_key=line.platform_key(trust=KeyTrust.TRUSTED).record)
    olli = line.wardline.declare_accounts(["account-3"], user=olli)
    taken = [line.wardline.next_case(olli) for _ in range(3)]
    for case in filter(None, taken):
        line.wardline.return_case(case.id, user=olli)
    assert line.store.case(barred.id).passed_by == (olli.id,)
    by_case = {
        case.id: row
        for row in rows(desk.get("/queue").text)
        for case in (unsure, cleared, barred)
        if case.id in row
    }
    assert "A colleague asked for a second opinion" in by_case[unsure.id]
    assert "A colleague" not in by_case[cleared.id] + by_case[barred.id]


def test_cases_about_ones_own_accounts_are_listed_nowhere(desk: Browser, line: Line) -> None:
    for seed in (1, 2):
        line.submit(picture(seed), flag="spam", account=f"account-{seed}", content_reference=f"post-{seed}")
    mika = line.store.user_named("mika")
    assert mika is not None
    line.wardline.declare_accounts(["account-1"], user=mika)
    for view in ("all", "oldest"):
        (row,) = rows(desk.get(f"/queue?view={view}").text)
        (other,) = line.store.cases_of_account("account-2", most=2)
        assert other.id in row


def test_who_may_not_take_a_case_is_told_why_truly(desk: Browser, line: Line) -> None:
    mika = line.store.user_named("mika")
    assert mika is not None
    case = line.case_of(line.submit(picture(1), flag="spam", content_reference="post-1"))
    line.wardline.claim(case.id, user=mika)
    line.wardline.decide(case.id, user=mika, judgement=review.Judgement(outcome=Outcome.NOT_VIOLATION))
    line.pass_time(line.parts.rules.undo_window)
    flagged = Flagged(reason="nudity", item_id=case.item_ids[0])
    line.wardline.flag(flagged, api_key=line.platform_key(trust=KeyTrust.TRUSTED).record)
    page = desk.get(f"/cases/{case.id}").text
    assert "You had a part in it, or looked at what came of it, so somebody else decides." in page
    assert "You could not tell" not in page
    assert "take this case" not in page
    assert 'action="/queue/next"' in page


def test_whoever_takes_from_no_queue_is_told_that_and_not_that_nothing_waits(
    desk: Browser, line: Line
) -> None:
    line.submit(picture(1), flag="spam")
    desk.send(desk.get("/you").form("/you/kinds"), queue="general")
    page = desk.get("/queue").text
    assert "Nothing that comes to you now" in page
    assert "queues that you chose not to take from" in page
    assert "Empty queue" not in page
