"""``wardline audit``: is everything as the log says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from wardline.cli import output
from wardline.cli.errors_table import INTEGRITY
from wardline.cli.groups import group
from wardline.cli.opening import opened
from wardline.cli.options import HERE, AsJson, Folder
from wardline.errors import AuditLogError, BusyError

if TYPE_CHECKING:
    from wardline.pipeline.log import Verification
    from wardline.wiring import Installation

app = group("The audit log: verify.")


@app.callback()
def audit() -> None:
    """The audit log."""


@app.command()
def verify(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Check every entry, every checkpoint, and every record against its newest entry. Ends with 4 at the first bad one."""
    with opened(folder) as installation:
        newly = _sequence(installation)
        found = installation.wardline.verify_audit()
    if as_json:
        output.as_json(_shown(found, newly))
    else:
        _tell(found, newly)
    if not found.ok:
        raise typer.Exit(INTEGRITY)


def _sequence(installation: Installation) -> int | None:
    """Sign what waits, unless a running service does that; gives how many entries, None when it was left to others."""
    from wardline.pipeline.log import Sequencer

    try:
        installation.durable_work()  # takes the lock; nothing is started
        return Sequencer(installation.wardline.parts).run()
    except (BusyError, AuditLogError):
        return (
            None  # a log that is not what was signed is not signed on; what is wrong with it is found below
        )


def _shown(found: Verification, newly: int | None) -> dict[str, Any]:
    shown: dict[str, Any] = output.plain(found)
    return {**shown, "signed_now": newly}


def _tell(found: Verification, newly: int | None) -> None:
    if not found.ok:
        output.line("The audit log does NOT verify.")
        output.facts(
            {
                "first bad entry": found.first_bad,
                "why": found.reason,
                "intact before it": found.entries,
                "records that differ": found.drifted,
            }
        )
        output.line(
            "\nStop the service, keep the disk as it is, and call the person responsible for this installation."
        )
        return
    output.line(f"All {found.entries:,} entries are intact, and every record is what the log says of it.")
    if newly is None:
        output.line("A running service signs newer entries each second; they are checked the next time.")
    elif newly:
        output.line(f"{newly:,} of them waited for their signature and have it now.")
