"""No page and no route tells one person's figures or choices to anybody else, whatever their role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import PASSWORD, Browser
from wardline import records
from wardline.pipeline import people
from wardline.records import Grade, Insert, Role
from wardline.testing import store_records as make
from wardline.testing.harness import Line, Person
from wardline.web import access, console
from wardline.web.app import create_app

FILES, EACH_SECONDS = 37, 41
SECONDS = FILES * EACH_SECONDS
QUEUE = "a-queue-that-somebody-left-out"
# Numbers that stand nowhere else: files, seconds, the same as minutes and seconds, and the weighted sum.
TELLING = (f"{FILES} file", f"{SECONDS}", f"{SECONDS // 60} min {SECONDS % 60:02d}", f'"files":{FILES}', f"<b>{FILES}</b>", f"{FILES} unknown", QUEUE)  # fmt: skip
_PLAIN = re.compile(rf"(?<![\w+/.-]){SECONDS}(?![\w+/-])")
"""The seconds as a figure of their own: a digest, or a measured time, may hold these digits by chance."""


def told_in(text: str) -> list[str]:
    """Give what a text tells of the figures and choices."""
    found = [each for each in TELLING if each in text and each != f"{SECONDS}"]
    return found + _PLAIN.findall(text)


def test_figures_are_found_where_they_stand_and_not_inside_a_digest() -> None:
    assert told_in(f'{{"seconds":{SECONDS}.0}}') == [f"{SECONDS}"]
    assert told_in(f"{FILES} files, {SECONDS // 60} min {SECONDS % 60:02d} s") == [TELLING[0], TELLING[2]]
    assert told_in(f"sha256 0a{SECONDS}ff, 9{SECONDS}, 0.{SECONDS}") == []


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, replaced={"password_hasher": CHEAP}) as made:
        yield made


@pytest.fixture
def mika(line: Line) -> records.User:
    """Somebody with figures that can be recognised, all of yesterday and today."""
    user = people.create_user(line.parts, "mika", Role.MODERATOR, PASSWORD)
    line.submit(picture(), flag="spam")
    start = line.clock.now() - timedelta(hours=1)
    shown = [
        make.reveal(user_id=user.id, item_id=f"item-{place}", at=start + timedelta(minutes=place), number=place + 1) for place in range(FILES)
    ]  # fmt: skip
    ends = [
        make.covering(reveal_id=each.id, user_id=user.id, at=each.at + timedelta(seconds=EACH_SECONDS))
        for each in shown
    ]
    line.store.commit(*map(Insert, (*shown, *ends)), entries=[make.entry()])
    line.wardline.choose(lambda now: replace(now, queues=(QUEUE,), grades=(Grade.A,)), user=user)
    line.sequence()
    return user


@pytest.fixture
def api(line: Line) -> Api:
    return Api(create_app(line.wardline, low_trust_answer_seconds=0))


def addresses(line: Line, user: records.User) -> list[str]:
    """Give every page that is read, about this person where it is about one."""
    case = line.store.cases(most=1)[0]
    known = {"user_id": user.id, "case_id": case.id, "item_id": case.item_ids[0], "position": "0"}
    found = []
    for method, path, _ in console.rules():
        if method == "GET":
            found.append(re.sub(r"{(\w+)(?::\w+)?}", lambda place: known.get(place[1], "none"), path))
    return [*found, "/queue/news?known=0", f"/audit?subject={user.id}"]


def test_the_person_sees_their_own(api: Api, line: Line, mika: records.User) -> None:
    desk = Browser(api)
    desk.sign_in("mika")
    you = desk.get("/you").text
    assert f"<b>{FILES}</b> of 200" in you
    assert f"{SECONDS // 60} min {SECONDS % 60:02d} s" in you
    assert QUEUE in you


@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMIN, Role.AUDITOR, Role.MODERATOR])
def test_no_page_tells_them_to_anybody_else(role: Role, api: Api, line: Line, mika: records.User) -> None:
    people.create_user(line.parts, "other", role, PASSWORD)
    other = Browser(api)
    other.sign_in("other")
    for address in addresses(line, mika):
        text = other.get(address).text
        assert told_in(text) == [], address


@pytest.mark.parametrize("role", list(Role))
def test_no_route_tells_them_to_anybody_else(role: Role, api: Api, line: Line, mika: records.User) -> None:
    other: Person = line.person("other", role)
    case = line.store.cases(most=1)[0]
    known = {"case_id": case.id, "item_id": case.item_ids[0], "position": "0"}
    for method, path in access.RULES:
        if method == "GET":
            address = re.sub(r"{(\w+)}", lambda place: known.get(place[1], "none"), path)
            asked = f"?user_id={mika.id}" if path == "/v1/exposure" else ""
            text = api.get(address + asked, other.secret).text
            assert told_in(text) == [], address


def test_of_fewer_than_ten_people_leads_are_told_nothing(api: Api, line: Line, mika: records.User) -> None:
    lead = line.person("lea", Role.LEAD)
    line.clock.advance(timedelta(days=2))
    told = api.get("/v1/team-exposure", lead.secret).json()
    assert told == {"exposure": None, "choices": {"grades": [], "queues": []}, "files_left": None}


def test_of_ten_people_leads_are_told_bands(api: Api, line: Line, mika: records.User) -> None:
    lead = line.person("lea", Role.LEAD)
    for number in range(9):
        somebody = line.person(f"mod {number}")
        line.store.commit(
            Insert(make.reveal(user_id=somebody.user.id, item_id="item-1", at=line.clock.now())),
            entries=[make.entry()],
        )
    line.clock.advance(timedelta(days=2))
    told = api.get("/v1/team-exposure", lead.secret).json()
    assert told["exposure"]["files"] == {"low": 0, "high": 5}
    assert told["files_left"] == 11 * 60
    assert told["choices"] == {"grades": [], "queues": []}


def test_own_exposure_and_choices_over_http(api: Api, line: Line) -> None:
    mika = line.person("mika")
    case = line.wardline.claim(line.case_of(line.submit(picture(), flag="spam")).id, user=mika.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
    own = api.get("/v1/exposure", mika.secret).json()
    assert (own["exposure"]["files"], own["reached"], own["files_left"]) == (1, None, 59)
    assert own["exposure"]["by_grade"] == {"unknown": 1}
    changed = api.call("PUT", "/v1/viewing-choices", mika.secret, json={"hold": True, "grades": ["A"]})
    assert changed.status_code == 200
    assert api.get("/v1/viewing-choices", mika.secret).json()["grades"] == ["A"]
    for wrong in (
        {"grades": ["harmless"]},
        {"grades": ["A", "A"]},
        {"queues": ["x" * 65]},
        {"user_id": "user-1"},
    ):
        refused = api.call("PUT", "/v1/viewing-choices", mika.secret, json=wrong)
        assert refused.status_code in (400, 422), wrong
