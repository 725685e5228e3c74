"""A sandbox with a clock for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.exchanges.owners import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    with made.sandbox:
        yield made
