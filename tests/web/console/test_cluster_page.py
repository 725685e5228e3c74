"""The page of a cluster, and what the pages of the queue and of a case say of near copies and of files that somebody saw before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.console.browser import Browser
from wardline import records, review
from wardline.records import Insert, Outcome, Stage
from wardline.testing import pictures
from wardline.testing import store_records as make
from wardline.testing.harness import Line


def like(quality: int) -> bytes:
    return pictures.encode(pictures.scene(3, (320, 240)), quality=quality)


@pytest.fixture
def cases(line: Line) -> list[records.Case]:
    """Two of the same file, and one near it."""
    return [
        line.case_of(line.submit(like(q), account=f"a{n}", flag="spam")) for n, q in enumerate((85, 85, 20))
    ]


def me(line: Line) -> records.User:
    found = line.store.user_named("mika")
    assert found is not None
    return found


def seen_and_decided(line: Line, case: records.Case, user: records.User) -> None:
    line.wardline.claim(case.id, user=user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=user)
    judgement = review.Judgement(outcome=Outcome.NOT_VIOLATION)
    line.wardline.decide(case.id, user=user, judgement=judgement)
    line.pass_time(line.parts.rules.undo_window + timedelta(minutes=1))


def test_the_queue_and_a_case_tell_of_near_copies(desk: Browser, cases: list[records.Case]) -> None:
    assert "With 2 near copies." in desk.get("/queue").text
    shown = desk.get(f"/cases/{cases[0].id}").text
    assert f'<a href="/clusters/{cases[0].cluster_id}">With 2 near copies</a>' in shown


def test_a_case_that_stands_alone_says_nothing_of_copies(desk: Browser, line: Line) -> None:
    line.submit(like(85), flag="spam")
    assert "near cop" not in desk.get("/queue").text


def test_the_page_lists_members_without_pictures_and_opinions_without_names(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    noor = line.person("noor")
    seen_and_decided(line, cases[0], noor.user)
    shown = desk.get(f"/clusters/{cases[0].cluster_id}")
    assert shown.status == 200
    assert all(f"/cases/{case.id}" in shown.text for case in cases)
    assert "No violation" in shown.text
    assert "1 person" in shown.text
    assert "noor" not in shown.text
    assert "<img" not in shown.text
    assert "<script" not in shown.text.replace('<script src="', "")


def test_the_page_keeps_opinions_back_while_one_is_awaited(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    seen_and_decided(line, cases[0], line.person("noor").user)
    asked = make.case(cluster_id=cases[0].cluster_id, stage=Stage.AUDIT)
    line.store.commit(Insert(asked), entries=[make.entry()])
    shown = desk.get(f"/clusters/{cases[0].cluster_id}").text
    assert "Until it is given, none is shown" in shown
    assert "1 person" not in shown


def test_a_large_cluster_comes_in_pages(desk: Browser, line: Line, cases: list[records.Case]) -> None:
    kept: list[object] = []
    for _ in range(60):
        case = make.case(cluster_id=cases[0].cluster_id)
        kept += [case, make.cluster_member(cluster_id=cases[0].cluster_id, case_id=case.id)]
    line.store.commit(*map(Insert, kept), entries=[make.entry()])
    first = desk.get(f"/clusters/{cases[0].cluster_id}")
    assert first.text.count('<a class="id" href="/cases/') == 40
    (later,) = [link for link in first.links if "?after=" in link]
    assert desk.get(later).text.count('<a class="id" href="/cases/') == 23


def test_before_a_reveal_the_page_says_that_this_person_saw_the_file_and_what_they_decided(
    desk: Browser, line: Line, cases: list[records.Case]
) -> None:
    seen_and_decided(line, cases[0], me(line))
    line.wardline.claim(cases[1].id, user=me(line))
    again = desk.get(f"/cases/{cases[1].id}").text
    assert "You were shown this very file before, and decided: no violation" in again
    assert f"/cases/{cases[0].id}" in again
    line.wardline.return_case(cases[1].id, user=me(line))
    line.wardline.claim(cases[2].id, user=me(line))
    assert (
        "You were shown a file near it before, and decided: no violation"
        in desk.get(f"/cases/{cases[2].id}").text
    )


def test_somebody_else_is_told_nothing_of_it(desk: Browser, line: Line, cases: list[records.Case]) -> None:
    seen_and_decided(line, cases[0], line.person("noor").user)
    line.wardline.claim(cases[1].id, user=me(line))
    assert "You were shown" not in desk.get(f"/cases/{cases[1].id}").text


def test_near_files_are_handed_out_before_others_and_the_same_file_after_them(
    line: Line, desk: Browser, cases: list[records.Case]
) -> None:
    other = line.case_of(line.submit(pictures.encode(pictures.scene(4, (320, 240))), flag="spam"))
    danger_later = pictures.encode(pictures.scene(5, (320, 240)))
    seen_and_decided(line, cases[0], me(line))
    queue = [case.id for case in line.wardline.queue(me(line))]
    assert queue == [cases[2].id, other.id, cases[1].id]
    danger = line.case_of(line.submit(danger_later, flag=records.IMMINENT_DANGER))
    assert [case.id for case in line.wardline.queue(me(line))][:2] == [danger.id, cases[2].id]
    noor = line.person("noor").user
    assert next(case.id for case in line.wardline.queue(noor)) == danger.id


def test_the_page_of_a_copy_says_whose_word_decided_it(desk: Browser, line: Line) -> None:
    # Five of 100 are sampled: of four copies one is decided at least.
    found = [line.case_of(line.submit(like(85), account=f"a{n}", flag="spam")) for n in range(6)]
    for case, name in zip(found, ("noor", "otto"), strict=False):
        seen_and_decided(line, case, line.person(name).user)
    decided = [case for case in found[2:] if line.store.case(case.id).state is records.CaseState.CLOSED]
    shown = desk.get(f"/cases/{decided[0].id}").text
    assert "two people decided an identical file" in shown
    assert line.store.decisions_of(decided[0].id)[-1].spread_from
