"""Which part of NCMEC's time is read next."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from wardline.adapters.exchanges import windows
from wardline.adapters.exchanges.windows import Window

NOW = 1_795_000_000
YEAR = 366 * 86_400


def walk(since: int | None, now: int, has_more: Callable[[], bool] = lambda: False) -> list[Window]:
    """Walk to the end. Gives the windows that were read to their end."""
    done = []
    window = windows.opened(since, now)
    while window is not None:
        more = has_more()
        following = windows.after(window, "/v2/entries?x" if more else None, now)
        if not more:
            done.append(window)
        window = following
        assert len(done) < 20_000
    return done


@given(st.integers(), st.one_of(st.none(), st.integers(NOW - YEAR, NOW)))
def test_the_windows_that_were_read_to_the_end_leave_no_second_out(seed: int, since: int | None) -> None:
    chance = random.Random(seed)
    with mock.patch.object(windows, "MOST_PAGES", 2):
        done = walk(since, NOW, lambda: chance.random() < 0.3)
    assert done[-1].end == NOW - windows.LAG_SECONDS
    assert done[0].start == max(0, (since or 0) - windows.OVERLAP_SECONDS)
    for before, after in pairwise(done):
        assert before.start < after.start < before.end < after.end  # they overlap, and time goes on


def test_everything_is_asked_for_in_one_window_as_long_as_it_is_short() -> None:
    [window] = walk(None, NOW)
    assert (window.start, window.end) == (0, NOW - windows.LAG_SECONDS)


def test_a_window_that_turns_out_long_is_cut_and_begins_again() -> None:
    window = windows.opened(None, NOW)
    assert window is not None
    cut = window
    while cut.end == window.end:
        following = windows.after(cut, "/v2/entries?x", NOW)
        assert following is not None
        assert following.pages <= windows.MOST_PAGES
        cut = following
    assert cut.start == window.start
    assert cut.end - cut.start < (window.end - window.start) // 7
    assert (cut.pages, cut.next) == (0, None)


def test_even_the_shortest_window_is_read_to_its_end_however_many_pages_it_has() -> None:
    window = windows.opened(None, windows.LEAST_SECONDS + windows.LAG_SECONDS)
    assert window is not None
    for page in range(3 * windows.MOST_PAGES):
        assert window.pages == page
        following = windows.after(window, "/v2/entries?x", NOW)
        assert following is not None
        assert following.end == window.end
        window = following
    assert windows.after(window, None, NOW) is None


def test_a_paging_address_is_used_for_hours_and_not_longer() -> None:
    opened = windows.opened(NOW - YEAR, NOW)
    assert opened is not None
    window = windows.after(opened, "/v2/entries?x", NOW)
    assert window is not None
    assert windows.resumed(window, NOW + windows.KEEP_SECONDS) is window
    for later in (NOW + windows.KEEP_SECONDS + 1, NOW - 1):
        again = windows.resumed(window, later)
        assert (again.start, again.next, again.pages) == (window.start, None, 0)
        assert again.end < window.end


def test_a_clock_that_was_put_back_gives_no_window() -> None:
    assert windows.opened(NOW, NOW - windows.OVERLAP_SECONDS + windows.LAG_SECONDS) is None
