"""Whoever needs to stop, or passes a picture on, is handed neither it nor what is like it when they come back, while anything else waits."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture
from tests.acceptance.test_files_that_look_alike import like
from wardline import records, review
from wardline.pipeline import Rules
from wardline.records import Outcome, Verb
from wardline.testing.harness import REPORTER, Line

COPIES = 9
"""More than a hand-out looks at first."""


def in_order(order: review.Order) -> Rules:
    return Rules(reporter=REPORTER, order=order, oldest_share=0.0, restricted_share=0.0)


def copies_and_another(line: Line) -> tuple[list[records.Case], records.Case]:
    """Have near and identical copies of one picture flagged, and one other picture that fewer see."""
    names = [f"copy-{number}" for number in range(COPIES)]
    uploads = [
        line.submit(like(quality), account=name, content_reference=name, flag="spam", views_per_hour=50.0)
        for name, quality in zip(names, (85, 85, 40, 50, 55, 60, 65, 70, 75), strict=True)
    ]
    other = line.submit(
        picture(7), account="other", content_reference="other", flag="spam", views_per_hour=1.0
    )
    return [line.case_of(each) for each in uploads], line.case_of(other)


@pytest.mark.parametrize("order", list(review.Order))
def test_after_stopping_another_kind_of_picture_comes_first_and_what_is_like_it_last(
    make_line: MakeLine, order: review.Order
) -> None:
    line = make_line(rules=in_order(order))
    mika, noor = line.person("mika").user, line.person("noor").user
    copies, other = copies_and_another(line)
    taken = line.wardline.claim(copies[0].id, user=mika)
    line.wardline.reveal(taken.id, item_id=taken.item_ids[0], user=mika)
    line.wardline.stop(taken.id, user=mika)
    assert line.wardline.queue(mika)[0].id == other.id
    first = line.wardline.next_case(mika)
    assert first is not None
    assert first.id == other.id
    # Also after another picture was looked at meanwhile; only when nothing else waits does it come.
    line.wardline.reveal(first.id, item_id=first.item_ids[0], user=mika)
    line.wardline.decide(first.id, user=mika, judgement=review.Judgement(outcome=Outcome.NOT_VIOLATION))
    late = line.case_of(
        line.submit(picture(8), account="late", content_reference="late", flag="spam", views_per_hour=1.0)
    )
    second, third = line.wardline.next_case(mika), line.wardline.next_case(mika)
    assert second is not None
    assert second.id == late.id
    assert third is not None
    assert third.id in {case.id for case in copies[1:]}
    assert taken.id in {case.id for case in line.wardline.queue(noor)}


def test_stopping_looks_like_passing_on_in_the_log(line: Line) -> None:
    mika, noor = line.person("mika").user, line.person("noor").user
    case = line.case_of(line.submit(picture(1), flag="spam"))
    line.wardline.claim(case.id, user=mika)
    line.wardline.stop(case.id, user=mika)
    line.sequence()
    assert line.wardline.entries_about(case.id, 1)[0][1].verb is Verb.CASE_PASSED
    assert line.wardline.next_case(mika) is None
    assert (
        line.wardline.claim(case.id, user=mika).claimed_by == mika.id
    )  # as with what was passed on, they may choose it
    line.wardline.stop(case.id, user=mika)
    assert line.wardline.next_case(noor) is not None


def test_nothing_follows_from_stopping_where_nobody_else_is_left(line: Line) -> None:
    mika = line.person("mika").user
    case = line.case_of(line.submit(picture(1), flag="spam"))
    line.wardline.claim(case.id, user=mika)
    line.wardline.stop(case.id, user=mika)
    line.run_due()
    back = line.store.case(case.id)
    assert (back.claimed_by, back.passed_by) == (None, ())
    assert line.store.open_alarms() == []
