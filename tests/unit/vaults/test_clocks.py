from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wardline.adapters.clocks import SystemClock
from wardline.errors import InputError
from wardline.testing.clock import VirtualClock

START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_a_virtual_clock_stands_still_until_it_is_moved() -> None:
    clock = VirtualClock(START)
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(days=365)) == clock.now() == START + timedelta(days=365)
    clock.advance(timedelta(0))
    assert clock.now() == START + timedelta(days=365)


def test_a_virtual_clock_never_runs_backwards_and_knows_its_zone() -> None:
    with pytest.raises(InputError):
        VirtualClock(START).advance(timedelta(seconds=-1))
    with pytest.raises(InputError):
        VirtualClock(START.replace(tzinfo=None))


def test_the_system_s_clock_is_in_utc_and_does_not_stand_in_the_past() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
    assert SystemClock().now() > START - timedelta(days=3650)
