"""The story of automation: its turning points, and that the functions of assurance are what turns it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wardline import assurance
from wardline.capacity import Plot, Scene, Turn, rehearse_automation


@pytest.fixture(scope="module")
def told() -> list[Scene]:
    return list(rehearse_automation())


def of(told: list[Scene], turn: Turn) -> list[Scene]:
    return [each for each in told if each.turn is turn]


def test_nothing_is_automated_before_a_certificate(told: list[Scene]) -> None:
    (cold,) = of(told, Turn.COLD)
    assert cold.facts["route"] == "Review"
    assert [each.turn for each in told].index(Turn.COLD) < [each.turn for each in told].index(Turn.CERTIFIED)


def test_the_machine_may_add_a_tenth_of_what_people_do_wrong(told: list[Scene]) -> None:
    (people,) = of(told, Turn.PEOPLE)
    assert 0 < float(people.facts["cap_clear"]) <= 0.005
    assert 0 < float(people.facts["cap_act"]) <= 0.0005
    assert float(people.facts["cap_clear"]) < 0.1 * int(people.facts["missed"]) / Plot().human_trials


def test_too_few_items_a_detector_worse_than_the_people_and_biased_sentinels_are_refused(
    told: list[Scene],
) -> None:
    few, worse, biased = (str(each.facts["why"]) for each in of(told, Turn.REFUSED))
    assert "836" in few
    assert "no try is spent" in few
    assert worse == "worse than the people"
    assert biased == "its sentinels disagree"
    second = of(told, Turn.REFUSED)[1].facts
    assert float(second["alone"]) > float(second["people"])


def test_a_good_one_is_certified_once_and_keeps_its_cap(told: list[Scene]) -> None:
    (certified,) = of(told, Turn.CERTIFIED)
    assert "pooled" in str(certified.facts["detector"])
    assert float(certified.facts["limit"]) <= float(certified.facts["cap"])
    assert float(certified.facts["true_share"]) <= float(certified.facts["cap"])
    assert float(certified.facts["load"]) < 0.5


def test_each_try_has_what_a_lifetime_leaves_to_it(told: list[Scene]) -> None:
    (certified,) = of(told, Turn.CERTIFIED)
    # The thresholds of a leaflet and the biased sentinels were the first and the second look at the scores.
    assert certified.facts["level"] == assurance.error_of_try(0.05, 3)
    assert "try 2 of the arm" in of(told, Turn.CHANNELS)[0].text
    assert "try 3 of the arm" in of(told, Turn.CHANNELS)[1].text


def test_drift_suspends_it_and_nothing_takes_that_back(told: list[Scene]) -> None:
    assert [each.turn for each in told][-4:] == [Turn.CERTIFIED, Turn.KEPT, Turn.SUSPENDED, Turn.END]
    kept, suspended = told[-3], told[-2]
    assert float(kept.facts["evidence"]) < 20 <= float(suspended.facts["evidence"])
    assert 0 < int(suspended.facts["later"]) < 10 * float(suspended.facts["wald"])


def test_time_only_goes_on_and_the_story_says_that_it_is_simulated(told: list[Scene]) -> None:
    assert [each.at for each in told] == sorted(each.at for each in told)
    assert told[0].text.startswith("Simulated.")


def test_the_same_seed_tells_the_same_story(told: list[Scene]) -> None:
    assert list(rehearse_automation()) == told


def test_without_room_below_the_people_nothing_is_ever_certified() -> None:
    strict = replace(Plot(), policy_clear=1e-5, policy_act=1e-6)
    assert not of(list(rehearse_automation(strict)), Turn.CERTIFIED)
