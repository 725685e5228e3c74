"""What is sent with the decision's form shows what was asked for, keeps what was filled in, and decides nothing."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.acceptance.stories import picture
from tests.web.console.browser import Browser
from tests.web.console.test_what_was_revealed import FORM
from wardline import records
from wardline.records import Replace
from wardline.testing.harness import Line

SENT = {"category": "A2", "note": "It is the same garden.", "kind": "location", "text": "", "danger": ""}


@pytest.fixture
def case(line: Line) -> records.Case:
    """A case of two files, in the hands of Mika."""
    first, other = (
        line.case_of(line.submit(picture(each), flag="spam", account=f"account-{each}")) for each in (1, 2)
    )
    both = replace(first, item_ids=(*first.item_ids, *other.item_ids), version=first.version + 1)
    line.store.commit(Replace(both), entries=[line.parts.entry(records.Verb.CASE_OPENED, first.id)])
    me = next(each for each in line.store.users() if each.name == "mika")
    return line.wardline.claim(first.id, user=me)


def sent(desk: Browser, case: records.Case, address: str, **fields: str) -> dict[str, str]:
    """Send the decision's form to another address; gives what the address of the page says that it leads to."""
    token = desk.get(f"/cases/{case.id}").form("/decisions").fields["csrf"]
    given = {"csrf": token, "version": str(case.version), **fields}
    answer = desk.request("POST", f"/cases/{case.id}/{address}", FORM, given)
    assert answer.status_code == 303
    said = urlsplit(answer.headers["location"])
    assert said.path == f"/cases/{case.id}"
    return {name: value for name, (value,) in parse_qs(said.query).items()}


def test_each_file_is_shown_as_its_own_fields_say_and_the_button_before_them(
    desk: Browser, line: Line, case: records.Case
) -> None:
    ways = {"show": "colour", "size": "small", "show-2": "grey", "size-2": "full", **SENT}
    first, second = case.item_ids
    shown = [
        sent(desk, case, address, **ways)
        for address in (f"reveals?item_id={first}", f"reveals?item_id={second}", f"reveals?item_id={second}&show=colour&size=small")
    ]  # fmt: skip
    assert [(each["item"], each["show"], each["size"]) for each in shown] == [
        (first, "colour", "small"), (second, "grey", "full"), (second, "colour", "small"),
    ]  # fmt: skip
    assert sorted(each.item_id for each in line.store.reveals_of(case.id)) == sorted([first, second, second])
    assert line.store.decisions_of(case.id) == []


@pytest.mark.parametrize("address", ["reveals?item_id={item}", "coverings?item_id={item}"])
def test_what_is_filled_in_stands_in_the_form_again(desk: Browser, case: records.Case, address: str) -> None:
    said = sent(desk, case, address.format(item=case.item_ids[1]), **SENT)
    page = desk.get(f"/cases/{case.id}?draft={said['draft']}")
    assert 'value="A2" required data-key="2" checked' in page.text
    assert page.form("/decisions").fields["note"] == SENT["note"]
    assert "nothing is recorded yet" in page.text


@pytest.mark.parametrize("address", ["reveals?item_id={item}", "coverings?item_id={item}", "keep"])
def test_where_nothing_is_filled_in_nothing_is_said_to_be_kept(
    desk: Browser, case: records.Case, address: str
) -> None:
    bare = {"show": "grey", "size": "small", "frame": "0", "kind": "location", "text": "", "note": ""}
    assert "draft" not in sent(desk, case, address.format(item=case.item_ids[0]), **bare)


def test_a_look_that_cannot_be_given_says_so_and_where_the_answers_wait(
    desk: Browser, line: Line, case: records.Case
) -> None:
    token = desk.get(f"/cases/{case.id}").form("/decisions").fields["csrf"]
    refused = desk.post(
        f"/cases/{case.id}/reveals?item_id={case.item_ids[0]}&frame=x", {"csrf": token, **SENT}
    )
    assert refused.status == 400
    back = next(each for each in refused.links if "draft=" in each)
    assert desk.get(back).form("/decisions").fields["note"] == SENT["note"]
    assert line.store.reveals_of(case.id) == []
