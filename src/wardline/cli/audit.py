"""``wardline audit``: is everything as the log says, and proofs of single entries for outsiders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wardline.cli import output
from wardline.cli.errors_table import INTEGRITY
from wardline.cli.groups import group
from wardline.cli.opening import opened
from wardline.cli.options import HERE, AsJson, Folder
from wardline.errors import AuditLogError, BusyError, NotFoundError

if TYPE_CHECKING:
    from wardline.audit import Proof
    from wardline.pipeline import Wardline
    from wardline.pipeline.log import Verification
    from wardline.wiring import Installation

app = group("The audit log: verify, prove.")

_POSITION = re.compile(r"[0-9]{1,18}", re.ASCII)
_POSITIONS_SHOWN = 10


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


@app.command()
def prove(
    entry: Annotated[
        str,
        typer.Argument(
            metavar="ENTRY", help="Its position, or the id of a record: then the newest entry about it."
        ),
    ],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Prove to an outsider that one entry is in the signed log.

    With --json it prints the proof, which docs/reference/http.md says how to check offline. Ends with 4 when the log is not what was signed.
    """
    from wardline import audit as auditing

    with opened(folder) as installation:
        _sequence(installation)
        line = installation.wardline
        position = int(entry) if _POSITION.fullmatch(entry) else _newest_about(line, entry)
        proof = line.prove_entry(position)
        public_key = line.parts.log_key.public_key()
    if as_json:
        output.as_json(auditing.proof_fields(proof, public_key))
    else:
        _tell_proof(proof, auditing.verifier_key(proof.origin, public_key))


def _newest_about(line: Wardline, record_id: str) -> int:
    positions = line.parts.store.log_positions_of(record_id, most=_POSITIONS_SHOWN + 1)
    if not positions:
        raise NotFoundError(
            f"entry about {record_id}: none in the signed log, expected a position or the id of a record"
        )
    if positions[1:]:
        others = ", ".join(map(str, positions[1:_POSITIONS_SHOWN]))
        more = " and older ones" if len(positions) > _POSITIONS_SHOWN else ""
        output.note(f"The newest entry about {record_id}. Others: {others}{more}.")
    return positions[0]


def _tell_proof(proof: Proof, key: str) -> None:
    from wardline.pipeline import reading

    said = reading.entry_of(proof.leaf)
    output.line(
        f"Entry {proof.position:,} is one of the {proof.size:,} that the log's checkpoint is signed over."
    )
    if said is not None:
        output.facts(
            {
                "what": said.verb,
                "about": said.subject_id,
                "who": said.actor,
                "when": said.at,
                "detail": said.detail,
                "key": key,
            }
        )
    output.line("\nWith --json you get the proof itself, for somebody who has the log's public key.")


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
