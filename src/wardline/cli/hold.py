"""``wardline hold``: what is kept as evidence, why, and until when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.export import Out, Reason, Reference, require_new, write_new
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, Limit, PasswordFile
from wardline.errors import InputError
from wardline.records import ExportCause, Scope, require_id

app = group("Evidence that is kept: list, export.")


@app.callback()
def hold() -> None:
    """Evidence that is kept."""


@app.command("list")
def list_(
    after: Annotated[str | None, typer.Option("--after", metavar="ID", help="Go on after this hold.")] = None,
    limit: Limit = 100,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List holds, oldest first."""
    with line_of(folder) as line:
        found = line.parts.store.holds(after=after, most=limit)
    if as_json:
        output.as_json(found)
    else:
        rows = [
            (each.id, each.basis, each.state, each.until, each.item_id, each.preservation_id or each.referral_id or each.case_id)
            for each in found
        ]  # fmt: skip
        output.table(("id", "basis", "state", "until", "item", "for"), rows, empty="Nothing is held.")


@app.command()
def export(
    hold_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline hold list`.")],
    user: As,
    reason: Reason,
    reference: Reference,
    recipient_key: Annotated[
        Path,
        typer.Option(
            "--recipient-key", metavar="PATH", help="PEM of the X25519 public key of whoever gets it."
        ),
    ],
    out: Out,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write one file that is held, sealed for its receiver, with its chain of custody: every entry of the signed log about it, each proved."""
    from wardline import preservation

    require_new(out)
    try:
        recipient = preservation.read_recipient(recipient_key.read_bytes())
    except OSError as error:
        raise InputError(
            f"--recipient-key: cannot be read ({error.strerror}), expected the PEM of a public key"
        ) from None
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        cause = ExportCause(reason=reason, reference=reference)
        made = line.export_hold(require_id("hold", hold_id), recipient=recipient, cause=cause, user=person)
    write_new(out, made.content)
    if as_json:
        output.as_json({"path": str(out), "events": made.events, "recipient_key": made.recipient})
    else:
        output.line(f"{out}: {made.events} entries of the log, sealed for key {made.recipient}.")
