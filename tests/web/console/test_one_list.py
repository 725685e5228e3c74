"""The page of one hash list: what it says, and what may be done there."""

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
from tests.web.exchange import ToldExchange, exchanges
from wardline import records
from wardline.pipeline import care, people
from wardline.records import (
    EntryChange,
    HashKind,
    HashListPage,
    HashListState,
    Insert,
    ListMeaning,
    ListRole,
    ListTerms,
    ListTrust,
    Role,
    SyncState,
    Verb,
    Verdict,
)
from wardline.testing import store_records as make
from wardline.testing.harness import Line
from wardline.web.console import one_list

ENTRY = EntryChange(kind=HashKind.MD5, value="0" * 32, category=None, key="entry-1")


@pytest.fixture
def told() -> ToldExchange:
    return ToldExchange()


@pytest.fixture
def line(tmp_path: Path, told: ToldExchange) -> Iterator[Line]:
    """An installation with one exchange."""
    with Line(tmp_path, replaced={"password_hasher": CHEAP, "exchanges": exchanges(told)}) as made:
        yield made


@pytest.fixture
def admin(api: Api, line: Line) -> Browser:
    somebody(line, "ada", Role.ADMIN)
    browser = Browser(api)
    browser.sign_in("ada")
    return browser


def _subscribed(line: Line, **terms: object) -> records.HashList:
    given = {"trust": ListTrust.VERIFIED, "meaning": ListMeaning.EXPLOITATIVE} | terms
    added = line.wardline.subscribe(
        "county", name="fetched", provenance="under a contract", terms=ListTerms(**given),  # type: ignore[arg-type]
        user=people.named(line.parts, "ada"),
    )  # fmt: skip
    return added.hash_list


def _hold(line: Line, listed: records.HashList, count: int) -> list[records.HeldEntry]:
    user = people.named(line.parts, "ada")
    return [
        held
        for number in range(count)
        for held in care.hold(
            line.parts, listed.id, [f"{make.new_id('hash-batch')}:{number}"], cause=records.HoldCause.BY_HAND, actor=user.id
        )
    ]  # fmt: skip


def _write(line: Line, *made: object) -> None:
    line.store.commit(*map(Insert, made), entries=[line.parts.entry(Verb.HASH_LIST_CHANGED, "list")])


# --- what it says ---------------------------------------------------------------------------------------------------------------------
def test_a_list_says_what_it_is_and_where_its_proposal_is(admin: Browser, line: Line) -> None:
    listed = _subscribed(line, radius_bits=20, surfaces=("post", "avatar"))
    (approval,) = line.store.approvals()
    page = admin.get(f"/hash-lists/{listed.id}")
    for words in ("Bank: what is on it is looked for", "Graded exploitative by its owner", "PDQ within 20 of 256 bits", "post, avatar",
                  "The county exchange, sandbox, fetched every 1 h 00", "under a contract", "ada, 2 Mar 2026, 09:00",
                  "It is loaded and matches nothing yet", "when it is on, a match hides the content at once"):  # fmt: skip
        assert words in page.text, words
    assert f"/approvals#{approval.id}" in page.links


@pytest.mark.parametrize(
    ("role", "says"),
    [(ListRole.NEGATIVE, "is let through"), (ListRole.CANARY, "near one of its pictures is held")],
)
def test_a_list_that_is_no_bank_says_what_it_is_for(
    role: ListRole, says: str, admin: Browser, line: Line
) -> None:
    listed = make.hash_list(role=role, state=HashListState.ACTIVE, entries=0)
    _write(line, listed)
    page = admin.get(f"/hash-lists/{listed.id}")
    assert says in page.text
    assert "Last 30 days" not in page.text
    assert [form.action for form in page.forms if form.action.endswith("/preview")] == []
    assert "not counted" in admin.get("/hash-lists").text


def test_a_list_whose_exchange_is_gone_from_the_settings_says_so_and_cannot_be_fetched(
    admin: Browser, line: Line
) -> None:
    listed = make.hash_list(source="elsewhere", state=HashListState.ACTIVE, entries=0)
    _write(line, listed)
    assert "the exchange elsewhere, which is no longer in the settings" in admin.get("/hash-lists").text
    page = admin.get(f"/hash-lists/{listed.id}")
    assert "Its exchange is no longer in the settings" in page.text
    assert [form.action for form in page.forms if form.action.endswith("/sync")] == []


def test_neither_a_hash_nor_how_far_an_exchange_was_read_stands_on_the_page(
    admin: Browser, line: Line, told: ToldExchange
) -> None:
    told.pages = [
        HashListPage(
            added=(ENTRY,), malformed=(), cursor=None, resume="https://exchange.example/next?key=secret"
        )
    ]
    listed = _subscribed(line)
    line.wardline.ask_for_sync(listed.id, user=people.named(line.parts, "ada"))
    line.wardline.run_sync(line.store.syncs_of(listed.id, most=1)[0].id)
    assert line.store.hash_list(listed.id).cursor is not None
    for path in ("/hash-lists", f"/hash-lists/{listed.id}"):
        text = admin.get(path).text
        assert "exchange.example" not in text
        assert ENTRY.value not in text


def test_matches_and_decisions_are_counted_by_day(admin: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    assert "Nothing was counted in these days" in admin.get(f"/hash-lists/{listed.id}").text
    line.submit(picture())
    line.submit(picture(), account="account-2")
    text = admin.get(f"/hash-lists/{listed.id}").text
    assert "2 Mar" in text
    assert '<dd class="big">2</dd>' in text


def test_an_unknown_list_or_entry_is_not_found(admin: Browser, line: Line) -> None:
    token = admin.get("/hash-lists").form("/pause").fields["csrf"]
    nobody = "0" * 26
    assert admin.get(f"/hash-lists/hash-list-{nobody}").status == 404
    assert admin.get("/hash-lists/x").status == 400
    for act in ("disable", "preview", "activation", "change", "sync"):
        assert admin.post(f"/hash-lists/hash-list-{nobody}/{act}", {"csrf": token}).status == 404, act
    assert admin.post(f"/held-entries/held-entry-{nobody}/release", {"csrf": token}).status == 404


# --- what may be done -----------------------------------------------------------------------------------------------------------------
def test_switching_a_list_off_or_into_preview_is_asked_for_twice(admin: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    page = admin.get(f"/hash-lists/{listed.id}")
    for act in ("disable", "preview", "change"):
        before = page.text.split(f"{listed.id}/{act}")[0]
        assert before.rfind("<details>") > before.rfind("</details>"), act
    seen = admin.send(page.form("/disable"))
    assert "It was switched off and matches nothing" in seen.text
    assert line.store.hash_list(listed.id).state is HashListState.DISABLED


def test_a_list_in_preview_restricts_nothing_and_is_switched_on_by_two(
    admin: Browser, api: Api, line: Line
) -> None:
    listed = line.list_of([picture()])
    seen = admin.send(admin.get(f"/hash-lists/{listed.id}").form("/preview"))
    assert "Uploads are compared with it and counted. Nothing else happens." in seen.text
    assert isinstance(line.submit(picture()).route, records.Release)
    assert "Would have matched" in admin.get(f"/hash-lists/{listed.id}").text
    proposed = admin.send(admin.get(f"/hash-lists/{listed.id}").form("/activation"))
    assert "Switch on the hash list known" in proposed.text
    assert "waits for a second person" in admin.get(f"/hash-lists/{listed.id}").text
    somebody(line, "lea", Role.LEAD)
    lead = Browser(api)
    lead.sign_in("lea")
    lead.send(lead.get("/approvals").form("/approve"))
    assert line.store.hash_list(listed.id).state is HashListState.ACTIVE


def test_a_list_whose_proposal_was_refused_can_be_proposed_again(
    admin: Browser, api: Api, line: Line
) -> None:
    listed = _subscribed(line)
    somebody(line, "lea", Role.LEAD)
    lead = Browser(api)
    lead.sign_in("lea")
    lead.send(lead.get("/approvals").form("/refuse"))
    page = admin.get(f"/hash-lists/{listed.id}")
    assert "Its proposal was refused" in page.text
    assert "refused by lea" in page.text
    assert "waits for a second person" not in page.text
    assert "Switch on the hash list fetched" in admin.send(page.form("/activation")).text


def test_a_proposal_to_let_a_list_change_is_no_proposal_to_switch_it_on(admin: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    admin.send(admin.get(f"/hash-lists/{listed.id}").form("/preview"))
    admin.send(admin.get(f"/hash-lists/{listed.id}").form("/change"))
    page = admin.get(f"/hash-lists/{listed.id}")
    assert "To let it change: ada" in page.text
    assert "waits for a second person" not in page.text
    assert [form.action for form in page.forms if form.action.endswith("/change")] == []
    assert [form.action for form in page.forms if form.action.endswith("/activation")] != []


def test_a_list_is_fetched_when_somebody_asks(admin: Browser, line: Line, told: ToldExchange) -> None:
    told.pages = [HashListPage(added=(ENTRY,), malformed=(), cursor=None, resume="1")]
    listed = _subscribed(line)
    line.wardline.run_sync(line.store.syncs_of(listed.id, most=1)[0].id)
    line.clock.advance(timedelta(minutes=5))
    seen = admin.send(admin.get(f"/hash-lists/{listed.id}").form("/sync"))
    assert "under way" in seen.text
    assert "by ada" in seen.text
    assert [form.action for form in seen.forms if form.action.endswith("/sync")] == []
    line.run_due()
    assert "done, took under a minute" in admin.get(f"/hash-lists/{listed.id}").text


def test_a_sync_that_was_refused_says_why(admin: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    fetched = make.hash_list(source="county", state=HashListState.ACTIVE, entries=0)
    _write(
        line, fetched,
        make.list_sync(list_id=fetched.id, state=SyncState.REFUSED, ended_at=make.later(1), problem="refused"),
        make.list_sync(list_id=listed.id, problem="dependency"),
    )  # fmt: skip
    page = admin.get(f"/hash-lists/{fetched.id}").text
    assert "too much of it changed" in page
    assert "Code: refused" in page
    # What came from an exchange once and is a file now has no syncs to show.
    assert "Code: dependency" not in admin.get(f"/hash-lists/{listed.id}").text


def test_what_its_owner_was_told_is_shown(admin: Browser, line: Line) -> None:
    fetched = make.hash_list(source="county", state=HashListState.ACTIVE, entries=0)
    said = make.list_feedback(list_id=fetched.id, verdict=Verdict.DENIED)
    _write(line, fetched, said)
    text = admin.get(f"/hash-lists/{fetched.id}").text
    assert "it is wrong" in text
    assert said.entry_id in text


# --- held entries ---------------------------------------------------------------------------------------------------------------------
def test_a_held_entry_is_released_after_a_confirmation(admin: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    line.submit(picture())
    matched = line.store.item(line.store.cases()[0].item_ids[0]).matches[0]
    ada = people.named(line.parts, "ada")
    (held,) = line.wardline.hold_entry(listed.id, matched.entry_id, user=ada)
    assert "1 held" in admin.get("/hash-lists").text
    page = admin.get(f"/hash-lists/{listed.id}")
    for words in (matched.entry_id, "Doubted by a person", "2 Mar 2026, 09:00", "by ada"):
        assert words in page.text, words
    before = page.text.split(f"{held.id}/release")[0]
    assert before.rfind("<details>") > before.rfind("</details>")
    seen = admin.send(page.form(f"{held.id}/release"))
    assert "No entry is held" in seen.text
    assert line.store.held_entry(held.id).released_by == ada.id
    assert admin.send(page.form(f"{held.id}/release")).status == 409


def test_an_entry_is_not_released_by_a_form_without_its_token(admin: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    (held,) = _hold(line, listed, 1)
    assert admin.post(f"/held-entries/{held.id}/release", {}).status == 403
    assert admin.post(f"/hash-lists/{listed.id}/preview", {"csrf": "0" * 64}).status == 403
    assert line.store.held_entry(held.id).released_at is None
    assert line.store.hash_list(listed.id).state is HashListState.ACTIVE


def test_many_held_entries_and_syncs_stand_on_pages_each_once(
    admin: Browser, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_list, "_ROWS_SHOWN", 3)
    fetched = make.hash_list(source="county", state=HashListState.ACTIVE, entries=0)
    syncs = [
        make.list_sync(
            list_id=fetched.id, asked_at=make.later(number), ended_at=make.later(number), added=700 + number, state=SyncState.DONE
        )
        for number in range(5)
    ]  # fmt: skip
    _write(line, fetched, *syncs)
    held = _hold(line, fetched, 7)
    seen = [admin.get(f"/hash-lists/{fetched.id}?held={number}").text for number in (1, 2, 3)]
    assert [[each.entry_id in text for text in seen].count(True) for each in held] == [1] * 7
    assert "1 to 3 of 7 held entries" in seen[0]
    first, second = (admin.get(f"/hash-lists/{fetched.id}?syncs={number}").text for number in (1, 2))
    assert [f">{each.added}<" in first for each in syncs] == [False, False, True, True, True]
    assert [f">{each.added}<" in second for each in syncs] == [True, True, False, False, False]
    for field in ("held", "syncs", "feedback"):
        assert admin.get(f"/hash-lists/{fetched.id}?{field}=x").status == 400


# --- a case -----------------------------------------------------------------------------------------------------------------------------
def test_a_case_tells_what_a_list_means_and_why_a_match_is_doubted(api: Api, line: Line) -> None:
    somebody(line, "mika")
    desk = Browser(api)
    desk.sign_in("mika")
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    plain = desk.get(f"/cases/{case.id}").text
    assert "graded illegal" not in plain
    item = line.store.item(case.item_ids[0])
    found = item.matches[0]
    changed = (
        replace(found, meaning=ListMeaning.INTIMATE, doubt=records.Doubt.HELD),
        replace(found, doubt=records.Doubt.DISPUTED),
    )
    line.store.commit(
        records.Replace(replace(item, matches=changed, version=item.version + 1)),
        entries=[line.parts.entry(Verb.CASE_OPENED, case.id)],
    )
    page = desk.send(desk.get(f"/cases/{case.id}").form("/claim")).text
    for words in ("reported as intimate and shared without consent", "the entry is held, it may be wrong",
                  "a negative list says otherwise"):  # fmt: skip
        assert words in page, words
