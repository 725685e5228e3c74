"""``wardline serve``: the HTTP interface, and with SQLite the durable work, in one process."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import signal
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wardline.cli import collecting, output
from wardline.cli.options import HERE, AsJson, Folder
from wardline.errors import ConfigurationError, RefusedError

if TYPE_CHECKING:
    import uvicorn

    from wardline.wiring import Installation

_PATIENCE_SECONDS = 10


def serve(
    folder: Folder = HERE,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Another port; 0 takes any free one.")
    ] = None,
    with_work: Annotated[
        bool,
        typer.Option("--with-work", help="Run the durable work here too. With SQLite that is always so."),
    ] = False,
    behind_tls_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-tls-proxy", help="Allow a host other than loopback: a proxy in front encrypts."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run the service, until told to stop.

    SIGTERM and Ctrl-C end it in good order. With SQLite it also runs the durable work.
    """
    from wardline import settings, wiring
    from wardline.cli import logging_setup

    chosen = settings.load(folder)
    require_private(chosen.server.host, behind_tls_proxy=behind_tls_proxy)
    logging_setup.configure()
    with (
        listening(chosen.server.host, chosen.server.port if port is None else port) as listener,
        wiring.open_installation(chosen) as installation,
    ):
        installation.require_log_key()  # also where another process runs the durable work: packages are signed with it here
        installation.start_decoders()  # before any other thread, and before the first upload waits for them
        server = make_server(installation)
        stop_on_signals(server)
        with working(installation) if with_work or installation.one_worker else contextlib.nullcontext():
            url = "http://{}:{}".format(*_shown(listener))
            if as_json:
                output.as_json({"url": url, "pid": os.getpid()})
            else:
                output.note(f"Serving at {url}. Ctrl-C ends.")
            collecting.settle()
            server.run(sockets=[listener])


def require_private(host: str, *, behind_tls_proxy: bool) -> None:
    """Refuse to serve other machines without encryption."""
    try:
        private = ipaddress.ip_address(host).is_loopback
    except ValueError:
        private = host == "localhost"
    if not private and not behind_tls_proxy:
        raise RefusedError(
            f"server.host {host}: reachable from other machines, expected loopback",
            remedy="Wardline speaks plain HTTP: keys and pictures would cross the network readable. Put a proxy with TLS before it, "
            "then start it with --behind-tls-proxy.",
        )


@contextlib.contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before anything else is started."""
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=1024
        )
    except OSError as error:
        raise ConfigurationError(
            f"server.port {port}: cannot be taken ({error.strerror or type(error).__name__}), expected a free one",
            remedy="Stop what listens there, or choose another port with --port or in [server].",
        ) from None
    with listener:
        # asyncio does this for sockets of its own only; without it each answer may wait 40 ms for an acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def make_server(installation: Installation) -> uvicorn.Server:
    """Make the HTTP server of an installation, not started."""
    import uvicorn

    from wardline.web.app import create_app
    from wardline.web.protocol import CappedProtocol

    app = create_app(
        installation.wardline,
        low_trust_answer_seconds=installation.settings.server.low_trust_answer_ms / 1000,
    )
    # No access log: it would hold ids of cases and addresses of people for no use; /metrics counts.
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE_SECONDS,
        lifespan="on",
        http=CappedProtocol,
        # By name, so that what is installed beside us changes nothing. uvloop gained nothing that we could measure.
        loop="asyncio",
    )
    return uvicorn.Server(config)


@contextlib.contextmanager
def working(installation: Installation) -> Iterator[None]:
    """Run the durable work meanwhile."""
    work = installation.durable_work()
    work.start()
    try:
        yield
    finally:
        work.stop()


def stop_on_signals(server: uvicorn.Server) -> None:
    """End in good order when told to, also before the server has started."""

    def stop(_number: int, _frame: Any) -> None:
        # The server has handlers of its own while it runs, and raises what it caught once more afterwards: then this does nothing.
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _shown(listener: socket.socket) -> tuple[str, int]:
    host, port = listener.getsockname()[:2]
    return (f"[{host}]" if ":" in host else host), port
