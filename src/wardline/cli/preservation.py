"""``wardline preservation``: requests of authorities that evidence is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import days, operator, output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, Limit, PasswordFile
from wardline.records import Asker, Preservation, PreservationBasis, Scope, require_id

if TYPE_CHECKING:
    from wardline.pipeline import Wardline

app = group("Requests to preserve evidence: record, list, show, extend, end.")

Id = Annotated[str, typer.Argument(metavar="ID", help="From `wardline preservation list`.")]
Agency = Annotated[str, typer.Option("--agency", help="Who asks.")]
Reference = Annotated[str, typer.Option("--reference", help="The agency's own reference.")]
Contact = Annotated[str, typer.Option("--contact", help="The officer to write to.")]
Received = Annotated[
    str | None, typer.Option("--received", metavar="TIME", help=f"When it arrived, {days.FORMATS} (UTC); now by default. Periods count from the end of a day.")
]  # fmt: skip
_Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help=f"Until when, {days.FORMATS} (UTC); a day counts to its end in every time zone. None for us-2703f, where the law says it.")
]  # fmt: skip


@app.callback()
def preservation() -> None:
    """Requests to preserve evidence."""


@app.command()
def record(
    basis: Annotated[PreservationBasis, typer.Option("--basis", help="On what it rests.")],
    agency: Agency,
    reference: Reference,
    contact: Contact,
    user: As,
    account: Annotated[str | None, typer.Option("--account", help="Whose content: the platform's id of the account.")] = None,
    platform: Annotated[str | None, typer.Option("--platform", help="Of which platform, where several may call different accounts the same; else of all.")] = None,
    cases: Annotated[list[str] | None, typer.Option("--case", metavar="ID", help="A case; as often as there are.")] = None,
    items: Annotated[list[str] | None, typer.Option("--item", metavar="ID", help="A file; as often as there are.")] = None,
    received: Received = None,
    until: _Until = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Record a request, and hold everything that it is about and that is still there.

    Says which files had been destroyed before.
    """
    from wardline.pipeline import preserving

    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        arrived = days.arrival(received, line.parts.now())
        wanted = preserving.Wanted(
            basis=basis, asker=Asker(agency=agency, reference=reference, contact=contact), received_at=arrived.at,
            counted_from=arrived.at_the_latest, until=days.last_of(until), account=account, platform=platform,
            case_ids=tuple(require_id("case", each) for each in cases or ()),
            item_ids=tuple(require_id("item", each) for each in items or ()),
        )  # fmt: skip
        _tell(line, line.preserve(wanted, user=person), as_json=as_json)


@app.command("list")
def list_(
    after: Annotated[str | None, typer.Option("--after", metavar="ID", help="Go on after this one.")] = None,
    limit: Limit = 100,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List requests, oldest first, with how many of their files are kept, and how many are destroyed by now."""
    from wardline.pipeline import preserving

    with line_of(folder) as line:
        found = line.parts.store.preservations(after=after, most=limit)
        gone = preserving.destroyed_of_several(line.parts, found)
    if as_json:
        output.as_json([{**output.plain(each), "destroyed_since": gone[each.id]} for each in found])
        return
    rows = [
        (
            each.id, each.basis, each.asker.agency, each.until, len(each.item_ids) - len(gone[each.id]),
            len(gone[each.id]) + len(each.gone), "ended" if each.ended_at else "",
        )
        for each in found
    ]  # fmt: skip
    output.table(
        ("id", "basis", "agency", "until", "kept", "destroyed", ""), rows, empty="Nobody asked for anything."
    )


@app.command()
def show(preservation_id: Id, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Show one request and what it keeps."""
    with line_of(folder) as line:
        found = line.parts.store.preservation(require_id("preservation", preservation_id))
        _tell(line, found, as_json=as_json)


@app.command()
def extend(
    preservation_id: Id,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record: the renewed request and its reference.")],
    user: As,
    until: _Until = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Keep it for longer, with a reason. A request under 18 USC 2703(f) gets 90 more days, once."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        found = require_id("preservation", preservation_id)
        later = line.extend_preservation(found, reason=reason, until=days.last_of(until), user=person)
        _tell(line, later, as_json=as_json)


@app.command()
def end(
    preservation_id: Id,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """End a request that whoever asked has withdrawn. What nothing else holds is destroyed at the next sweep."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        ended = line.end_preservation(require_id("preservation", preservation_id), why=reason, user=person)
        _tell(line, ended, as_json=as_json)


def _tell(line: Wardline, found: Preservation, *, as_json: bool) -> None:
    from wardline.pipeline import preserving

    since = preserving.destroyed_since(line.parts, found)
    if as_json:
        output.as_json({**output.plain(found), "destroyed_since": since})
        return
    held = [each for each in found.item_ids if each not in since]
    output.facts({
        "id": found.id, "basis": found.basis, "agency": found.asker.agency, "reference": found.asker.reference,
        "contact": found.asker.contact, "received": found.received_at, "until": found.until, "ended": found.ended_at,
        "cases": ", ".join(found.case_ids) or "none", "held": ", ".join(held) or "nothing",
        "destroyed before": ", ".join(found.gone) or "nothing", "destroyed since": ", ".join(since) or "nothing",
        "extended": "; ".join(f"{each.at:%Y-%m-%d} until {each.until:%Y-%m-%d}: {each.reason}" for each in found.extensions) or "never",
    })  # fmt: skip
