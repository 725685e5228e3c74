"""``wardline work``: the durable work alone, for stores that several processes share."""

from __future__ import annotations

import signal
import threading

from wardline.cli import output
from wardline.cli.opening import opened
from wardline.cli.options import HERE, AsJson, Folder


def work(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Run the durable work alone, until told to stop.

    Filing, webhooks, retention, alarms. With SQLite, `serve` does this itself and no second process may.
    """
    from wardline.cli import logging_setup

    logging_setup.configure()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with opened(folder) as installation:
        running = installation.durable_work()
        running.start()
        try:
            if as_json:
                output.as_json({"working": True})
            else:
                output.note("Working. Ctrl-C ends.")
            over.wait()
        finally:
            running.stop()
