"""Packs about one account for one receiver are listed together, for one person who files them one after the other."""

from __future__ import annotations

from dataclasses import replace

from tests.acceptance.test_packs import overturned, reported
from tests.web.console.browser import Seen
from tests.web.console.test_pack_pages import line, signed_in
from wardline import records
from wardline.records import CaseState, Insert, Replace, Role, Stage, Verb
from wardline.testing import store_records
from wardline.testing.harness import Line

__all__ = ["line"]

_TITLE = "Packs to file in one go"


def together(page: Seen) -> str:
    """Give the part of the page that lists packs together; empty where there is none."""
    _, found, rest = page.text.partition(f">{_TITLE}<")
    return rest.partition("</section>")[0] if found else ""


def several(line: Line, count: int, **upload: str) -> list[records.Referral]:
    return [reported(line, seed=seed, **upload)[0] for seed in range(1, count + 1)]


def without_an_answer(line: Line, found: records.Referral, stage: Stage) -> None:
    """Open the case again at a stage: for a second person, or for whoever answers its appeal."""
    case = line.store.case(found.case_id)
    changes: list[records.Change] = [
        Replace(replace(case, state=CaseState.OPEN, stage=stage, version=case.version + 1))
    ]
    if stage is Stage.SECOND:
        opinion = store_records.opinion(case_id=case.id, decision_id=found.decision_id, user_id="user-other")
        changes.append(Insert(opinion))
    line.store.commit(*changes, entries=[line.parts.entry(Verb.CASE_REOPENED, case.id)])


def test_the_packs_of_one_account_stand_under_one_heading_and_what_is_due_first_comes_first(
    line: Line,
) -> None:
    mine = several(line, 3)
    other, _ = reported(line, seed=7, account="account-7")
    line.wardline.take_pack(mine[1].id, user=line.person("taker", Role.LEAD).user)
    browser = signed_in(line)
    listed = together(browser.get("/referrals"))
    assert listed.count("<h3>") == 1
    assert "3 packs for NCA-PACK, sandbox" in listed
    assert other.id not in listed
    assert [listed.count(f'href="/referrals/{each.id}"') for each in mine] == [1, 1, 1]
    assert sorted(mine, key=lambda each: listed.index(each.id)) == mine
    assert "account-1" not in listed
    taken = next(each for each in listed.split("<li>") if mine[1].id in each)
    assert "taken by taker: ask before you file it" in taken
    assert listed.count("taken by") == 1
    browser.send(browser.get(f"/referrals/{mine[2].id}").form("/pack"))
    listed = together(browser.get("/referrals"))
    assert listed.count("you took it") == 1
    assert listed.count("taken by") == 1, "nobody has to ask themselves"
    assert "2 more about this account wait to be filed" in browser.get(f"/referrals/{mine[0].id}").text
    assert "about this account wait" not in browser.get(f"/referrals/{other.id}").text


def test_what_is_filed_or_must_not_be_filed_leaves_the_list(line: Line) -> None:
    one, two, three = several(line, 3)
    browser, lead = signed_in(line), line.person("lead", Role.LEAD)
    line.wardline.record_reference(one.id, user=lead.user, reference="IRP-1")
    assert "2 packs for" in together(browser.get("/referrals"))
    overturned(line, two, line.person("olli"))
    assert not together(browser.get("/referrals")), "one stands by itself"
    assert "more about this account" not in browser.get(f"/referrals/{three.id}").text


def test_of_many_packs_the_first_are_shown_and_the_rest_is_counted(line: Line) -> None:
    mine = several(line, 14)
    listed = together(signed_in(line).get("/referrals"))
    assert "14 packs for" in listed
    assert "2 more, after these" in listed
    assert [each.id in listed for each in mine] == [True] * 12 + [False] * 2


def test_packs_for_a_receiver_that_the_settings_do_not_name_are_not_listed_to_be_filed(line: Line) -> None:
    for each in several(line, 2):
        gone = replace(each, authority="other-pack", version=each.version + 1)
        line.store.commit(Replace(gone), entries=[line.parts.entry(Verb.REFERRAL_MOVED, each.id)])
    assert not together(signed_in(line).get("/referrals"))


def test_packs_of_accounts_of_the_same_name_on_two_platforms_are_not_put_together(line: Line) -> None:
    one, two = several(line, 2)
    item = line.store.item(two.files[0].item_id)
    moved = replace(item, platform="another", version=item.version + 1)
    line.store.commit(Replace(moved), entries=[line.parts.entry(Verb.ITEM_ROUTED, item.id)])
    assert not together(signed_in(line).get("/referrals"))
    assert one.id in signed_in(line, Role.LEAD).get("/referrals").text


def test_an_auditor_who_files_nothing_has_no_such_list(line: Line) -> None:
    several(line, 2)
    assert not together(signed_in(line, Role.AUDITOR).get("/referrals"))


def test_whoever_may_have_to_judge_a_case_again_is_not_told_that_it_belongs_to_them(line: Line) -> None:
    for_opinion, for_appeal, *others = several(line, 4)
    without_an_answer(line, for_opinion, Stage.SECOND)
    without_an_answer(line, for_appeal, Stage.APPEAL)
    listed = together(signed_in(line, Role.LEAD).get("/referrals"))
    assert "2 packs for" in listed
    assert all(each.id in listed for each in others)
    assert for_opinion.id not in listed
    assert for_appeal.id not in listed
