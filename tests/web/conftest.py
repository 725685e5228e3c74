from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.client import Api
from wardline.testing.harness import Line
from wardline.web.app import create_app


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path) as made:
        yield made


@pytest.fixture
def api(line: Line) -> Api:
    return Api(create_app(line.wardline, low_trust_answer_seconds=0))
