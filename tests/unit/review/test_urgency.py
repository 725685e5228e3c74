"""From signals to likelihood, severity and virality, and their words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.made import NOW, case, context, item, match
from wardline import records, review
from wardline.errors import InputError
from wardline.records import Category, Lane, ListMeaning, ListTrust, Odds, Visibility
from wardline.review import Weights

WEIGHTS = Weights()
FLAG = records.Flag(reason="spam")


def severity_of(*signals: records.Signal) -> float:
    return review.severity(review.assess(signals, context(), WEIGHTS).odds, WEIGHTS)


def test_graver_signals_count_for_more() -> None:
    falling = [
        match(category=Category.A1), match(category=Category.A1, distance_bits=20), match(category=Category.A2, trust=ListTrust.UNVERIFIED),
        match(category=Category.A1, doubt=records.Doubt.HELD), match(category=Category.B1),
        match(category=None, meaning=ListMeaning.EXPLOITATIVE), match(category=None, meaning=ListMeaning.HOUSE_RULES),
    ]  # fmt: skip
    assert [severity_of(each) for each in falling] == sorted(map(severity_of, falling), reverse=True)
    assert severity_of(match(category=Category.B2)) > severity_of(FLAG)


def test_another_signal_never_makes_a_case_less_grave() -> None:
    for known in (FLAG, match(category=Category.B1), records.Unscannable(source="media", reason="damaged")):
        for more in (FLAG, match(category=Category.A2), match(category=None, trust=ListTrust.UNVERIFIED)):
            assert severity_of(known, more) == max(severity_of(known), severity_of(more))


def test_an_authoritys_notice_weighs_as_much_as_a_trusted_flaggers_flag_and_is_never_both() -> None:
    notice = records.OfficialNotice(authority="Example Police", number="2026/7", received_at=NOW)
    official = records.Flag(reason="spam", official=notice)
    assert severity_of(official) == severity_of(records.Flag(reason="spam", trusted=True)) > severity_of(FLAG)
    with pytest.raises(InputError):
        records.Flag(reason="spam", trusted=True, official=notice)


@pytest.mark.parametrize("probability", [0.0, 0.3, 1.0])
def test_a_detectors_probability_is_that_of_any_violation(probability: float) -> None:
    score = records.Score(detector="d", detector_version="1", probability=probability)
    assert review.assess([score], context(), WEIGHTS).odds.violation == pytest.approx(probability)


def test_odds_are_no_more_than_certain() -> None:
    with pytest.raises(InputError):
        Odds(a=0.5, b=0.5, other=0.1)
    for meaning in ListMeaning:
        assert review.assess([match(category=None, meaning=meaning)], None, WEIGHTS).odds.violation <= 1


@pytest.mark.parametrize(
    ("surface", "visibility", "lane"),
    [
        ("post", Visibility.PUBLIC, Lane.DAYS), ("avatar", Visibility.PUBLIC, Lane.WEEKS), ("Profile Picture", Visibility.PUBLIC, Lane.WEEKS),
        ("live_stream", Visibility.PUBLIC, Lane.HOURS), ("anything", Visibility.PRIVATE, Lane.HOURS), ("avatar", Visibility.PRIVATE, Lane.WEEKS),
    ],
)  # fmt: skip
def test_where_it_was_posted_says_how_long_it_is_looked_at(
    surface: str, visibility: Visibility, lane: Lane
) -> None:
    assert review.lane_of(context(surface=surface, visibility=visibility)) is lane


def test_views_that_the_platform_does_not_say_are_those_of_the_settings() -> None:
    known = review.assess([FLAG], context(views_per_hour=0.0), WEIGHTS)
    assert (known.views_per_hour, known.views_known) == (0.0, True)
    for visibility, views in ((Visibility.PUBLIC, 10.0), (Visibility.PRIVATE, 1.0)):
        found = review.assess([FLAG], context(visibility=visibility), WEIGHTS)
        assert (found.views_per_hour, found.views_known) == (views, False)


@pytest.mark.parametrize("views", [-1.0, float("nan"), float("inf"), 1e10])
def test_views_that_cannot_be_are_refused(views: float) -> None:
    with pytest.raises(InputError, match="views_per_hour"):
        context(views_per_hour=views)


def ranked(*signals: records.Signal, views: float | None = None, **fields: object) -> records.Case:
    subject = item(context=context(views_per_hour=views))
    return review.rank(case(**fields), subject, signals, weights=WEIGHTS, now=NOW)


def test_the_three_factors_are_told_in_words() -> None:
    assert review.factors(ranked(match(category=Category.A1), views=2000.0)) == (
        "Category A1",
        "seen by very many",
        "very likely",
    )
    assert review.factors(ranked(match(category=Category.B1, trust=ListTrust.UNVERIFIED), views=500.0))[
        1:
    ] == ("seen by many", "likely")
    assert review.factors(ranked(FLAG)) == ("Category unknown", "reach unknown", "possible")
    assert review.factors(ranked(FLAG, views=3.0))[1] == "seen by few"
    assert review.factors(case()) == ()


def test_a_flag_that_says_so_and_nothing_else_makes_a_case_imminent_and_it_stays_so() -> None:
    urgent = ranked(records.Flag(reason="imminent-danger"))
    assert urgent.imminent_since == NOW
    assert ranked(FLAG).imminent_since is None
    again = review.rank(urgent, item(), [FLAG], weights=WEIGHTS, now=NOW.replace(year=2027))
    assert again.imminent_since == NOW


def test_what_is_known_later_moves_a_case_up_and_never_down() -> None:
    flagged = ranked(FLAG)
    listed = review.rank(flagged, item(), [match(category=Category.A1)], weights=WEIGHTS, now=NOW)
    assert flagged.views_turn is not None
    assert listed.views_turn is not None
    assert listed.views_turn < flagged.views_turn
    assert review.rank(listed, item(), [FLAG], weights=WEIGHTS, now=NOW) == listed
    assert (listed.version, listed.opened_at) == (flagged.version, flagged.opened_at)


def test_hidden_content_is_seen_less_and_waiting_still_costs() -> None:
    shown, hidden = ranked(match(category=Category.B1)), ranked(match(category=Category.B1), restricted=True)
    assert shown.views_turn is not None
    assert hidden.views_turn is not None
    assert hidden.views_turn > shown.views_turn
    innocent = replace(WEIGHTS, delay_a=0.0, delay_b=0.0)
    kept = review.rank(case(restricted=True), item(), [FLAG], weights=innocent, now=NOW)
    assert kept.delay_turn is not None, "wrongful restriction alone is a reason to decide soon"
    assert review.rank(case(), item(), [FLAG], weights=innocent, now=NOW).delay_turn is None


def test_weights_of_nothing_give_no_place_instead_of_a_broken_one() -> None:
    nothing = Weights(severity_a=0, severity_b=0, severity_other=0, delay_a=0, delay_b=0)
    placed = review.rank(case(), item(), [FLAG], weights=nothing, now=NOW)
    assert (placed.views_turn, placed.delay_turn) == (None, None)
