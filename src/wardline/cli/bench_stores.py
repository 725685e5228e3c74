"""The stores that can be measured."""

from __future__ import annotations

from enum import StrEnum


class BenchStore(StrEnum):
    """A store that the benchmark can set up by itself."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"
