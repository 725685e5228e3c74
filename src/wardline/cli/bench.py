"""``wardline bench``: measure this machine against the figures that Wardline promises."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import output
from wardline.cli.bench_stores import BenchStore
from wardline.cli.groups import group
from wardline.cli.options import AsJson

if TYPE_CHECKING:
    from wardline.cli.bench_rows import Row

app = group("Measure this machine: intake, hash, match, server, console, queue, clusters, audit.")


_Seconds = Annotated[float, typer.Option("--seconds", min=2.0, help="How long each load lasts.")]
_Entries = Annotated[int, typer.Option("--entries", min=1, help="Entries of the hash list.")]
_Disk = Annotated[
    Path | None,
    typer.Option(
        "--disk", metavar="FOLDER", help="Make the installation on this disk; else the temporary folder."
    ),
]


@app.callback()
def bench() -> None:
    """Measure this machine."""


@app.command()
def intake(
    seconds: _Seconds = 8.0,
    entries: _Entries = 10_000,
    disk: _Disk = None,
    as_json: AsJson = False,
) -> None:
    """Measure uploads: the sandbox's cost, uploads per CPU-second of a real server, latency at half load, the disk, start-up."""
    from wardline.cli import bench_intake

    _show("intake", bench_intake.rows(seconds=seconds, entries=entries, disk=disk), as_json=as_json)


@app.command(name="hash")
def hash_(
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, help="How often each side hashes each picture.")
    ] = 5,
    pictures: Annotated[
        int, typer.Option("--pictures", min=1, help="How many pictures are compared bit for bit.")
    ] = 1000,
    photographs: Annotated[
        Path | None,
        typer.Option("--photographs", metavar="FOLDER", help="JPEGs to measure beside the drawn scenes."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure PDQ beside pdqhash and threatexchange, on one core: a JPEG's bytes to its hash, and how far fast hashes are from exact ones.

    The peers are the extra wardline[bench].
    """
    from wardline.cli import bench_hash

    found = bench_hash.rows(rounds=rounds, identical=pictures, photographs=photographs)
    _show("hash", found, as_json=as_json)


@app.command()
def match(
    small: Annotated[int, typer.Option("--small", min=1000, help="Hashes of the smaller list.")] = 1_000_000,
    large: Annotated[int, typer.Option("--large", min=1000, help="Hashes of the larger list.")] = 10_000_000,
    as_json: AsJson = False,
) -> None:
    """Measure the search for near hashes beside faiss and threatexchange, on one thread: look-ups, memory, additions, cold start, recall.

    The peers are the extra wardline[bench]. Ten million hashes need 12 GB of memory and a quarter of an hour.
    """
    from wardline.cli import bench_match

    _show("match", bench_match.rows(small=small, large=large), as_json=as_json)


@app.command()
def server(
    seconds: _Seconds = 8.0,
    entries: _Entries = 1_000_000,
    disk: _Disk = None,
    as_json: AsJson = False,
) -> None:
    """Measure a whole server with a large list: uploads of 1 Mpx per CPU-second of all its processes, latency at half load."""
    from wardline.cli import bench_serving

    _show("server", bench_serving.rows(seconds=seconds, entries=entries, disk=disk), as_json=as_json)


@app.command()
def console(
    cases: Annotated[int, typer.Option("--cases", min=100, help="How many cases there are.")] = 100_000,
    store: Annotated[BenchStore, typer.Option("--store", help="Where they are.")] = BenchStore.SQLITE,
    samples: Annotated[int, typer.Option("--samples", min=1, help="How often each page is asked for.")] = 21,
    as_json: AsJson = False,
) -> None:
    """Measure every page of the console: time over loopback for the role that waits longest, bytes for the role that gets most.

    There is no other program whose pages could be measured beside it: what it is compared with is what is promised.
    """
    from wardline.cli import bench_console

    _show("console", bench_console.rows(cases=cases, store=store, samples=samples), as_json=as_json)


@app.command()
def queue(
    cases: Annotated[int, typer.Option("--cases", min=100, help="How many cases are open.")] = 1_000_000,
    store: Annotated[BenchStore, typer.Option("--store", help="Where they are.")] = BenchStore.SQLITE,
    seconds: _Seconds = 30.0,
    asks: Annotated[
        float, typer.Option("--asks", min=0.1, help="Cases that 50 moderators take in a second, together.")
    ] = 10.0,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            metavar="<path>",
            help="Where the cases are kept, for SQLite: made there now, or by an earlier run.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the next case for 50 moderators among very many open ones, new places for 1,000 of them meanwhile, and the pages that look at all.

    A million cases need 5 GB of disk and a few minutes to make: the database copies them from five thousand that are opened as uploads open them.
    The moderators are threads of one process that ask the pipeline, without HTTP between; the pages are asked of a server.
    """
    from wardline.cli import bench_queue

    found = bench_queue.rows(cases=cases, store=store, seconds=seconds, asks=asks, folder=folder)
    _show("queue", found, as_json=as_json)


@app.command(name="assurance")
def assurance_(
    trials: Annotated[
        int,
        typer.Option(
            "--trials", min=10, help="For each of ten tasks, each detector and each size; a fifth on digits."
        ),
    ] = 1000,
    quick: Annotated[
        bool, typer.Option("--quick", help="A look in a minute or two, with little certainty.")
    ] = False,
    story: Annotated[
        bool, typer.Option("--story", help="Play a simulated story instead: refused, certified, suspended.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure the guarantee of automation on simulated tasks and on digits: caps that are broken, work that is left, errors that are found.

    Beside MAPIE and scikit-learn, of the extra wardline[bench]; the story needs neither. A thousand trials take ten times as long as a hundred; what is computed needs none of them.
    """
    if story:
        from wardline.cli import assurance_story

        assurance_story.tell(as_json=as_json)
        return
    from wardline.cli import bench_assurance

    effort = bench_assurance.QUICK if quick else bench_assurance.Effort(trials=trials)
    _show("assurance", bench_assurance.rows(effort), as_json=as_json)


@app.command()
def clusters(
    uploads: Annotated[
        int, typer.Option("--uploads", min=1000, help="How many uploads are drawn.")
    ] = 100_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same one gives the same figures.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Simulate clusters of files that look alike: how much is looked at, and how many of the decisions that spread are wrong.

    It walks the functions that decide in a running installation; the clusters are drawn from invented numbers. Takes two minutes.
    """
    from wardline.cli import bench_clusters

    _show("clusters", bench_clusters.rows(uploads=uploads, seed=seed), as_json=as_json)


@app.command()
def audit(
    entries: Annotated[
        int, typer.Option("--entries", min=1000, help="How many entries the log has.")
    ] = 1_000_000,
    as_json: AsJson = False,
) -> None:
    """Make a signed log on SQLite in the temporary folder and verify it, with the records that it tells of.

    A million entries take some minutes to make and most of a gigabyte; only their verification is timed.
    """
    from wardline.cli import bench_audit

    _show("audit", bench_audit.rows(entries=entries), as_json=as_json)


def _show(name: str, rows: Sequence[Row], *, as_json: bool) -> None:
    if as_json:
        output.as_json({"bench": name, "rows": rows})
    else:
        shown = [(each.case, each.ours, each.unit, each.theirs, each.peer, each.ratio) for each in rows]
        output.table(("what", "ours", "unit", "compared", "with", "ratio"), shown, empty="")
