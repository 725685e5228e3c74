"""Figures are published with an entry, or not at all."""

from __future__ import annotations

import pytest

from wardline import records
from wardline.errors import StoreUnavailableError
from wardline.testing.harness import START, Line


class Page:
    """Keeps what was published."""

    def __init__(self) -> None:
        self.published: list[records.Figures] = []

    def publish(self, figures: records.Figures) -> None:
        self.published.append(figures)


def test_published_figures_stand_in_the_log(line: Line) -> None:
    page = Page()
    figures = line.wardline.statistics(START.date(), START.date())

    line.wardline.publish(figures, publisher=page)

    line.sequence()
    assert page.published == [figures]
    assert [entry.verb for _, entry in line.wardline.newest_entries(1)] == [records.Verb.FIGURES_PUBLISHED]


def test_without_an_entry_nothing_is_published(line: Line) -> None:
    page = Page()
    figures = line.wardline.statistics(START.date(), START.date())
    line.store.close()

    with pytest.raises(StoreUnavailableError):
        line.wardline.publish(figures, publisher=page)
    assert page.published == []
