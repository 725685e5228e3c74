"""The ``Media`` contract over the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wardline import ports, records
from wardline.adapters.media import SandboxMedia
from wardline.testing import pictures
from wardline.testing.media_contract import MediaContract


@pytest.fixture(scope="module")
def media() -> Iterator[ports.Media]:
    sandbox = SandboxMedia(("wardline.adapters.hashers:default",))
    yield sandbox
    sandbox.close()


class TestSandboxMedia(MediaContract):
    """All of it."""


def test_after_closing_every_call_is_unscannable() -> None:
    media: ports.Media = SandboxMedia(("wardline.adapters.hashers:sha256",), workers=1)
    media.close()
    media.close()
    content = pictures.encode(pictures.scene(1, (32, 32)))
    expected = records.Unscannable(source="media", reason="sandbox unavailable")
    assert [media.probe(content), media.hash(content)] == [expected] * 2
    assert [media.render(content, rendition=form) for form in records.Rendition] == [expected] * 3
