"""What the benchmarks are made of: processor time that is really used, latencies that hide nothing, one form of result."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import ClassVar

import pytest

from wardline.cli import bench, bench_lines
from wardline.cli.bench_lines import Lines
from wardline.cli.bench_load import Load
from wardline.cli.bench_rows import row
from wardline.cli.process_tree import ProcessTree
from wardline.errors import AuditLogError
from wardline.pipeline import Parts

pytestmark = pytest.mark.long

_BUSY = "import time\nwhile time.process_time() < {seconds}: pass\nprint('done', flush=True)\ninput()"
_THREADED = """
import subprocess, sys, threading
run = threading.Thread(target=subprocess.run, args=([sys.executable, '-c', {child!r}],))
run.start()
run.join()
"""
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


def test_the_time_of_what_another_thread_started_counts() -> None:
    child = _BUSY.format(seconds=0.3)
    command = [sys.executable, "-c", _THREADED.format(child=child)]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
        ProcessTree(process.pid).watched() as processes,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        assert processes.cpu_seconds() >= 0.25
        process.communicate("\n")


class _Server(http.server.BaseHTTPRequestHandler):
    """Answers with 202 and counts connections; hangs up when the body says so."""

    protocol_version = "HTTP/1.1"
    connections: ClassVar[list[object]] = []

    def setup(self) -> None:
        super().setup()
        self.connections.append(self)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        self.close_connection = body == b"last"

    def log_message(self, _text: str, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    _Server.connections.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_a_load_keeps_its_lines_open_and_replaces_those_that_were_hung_up(server: str) -> None:
    lines = Lines(server)
    assert [lines.post("/v1/items", body, {}) for body in (b"first", b"second")] == [202, 202]
    assert len(_Server.connections) == 1
    assert lines.post("/v1/items", b"last", {}) == 202
    until = time.monotonic() + 10
    line = lines._free.queue[0]
    while bench_lines._is_open(line) and time.monotonic() < until:
        time.sleep(0.01)
    assert lines.post("/v1/items", b"another", {}) == 202
    assert len(_Server.connections) == 2
    lines.close()


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


def test_a_log_is_made_and_verified_and_a_changed_record_in_it_fails_the_measurement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from wardline.cli import bench_audit
    from wardline.pipeline import log

    wall, cpu = bench_audit.rows(entries=2000)
    assert wall.case == "2,000 entries and 200 records are verified"
    assert (wall.theirs, cpu.theirs) == (0.12, 0.12)
    verify = log.verify

    def tampered(parts: Parts) -> log.Verification:
        with parts.store.engine.begin() as connection:  # type: ignore[attr-defined]  # a SQL store, as the benchmark makes it
            connection.exec_driver_sql("UPDATE cases SET restricted = 0 WHERE rowid = 7")
        return verify(parts)

    monkeypatch.setattr(log, "verify", tampered)
    with pytest.raises(AuditLogError, match="records differ"):
        bench_audit.rows(entries=1000)
