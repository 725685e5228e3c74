"""``wardline referral approve``, ``add-fact`` and ``call``, and ``wardline case add-fact``: what people do with a report besides filing it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from wardline.cli import days, operator, output
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.records import FactKind, Scope, require_id

_Id = Annotated[str, typer.Argument(metavar="ID", help="From `wardline referral list`.")]
_Text = Annotated[str, typer.Option("--text", help="What is known, in one line, at most 1000 characters.")]


def approve(
    referral_id: _Id,
    user: As,
    others: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="ID", help="Another report about the same account that waits too and was looked at; may be given again."),
    ] = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Approve a report that waits for a second person, which files it; or note that one that was filed at once was checked. Never by who decided it.

    Read it with `wardline referral preview` before. Nothing is held back by not approving it: when its time is over it is filed without.
    """
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        named = [require_id("referral", each) for each in others or ()]
        looked = line.second_referral(require_id("referral", referral_id), user=person, others=named)
    if as_json:
        output.as_json(looked)
    elif looked.finished_at is not None:
        output.line(f"{looked.id} is checked.")
    else:
        output.line(f"{looked.id} is approved. A running service or `wardline work` files it.")


def add_fact(
    referral_id: _Id,
    kind: Annotated[FactKind, typer.Option("--kind", help="What it is; `danger` has the report filed at once. A call has its own verb.")],
    text: _Text,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Add what police need to a report of which nothing was sent yet."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        found = line.add_to_referral(require_id("referral", referral_id), user=person, kind=kind, text=text)
    if as_json:
        output.as_json(found)
    else:
        output.line(f"It stands in {found.id}.")


def call(
    referral_id: _Id,
    region: Annotated[
        str, typer.Option("--region", metavar="XX", help="Whose emergency number, of [referral.emergency].")
    ],
    user: As,
    at: Annotated[
        datetime | None,
        typer.Option("--at", metavar="TIME", formats=[days.MINUTE], help="When, in UTC: YYYY-MM-DDTHH:MM; now if left out."),
    ] = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Note that you telephoned an emergency number about a report. It says so where it is not sent yet."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        when = line.parts.now() if at is None else at.replace(tzinfo=UTC)
        noted = line.note_call(require_id("referral", referral_id), user=person, region=region, at=when)
    if as_json:
        output.as_json(noted)
    else:
        output.line(f"{noted.id} is noted: {noted.text}.")


def add_fact_to_case(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline case list`.")],
    kind: Annotated[FactKind, typer.Option("--kind", help="`location`, `identifier` or `linked-account`.")],
    text: _Text,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Add what police need to a case, for the report that may follow: by who holds it, or decided it and can still take that back."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.CASES)
        fact = line.add_fact(require_id("case", case_id), user=person, kind=kind, text=text)
    if as_json:
        output.as_json(fact)
    else:
        output.line(f"{fact.id} goes into the report of {fact.case_id}, if there is one.")


def add_to(app: typer.Typer) -> None:
    """Add the verbs about referrals to their group."""
    app.command()(approve)
    app.command("add-fact")(add_fact)
    app.command()(call)
