"""A near copy's case does not tell its second reviewer what two people found of its neighbour: not on a page, not over HTTP, not in a list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import violation
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import records, review
from wardline.pipeline import Rules
from wardline.records import CaseState, Outcome, Role, Stage, Target
from wardline.testing import pictures
from wardline.testing.harness import REPORTER, Line, Person

RULES = Rules(
    reporter=REPORTER, audit_share=0.0, opinions=review.SecondOpinions(gravest=False, random_share=0.0)
)
TOLD = "two people found"
HARMLESS = review.Judgement(outcome=Outcome.NOT_VIOLATION)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, rules=RULES, replaced={"password_hasher": CHEAP}) as made:
        yield made


def flagged(line: Line, quality: int, account: str) -> records.Case:
    content = pictures.encode(pictures.scene(1, (320, 240)), quality=quality)
    upload = line.submit(content, account=account, flag="nudity", content_reference=f"post of {account}")
    line.run_due()
    return line.case_of(upload)


def say(line: Line, case: records.Case, person: Person, judgement: review.Judgement) -> None:
    line.wardline.claim(case.id, user=person.user)
    line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(RULES.undo_window)


@pytest.fixture
def near(line: Line) -> records.Case:
    """A case that was put in front, for two people found a file near it to be a violation."""
    case = flagged(line, 20, "near")
    for number, name in enumerate(("mika", "noor")):
        copy = flagged(line, 85, f"a{number}")
        say(line, copy, line.person(name), violation(copy))
    found = line.store.case(case.id)
    assert review.is_near_a_violation(found)
    return found


def first_opinion(line: Line, near: records.Case) -> None:
    """Let one person decide it and ask for another one."""
    asks = review.Judgement(outcome=Outcome.NOT_VIOLATION, second_opinion=True)
    say(line, near, line.person("olli"), asks)
    assert line.store.case(near.id).stage is Stage.SECOND


def pages(desk: Browser, near: records.Case) -> dict[str, str]:
    """Read everything that shows the case to a lead."""
    found = {
        address: desk.get(address).text
        for address in ("/queue", "/team", f"/cases/{near.id}", f"/clusters/{near.cluster_id}")
    }
    page = desk.get("/search")
    return found | {"search": desk.send(page.form("/search"), words=near.id).text}


def answers(api: Api, secret: str, near: records.Case) -> dict[str, str]:
    routes = (
        "/v1/cases",
        f"/v1/cases/{near.id}",
        f"/v1/clusters/{near.cluster_id}",
        f"/v1/cases/{near.id}/actions",
    )
    return {route: api.get(route, secret).text for route in routes}


def test_whoever_judges_it_second_sees_nothing_of_it_in_any_place(
    api: Api, line: Line, near: records.Case
) -> None:
    first_opinion(line, near)
    somebody(line, "lea", Role.LEAD)
    desk = Browser(api)
    desk.sign_in("lea")
    secret = line.person("keyholder", Role.LEAD).secret
    told = pages(desk, near) | answers(api, secret, near)
    assert [place for place, text in told.items() if TOLD in text or "put in front" in text] == []
    assert review.NEAR_A_KNOWN_FILE in told["/queue"]
    shown = api.get(f"/v1/cases/{near.id}", secret).json()
    assert (shown["urgency"], shown["lane"], shown["restricted"]) == (None, None, False)
    assert api.get(f"/v1/clusters/{near.cluster_id}", secret).json()["said"] is None
    claimed = api.post(f"/v1/cases/{near.id}/claim", secret)
    assert claimed.status_code == 200
    assert TOLD not in claimed.text
    assigned = api.post(f"/v1/cases/{near.id}/danger", secret, json={"note": "A threat to meet today."})
    assert assigned.status_code == 200
    assert TOLD not in assigned.text


def test_neither_the_leads_page_nor_an_alarm_names_it_where_the_class_of_its_target_is_told(
    api: Api, line: Line, near: records.Case
) -> None:
    first_opinion(line, near)
    assert near.target is Target.A
    line.clock.advance(timedelta(hours=30))
    line.chores.run()
    (past,) = [each for each in line.store.open_alarms() if each.subject_id == "a:past"]
    assert near.id not in past.message
    assert "1 case of the class category A is past its target" in past.message
    secret = line.person("keyholder", Role.LEAD).secret
    assert "past target" not in api.get(f"/v1/cases/{near.id}", secret).text
    somebody(line, "lea", Role.LEAD)
    desk = Browser(api)
    desk.sign_in("lea")
    (row,) = [each for each in desk.get("/team").text.split("</tr>") if "category A" in each]
    assert "past target" in row
    assert near.id not in row
    assert "past target" not in desk.get(f"/cases/{near.id}").text


def test_whoever_judges_it_first_and_holds_it_is_told_why_it_comes_so_soon(
    api: Api, line: Line, near: records.Case
) -> None:
    pippin = line.person("pippin")
    before = api.get(f"/v1/cases/{near.id}", pippin.secret)
    assert TOLD not in before.text
    claimed = api.post(f"/v1/cases/{near.id}/claim", pippin.secret)
    assert TOLD in claimed.text
    assert claimed.json()["restricted"] is True


def test_who_judges_nothing_sees_it_and_so_does_everybody_once_it_is_settled(
    api: Api, line: Line, near: records.Case
) -> None:
    first_opinion(line, near)
    auditor = line.person("auditor", Role.AUDITOR)
    assert TOLD in api.get(f"/v1/cases/{near.id}", auditor.secret).text
    say(line, near, line.person("pippin"), HARMLESS)
    assert line.store.case(near.id).state is CaseState.CLOSED
    late = line.person("late")
    assert TOLD in api.get(f"/v1/cases/{near.id}", late.secret).text


def test_the_log_says_nothing_of_it_to_a_lead_who_may_judge_it(line: Line, near: records.Case) -> None:
    first_opinion(line, near)
    line.sequence()
    lead, auditor = line.person("lea", Role.LEAD).user, line.person("auditor", Role.AUDITOR).user
    entries = line.wardline.newest_entries(300)
    told = {user.id: [entry.verb for _, entry in line.wardline.told(entries, user=user)] for user in (lead, auditor)}  # fmt: skip
    telling = {records.Verb.CASE_PUT_IN_FRONT, records.Verb.SPREAD_BEGUN}
    assert not telling & set(told[lead.id])
    assert telling <= set(told[auditor.id])
