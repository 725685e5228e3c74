from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from wardline.errors import ConfigurationError
from wardline.testing import write_points

PROGRAM = """
from wardline.testing import write_points
reached = write_points.from_environment()
for name in ("a:one", "a:two", "a:one", "a:three", "a:one"):
    print(name, flush=True)
    reached(name)
"""


def _run(**environment: str) -> tuple[int, list[str]]:
    path = ":".join(sys.path)
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout.split()


def test_a_process_is_killed_at_the_named_point() -> None:
    assert _run(WARDLINE_CRASH_AT="a:two") == (-signal.SIGKILL, ["a:one", "a:two"])


def test_a_process_is_killed_at_the_hit_that_was_asked_for() -> None:
    assert _run(WARDLINE_CRASH_AT="a:one", WARDLINE_CRASH_HIT="2") == (
        -signal.SIGKILL,
        ["a:one", "a:two", "a:one"],
    )


@pytest.mark.parametrize(
    "environment",
    [{}, {"WARDLINE_CRASH_AT": "b:none"}, {"WARDLINE_CRASH_AT": "a:one", "WARDLINE_CRASH_HIT": "4"}],
)
def test_a_process_that_is_not_to_crash_ends_well(environment: dict[str, str]) -> None:
    code, printed = _run(**environment)
    assert code == 0
    assert len(printed) == 5


def test_the_log_holds_each_name_once_also_after_a_crash_and_a_second_run(tmp_path: Path) -> None:
    log = tmp_path / "points.log"
    assert write_points.names_in_log(log) == ()
    _run(WARDLINE_WRITE_POINTS_LOG=str(log), WARDLINE_CRASH_AT="a:two")
    assert write_points.names_in_log(log) == ("a:one", "a:two")
    _run(WARDLINE_WRITE_POINTS_LOG=str(log))
    assert write_points.names_in_log(log) == ("a:one", "a:two", "a:three")


@pytest.mark.parametrize("hit", ["0", "-1", "x", "", "1.5"])
def test_a_hit_that_is_no_count_is_refused(hit: str) -> None:
    with pytest.raises(ConfigurationError):
        write_points.from_environment({"WARDLINE_CRASH_AT": "a", "WARDLINE_CRASH_HIT": hit})


def test_a_recorder_remembers_names_in_order_and_counts_hits_of_all_threads() -> None:
    recorder = write_points.Recorder()
    recorder("first")

    def hit() -> None:
        for _ in range(200):
            recorder("second")

    threads = [threading.Thread(target=hit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recorder.names == ("first", "second")
    assert recorder.hits("second") == 800
    assert recorder.hits("third") == 0


def test_the_source_s_write_points_are_known() -> None:
    assert {"vault:before-seal", "vault:sealed", "vault:destroyed"} <= set(write_points.KNOWN)
    assert list(write_points.KNOWN) == sorted(set(write_points.KNOWN))


def test_names_are_found_in_calls_only(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "reached('a:plain')\nself._reached('a:method')\nself.unreached = 'a:other'\nother('a:call')\nreached(name)\n# reached('a:comment')\n"
    )
    assert write_points.names_in_source(tmp_path) == ("a:method", "a:plain")
