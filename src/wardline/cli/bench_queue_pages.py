"""The pages that look at all cases: the queue, the leads' figures, search. Asked of a real server, as a lead."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import httpx

from wardline.cli import output
from wardline.cli.bench_queue_filled import Full
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.cli.bench_server import Prepared, running_server
from wardline.errors import DependencyError

_MOST_MS = 300.0
_SAMPLES = 11
_PAGES = ("/queue", "/queue?view=oldest", "/queue?view=leads", "/queue/count", "/team")
_COUNTED = "/team"
"""Counted at most once a minute; the first time is told apart."""


def pages(full: Full) -> list[Row]:
    """Measure the median of each page, and the first answer of the one that is counted."""
    from wardline.pipeline import sessions
    from wardline.web.console.desk import COOKIE

    output.note("Asking for pages ...")
    store = full.wardline.parts.store
    case = store.cases(most=1)[0]
    found: list[Row] = []
    headers = {"Accept-Encoding": "gzip", "Cookie": f"{COOKIE}={full.lead}"}
    with (
        running_server(Prepared(full.folder, api_key="")) as server,
        httpx.Client(base_url=server.url, headers=headers, timeout=60, trust_env=False) as client,
    ):
        _timed(partial(client.get, "/keys"), 1)  # a server that has just started is slower
        for path in _PAGES:
            ask = partial(client.get, path)
            first, times = _timed(ask, 1)[0], _timed(ask, _SAMPLES)
            found.append(
                row(f"{path} as a lead, median", statistics.median(times), "ms", peer=TARGET, theirs=_MOST_MS)
            )
            if path == _COUNTED:
                found.append(row(f"{path}, counted anew", first, "ms", peer=TARGET, theirs=_MOST_MS))
        csrf = sessions.csrf_token(full.lead)
        for what, words in (("the end of an id", case.id[-6:]), ("an account", case.account_reference)):
            form = {"words": words, "csrf": csrf}
            times = _timed(
                partial(client.post, "/search", data=form, headers={"Origin": server.url}), _SAMPLES
            )
            found.append(
                row(
                    f"/search for {what}, median",
                    statistics.median(times),
                    "ms",
                    peer=TARGET,
                    theirs=_MOST_MS,
                )
            )
    return found


def _timed(ask: Callable[[], httpx.Response], samples: int) -> list[float]:
    """Ask so often, one after the other; gives the milliseconds of each."""
    times = []
    for _ in range(samples):
        began = time.perf_counter()
        answer = ask()
        times.append(1000 * (time.perf_counter() - began))
        if answer.status_code != httpx.codes.OK:
            raise DependencyError(f"page {answer.url.path}: answered {answer.status_code}, expected it")
    return times
