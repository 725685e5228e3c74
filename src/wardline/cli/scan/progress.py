"""How far a scan is: a bar on a terminal, a line a minute elsewhere. On stderr, so that results stay apart."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from wardline.cli import output

_NOTE_SECONDS = 60.0


class _RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


class Progress:
    """Shows how many files are done, how many a second, and how long the rest will take.

    The number of all files is counted beside the scan, in a thread of its own. What is in archives comes on top as it is found, so the
    time left is a guess until the last of them is read.
    """

    def __init__(self, count: Callable[[Callable[[], bool]], int | None], *, bar: bool) -> None:
        """Prepare it; it begins with the ``with`` statement.

        Args:
            count: Counts all files, and asks now and then whether it shall stop; None when that cannot be known.
            bar: Whether there is a terminal to draw on.
        """
        self._count = count
        self._over = threading.Event()
        self._counter = threading.Thread(target=self._count_all, daemon=True, name="count")
        self._bar = None
        if bar:
            self._bar = Bar(
                TextColumn("{task.completed:,.0f} files"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), _RateColumn(),
                TimeRemainingColumn(), console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False,
            )  # fmt: skip
            self._task = self._bar.add_task("", total=None)
        self._total: int | None = None
        self._done = 0
        self._began = self._noted = time.monotonic()

    def __enter__(self) -> Progress:
        self._counter.start()
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._bar is not None:
            self._bar.stop()
        self._counter.join()

    def done(self) -> None:
        """Count one file."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done, total=self._whole())
        elif time.monotonic() - self._noted >= _NOTE_SECONDS:
            self._noted = time.monotonic()
            output.note(self._words())

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar away while something is printed where it may stand."""
        if self._bar is None or not sys.stdout.isatty():
            yield
            return
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()

    def _count_all(self) -> None:
        self._total = self._count(self._over.is_set)

    def _whole(self) -> int | None:
        return None if self._total is None else max(self._total, self._done)

    def _words(self) -> str:
        rate = self._done / max(time.monotonic() - self._began, 1e-9)
        text = f"{self._done:,} files, {rate:,.1f} a second"
        whole = self._whole()
        if whole is None or not rate:
            return text
        return f"{text}, {whole - self._done:,} left: {(whole - self._done) / rate / 60:,.0f} minutes"
