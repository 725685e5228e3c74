"""What does not fit on a page stands on the next one: nothing is left out, and nothing stands twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline.errors import InputError
from wardline.pipeline import people
from wardline.records import KeyTrust, ListTrust, Role
from wardline.testing.harness import Line
from wardline.web.console import list_view, lists
from wardline.web.console import people as people_page
from wardline.web.console.paging import number_of, paged


@pytest.fixture
def admin(api: Api, line: Line) -> Browser:
    somebody(line, "ada", Role.ADMIN)
    browser = Browser(api)
    browser.sign_in("ada")
    return browser


@given(count=st.integers(0, 60), most=st.integers(1, 25))
def test_the_pages_hold_everything_once_and_in_order(count: int, most: int) -> None:
    everything = list(range(count))
    pages = [
        paged(everything, str(number), most=most)
        for number in range(1, paged(everything, "", most=most).pages + 1)
    ]
    assert [each for page in pages for each in page.shown] == everything
    for page in pages:
        assert everything[page.start : page.stop] == page.shown
        assert all(number_of(row, most=most) == page.number for row in page.shown)


def test_a_page_beyond_the_last_is_the_last() -> None:
    assert paged([1, 2, 3], "9", most=2) == paged([1, 2, 3], "2", most=2)
    assert paged([], "9", most=2) == paged([], "", most=2)


@pytest.mark.parametrize("asked", ["0", "-1", "x", "1.5", "٣", "99999999", "1 "])
def test_what_is_no_number_of_a_page_is_refused(asked: str, admin: Browser) -> None:
    with pytest.raises(InputError):
        paged([1], asked, most=1)
    for field in ("page", "keys"):
        assert admin.get(f"/people?{field}={asked}").status == 400


def test_people_stand_on_pages_by_name_and_are_found_by_a_part_of_it(
    admin: Browser, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_page, "_PEOPLE_SHOWN", 3)
    for name in ("Noor", "mika", "lea", "noel", "zoe"):
        somebody(line, name)
    first = admin.get("/people")
    assert "1 to 3 of 6 people" in first.text
    assert _names(first.text) == ["ada", "lea", "mika"]
    (more,) = [link for link in first.links if "page=2" in link]
    second = admin.get(more)
    assert _names(second.text) == ["noel", "Noor", "zoe"]
    assert not [link for link in second.links if "page=3" in link]
    found = admin.get("/people?name=NO")
    assert _names(found.text) == ["noel", "Noor"]
    assert "Nobody's name has" in admin.get("/people?name=qq").text


def test_keys_have_pages_of_their_own_and_the_search_is_kept(
    admin: Browser, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_page, "_KEYS_SHOWN", 2)
    for number in range(3):
        people.create_platform_key(
            line.parts, f"key {number}", "example", trust=KeyTrust.LOW, actor="system", requests_per_minute=60
        )
    page = admin.get("/people?name=ad")
    (more,) = [link for link in page.links if "keys=2" in link]
    assert more == "/people?name=ad&keys=2#keys"
    shown = [name for seen in (page, admin.get(more)) for name in _keys(seen.text)]
    assert sorted(shown) == ["key 0", "key 1", "key 2"]


def test_a_list_and_its_proposal_are_found_on_the_page_where_they_stand(
    admin: Browser, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "_LISTS_SHOWN", 2)
    monkeypatch.setattr(list_view, "WAITING_SHOWN", 1)
    ada = people.named(line.parts, "ada")
    for number in range(3):
        path = line.list_file([picture(number)], f"list {number}")
        line.wardline.add_list(
            path, name=f"list {number}", provenance="made here", trust=ListTrust.UNVERIFIED, user=ada
        )
    proposals = list(line.store.approvals())
    found = {
        link
        for page in (admin.get("/hash-lists"), admin.get("/hash-lists?page=2"))
        for link in page.links
        if link.startswith("/hash-lists/")
    }
    links = [
        link
        for place in found
        for link in admin.get(place).links
        if link.startswith("/approvals") and "#" in link
    ]
    assert len(links) == len(proposals) == 3
    for link in links:
        assert f'id="{link.partition("#")[2]}"' in admin.get(link.partition("#")[0]).text


def _names(text: str) -> list[str]:
    table = text.split('aria-labelledby="people"', 2)[2].split("</table>", 1)[0]
    return re.findall(r'class="wide"><b><a [^>]*>([^<]+)</a>', table)


def _keys(text: str) -> list[str]:
    return re.findall(r'class="wide"><b>(key [^<]+)</b>', text)
