"""``wardline sandbox``: an authority and a platform on this machine, to practise with. Nothing leaves it."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated, Protocol

import typer

from wardline.cli import operator, output
from wardline.cli.groups import group
from wardline.cli.options import AsJson

app = group("To practise with, on loopback: an authority, a platform.")

_Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any free one.")]
_Ledger = Annotated[
    Path | None,
    typer.Option(
        "--ledger", metavar="PATH", help="Keep what was received here, over restarts too; else in memory."
    ),
]


class _Running(Protocol):
    @property
    def url(self) -> str: ...

    def stop(self) -> None: ...


@app.command()
def authority(
    port: _Port = 8462,
    ledger: _Ledger = None,
    username: Annotated[str, typer.Option("--username", help="The user name it knows.")] = "sandbox",
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help='The password it asks for, else "sandbox".')
    ] = None,
    faults: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            metavar="FAULT",
            help="Something that goes wrong, or CALL=FAULT; may be repeated. A wrong one lists them all.",
        ),
    ] = None,
    fault_percent: Annotated[
        float, typer.Option("--fault-percent", min=0.0, max=100.0, help="Of the calls, so many in a hundred.")
    ] = 100.0,
    clock_hours: Annotated[
        float,
        typer.Option(
            "--clock-hours", min=-8760.0, max=8760.0, help="Its clock is ahead by so much; behind below 0."
        ),
    ] = 0.0,
    schema: Annotated[
        Path | None, typer.Option("--schema", metavar="PATH", help="Serve this schema, and check by it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a strict reporting interface: it checks order, documents and credentials as the authority does, and misbehaves when told to."""
    from wardline.testing.authority_misbehaving import chosen, clock_ahead
    from wardline.testing.authority_sandbox import AuthoritySandbox

    wrong = chosen(faults or [], fault_percent)
    password = operator.read_password(password_file, "Password") if password_file else "sandbox"
    sandbox = AuthoritySandbox(
        username=username, password=password, ledger_path=ledger, faults=wrong, schema_path=schema, clock_now=clock_ahead(clock_hours)
    )  # fmt: skip
    try:
        sandbox.start(port)
    except BaseException:
        sandbox.stop()
        raise
    _run(sandbox, as_json=as_json)


@app.command()
def platform(
    secret_file: Annotated[
        Path, typer.Option("--secret-file", help="The secret that webhooks are signed with.")
    ],
    port: _Port = 8461,
    ledger: _Ledger = None,
    as_json: AsJson = False,
) -> None:
    """Run a platform that takes signed webhooks and does what they say."""
    from wardline import wiring
    from wardline.testing.platform_sandbox import PlatformSandbox

    secret = wiring.read_secret(secret_file, "webhook secret")
    _run(PlatformSandbox(secret, ledger, port).start(), as_json=as_json)


def _run(sandbox: _Running, *, as_json: bool) -> None:
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    try:
        if as_json:
            output.as_json({"url": sandbox.url})
        else:
            output.line(f"Sandbox at {sandbox.url}. Ctrl-C ends.")
        over.wait()
    finally:
        sandbox.stop()
