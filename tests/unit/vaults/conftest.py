from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.s3_server import ObjectStore, running


@pytest.fixture(scope="module")
def object_store() -> Iterator[ObjectStore]:
    with running() as made:
        yield made
