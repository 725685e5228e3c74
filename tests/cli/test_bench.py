"""What the benchmarks are made of: processor time that is really used, latencies that hide nothing, one form of result."""

from __future__ import annotations

import subprocess
import sys

import pytest

from wardline.cli import bench
from wardline.cli.bench_load import Load
from wardline.cli.bench_rows import row
from wardline.cli.process_tree import ProcessTree

_BUSY = "import time\nwhile time.process_time() < {seconds}: pass\nprint('done', flush=True)\ninput()"
_PARENT = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])"


def test_the_time_of_grandchildren_counts_and_stays_when_they_end() -> None:
    child = _BUSY.format(seconds=0.3)
    command = [sys.executable, "-c", _PARENT.format(child=child)]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
        ProcessTree(process.pid).watched() as processes,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        used = processes.cpu_seconds()
        assert used >= 0.25
        process.communicate("\n")
        assert processes.cpu_seconds() >= used


def test_percentiles_come_from_all_latencies() -> None:
    load = Load(
        answers=100,
        wall_seconds=10.0,
        cpu_seconds=2.0,
        latencies=tuple(each / 100 for each in range(100, 0, -1)),
    )
    assert (load.per_second, load.per_cpu_second) == (10.0, 50.0)
    assert load.percentile(0.5) == pytest.approx(0.51)
    assert load.percentile(0.99) == pytest.approx(1.0)


def test_a_benchmark_ends_with_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    bench._show("intake", [row("case", 3.0, "ms", peer="target", theirs=1.5)], as_json=True)
    expected = '{"bench": "intake", "rows": [{"case": "case", "ours": 3.0, "peer": "target", "theirs": 1.5, "ratio": 2.0, "unit": "ms"}]}\n'
    assert capsys.readouterr().out == expected
