"""What one person's opinions come to, with exact intervals, and nothing of too few."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline import assurance, records
from wardline.errors import InputError
from wardline.records import Stage
from wardline.testing import store_records as make

MIKA, NOOR, OLLI = "user-mika", "user-noor", "user-olli"


def judged(number: int, *answers: tuple[str, str], settled: str | None = None) -> list[records.Opinion]:
    """Make the opinions of one case."""
    return [
        make.opinion(
            case_id=f"case-{number}", user_id=user, answer=answer, stage=Stage.FIRST, settled=settled or answers[-1][1],
            settled_at=make.NOON,
        )
        for user, answer in answers
    ]  # fmt: skip


def test_the_interval_is_that_of_the_published_tables() -> None:
    # Source: exact limits as R's binom.test gives them, e.g. 7 of 20 and 0 of 20.
    found = assurance.exact_interval(7, 20)
    assert (found.low, found.high) == pytest.approx((0.1539092, 0.5921885), abs=1e-7)
    assert assurance.exact_interval(0, 20).high == pytest.approx(1 - 0.025 ** (1 / 20), abs=1e-9)
    assert assurance.exact_interval(20, 20).low == pytest.approx(0.025 ** (1 / 20), abs=1e-9)
    with pytest.raises(InputError):
        assurance.exact_interval(2, 1)


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_the_interval_misses_the_true_share_no_more_often_than_it_says(base: int, share: float) -> None:
    missed = 0.0
    for hits in range(base + 1):
        found = assurance.exact_interval(hits, base)
        if not found.low - 1e-9 <= share <= found.high + 1e-9:
            missed += math.comb(base, hits) * share**hits * (1 - share) ** (base - hits)
    assert missed <= 0.05 + 1e-9


def test_alpha_is_that_of_the_textbook() -> None:
    # Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section B: two observers, nominal data, alpha = 0.692.
    first = ["a", "a", "b", "b", "d", "c", "c", "c", "e", "d", "d", "a"]
    second = ["b", "a", "b", "b", "b", "c", "c", "c", "e", "d", "d", "d"]
    found, interval = assurance.alpha(zip(first, second, strict=True))
    assert found == pytest.approx(0.692, abs=5e-4)
    assert interval is not None
    assert interval.low < 0.692 < interval.high <= 1


def test_alpha_says_nothing_where_nobody_could_have_differed() -> None:
    assert assurance.alpha([("x", "x")] * 30) == (None, None)
    assert assurance.alpha([]) == (None, None)


def test_nothing_is_said_of_fewer_than_twenty() -> None:
    cases = {f"case-{n}": judged(n, (MIKA, "x"), (NOOR, "x")) for n in range(19)}
    found = assurance.measure(MIKA, cases)
    assert (found.opinions, found.agreement, found.alpha, found.overruled) == (19, None, None, None)


def test_agreement_and_errors_have_their_base() -> None:
    same = {f"case-{n}": judged(n, (MIKA, "x"), (NOOR, "x")) for n in range(70)}
    differ = {f"case-{n}": judged(n, (NOOR, "y"), (MIKA, "x"), (OLLI, "y")) for n in range(70, 100)}
    found = assurance.measure(MIKA, {**same, **differ})
    assert found.agreement is not None
    assert (found.agreement.hits, found.agreement.base) == (70, 100)
    assert found.overruled is not None
    assert (found.overruled.hits, found.overruled.base) == (30, 30)


def test_a_third_opinion_is_no_blind_one() -> None:
    cases = {f"case-{n}": judged(n, (NOOR, "y"), (OLLI, "x"), (MIKA, "x")) for n in range(30)}
    found = assurance.measure(MIKA, cases)
    assert found.opinions == 0
    assert found.overruled is not None
    assert found.overruled.hits == 0


def test_a_disguise_looks_like_the_sample() -> None:
    made = assurance.disguise("Account-0042_x", bytes(range(7, 40)))
    assert made != "Account-0042_x"
    assert [(a.isdigit(), a.islower(), a.isupper()) for a in made] == [
        (a.isdigit(), a.islower(), a.isupper()) for a in "Account-0042_x"
    ]
    assert (made[7], made[12]) == ("-", "_")


def test_a_person_gets_what_they_did_not_have_yet() -> None:
    items = [make.golden_item() for _ in range(3)]
    had = {items[0].id, items[2].id}
    assert assurance.choose(items, had, chance=0.999) == items[1]
    assert assurance.choose(items, {each.id for each in items}, chance=0.0) is None
