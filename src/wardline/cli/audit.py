"""``wardline audit``: is everything as the log says, the log as files, and proofs for outsiders."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wardline.cli import operator, output
from wardline.cli.errors_table import INTEGRITY
from wardline.cli.groups import group
from wardline.cli.opening import opened
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.errors import AuditLogError, BusyError, InputError, NotFoundError
from wardline.records import Scope

if TYPE_CHECKING:
    from wardline.audit import Continuation, Proof
    from wardline.pipeline import Wardline
    from wardline.pipeline.log import Verification
    from wardline.wiring import Installation

app = group("The audit log: verify, export, prove.")

_POSITION = re.compile(r"[0-9]{1,18}", re.ASCII)
_POSITIONS_SHOWN = 10


@app.callback()
def audit() -> None:
    """The audit log."""


@app.command()
def verify(
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against",
            metavar="FILE",
            help="A file with checkpoints that were kept elsewhere, such as a saved mail. As often as there are files.",
        ),
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Check every entry, every checkpoint, also those that witnesses kept, and every record against its newest entry.

    Ends with 4 at the first bad one. Without a copy that was kept elsewhere it cannot find what somebody who holds the log's key signed anew.
    """
    notes = [note for path in against or () for note in _notes(path)]
    with opened(folder) as installation:
        _require_of_this_log(installation, notes)
        newly = _sequence(installation)
        found = installation.wardline.verify_audit(notes=notes)
    if as_json:
        output.as_json(_shown(found, newly))
    else:
        _tell(found, newly)
    if not found.ok:
        raise typer.Exit(INTEGRITY)


@app.command()
def export(
    to: Annotated[
        Path, typer.Argument(metavar="TO", help="The folder for the files. It is made when it is missing.")
    ],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the whole log as static files in the C2SP layout (tlog-tiles), or bring files that were written before to the newest checkpoint.

    Whoever gets them sees who did what and when, by ids. docs/how-to/verify-the-log.md says how to check them without Wardline.
    """
    from wardline import audit as auditing
    from wardline import plugins
    from wardline.cli.counting import counting

    with opened(folder) as installation:
        line = installation.wardline
        person = operator.sign_in(line, user, password_file, Scope.AUDIT)
        _sign_what_waits(installation)
        with counting("entries") as progress:
            done = line.export_log(plugins.load("mirrors", "directory")(to), user=person, progress=progress)
        key = auditing.verifier_key(line.parts.log_origin, line.parts.log_key.public_key())
    if as_json:
        output.as_json({**output.plain(done), "key": key})
        return
    output.line(f"All {done.size:,} signed entries lie in {to}, {done.new_entries:,} of them new.")
    output.facts({"files written": done.files_written, "key": key})
    output.line("\nGive the key to whoever shall check them, on another way than the files.")


@app.command()
def prove(
    entry: Annotated[
        str | None,
        typer.Argument(
            metavar="ENTRY", help="Its position, or the id of a record: then the newest entry about it."
        ),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(
            "--since",
            metavar="FILE",
            help="Instead: prove that the log begins with all that the checkpoint in this file was signed over.",
        ),
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Prove to an outsider that one entry is in the signed log, or that the log only grew since a checkpoint.

    With --json it prints the proof, which docs/reference/http.md says how to check offline. Ends with 4 when the log is not what was signed.
    """
    from wardline import audit as auditing

    if since is not None and entry is None:
        _prove_growth(since, folder, as_json=as_json)
        return
    if entry is None or since is not None:
        raise InputError("proof: of both or of nothing, expected either ENTRY or --since FILE")
    with opened(folder) as installation:
        _sign_what_waits(installation)
        line = installation.wardline
        position = int(entry) if _POSITION.fullmatch(entry) else _newest_about(line, entry)
        proof = line.prove_entry(position)
        public_key = line.parts.log_key.public_key()
    if as_json:
        output.as_json(auditing.proof_fields(proof, public_key))
    else:
        _tell_proof(proof, auditing.verifier_key(proof.origin, public_key))


def _prove_growth(since: Path, folder: Path, *, as_json: bool) -> None:
    from wardline import audit as auditing

    notes = _notes(since)
    with opened(folder) as installation:
        _require_of_this_log(installation, notes)
        _sign_what_waits(installation)
        line = installation.wardline
        origin, public_key = line.parts.log_origin, line.parts.log_key.public_key()
        kept = {each: auditing.open_checkpoint(each, origin, public_key)[0] for each in notes}
        proofs = {size: _grown_from(line, size) for size in sorted(set(kept.values()))}
    for each, size in kept.items():
        auditing.check_continuation(proofs[size], each, origin, public_key)
    old_size, proof = max(proofs.items())
    if as_json:
        output.as_json(auditing.continuation_fields(proof, public_key))
        return
    output.line(f"The log of {proof.size:,} entries begins with the {old_size:,} that were signed then.")
    output.facts({"key": auditing.verifier_key(origin, public_key)})
    output.line("\nWith --json you get the proof itself, for somebody who has the log's public key.")


def _grown_from(line: Wardline, size: int) -> Continuation:
    """Prove that the log goes on from what was signed at a size. A signed size that the log has not is no mistake of whoever asks."""
    try:
        return line.prove_continuation(size)
    except NotFoundError as error:
        raise AuditLogError(f"{error.message}: its end was cut off since a checkpoint was kept") from None


def _notes(path: Path) -> list[str]:
    """Read the checkpoints in a file that somebody kept."""
    from wardline import audit as auditing

    try:
        found = auditing.notes_in_file(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}), expected a file with checkpoints"
        ) from None
    if not found:
        raise InputError(f"{path}: no checkpoint in it, expected at least one signed note")
    return found


def _require_of_this_log(installation: Installation, notes: list[str]) -> None:
    """Refuse checkpoints of another log: they say nothing of this one, and nothing is wrong with it for them."""
    origin = installation.wardline.parts.log_origin
    others = sorted({each.partition("\n")[0] for each in notes} - {origin})
    if others:
        raise InputError(
            f"checkpoints: of the log {', '.join(others)}, expected those of {origin}",
            remedy="Give the file that was kept of this installation's log; one of another log says nothing of it.",
        )


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


def _sign_what_waits(installation: Installation) -> None:
    """Sign what waits before something is proved by the log's key, which must be the log's."""
    installation.require_log_key()
    _sequence(installation)


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
    if found.copies:
        output.line(
            f"The log goes on from each of the {found.copies:,} checkpoints that were kept elsewhere."
        )
    else:
        output.line(
            "It was compared with no copy elsewhere: what somebody with the log's key signed anew would not be found."
        )
    if found.unread:
        output.line(f"Not asked, for they did not answer: {', '.join(found.unread)}.")
    if newly is None:
        output.line("A running service signs newer entries each second; they are checked the next time.")
    elif newly:
        output.line(f"{newly:,} of them waited for their signature and have it now.")
