"""The compiled twins as a whole: they are those of the source beside them, and the choice between them is one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from wardline import kernels
from wardline.errors import ConfigurationError
from wardline.kernels import native

_SOURCES = sorted(Path(native.__file__).parent.glob("*/fast.c"))


@pytest.fixture(autouse=True)
def the_choice_is_put_back() -> Iterator[None]:
    before = kernels.selected()
    yield
    kernels.select(before)


@pytest.mark.parametrize("source", _SOURCES, ids=lambda source: source.parent.name)
def test_a_library_was_built_from_the_source_beside_it(source: Path) -> None:
    library = native.built(source.parent.name)
    if library is None:
        pytest.skip("not built: no C compiler was there")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    assert library.wardline_source().decode("ascii") == digest, (
        "it is of another source: run python hatch_build.py"
    )


@pytest.mark.parametrize("source", _SOURCES, ids=lambda source: source.parent.name)
def test_the_reference_serves_when_it_is_chosen(source: Path) -> None:
    kernels.select("reference")
    assert native.library(source.parent.name) is None
    kernels.select("auto")
    assert native.library(source.parent.name) is native.built(source.parent.name)


def test_a_room_without_a_library_is_served_by_its_reference_unless_the_library_is_asked_for() -> None:
    kernels.select("auto")
    assert native.library("no such room") is None
    kernels.select("fast")
    with pytest.raises(ConfigurationError, match="kernels/no such room: not compiled"):
        native.library("no such room")


def test_every_room_with_a_compiled_twin_is_named() -> None:
    assert sorted(kernels.serving()) == [source.parent.name for source in _SOURCES]
    kernels.select("reference")
    assert set(kernels.serving().values()) == {False}


def test_what_is_no_choice_is_refused_and_changes_nothing() -> None:
    kernels.select("reference")
    with pytest.raises(ConfigurationError, match="expected one of auto, fast, reference"):
        kernels.select("quick")
    assert kernels.selected() is kernels.Choice.REFERENCE
