"""What was revealed is shown as that and nothing else, however the address of the page is put together."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.acceptance.stories import picture
from tests.acceptance.test_an_incident_without_a_file import WORDS, told
from tests.web.console.browser import HOST, Browser, Seen
from wardline import records
from wardline.testing.harness import Line

FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Origin": HOST,
    "Sec-Fetch-Site": "same-origin",
}


@pytest.fixture
def file(line: Line) -> records.Case:
    line.list_of([picture()])
    return line.case_of(line.submit(picture()))


@pytest.fixture
def words(line: Line) -> records.Case:
    return line.case_of(line.wardline.tell(told(), api_key=line.platform_key().record))


def name_of_revealed(desk: Browser, line: Line, case: records.Case) -> str:
    """Reveal the first item of a case, and give the name under which its page would show it."""
    me = next(each for each in line.store.users() if each.name == "mika")
    line.wardline.claim(case.id, user=me)
    form = desk.get(f"/cases/{case.id}").form("/reveals")
    answer = desk.request("POST", form.action, FORM, form.fields)
    assert answer.status_code == 303
    (name,) = parse_qs(urlsplit(answer.headers["location"]).query)["shown"]
    return name


def page(desk: Browser, case: records.Case, shown: str, item: str) -> Seen:
    return desk.get(f"/cases/{case.id}?{urlencode({'shown': shown, 'item': item})}")


def revealed_pictures(seen: Seen) -> list[str]:
    return [image for image in seen.images if image.startswith("/pictures/")]


def test_a_pictures_name_shows_no_words_and_is_kept_for_the_picture(
    desk: Browser, line: Line, file: records.Case, words: records.Case
) -> None:
    name = name_of_revealed(desk, line, file)
    seen = page(desk, words, name, words.item_ids[0])
    assert seen.status == 200
    assert "online enticement" in seen.text
    assert WORDS not in seen.text
    assert seen.images == []
    assert revealed_pictures(page(desk, file, name, file.item_ids[0])) == [f"/pictures/{name}"]
    assert desk.get(f"/pictures/{name}").answer.content.startswith(b"\x89PNG")


def test_the_name_of_words_shows_no_picture_and_gives_them_to_their_own_page_alone(
    desk: Browser, line: Line, file: records.Case, words: records.Case
) -> None:
    other = line.case_of(
        line.wardline.tell(told(what_happened="Something else."), api_key=line.platform_key().record)
    )
    name = name_of_revealed(desk, line, words)
    for case in (file, other):
        seen = page(desk, case, name, case.item_ids[0])
        assert seen.status == 200
        assert WORDS not in seen.text
        assert revealed_pictures(seen) == []
    fetched = desk.get(f"/pictures/{name}")
    assert fetched.status == 404
    assert WORDS not in fetched.text
    assert WORDS in page(desk, words, name, words.item_ids[0]).text
    assert WORDS not in page(desk, words, name, words.item_ids[0]).text, "loaded again it is covered"


def test_an_id_in_the_place_of_a_name_shows_the_page_covered(
    desk: Browser, line: Line, words: records.Case
) -> None:
    for item in (words.item_ids[0], "", "nothing", "\x00", "é" * 9):
        seen = page(desk, words, words.item_ids[0], item)
        assert seen.status == 200
        assert WORDS not in seen.text
    name = name_of_revealed(desk, line, words)
    assert WORDS not in page(desk, words, name, "nothing").text
    assert WORDS in page(desk, words, name, words.item_ids[0]).text


def test_covering_what_is_in_another_case_is_refused_plainly(
    desk: Browser, line: Line, file: records.Case, words: records.Case
) -> None:
    name_of_revealed(desk, line, file)
    fields = {**desk.get(f"/cases/{file.id}").form("/reveals").fields, "item_id": words.item_ids[0]}
    answer = desk.post(f"/cases/{file.id}/coverings", fields, **{"HX-Request": "true"})
    assert answer.status == 404
    assert "no such file" in answer.text
