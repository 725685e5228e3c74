"""``wardline destruction``: evidence that is destroyed because an authority asks for it."""

from __future__ import annotations

from typing import Annotated

import typer

from wardline.cli import days, operator, output
from wardline.cli.groups import group
from wardline.cli.opening import line_of, opened
from wardline.cli.options import HERE, As, AsJson, Folder, Limit, PasswordFile
from wardline.cli.preservation import Agency, Contact, Received, Reference
from wardline.records import Asker, Scope, require_id

app = group("Evidence destroyed on request: propose, list, show, proof. Two people decide.")

_Id = Annotated[str, typer.Argument(metavar="ID", help="From `wardline destruction list`.")]


@app.callback()
def destruction() -> None:
    """Evidence destroyed on request."""


@app.command()
def propose(
    items: Annotated[list[str], typer.Argument(metavar="ITEM...", help="The files.")],
    agency: Agency,
    reference: Reference,
    contact: Contact,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    user: As,
    despite: Annotated[
        list[str] | None, typer.Option("--despite", metavar="HOLD", help="A hold that still runs and that you know of; as often as there are.")
    ] = None,
    received: Received = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Propose that files are destroyed for good, at once. A second person approves it; nobody can undo it.

    Refused while a hold runs that is not named with --despite, and for what is undecided or not reported yet.
    """
    from wardline.pipeline import destroying

    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        wanted = destroying.Wanted(
            asker=Asker(agency=agency, reference=reference, contact=contact), reason=reason,
            received_at=days.arrival(received, line.parts.now()).at,
            item_ids=tuple(require_id("item", each) for each in items),
            despite=tuple(require_id("hold", each) for each in despite or ()),
        )  # fmt: skip
        made, approval = line.propose_destruction(wanted, user=person)
    if as_json:
        output.as_json({"destruction": made, "approval": approval})
    else:
        output.line(f"Proposed {made.id}. A second person runs: wardline approval approve {approval.id}")


@app.command("list")
def list_(
    after: Annotated[str | None, typer.Option("--after", metavar="ID", help="Go on after this one.")] = None,
    limit: Limit = 100,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List what was asked to be destroyed, oldest first."""
    with line_of(folder) as line:
        found = line.parts.store.destructions(after=after, most=limit)
    if as_json:
        output.as_json(found)
        return
    rows = [
        (each.id, each.state, each.asker.agency, len(each.item_ids), each.proposed_at, each.done_at)
        for each in found
    ]
    output.table(("id", "state", "agency", "files", "proposed", "done"), rows, empty="Nobody asked for it.")


@app.command()
def show(destruction_id: _Id, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Show one, and which files are gone."""
    with line_of(folder) as line:
        found = line.parts.store.destruction(require_id("destruction", destruction_id))
    if as_json:
        output.as_json(found)
        return
    output.facts({
        "id": found.id, "state": found.state, "agency": found.asker.agency, "reference": found.asker.reference, "reason": found.reason,
        "proposed": f"{found.proposed_at:%Y-%m-%d %H:%M:%SZ} by {found.proposed_by}",
        "decided": f"{found.decided_at:%Y-%m-%d %H:%M:%SZ} by {found.decided_by}" if found.decided_at else None,
        "despite holds": ", ".join(found.despite) or "none", "files": ", ".join(found.item_ids), "gone": len(found.destroyed),
        "done": found.done_at,
    })  # fmt: skip


@app.command()
def proof(destruction_id: _Id, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Print the proof for whoever asked: a statement signed with the log's key, and each file's entry in the signed log.

    With --json it prints the whole proof. `docs/how-to/handle-a-preservation-request.md` says how to check it.
    """
    from wardline.pipeline import destruction_proof
    from wardline.pipeline.log import Sequencer

    with opened(folder) as installation:
        line = installation.wardline
        Sequencer(line.parts).run()
        made = destruction_proof.prove(
            line.parts, require_id("destruction", destruction_id), line.prove_entry
        )
    if as_json:
        output.as_json(made)
        return
    output.facts({key: str(made[key]) for key in ("statement", "signature", "key")})
    output.line("\nWith --json you get each file's entry in the signed log as well.")
