from __future__ import annotations

import pytest

from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline.testing.harness import Line


@pytest.fixture
def desk(api: Api, line: Line) -> Browser:
    """A moderator who has signed in."""
    somebody(line)
    browser = Browser(api)
    browser.sign_in("mika")
    return browser
