"""``wardline case``: the queue, as an operator may see it: no account, no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wardline.cli import case_deciding, output, referral_acts
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder, Limit
from wardline.records import CaseState, require_id

if TYPE_CHECKING:
    from wardline import records

app = group("Cases: list, show, decide, add-fact, stand-aside.")


@app.command("list")
def list_(
    state: Annotated[CaseState | None, typer.Option("--state", help="Only these.")] = None,
    after: Annotated[str | None, typer.Option("--after", metavar="ID", help="Go on after this case.")] = None,
    limit: Limit = 100,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List cases, oldest first."""
    with line_of(folder) as line:
        found = line.parts.store.cases(state=state, after=after, most=limit)
    if as_json:
        output.as_json([_shown(each) for each in found])
    else:
        rows = [
            (each.id, each.opened_at, each.state, len(each.item_ids), each.restricted, each.reasons)
            for each in found
        ]
        output.table(("id", "opened", "state", "files", "restricted", "why"), rows, empty="No cases.")


@app.command()
def show(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline case list`.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show where one case stands, and what the platform was asked to do about it."""
    with line_of(folder) as line:
        store = line.parts.store
        found = store.case(require_id("case", case_id))
        actions, reveals = store.actions_of(found.id), store.reveals_of(found.id)
    if as_json:
        taken = [output.plain(each, without=("account_reference", "content_reference")) for each in actions]
        output.as_json({**_shown(found), "actions": taken, "reveals": reveals})
        return
    output.facts(
        {
            "id": found.id, "opened": found.opened_at, "state": found.state, "why": found.reasons, "restricted": found.restricted,
            "files": found.item_ids, "claimed by": found.claimed_by, "until": found.lease_until, "decision": found.decision_id,
            "shown": f"{len(reveals)} times",
        }
    )  # fmt: skip
    if actions:
        output.line("")
        rows = [(each.kind, each.state, each.attempts, each.delivered_at, each.id) for each in actions]
        output.table(("action", "state", "failed tries", "delivered", "id"), rows, empty="")


app.command()(case_deciding.decide)
app.command("stand-aside")(case_deciding.stand_aside)
app.command("add-fact")(referral_acts.add_fact_to_case)


def _shown(case: records.Case) -> dict[str, Any]:
    shown: dict[str, Any] = output.plain(case, without=("account_reference",))
    return shown
