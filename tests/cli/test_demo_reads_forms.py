"""The demo's people send a page's forms as a browser without scripts would."""

from __future__ import annotations

import pytest

from wardline.cli.demo.forms import Page

_PAGE = """
<div class="page-head"><div><p class="crumb"><a href="/queue">Queue</a></p><h1>Case <span>X</span></h1>
<p>Same as an entry of a verified list &amp; more.</p><p>A user flagged it: <b>spam</b>.</p></div><div class="row"><p>later</p></div></div>
<img alt="" src="/pictures/once?a=1&amp;b=2" width="4"><img src="/cases/case-1/covers/item-1">
<form action="/queue/next" method="post"><input type="hidden" name="csrf" value="t&quot;1"><button>Next</button></form>
<form id="work" action="/cases/case-1/decisions" method="post"><input type="hidden" name="version" value="3">
<input type="radio" name="category" value="A1"><input type="radio" name="category" value="A2">
<input type="checkbox" name="kept" checked><input type="checkbox" name="left" value="x"><input name="port" value="7" type="text">
<select name="hours"><option value="1">1</option><option value="4" selected>4</option></select>
<textarea name="note">written
before</textarea><button name="do" value="record">Record</button><button name="do" value="other">Other</button></form>
"""


@pytest.fixture
def page() -> Page:
    return Page(_PAGE)


def test_the_reasons_are_the_paragraphs_at_the_head_and_nothing_else(page: Page) -> None:
    assert page.reasons == "Same as an entry of a verified list & more. A user flagged it: spam."


def test_a_form_sends_what_stands_in_it_and_its_first_button(page: Page) -> None:
    (form,) = page.forms("/decisions")
    assert form.action == "/cases/case-1/decisions"
    assert form.filled({"category": "A2"}) == [
        ("version", "3"), ("kept", "on"), ("port", "7"), ("hours", "4"), ("note", "written\nbefore"), ("do", "record"),
        ("category", "A2"),
    ]  # fmt: skip


def test_what_is_chosen_takes_the_place_of_what_stands_there(page: Page) -> None:
    (form,) = page.forms("/decisions")
    assert ("note", "new") in form.filled({"note": "new"})
    assert ("note", "written\nbefore") not in form.filled({"note": "new"})


def test_values_are_read_as_a_browser_reads_them(page: Page) -> None:
    (form,) = page.forms("/queue/next")
    assert form.value("csrf") == 't"1'
    assert form.value("absent") == ""
    assert page.pictures("/pictures/") == ["/pictures/once?a=1&b=2"]


def test_a_page_without_the_form_has_none(page: Page) -> None:
    assert page.forms("/reveals") == []
    assert Page("").reasons == ""
