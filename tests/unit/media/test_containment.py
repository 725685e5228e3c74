"""What a picture can do that has taken over its decoder: nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.media import misbehaving
from wardline import records
from wardline.adapters.media import SandboxMedia, bpf, sealing
from wardline.testing import pictures

_HASHER = "tests.unit.media.misbehaving:hasher"
_PICTURE = pictures.encode(pictures.scene(1, (32, 32)))
_DIED = records.Unscannable(source="media", reason="decoder died")


@pytest.fixture(scope="module")
def deaths() -> list[str]:
    return []


@pytest.fixture(scope="module")
def media(deaths: list[str]) -> Iterator[SandboxMedia]:
    sandbox = SandboxMedia((_HASHER,), workers=1, on_worker_death=deaths.append)
    yield sandbox
    sandbox.close()


def _works(media: SandboxMedia) -> bool:
    found = media.hash(_PICTURE)
    return isinstance(found, records.Examination) and found.hashes == (misbehaving.PEACEFUL,)


@pytest.mark.parametrize("act", sorted(misbehaving.CONTAINED))
def test_a_worker_that_tries_to_get_out_dies_and_is_replaced(
    media: SandboxMedia, deaths: list[str], act: str
) -> None:
    deaths.clear()
    assert media.hash(misbehaving.told(_PICTURE, act)) == _DIED
    assert deaths == ["decoder died"]
    assert _works(media)


def test_an_endless_loop_is_ended_and_the_worker_replaced(media: SandboxMedia, deaths: list[str]) -> None:
    deaths.clear()
    expected = records.Unscannable(source="media", reason="took too long")
    assert media.hash(misbehaving.told(_PICTURE, "loop")) == expected
    assert deaths == ["took too long"]
    assert _works(media)


def test_a_memory_hog_meets_the_cap_and_is_replaced(deaths: list[str], media: SandboxMedia) -> None:
    expected = records.Unscannable(source="media", reason="too much memory")
    assert media.hash(misbehaving.told(_PICTURE, "eat memory")) == expected
    assert _works(media)


def test_what_went_wrong_in_one_picture_does_not_touch_the_next_kind_of_call(media: SandboxMedia) -> None:
    told = misbehaving.told(_PICTURE, "crash")
    assert media.hash(told) == _DIED
    assert media.probe(told) == records.Picture(
        format=records.MediaFormat.JPEG, width=32, height=32, frames=1
    )
    assert isinstance(media.render(told), bytes)


@pytest.mark.skipif(not bpf.supports("x86_64"), reason="32-bit Python: no seccomp filter")
def test_all_three_layers_hold_on_a_kernel_that_has_them(media: SandboxMedia) -> None:
    assert {sealing.RLIMITS, sealing.SECCOMP} <= media.layers() <= set(sealing.LAYERS)


_LANDLOCK_ALONE = """
import sys
from pathlib import Path
from wardline.adapters.media import bpf, sealing
bpf.supports = lambda machine: False
layers = sealing.seal(memory_bytes=10**9, cpu_seconds=60)
if sealing.LANDLOCK not in layers:
    sys.exit(77)
try:
    Path(sys.argv[1]).mkdir()
except PermissionError:
    sys.exit(0 if sealing.SECCOMP not in layers else 1)
sys.exit(2)
"""


def test_landlock_holds_by_itself(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path[:] = {sys.path!r}\n{_LANDLOCK_ALONE}",
            str(tmp_path / "new"),
        ],
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("this kernel has no Landlock")
    assert done.returncode == 0
    assert not (tmp_path / "new").exists()


_LIMITS_ALONE = """
import sys
from wardline.adapters.media import bpf, sealing
bpf.supports = lambda machine: False
sealing.seal(memory_bytes=100_000_000, cpu_seconds=60)
try:
    bytearray(200_000_000)
except MemoryError:
    pass
else:
    sys.exit(1)
bytearray(50_000_000)
try:
    open("/dev/null")
except OSError:
    sys.exit(0)
sys.exit(2)
"""


def test_resource_limits_hold_by_themselves() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}\n{_LIMITS_ALONE}"], check=False
    )
    assert done.returncode == 0
