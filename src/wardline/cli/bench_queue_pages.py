"""The pages that look at all cases: the queue, the leads' figures, search. Asked of a real server, as a lead."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import httpx

from wardline.cli import output
from wardline.cli.bench_queue_filled import Full
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.cli.bench_server import Prepared, running_server
from wardline.errors import DependencyError

_MOST_MS = 300.0
_MOST_CPU_MS = 1000.0
_SAMPLES = 11
_PATIENCE = 600
"""Seconds."""
_PAGES = ("/queue", "/queue?view=oldest", "/queue?view=leads", "/queue/count", "/team")
_COUNTED = "/team"
"""Counted at most once a minute; the first time is told apart."""


def pages(full: Full) -> list[Row]:
    """Measure the median of each page, the first answer of the one that is counted, and what each costs the server's processes."""
    from wardline.pipeline import sessions
    from wardline.web.console.desk import COOKIE

    output.note("Asking for pages ...")
    store = full.wardline.parts.store
    case = store.cases(most=1)[0]
    found: list[Row] = []
    headers = {"Accept-Encoding": "gzip", "Cookie": f"{COOKIE}={full.lead}"}
    with (
        running_server(Prepared(full.folder, api_key="")) as server,
        httpx.Client(base_url=server.url, headers=headers, timeout=_PATIENCE, trust_env=False) as client,
    ):
        cpu = server.processes.cpu_seconds
        _timed(partial(client.get, "/keys"), 1, cpu)  # a server that has just started is slower
        for path in _PAGES:
            ask = partial(client.get, path)
            first, times = _timed(ask, 1, cpu), _timed(ask, _SAMPLES, cpu)
            if path == _COUNTED:
                found += _rows(f"{path}, counted anew", first)
            found += _rows(f"{path} as a lead, median", times)
        csrf = sessions.csrf_token(full.lead)
        for what, words in (("the end of an id", case.id[-6:]), ("an account", case.account_reference)):
            form = {"words": words, "csrf": csrf}
            ask = partial(client.post, "/search", data=form, headers={"Origin": server.url})
            found += _rows(f"/search for {what}, median", _timed(ask, _SAMPLES, cpu))
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    times: list[float]
    """Milliseconds of each answer."""
    cpu_ms: float
    """Processor time of the server's processes for each, on average, with whatever else they did meanwhile."""


def _rows(case: str, asked: _Asked) -> list[Row]:
    return [
        row(case, statistics.median(asked.times), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"{case}: processor time of the server", asked.cpu_ms, "ms", peer=TARGET, theirs=_MOST_CPU_MS),
    ]


def _timed(ask: Callable[[], httpx.Response], samples: int, cpu_seconds: Callable[[], float]) -> _Asked:
    """Ask so often, one after the other."""
    times, before = [], cpu_seconds()
    for _ in range(samples):
        began = time.perf_counter()
        answer = ask()
        times.append(1000 * (time.perf_counter() - began))
        if answer.status_code != httpx.codes.OK:
            raise DependencyError(f"page {answer.url.path}: answered {answer.status_code}, expected it")
    return _Asked(times, 1000 * (cpu_seconds() - before) / samples)
