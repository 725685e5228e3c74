"""``wardline demo``: the whole line with harmless pictures, in one command."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

FOLDER = "wardline-demo"
SCENES = 320
_MARKER = "demo-folder.txt"


def command(
    folder: Annotated[Path, typer.Option("--folder", help="Where the demo lives")] = Path(FOLDER),
    headless: Annotated[
        bool, typer.Option("--headless", help="Exit when everything is done, also on a terminal")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over")] = False,
    scenes: Annotated[
        int, typer.Option("--scenes", min=8, max=5000, help="How many different pictures")
    ] = SCENES,
    as_json: Annotated[
        bool, typer.Option("--json", help="End with one line of JSON on standard output")
    ] = False,
) -> None:
    """Show the whole line: draw harmless pictures, match them, let scripted moderators decide, report, and verify the log."""
    from wardline.cli import logging_setup
    from wardline.testing import write_points

    started = time.monotonic()
    logging_setup.configure(logging_setup.WARNING)
    _prepare(folder, fresh=fresh)
    from wardline.cli.demo.world import WORKED, world

    reached = write_points.from_environment()
    with world(folder, reached=reached) as running:
        summary = _play(running, scenes, started)
        _tell(summary, folder)
    if as_json:
        sys.stdout.write(json.dumps(summary) + "\n")
        sys.stdout.flush()
    if sys.stdout.isatty() and not headless:
        with world(folder, reached=reached, manner=WORKED) as running:
            _address(running)
            _serve_until_interrupted()
    if not summary["audit_verified"]:
        raise typer.Exit(4)


def _prepare(folder: Path, *, fresh: bool) -> None:
    from wardline.errors import AlreadyExistsError

    marker = folder / _MARKER
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise AlreadyExistsError(
            f"folder {folder.name}: holds something else, expected none or an earlier demo",
            remedy="Give another one with --folder.",
        )
    if fresh and marker.exists():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    marker.write_text(
        "Made by `wardline demo`; `wardline demo --fresh` deletes this folder and starts over.\n", "utf-8"
    )


def _play(running: Any, scenes: int, started: float) -> dict[str, Any]:
    from wardline.cli.demo import outcome
    from wardline.cli.demo.story import Story

    Story(running, scenes).play()
    outcome.settle(running)
    return outcome.publish(running, time.monotonic() - started)


def _tell(summary: dict[str, Any], folder: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    from wardline.cli.demo.outcome import FIGURES_FILE

    table = Table(title="What happened", show_header=False, box=None, title_justify="left")
    for name, value in summary.items():
        shown = ("yes" if value else "NO") if isinstance(value, bool) else f"{value:,}"
        table.add_row(name.replace("_", " "), shown)
    console = Console(stderr=True)
    console.print(table)
    console.print(f"Figures: {folder / FIGURES_FILE}")
    console.print(
        "No machine decides here. How one is allowed to, and how that ends, is played with invented numbers: `wardline bench assurance --story`, "
        "and Automation in the console",
        soft_wrap=True,
    )


def _address(running: Any) -> None:
    from rich.console import Console

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(
        f"\nOpen {running.api} in a browser (loopback only) and sign in. Cases are left open for you. Ctrl-C ends."
    )
    for name, password in running.passwords.items():
        console.print(f"  {name:<12} {password}")
    console.print(
        f"\nHow a machine is allowed to decide alone, and how that ends, is played with invented numbers: Automation in the menu, or "
        f"{running.api}/automation/rehearsal"
    )
    console.print("\nThe HTTP API is at the same address; its keys:")
    for name, key in running.keys.items():
        console.print(f"  {name:<12} {key}")


def _serve_until_interrupted() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return
