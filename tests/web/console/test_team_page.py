"""The leads' page, the acts on a case that are no decision, and skills, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import records
from wardline.pipeline import Rules, changing_people, people, placing
from wardline.records import Grade, Role
from wardline.review import QueueRule
from wardline.testing import store_records as make
from wardline.testing.harness import REPORTER, Line


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    rules = Rules(
        reporter=REPORTER,
        oldest_share=0.0,
        queues=(QueueRule(name="german", languages=("de",), skills=("german",)),),
    )
    with Line(tmp_path, rules=rules, replaced={"password_hasher": CHEAP}) as made:
        yield made


@pytest.fixture
def case(line: Line) -> records.Case:
    return line.case_of(line.submit(picture(), flag="spam"))


def signed_in(api: Api, line: Line, name: str, role: Role = Role.MODERATOR) -> Browser:
    somebody(line, name, role)
    browser = Browser(api)
    browser.sign_in(name)
    return browser


def test_a_case_that_was_opened_once_more_waits_since_then_and_what_is_first_says_whether_it_is_visible(
    api: Api, line: Line, case: records.Case
) -> None:
    decided = replace(
        case, state=records.CaseState.CLOSED, decision_id=make.new_id("decision"), version=case.version + 1
    )
    line.clock.advance(timedelta(days=50))
    waiting = line.case_of(line.submit(picture(2), flag="spam"))
    line.clock.advance(timedelta(hours=30))
    again = placing.anew(
        line.parts, replace(decided, state=records.CaseState.OPEN, stage=records.Stage.APPEAL)
    )
    line.store.commit(records.Replace(again), entries=[make.entry()])
    page = signed_in(api, line, "lea", Role.LEAD).get("/team").text
    longest, first = page.split("Which cases wait longest?")[1].split("Why are these cases first?")
    assert longest.index(waiting.id) < longest.index(case.id)
    assert "50 days" not in longest
    assert "visible now" in first


def test_the_leads_page_answers_its_three_questions(api: Api, line: Line, case: records.Case) -> None:
    german = line.case_of(line.submit(picture(2), flag="spam", language="de"))
    line.clock.advance(timedelta(days=8))
    page = signed_in(api, line, "lea", Role.LEAD).get("/team")
    assert "Are we keeping our targets?" in page.text
    assert "2 cases are past their target." in page.text
    assert "Of 2 that were due in the last 7 days, 0 were decided in time." in page.text
    assert "1 late" in page.text
    assert "0 of 1" in page.text
    assert "Nobody takes this work at present." in page.text
    assert "1 case in german: nobody has the skills" in page.text
    assert f"/cases/{case.id}" in page.links
    assert f"/cases/{german.id}" in page.links
    assert "1 day past target" in page.text


def test_the_leads_page_lists_no_case_about_the_leads_own_account(api: Api, line: Line) -> None:
    others = [
        line.case_of(line.submit(picture(2), flag="spam", account="account-2", content_reference=f"post-{number}"))
        for number in range(6)
    ]  # fmt: skip
    line.clock.advance(timedelta(hours=1))
    case = line.case_of(line.submit(picture(), flag="spam"))
    lead = signed_in(api, line, "lea", Role.LEAD)
    user = line.store.user_named("lea")
    assert user is not None
    line.wardline.declare_accounts(["account-2"], user=user)
    page = lead.get("/team").text
    targets, rest = page.split("Which cases wait longest?")
    longest, first = rest.split("Why are these cases first?")
    assert "due in" in targets
    assert not [other.id for other in others if other.id in targets]
    for listed in (longest, first):
        assert case.id in listed
        assert not [other.id for other in others if other.id in listed]


def test_work_that_nobody_takes_is_counted_for_leads_and_names_nobody(
    api: Api, line: Line, case: records.Case
) -> None:
    lead, desk = signed_in(api, line, "lea", Role.LEAD), signed_in(api, line, "mika")
    changing_people.change_skills(line.parts, "mika", ["german"])
    for number in range(2):
        line.submit(picture(2 + number), flag="spam", language="de")
    mika, lea = (people.named(line.parts, name) for name in ("mika", "lea"))
    line.wardline.choose(lambda now: replace(now, queues=("german",)), user=mika)
    line.wardline.choose(lambda now: replace(now, grades=(Grade.UNKNOWN,)), user=lea)
    line.clock.advance(timedelta(minutes=1))  # what the page counted before is old by now
    for address in ("/team", "/queue"):
        page = lead.get(address)
        assert "2 cases in german, not known yet" in page.text, address
        assert "in general" not in page.text.split("Nobody takes")[1].split("</ul>")[0], address
    assert "Nobody takes" not in desk.get("/queue").text
    assert "3 cases" not in lead.get("/queue").text
    line.wardline.choose(lambda now: replace(now, grades=(Grade.UNKNOWN,)), user=mika)
    line.clock.advance(timedelta(minutes=1))
    assert "1 case in general, not known yet" in lead.get("/team").text


def test_an_empty_house_has_a_leads_page_too(api: Api, line: Line) -> None:
    page = signed_in(api, line, "lea", Role.LEAD).get("/team")
    assert (page.status, "Nothing waits, and nothing was due" in page.text) == (200, True)


def test_nobody_but_leads_sees_it(api: Api, line: Line) -> None:
    assert signed_in(api, line, "mika").get("/team").status == 403


def test_what_other_queues_hold_is_counted_and_not_listed(api: Api, line: Line) -> None:
    desk = signed_in(api, line, "mika")
    hidden = line.case_of(line.submit(picture(2), flag="spam", language="de"))
    page = desk.get("/queue")
    assert "1 more waits in queues that you do not take from." in page.text
    assert hidden.id not in page.text
    changing_people.change_skills(line.parts, "mika", ["german"])
    assert hidden.id in desk.get("/queue").text


def test_what_is_set_aside_in_other_queues_is_not_listed_either(api: Api, line: Line) -> None:
    desk = signed_in(api, line, "mika")
    changing_people.change_skills(line.parts, "mika", ["german"])
    mika = people.named(line.parts, "mika")
    aside = line.case_of(line.submit(picture(2), flag="spam", language="de"))
    line.wardline.claim(aside.id, user=mika)
    line.wardline.hold_case(
        aside.id, user=mika, until=line.clock.now() + timedelta(days=1), note="asked the platform"
    )
    assert aside.id in desk.get("/queue?view=held").text
    changing_people.change_skills(line.parts, "mika", [])
    assert aside.id not in desk.get("/queue?view=held").text


def test_a_case_that_was_passed_on_says_so_and_may_be_taken_all_the_same(
    api: Api, line: Line, case: records.Case
) -> None:
    desk, other = signed_in(api, line, "mika"), signed_in(api, line, "noor")
    page = desk.send(desk.get("/queue").form("/queue/next"))
    queue = desk.send(page.form("/pass"), **{"passing-note": "for somebody who knows the account"})
    assert "Nothing waits that you may take." in queue.text
    assert "A colleague passed it on." in other.get("/queue").text
    again = desk.get(f"/cases/{case.id}")
    assert "You left it to a colleague" in again.text
    assert "for somebody who knows the account" in desk.send(again.form("/claim")).text
    assert line.store.case(case.id).passed_by == ()


def test_danger_is_marked_with_a_reason(api: Api, line: Line, case: records.Case) -> None:
    desk = signed_in(api, line, "mika")
    page = desk.send(desk.get("/queue").form("/queue/next"))
    assert desk.send(page.form("/danger"), danger=" ").status == 400
    marked = desk.send(page.form("/danger"), danger="It says when and where.")
    assert "A child may be in danger now" in marked.text
    assert line.store.case(case.id).imminent_since == line.clock.now()
    assert "/danger" not in [form.action for form in marked.forms]


def test_a_lead_gives_a_case_away_and_moves_it(api: Api, line: Line, case: records.Case) -> None:
    lead, desk = signed_in(api, line, "lea", Role.LEAD), signed_in(api, line, "mika")
    page = lead.get(f"/cases/{case.id}")
    given = lead.send(page.form("/assignment"), to="mika", reason="")
    assert "In the hands of mika" in given.text
    assert "Decision" in desk.get(f"/cases/{case.id}").text
    assert not any(form.action.endswith("/diversion") for form in given.forms)
    line.wardline.return_case(case.id, user=people.named(line.parts, "mika"))
    moved = lead.send(
        lead.get(f"/cases/{case.id}").form("/diversion"), queue="german", reason="It is in German."
    )
    assert "Queue german" in moved.text
    assert line.store.case(case.id).queue == "german"
    assert not any(
        form.action.endswith(("/assignment", "/diversion")) for form in desk.get(f"/cases/{case.id}").forms
    )


def test_who_chose_not_to_take_from_a_queue_is_named_like_everybody_else(
    api: Api, line: Line, case: records.Case
) -> None:
    lead, mika = signed_in(api, line, "lea", Role.LEAD), line.person("mika").user
    before = lead.get(f"/cases/{case.id}").text
    line.wardline.choose(lambda now: replace(now, queues=(case.queue,)), user=mika)
    assert "mika" in before
    assert "mika" in lead.get(f"/cases/{case.id}").text


def test_skills_are_ticked_by_leads_and_administrators(api: Api, line: Line) -> None:
    mika = somebody(line)
    for name, role in (("lea", Role.LEAD), ("ada", Role.ADMIN)):
        boss = signed_in(api, line, name, role)
        assert f"/people/{mika.id}/skills" in boss.get("/people").links
        page = boss.get(f"/people/{mika.id}/skills")
        changed = boss.send(page.form("/skills"), skill="german")
        assert "checked" in changed.text
        assert people.named(line.parts, "mika").skills == ("german",)
        stale = boss.send(page.form("/skills"), skill="german")
        assert stale.status == 400
        changing_people.change_skills(line.parts, "mika", [])


def test_the_page_of_a_case_whose_queue_asks_for_other_skills_says_so_and_offers_no_taking(
    api: Api, line: Line
) -> None:
    german = line.case_of(line.submit(picture(2), flag="spam", language="de"))
    page = signed_in(api, line, "mika").get(f"/cases/{german.id}")
    assert "It waits in a queue whose skills you do not have" in page.text
    assert "Take this case" not in page.text
