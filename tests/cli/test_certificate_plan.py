"""``wardline certificate plan``: from options, from an installation, and what it refuses."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Place, run


def test_a_plan_from_options_says_how_many_items_and_days() -> None:
    ended = run("certificate", "plan", "--uploads", "100000", "--sentinels", "20", "--json")
    assert ended.code == 0
    plan = ended.json
    assert plan["audited_a_day"] == 1000
    assert (plan["clear"]["fewest"], plan["act"]["fewest"]) == (836, 8372)
    assert plan["clear"]["days_by_audit"] == pytest.approx(83.6)
    # Thirty violating items a day over two channels, each of which has to carry the threshold alone.
    assert plan["clear"]["days_with_sentinels"] == pytest.approx(836 / 15)
    later = run("certificate", "plan", "--uploads", "100000", "--try", "3", "--json").json
    assert later["clear"]["fewest"] > plan["clear"]["fewest"]
    assert plan["clear"]["days_comfortably"] > plan["clear"]["days_with_sentinels"]


def test_the_text_names_both_arms_and_says_that_one_channel_is_not_enough() -> None:
    alone = run("certificate", "plan", "--uploads", "100000")
    assert alone.code == 0
    assert "clear" in alone.out
    assert "act" in alone.out
    assert "84 days" in alone.out
    assert "Without sentinels there is one channel" in alone.out
    assert "Without sentinels" not in run("certificate", "plan", "--uploads", "1000", "--sentinels", "3").out


def test_where_nothing_is_audited_it_takes_for_ever() -> None:
    ended = run("certificate", "plan", "--uploads", "1000", "--audit-percent", "0", "--json")
    assert ended.json["clear"]["days_by_audit"] is None
    assert "never" in run("certificate", "plan", "--uploads", "1000", "--audit-percent", "0").out


def test_an_installation_without_uploads_cannot_be_planned_for(place: Place) -> None:
    ended = place.run("certificate", "plan", "--json")
    assert ended.code == 2
    assert "--uploads" in ended.error["advice"]


@pytest.mark.parametrize(
    "wrong", [("--cap-clear", "0"), ("--cap-act", "1"), ("--error", "0"), ("--prevalence", "2")]
)
def test_shares_out_of_range_are_refused(wrong: tuple[str, str]) -> None:
    ended = run("certificate", "plan", "--uploads", "1000", *wrong, "--json")
    assert ended.code == 2
    assert ended.error["error"] == "invalid-input"


def test_a_folder_without_an_installation_is_told(tmp_path: object) -> None:
    ended = run("certificate", "plan", "--folder", tmp_path, "--json")
    assert ended.code == 2
    assert "no installation" in ended.error["message"]


def test_the_story_is_told_as_text_and_as_json() -> None:
    told = run("bench", "assurance", "--story")
    assert told.code == 0
    assert told.out.startswith("Simulated")
    assert "suspended" in told.out
    scenes = run("bench", "assurance", "--story", "--json").json
    assert scenes["simulated"] is True
    assert scenes["scenes"][-1]["turn"] == "end"
