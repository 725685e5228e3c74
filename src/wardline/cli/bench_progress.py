"""How far a benchmark is: a bar on a terminal, a line for each part elsewhere. On stderr, so that results stay apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from wardline.cli import output


class Step(Protocol):
    """Counts one step of a part."""

    def __call__(self) -> None: ...


@contextmanager
def part(name: str, steps: int) -> Iterator[Step]:
    """Show one part of a benchmark while it runs.

    Args:
        name: What is measured.
        steps: How often the step will be called.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        output.note(name)
        yield lambda: None
        return
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeRemainingColumn(), console=console,
        transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task(name, total=steps)
        yield lambda: bar.advance(task)
