"""Zygote, workers and parent: who outlives whom."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.unit.media import misbehaving, processes
from wardline import records
from wardline.adapters.media import Caps, SandboxMedia
from wardline.errors import ConfigurationError, InputError, SandboxUnavailableError
from wardline.testing import pictures

_HASHER = "tests.unit.media.misbehaving:hasher"
_PICTURE = pictures.encode(pictures.scene(1, (32, 32)))
_PATIENT = Caps(seconds=120.0)
_UNAVAILABLE = records.Unscannable(source="media", reason="sandbox unavailable")
_DIED = records.Unscannable(source="media", reason="decoder died")


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    before = set(processes.zygotes())
    yield
    assert set(processes.zygotes()) <= before


@dataclass(frozen=True)
class Family:
    """A sandbox of one worker, its processes, and the alarms it raised."""

    media: SandboxMedia
    zygote: int
    worker: int
    deaths: list[str]


@pytest.fixture
def family() -> Iterator[Family]:
    before, deaths = set(processes.zygotes()), list[str]()
    media = SandboxMedia(
        (_HASHER,), caps=_PATIENT, workers=1, jobs_per_worker=3, on_worker_death=deaths.append
    )
    (zygote,) = set(processes.zygotes()) - before
    (worker,) = processes.children(zygote)
    yield Family(media=media, zygote=zygote, worker=worker, deaths=deaths)
    media.close()


def _works(media: SandboxMedia) -> bool:
    return isinstance(media.hash(_PICTURE), records.Examination)


class _Call(threading.Thread):
    """One endless job in another thread."""

    def __init__(self, media: SandboxMedia) -> None:
        super().__init__()
        self._media = media
        self.found: object = None

    def run(self) -> None:
        self.found = self._media.hash(misbehaving.told(_PICTURE, "loop"))


def test_a_worker_killed_in_the_middle_of_a_picture_is_replaced(family: Family) -> None:
    call = _Call(family.media)
    call.start()
    processes.wait_until(lambda: processes.is_busy(family.worker))
    os.kill(family.worker, signal.SIGKILL)
    call.join()
    assert call.found == _DIED
    assert family.deaths == ["decoder died"]
    assert _works(family.media)


def test_a_worker_that_died_while_idle_is_replaced_without_blaming_a_picture(family: Family) -> None:
    os.kill(family.worker, signal.SIGKILL)
    processes.wait_until(lambda: not processes.is_alive(family.worker))
    assert _works(family.media)
    assert family.deaths == []


def test_a_dead_zygote_is_started_again(family: Family) -> None:
    os.kill(family.zygote, signal.SIGKILL)
    processes.wait_until(
        lambda: not processes.is_alive(family.zygote) and not processes.is_alive(family.worker)
    )
    assert _works(family.media)
    assert family.deaths == []


def test_closing_ends_every_process_and_a_call_under_way(family: Family) -> None:
    call = _Call(family.media)
    call.start()
    processes.wait_until(lambda: processes.is_busy(family.worker))
    family.media.close()
    call.join()
    assert call.found == _UNAVAILABLE
    assert family.deaths == []
    processes.wait_until(
        lambda: not processes.is_alive(family.worker) and not processes.is_alive(family.zygote)
    )
    assert family.media.hash(_PICTURE) == _UNAVAILABLE


def test_workers_are_replaced_after_their_term_without_an_alarm(family: Family) -> None:
    assert all(_works(family.media) for _ in range(7))
    assert not processes.is_alive(family.worker)
    assert family.deaths == []


_PARENT = """
import sys
from wardline.adapters.media import SandboxMedia
from tests.unit.media import processes
media = SandboxMedia(("wardline.adapters.hashers:sha256",), workers=2)
print(*processes.zygotes(), *processes.workers(), flush=True)
sys.stdin.read()
"""


def _script(text: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}\n{text}"]


def test_nothing_outlives_a_killed_parent() -> None:
    with subprocess.Popen(_script(_PARENT), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        family = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert len(family) == 3
    processes.wait_until(lambda: not any(map(processes.is_alive, family)))


_FORKED = """
import os
from wardline.adapters.media import SandboxMedia
from wardline.testing import pictures
content = pictures.encode(pictures.scene(1, (32, 32)))
media = SandboxMedia(("wardline.adapters.hashers:sha256",), workers=1)
child = os.fork()
if child == 0:
    refused = getattr(media.hash(content), "reason", "") == "sandbox unavailable"
    media.close()
    os._exit(0 if refused else 1)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
works = hasattr(media.hash(content), "hashes")
media.close()
raise SystemExit(0 if status == 0 and works else 1)
"""


def test_a_forked_copy_of_the_parent_is_refused_and_harms_nothing() -> None:
    assert subprocess.run(_script(_FORKED), check=False).returncode == 0


def test_a_parent_that_forgets_to_close_still_ends_cleanly() -> None:
    text = 'from wardline.adapters.media import SandboxMedia; media = SandboxMedia(("wardline.adapters.hashers:sha256",))'
    python, *rest = _script(text)
    done = subprocess.run([python, "-W", "error", *rest], check=False, capture_output=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")


def test_it_starts_from_a_thread_of_a_program_with_threads() -> None:
    made: list[SandboxMedia] = []
    thread = threading.Thread(target=lambda: made.append(SandboxMedia((_HASHER,), caps=_PATIENT, workers=1)))
    thread.start()
    thread.join()
    assert _works(made[0])  # the starting thread's end has not ended the zygote
    made[0].close()


def test_a_layer_that_does_not_hold_is_an_error_and_not_a_weaker_sandbox() -> None:
    with pytest.raises(SandboxUnavailableError, match="bubblewrap not active"):
        SandboxMedia((_HASHER,), require_layers=frozenset({"rlimits", "bubblewrap"}))


@pytest.mark.parametrize(
    ("hashers", "told"),
    [
        (("no_such_module:hasher",), "ModuleNotFoundError"),
        (("tests.unit.media.misbehaving:nothing",), "AttributeError"),
        (("tests.unit.media.misbehaving:pair",), "two hashers of one kind"),
        (("tests.unit.media.misbehaving:threaded",), "2 threads"),
    ],
)
def test_hashers_that_cannot_be_used_are_named_at_the_start(hashers: tuple[str, ...], told: str) -> None:
    with pytest.raises(SandboxUnavailableError, match=told):
        SandboxMedia(hashers)


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="expected 1 or more"):
        SandboxMedia((_HASHER,), workers=0)
    with pytest.raises(ConfigurationError, match="expected 1 or more"):
        SandboxMedia((_HASHER,), jobs_per_worker=0)


def test_a_senseless_size_is_the_callers_mistake(family: Family) -> None:
    for side in (0, -1, 16_385):
        with pytest.raises(InputError, match="longest_side"):
            family.media.render(_PICTURE, longest_side=side)
        with pytest.raises(InputError, match="longest_side"):
            family.media.render(_PICTURE, longest_side=side, rendition=records.Rendition.COVER)
