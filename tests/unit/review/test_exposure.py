from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made import NOW, new_id
from wardline import records, review

MIKA = new_id("user")


def _reveal(item: str, seconds_ago: float) -> records.Reveal:
    at = NOW - timedelta(seconds=seconds_ago)
    return records.Reveal(id=new_id("reveal"), case_id="case-1", item_id=item, user_id=MIKA, at=at, frame=0)


def _end(reveal: records.Reveal, seconds: float) -> records.Covering:
    at = reveal.at + timedelta(seconds=seconds)
    return records.Covering(id=new_id("covering"), reveal_id=reveal.id, user_id=MIKA, at=at)


def test_a_file_counts_once_however_often_it_is_shown() -> None:
    shown = [_reveal("item-1", 300), _reveal("item-1", 200), _reveal("item-2", 100)]
    assert review.exposure(shown, [], now=NOW).files == 2


def test_a_showing_lasts_until_it_was_covered_and_a_minute_at_most() -> None:
    covered, forgotten, running = _reveal("item-1", 300), _reveal("item-2", 200), _reveal("item-3", 7)
    found = review.exposure([covered, forgotten, running], [_end(covered, 12)], now=NOW)
    assert found.seconds == 12 + 60 + 7


def test_what_was_covered_or_ran_out_runs_no_more() -> None:
    covered, old, running = _reveal("item-1", 30), _reveal("item-2", 60), _reveal("item-3", 59)
    assert review.running_reveals([covered, old, running], [_end(covered, 5)], now=NOW) == (running,)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(0, 500), st.none() | st.floats(-10, 500)), max_size=12)
)
def test_exposure_is_never_negative_and_never_more_than_a_minute_a_showing(
    shown: list[tuple[int, float, float | None]],
) -> None:
    reveals = [_reveal(f"item-{item}", ago) for item, ago, _ in shown]
    ends = [
        _end(reveal, length)
        for reveal, (_, _, length) in zip(reveals, shown, strict=True)
        if length is not None
    ]
    found = review.exposure(reveals, ends, now=NOW)
    assert 0 <= found.seconds <= 60 * len(reveals)
    assert found.files == len({item for item, _, _ in shown})
