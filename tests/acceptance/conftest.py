"""The parts of every story: a clock, both sandboxes, and a line that ends with its audit log in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import PLATFORM_SECRET, START, Line
from wardline.testing.platform_sandbox import PlatformSandbox

MakeLine = Callable[..., Line]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def authority(clock: VirtualClock) -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox(clock_now=clock.now) as sandbox:
        yield sandbox


@pytest.fixture
def platform(clock: VirtualClock) -> Iterator[PlatformSandbox]:
    with PlatformSandbox(PLATFORM_SECRET, now=clock.now) as sandbox:
        yield sandbox


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make_line(
    tmp_path: Path, store: str, clock: VirtualClock, authority: AuthoritySandbox, platform: PlatformSandbox
) -> Iterator[MakeLine]:
    """Make lines that share everything outside; every story ends with a log that verifies."""
    lines: list[Line] = []

    def make(**options: Any) -> Line:
        given: dict[str, Any] = {
            "store": store,
            "clock": clock,
            "authority": authority,
            "platform": platform,
        } | options
        lines.append(Line(tmp_path, **given))
        return lines[-1]

    yield make
    if lines:
        verified = lines[-1].verify()
        assert verified.ok, verified
        assert verified.entries > 0
    for line in lines:
        line.close()


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line()
