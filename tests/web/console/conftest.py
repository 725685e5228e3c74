from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline.testing.harness import Line


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """An installation whose passwords are checked in no time: every test here signs somebody in."""
    with Line(tmp_path, replaced={"password_hasher": CHEAP}) as made:
        yield made


@pytest.fixture
def desk(api: Api, line: Line) -> Browser:
    """A moderator who has signed in."""
    somebody(line)
    browser = Browser(api)
    browser.sign_in("mika")
    return browser
