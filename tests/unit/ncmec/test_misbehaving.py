"""Faults of the sandbox authority are chosen by name."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from wardline.errors import InputError
from wardline.testing.authority_misbehaving import chosen, clock_ahead
from wardline.testing.authority_sandbox import Fault


def test_without_a_name_nothing_goes_wrong() -> None:
    assert chosen([], 100) is None


def test_a_fault_alone_is_for_any_call_but_that_for_the_schema() -> None:
    faults = chosen(["drop-after"], 100)
    assert faults is not None
    assert [faults(call, 1) for call in ("submit", "finish", "xsd")] == [
        Fault.DROP_AFTER,
        Fault.DROP_AFTER,
        None,
    ]


def test_a_fault_of_a_call_is_for_that_call_only() -> None:
    faults = chosen(["finish=garbage", "xsd=garbage"], 100)
    assert faults is not None
    assert [faults(call, 1) for call in ("submit", "finish", "xsd")] == [None, Fault.GARBAGE, Fault.GARBAGE]


def test_so_many_calls_in_a_hundred_go_wrong_and_of_several_faults_each_comes() -> None:
    faults = chosen(["drip", "delay"], 30, chance=random.Random(1))
    assert faults is not None
    told = [faults("submit", number) for number in range(1000)]
    assert 200 < sum(each is not None for each in told) < 400
    assert {each for each in told if each} == {Fault.DRIP, Fault.DELAY}


@pytest.mark.parametrize("name", ["", "nonsense", "finish=", "nowhere=drip", "=nonsense"])
def test_an_unknown_fault_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(InputError, match="drop-before"):
        chosen([name], 100)


def test_a_clock_is_ahead_or_behind() -> None:
    assert abs(clock_ahead(-25)() - (datetime.now(UTC) - timedelta(hours=25))) < timedelta(seconds=5)
