"""A day is given without its zone: nothing that is counted from it, or lasts until it, ends before that day ended everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wardline.cli import days
from wardline.errors import InputError
from wardline.preservation import Arrival

NOW = datetime(2026, 11, 27, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_day_lasts_until_it_is_over_in_its_last_time_zone() -> None:
    assert days.last_of("2027-06-01") == datetime(2027, 6, 2, 12, tzinfo=UTC)
    assert days.last_of("2027-06-01T09:30") == datetime(2027, 6, 1, 9, 30, tzinfo=UTC)
    assert days.last_of(None) is None


def test_what_arrived_on_a_day_may_have_arrived_at_its_end() -> None:
    found = days.arrival("2026-11-20", NOW)
    assert (found.at, found.at_the_latest) == (
        datetime(2026, 11, 20, tzinfo=UTC),
        datetime(2026, 11, 21, 12, tzinfo=UTC),
    )


def test_what_arrived_today_arrived_by_now() -> None:
    found = days.arrival("2026-11-27", NOW)
    assert (found.at, found.at_the_latest) == (datetime(2026, 11, 27, tzinfo=UTC), NOW)


def test_it_may_be_tomorrow_already_where_somebody_reads_the_letter() -> None:
    evening = NOW + 2 * HOUR  # in Auckland the 28th has begun
    found = days.arrival("2026-11-28", evening)
    assert (found.at, found.at_the_latest) == (evening, evening)
    assert days.arrival("2026-11-28", NOW - 2 * HOUR).at > NOW  # nowhere yet: refused as in the future


def test_an_exact_time_is_taken_as_it_is() -> None:
    exact = datetime(2026, 11, 26, 23, 59, tzinfo=UTC)
    assert days.arrival("2026-11-26T23:59", NOW) == Arrival(at=exact, at_the_latest=exact)
    assert days.arrival(None, NOW) == Arrival(at=NOW, at_the_latest=NOW)


def test_the_last_day_of_all_is_refused() -> None:
    with pytest.raises(InputError):
        days.last_of("9999-12-31")
    with pytest.raises(InputError):
        days.arrival("9999-12-31", NOW)


@pytest.mark.parametrize("given", ["", "tomorrow", "2026-13-01", "2026-11-27 10:00", "2026-11-27T10:00Z"])
def test_what_is_no_time_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="expected YYYY-MM-DD"):
        days.last_of(given)
