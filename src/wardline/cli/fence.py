"""``wardline fence``: what keeps a restored copy from sending."""

from __future__ import annotations

from typing import Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.errors import InputError
from wardline.records import Scope

app = group("The fence around a restored copy: show, raise, lift.")


@app.callback()
def fence() -> None:
    """The fence around a restored copy."""


@app.command()
def show(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Say whether a fence stands. Ends with 1 when it does."""
    with line_of(folder) as line:
        found = line.parts.store.fence()
    if as_json:
        output.as_json(found)
    elif found is None:
        output.line("No fence stands: this installation sends.")
    else:
        output.facts({"fence": found.id, "raised": found.raised_at, "why": found.why})
    if found is not None:
        raise typer.Exit(1)


@app.command("raise")
def raise_(
    user: As, password_file: PasswordFile = None, folder: Folder = HERE, as_json: AsJson = False
) -> None:
    """Raise it: after a database was restored by other means than `wardline restore`, before anything is started over it."""
    from wardline.pipeline import fencing

    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        made = fencing.raise_(line.parts, actor=person.id)
    if as_json:
        output.as_json(made)
    else:
        output.line("The fence stands: nothing is sent and nothing destroyed.")


@app.command()
def lift(
    user: As,
    old_is_gone: Annotated[
        bool, typer.Option("--old-is-gone", help="You say: the installation this was copied from is gone and cannot start again.")
    ] = False,
    nothing_since: Annotated[
        bool,
        typer.Option("--nothing-since", help="You say, too: nobody decided anything there after the back-up was made, for it was stopped before."),
    ] = False,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Take it down. Referrals that had been under way wait for a person: the old installation may have filed them. So do those of cases that it had, when they are decided here."""
    from wardline.pipeline import fencing

    if not old_is_gone:
        raise InputError(
            "fence: nobody said that the old installation is gone, expected --old-is-gone",
            remedy="Make sure of it first: two that send would report and act twice.",
        )
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        why = fencing.MOVED if nothing_since else fencing.RESTORED
        stood = line.parts.store.fence() is not None
        waiting = line.lift_fence(user=person, why=why)
    if as_json:
        output.as_json({"lifted": stood, "referrals": waiting})
        return
    if not stood:
        output.line("No fence stood: nothing was changed.")
        return
    output.line("The fence is down: this installation sends.")
    if not nothing_since:
        output.line(
            "The old installation may have decided, after the back-up, cases that are open here. What is reported of one waits for a person, with the alarm filing-needs-human; where a child may be in danger now it goes at once."
        )
    for each in waiting:
        output.line(
            f"{each}: ask the authority whether it was filed. If not: `wardline referral submit {each}`, or `not-filed` where its decision was overturned; if it was: `wardline referral filed-before {each} --report NUMBER`."
        )
