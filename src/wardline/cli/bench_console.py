"""What the console's pages cost: from the request to the last byte over loopback, and how many bytes come."""

from __future__ import annotations

import contextlib
import re
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import httpx

from wardline.cli import output
from wardline.cli.bench_filled import Visitor, filled
from wardline.cli.bench_rows import Row, row
from wardline.cli.bench_server import running_server
from wardline.cli.bench_stores import BenchStore
from wardline.errors import DependencyError, InputError
from wardline.records import Role

MOST_MS, MOST_KB = 150.0, 60.0
NO_PAGES = frozenset({"/pictures/{name}", "/destructions/{destruction_id}/proof"})
"""What can be fetched once only, and by whoever revealed it; and what is there only where evidence was really destroyed."""
_QUERIES: Mapping[str, tuple[str, ...]] = {
    "/queue": ("", "?view=oldest", "?view=held"),
    "/queue/news": ("?known=1",),
    "/referrals": ("", "?before={referral_id}", "?state=needs-human"),
    "/holds": ("", "?after={hold_id}"),
    "/preservations": ("", "?after={preservation_id}"),
    "/destructions": ("", "?after={destruction_id}"),
    "/exports": ("", "?after={export_id}"),
    "/destructions/new": ("", "?preservation={preservation_id}"),
    "/statistics": ("", "?from={first_day}"),
    "/audit": ("", "?record={case_id}"),
    "/people": ("", "?page=2&keys=2"),
    "/hash-lists": ("", "?page=2"),
    "/hash-lists/{hash_list_id}": ("", "?held=2&syncs=2&feedback=2"),
    "/approvals": ("", "?page=2"),
    "/referrals/{referral_id}": ("", "?files=2"),
}
"""What some pages are asked for beside, or instead of, what they show by themselves."""
_COUNTED = "/statistics"
"""What is counted for a page is shown for a minute; how long the counting itself takes is told apart."""
_STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_PART = re.compile(r"\{(\w+)\}")
_FOUND = frozenset({200, 303})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """One page, as the role gets it that waits longest for it."""

    path: str
    role: str
    milliseconds: tuple[float, ...]
    html_bytes: int
    static_bytes: int
    """Style sheet, scripts and icon, as transferred."""

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]

    @property
    def kilobytes(self) -> float:
        return (self.html_bytes + self.static_bytes) / 1000


def rows(*, cases: int, store: BenchStore, samples: int) -> list[Row]:
    """Measure every page for every role that may open it, with notes about the progress on stderr.

    Args:
        cases: How many cases the installation has.
        store: Where they are.
        samples: How often each page is asked for, after two times that do not count.
    """
    output.note(f"Writing {cases:,} cases to {store} ...")
    with (
        filled(cases, store) as full,
        running_server(full.installation) as server,
        contextlib.ExitStack() as stack,
    ):
        clients = {
            visitor.role: stack.enter_context(_client(server.url, visitor)) for visitor in full.visitors
        }
        first = _round(clients, full.visitors)
        measured: dict[str, _Measured] = {}
        for visitor in full.visitors:
            output.note(f"Asking for every page as {visitor.role} ...")
            for each in _pages(clients[visitor.role], visitor, samples):
                measured[each.path] = _worse(measured.get(each.path, each), each)
    counted = [
        row(f"{path}, counted anew", first[path], "ms", peer="median of the minute after", theirs=measured[path].median)
        for path in first
        if path.startswith(_COUNTED)
    ]  # fmt: skip
    return [*(line for path in sorted(measured) for line in _lines(measured[path])), *counted]


def _worse(one: _Measured, other: _Measured) -> _Measured:
    """Join what two roles got of one page: the times of the slower one, the bytes of the larger one."""
    slower = max(one, other, key=lambda page: page.median)
    larger = max(one, other, key=lambda page: page.kilobytes)
    return replace(slower, html_bytes=larger.html_bytes, static_bytes=larger.static_bytes)


def _round(clients: Mapping[Role, httpx.Client], visitors: Sequence[Visitor]) -> dict[str, float]:
    """Ask for everything once: a server that has just started is slower. Gives the milliseconds of whoever came first, by path."""
    first: dict[str, float] = {}
    for visitor in visitors:
        for path, address in addresses(visitor.ids, visitor.role):
            times, _ = _timed(clients[visitor.role], address, 1)
            first.setdefault(path, times[0])
    return first


def addresses(ids: Mapping[str, str], role: str) -> Iterator[tuple[str, str]]:
    """Give every page that a role may open: its path as the console knows it, and its address with the ids filled in."""
    from wardline.web import console

    for method, path, roles in console.rules():
        if method == "GET" and role in roles and path not in NO_PAGES:
            for query in _QUERIES.get(path, ("",)):
                yield path + query, _filled_in(path + query, ids)


def _filled_in(path: str, ids: Mapping[str, str]) -> str:
    missing = set(_PART.findall(path)) - set(ids)
    if missing:
        raise InputError(
            f"page {path}: has {', '.join(sorted(missing))} in it, expected only what the benchmark can fill in"
        )
    return path.format_map(ids)


def _client(url: str, visitor: Visitor) -> httpx.Client:
    from wardline.web.console.desk import COOKIE

    headers = {"Accept-Encoding": "gzip", "Cookie": f"{COOKIE}={visitor.token}"}
    return httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)


def _pages(client: httpx.Client, visitor: Visitor, samples: int) -> Iterator[_Measured]:
    static: dict[str, int] = {}
    for path, address in addresses(visitor.ids, visitor.role):
        _get(client, address)
        times, answer = _timed(client, address, samples)
        needed = (
            set(_STATIC.findall(answer.text)) if "html" in answer.headers.get("content-type", "") else set()
        )
        for name in needed - set(static):
            static[name] = _get(client, name).num_bytes_downloaded
        yield _Measured(
            path=path,
            role=visitor.role,
            milliseconds=tuple(times),
            html_bytes=answer.num_bytes_downloaded,
            static_bytes=sum(static[name] for name in needed),
        )


def _timed(client: httpx.Client, address: str, samples: int) -> tuple[Sequence[float], httpx.Response]:
    times: list[float] = []
    while True:
        begun = time.perf_counter()
        answer = _get(client, address)
        times.append(1000 * (time.perf_counter() - begun))
        if len(times) == samples:
            return times, answer


def _get(client: httpx.Client, address: str) -> httpx.Response:
    answer = client.get(address)
    if answer.status_code not in _FOUND:
        raise DependencyError(f"page {address}: answered {answer.status_code}, expected it")
    return answer


def _lines(page: _Measured) -> list[Row]:
    name = f"{page.path} as {page.role}"
    html = page.html_bytes / 1000
    return [
        row(f"{name}, median", page.median, "ms", peer="target", theirs=MOST_MS),
        row(f"{name}, p95", page.p95, "ms", peer="its median", theirs=page.median),
        row(f"{name}, page alone", html, "kB", peer="with style and scripts", theirs=page.kilobytes),
        row(f"{name}, page, style and scripts", page.kilobytes, "kB", peer="target", theirs=MOST_KB),
    ]
