from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wardline.testing.harness import Line


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path) as made:
        yield made
