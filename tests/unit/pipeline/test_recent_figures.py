"""Figures on a page: counted once a minute, however many people look."""

from __future__ import annotations

from datetime import timedelta

from wardline import records
from wardline.testing.harness import START, Line

TODAY = START.date()
STEP = records.Step.REVEALS


def count_one(line: Line) -> None:
    line.store.commit(records.Add(STEP, TODAY), entries=())


def test_figures_of_the_last_minute_are_given_again_with_the_moment_of_counting(line: Line) -> None:
    count_one(line)
    first = line.wardline.recent_statistics(TODAY, TODAY)
    count_one(line)
    line.clock.advance(timedelta(seconds=59))
    again = line.wardline.recent_statistics(TODAY, TODAY)
    assert again == first
    assert (again.made_at, again.total(STEP)) == (START, 1)
    assert line.wardline.statistics(TODAY, TODAY).total(STEP) == 2


def test_after_a_minute_a_period_is_counted_anew(line: Line) -> None:
    line.wardline.recent_statistics(TODAY, TODAY)
    count_one(line)
    line.clock.advance(timedelta(minutes=1))
    figures = line.wardline.recent_statistics(TODAY, TODAY)
    assert (figures.made_at, figures.total(STEP)) == (line.clock.now(), 1)


def test_each_period_has_figures_of_its_own(line: Line) -> None:
    count_one(line)
    yesterday = TODAY - timedelta(days=1)
    assert line.wardline.recent_statistics(TODAY, TODAY).total(STEP) == 1
    assert line.wardline.recent_statistics(yesterday, yesterday).total(STEP) == 0
    assert line.wardline.recent_statistics(yesterday, TODAY).total(STEP) == 1


def test_figures_of_many_periods_are_not_kept(line: Line) -> None:
    line.wardline.recent_statistics(TODAY, TODAY)
    count_one(line)
    for days in range(1, 40):
        line.wardline.recent_statistics(TODAY - timedelta(days=days), TODAY - timedelta(days=days))
    assert line.wardline.recent_statistics(TODAY, TODAY).total(STEP) == 1
