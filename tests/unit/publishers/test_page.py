from __future__ import annotations

import errno
import os
import re
import threading
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline import records
from wardline.adapters.publishers import PagePublisher
from wardline.errors import DependencyError, StorageFullError

LAST = date(2026, 11, 23)
STEPS = list(records.Step)
VOID = {"meta", "line", "rect", "path", "link", "img", "br"}


def _figures(
    days: int = 3, durations: tuple[records.DurationFigure, ...] = (), scale: int = 1
) -> records.Figures:
    first = LAST - timedelta(days=days - 1)
    counts = tuple(
        records.StepCount(
            day=first + timedelta(days=number), step=step, count=scale * (1000 * number + 10 * place + 1)
        )
        for number in range(days)
        for place, step in enumerate(STEPS)
    )
    made = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    return records.Figures(first_day=first, last_day=LAST, counts=counts, durations=durations, made_at=made)


def _duration(name: str = "case opened to decided", longest: float = 7300.0) -> records.DurationFigure:
    return records.DurationFigure(
        name=name, count=17, median_seconds=12.3, p90_seconds=191.0, longest_seconds=longest
    )


def _page(tmp_path: Path, figures: records.Figures, *, demo: bool = False) -> str:
    path = tmp_path / "figures.html"
    PagePublisher(path, demo=demo).publish(figures)
    return path.read_text(encoding="utf-8")


class _Reader(HTMLParser):
    """Collects the texts of table cells by table class, all attributes, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.table = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag == "table":
            self.table = dict(attrs)["class"] or ""
            self.tables[self.table] = []
        if tag == "tr":
            self.tables[self.table].append([])
        if tag in {"th", "td"}:
            self.tables[self.table][-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"th", "td"} & set(self.open):
            self.tables[self.table][-1][-1] += data.strip()


def test_every_total_and_every_count_of_every_day_is_in_a_table(tmp_path: Path) -> None:
    figures = _figures(days=3)
    tables = _Reader(_page(tmp_path, figures)).tables
    totals = [
        int(row[-1].replace(",", "")) for row in tables["steps"] if len(row) == 3 and row[-1] != "Total"
    ]
    assert sorted(totals) == sorted(figures.total(step) for step in STEPS)
    rows = {row[0]: [int(cell.replace(",", "")) for cell in row[1:]] for row in tables["days"][2:]}
    assert sorted(rows["22 November 2026"]) == [1000 + 10 * place + 1 for place in range(len(STEPS))]
    assert len(rows) == 4
    assert sorted(rows["Total"]) == sorted(totals)


def test_times_are_told_as_count_median_nine_in_ten_and_longest(tmp_path: Path) -> None:
    tables = _Reader(_page(tmp_path, _figures(durations=(_duration(),)))).tables
    assert tables["times"][1] == ["Case opened to decided", "", "17", "12 s", "3 min 11 s", "2 h 1 min"]


def test_the_page_needs_no_script_and_nothing_from_outside(tmp_path: Path) -> None:
    page = _page(tmp_path, _figures(days=14, durations=(_duration(),)), demo=True)
    reader = _Reader(page)
    assert not reader.open
    assert not reader.tags & {"script", "link", "img", "iframe", "object", "use", "image", "form"}
    assert not [
        name
        for name, _ in reader.attributes
        if name.startswith("on") or name in {"src", "href", "style", "xlink:href"}
    ]
    assert not re.search(r"url\(|@import|https?:", page)
    assert "color-scheme: light dark" in page


def test_only_the_demo_says_that_its_pictures_are_drawn_and_harmless(tmp_path: Path) -> None:
    sentence = "Every picture in it was drawn by a program and is harmless"
    assert sentence in _page(tmp_path, _figures(), demo=True)
    assert sentence not in _page(tmp_path, _figures())


def test_text_from_outside_cannot_become_markup(tmp_path: Path) -> None:
    page = _page(tmp_path, _figures(durations=(_duration("<script>alert(1)</script>"),)))
    assert "<script" not in page
    assert "&lt;script" in page


@pytest.mark.parametrize("days", [1, 2, 62, 63, 400, 401])
def test_short_and_long_periods_give_a_whole_page(tmp_path: Path, days: int) -> None:
    page = _page(tmp_path, _figures(days=days))
    reader = _Reader(page)
    assert not reader.open
    assert ('role="img"' in page) == (1 < days <= 400)
    assert ("details" in reader.tags) == (days > 62)
    assert len(reader.tables["days"]) == 2 + days + (days > 1)


def test_a_period_in_which_nothing_happened_gives_a_page_of_zeros(tmp_path: Path) -> None:
    made = datetime(2026, 11, 23, tzinfo=UTC)
    page = _page(
        tmp_path,
        records.Figures(
            first_day=LAST - timedelta(days=1), last_day=LAST, counts=(), durations=(), made_at=made
        ),
    )
    assert {row[-1] for row in _Reader(page).tables["steps"] if len(row) == 3} == {"Total", "0"}
    assert "nan" not in page.lower()


def test_bars_stay_inside_their_space(tmp_path: Path) -> None:
    page = _page(tmp_path, _figures(days=20, durations=(_duration(), _duration("other", 10**7)), scale=137))
    widths = [float(width) for width in re.findall(r'class="(?:fg|p90)" width="([\d.]+)%"', page)]
    assert widths
    assert all(0 < width <= 100 for width in widths)
    columns = re.findall(r'class="col" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', page)
    assert len(columns) == 20
    for x, y, width, height in (tuple(map(float, column)) for column in columns):
        assert 56 <= x < x + width <= 872
        assert y >= 12
        assert y + height == pytest.approx(192, abs=0.2)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 10**9), min_size=len(STEPS), max_size=len(STEPS)))
def test_the_sum_on_the_page_is_the_sum_of_the_figures(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int]
) -> None:
    counts = tuple(
        records.StepCount(day=LAST, step=step, count=number)
        for step, number in zip(STEPS, numbers, strict=True)
    )
    made = datetime(2026, 11, 23, tzinfo=UTC)
    figures = records.Figures(first_day=LAST, last_day=LAST, counts=counts, durations=(), made_at=made)
    page = _page(tmp_path_factory.mktemp("page"), figures)
    shown = [
        int(row[-1].replace(",", ""))
        for row in _Reader(page).tables["steps"]
        if len(row) == 3 and row[-1] != "Total"
    ]
    assert sorted(shown) == sorted(numbers)


def test_a_new_page_takes_the_place_of_the_old_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    _page(tmp_path, _figures(days=1))
    assert "Figures, 22 to 23 November 2026" in _page(tmp_path, _figures(days=2))
    assert [path.name for path in tmp_path.iterdir()] == ["figures.html"]


def test_a_reader_never_sees_half_a_page(tmp_path: Path) -> None:
    path = tmp_path / "figures.html"
    publisher = PagePublisher(path)
    publisher.publish(_figures(days=1))
    stop = threading.Event()

    def publish() -> None:
        while not stop.is_set():
            publisher.publish(_figures(days=30))

    writer = threading.Thread(target=publish)
    writer.start()
    try:
        assert all(path.read_text(encoding="utf-8").endswith("</html>") for _ in range(200))
    finally:
        stop.set()
        writer.join()


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize(("code", "error"), [(errno.ENOSPC, StorageFullError), (errno.EIO, DependencyError)])
def test_a_disk_that_fails_leaves_the_old_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, error: type[Exception]
) -> None:
    old = _page(tmp_path, _figures(days=1))

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(error):
            PagePublisher(tmp_path / "figures.html").publish(_figures(days=2))
    assert (tmp_path / "figures.html").read_text(encoding="utf-8") == old
    assert len(list(tmp_path.iterdir())) == 1


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DependencyError):
        PagePublisher(tmp_path / "missing" / "figures.html").publish(_figures())
