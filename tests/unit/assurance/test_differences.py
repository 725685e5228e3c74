"""Where people differ is told of ten or more together, with intervals, and in an order that ranks nothing."""

from __future__ import annotations

from wardline import assurance, records
from wardline.testing import store_records as make

PEOPLE = [f"user-{number}" for number in range(12)]


def cases(first: str, second: str, count: int, *, people: list[str] = PEOPLE) -> list[list[records.Opinion]]:
    """Make settled cases in which two people gave these answers; everybody takes part in turn."""
    return [
        [
            make.opinion(user_id=people[(2 * number + place) % len(people)], answer=answer, settled="x")
            for place, answer in enumerate((first, second))
        ]
        for number in range(count)
    ]


def test_it_counts_among_the_cases_that_were_called_one_or_the_other() -> None:
    a2, b1 = "violation A2", "violation B1"
    found = assurance.differences([*cases(a2, a2, 12), *cases(b1, a2, 5), *cases(a2, b1, 3), *cases(b1, b1, 10), *cases("not-a-violation", "not-a-violation", 40)])  # fmt: skip
    told = {(each.one, each.other): (each.share.hits, each.share.base) for each in found}
    assert told == {
        ("A2", "B1"): (8, 30),
        ("A2", "not-a-violation"): (0, 52),
        ("B1", "not-a-violation"): (0, 50),
    }
    share = found[0].share
    assert share.interval.low < 8 / 30 < share.interval.high


def test_nothing_is_told_of_fewer_than_ten_people() -> None:
    nine, ten = PEOPLE[:9], PEOPLE[:10]
    for people, told in ((nine, 0), (ten, 1)):
        found = assurance.differences([*cases("violation A1", "violation A2", 30, people=people)])
        assert len(found) == told


def test_nothing_is_told_of_fewer_than_twenty_cases() -> None:
    assert assurance.differences(cases("violation A1", "violation A2", 19)) == ()


def test_the_order_is_that_of_the_grades_whatever_differs_most() -> None:
    found = assurance.differences([*cases("other-rule", "not-a-violation", 60), *cases("violation A1", "violation B2", 20)])  # fmt: skip
    assert [(each.one, each.other) for each in found] == [("A1", "B2"), ("not-a-violation", "other-rule")]


def test_of_several_files_the_first_that_was_graded_otherwise_counts() -> None:
    found = assurance.differences(cases("violation A2 B1", "violation A2 B2", 20))
    assert [(each.one, each.other) for each in found] == [("B1", "B2")]
    against = assurance.differences(cases("violation B1 A2", "not-a-violation", 20))
    assert [(each.one, each.other) for each in against] == [("A2", "not-a-violation")]


def test_later_opinions_knew_that_two_differed_and_do_not_count() -> None:
    third = make.opinion(user_id="user-9", answer="violation A1")
    found = assurance.differences([[*each, third] for each in cases("violation A2", "violation B1", 20)])
    assert [(each.one, each.other) for each in found] == [("A2", "B1")]


def test_one_opinion_alone_is_no_pair() -> None:
    assert assurance.differences([case[:1] for case in cases("violation A2", "violation A2", 30)]) == ()
