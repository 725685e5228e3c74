"""``wardline alarm``: what a person must hear about."""

from __future__ import annotations

from typing import Annotated

import typer

from wardline import records
from wardline.cli import operator, output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.errors import ConflictError, NotFoundError, WardlineError
from wardline.records import Scope, require_id

app = group("What needs a person: list, send-again, resolve.")


@app.command("list")
def list_(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List the open alarms, the most urgent first."""
    from wardline.pipeline import alarm_order

    with line_of(folder) as line:
        found = alarm_order.most_urgent_first(line.parts, line.parts.store.open_alarms())
    if as_json:
        output.as_json(found)
    else:
        rows = [(each.raised_at, each.kind, each.message, each.undelivered, each.id) for each in found]
        output.table(("since", "kind", "what", "not yet told", "id"), rows, empty="No open alarms.")


@app.command("send-again")
def send_again(
    alarm_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="From `wardline alarm list`.")],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Send once more what a platform refused for good, and close the alarms. What must not be sent any more is named, and the others go on."""
    closed: list[records.Alarm] = []
    not_sent: list[WardlineError] = []
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        for each in [require_id("alarm", alarm_id) for alarm_id in alarm_ids]:
            try:
                closed.append(line.send_again(each, user=person))
            except (ConflictError, NotFoundError) as error:
                not_sent.append(error)
    if as_json:
        output.as_json(closed)
    else:
        for alarm in closed:
            output.line(
                f"{alarm.subject_id} is sent again. {alarm.id} is closed, and comes back if it is refused."
            )
    for other in not_sent[:-1]:
        output.note(other.message)
    if not_sent:
        raise not_sent[-1]


@app.command()
def resolve(
    alarm_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline alarm list`.")],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Close an alarm that was dealt with. What still fails raises it again."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        closed = line.resolve_alarm(require_id("alarm", alarm_id), user=person)
    if as_json:
        output.as_json(closed)
    else:
        output.line(f"{closed.id} is closed.")
