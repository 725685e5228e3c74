"""``wardline case decide``: a decision in a person's name, from what is known of a case; no picture is shown on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.errors import InputError
from wardline.records import Category, IncidentKind, Outcome, Scope, require_id

if TYPE_CHECKING:
    from wardline import records


def decide(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline case list`.")],
    outcome: Annotated[Outcome, typer.Option("--outcome", help="What it is.")],
    user: As,
    category: Annotated[
        list[str] | None,
        typer.Option("--category", metavar="CATEGORY", help="Of a violation: for every file, or ITEM=CATEGORY; may be repeated."),
    ] = None,
    incident: Annotated[
        IncidentKind | None,
        typer.Option("--incident", help="Of a violation that was told without a file: which kind it is."),
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="For colleagues.")] = None,
    escalation: Annotated[
        str | None, typer.Option("--escalation", help="Only when a child may be in danger now: why.")
    ] = None,
    second_opinion: Annotated[
        bool, typer.Option("--second-opinion", help="Another person decides too, without knowing this.")
    ] = False,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Take a case and decide it. The report says truthfully that nobody viewed its files, unless somebody did on the console.

    A running service or `wardline work` carries it out when the undo window is over; until then it can be taken back on the console.
    """
    from wardline import review

    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.CASES)
        case = line.claim(require_id("case", case_id), user=person)
        said = review.Judgement(
            outcome=outcome, findings=_findings(case, category or [], incident), note=note, escalation=escalation, second_opinion=second_opinion
        )  # fmt: skip
        decided = line.decide(case.id, user=person, judgement=said)
    if as_json:
        output.as_json(decided)
    else:
        output.line(f"{decided.id}: {decided.outcome}; takes effect at {decided.undo_until:%H:%M:%S} UTC.")


def stand_aside(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline case list`.")],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Leave the appeal of a case, which you could decide, to others: then you may export what tells what was found in it, and are not handed it."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        (left,) = line.leave_appeals([require_id("case", case_id)], user=person)
    if as_json:
        output.as_json(output.plain(left, without=("account_reference",)))
    else:
        output.line(f"{left.id}: somebody else decides its appeal.")


def _findings(
    case: records.Case, said: Sequence[str], incident: IncidentKind | None
) -> tuple[records.Finding, ...]:
    """Read the categories; ``review.decide`` says whether they are enough."""
    from wardline import records

    if incident is not None:
        if said:
            raise InputError("--incident: with --category, expected one of the two")
        return tuple(records.Finding(item_id=item_id, incident=incident) for item_id in case.item_ids)
    graded: dict[str, Category] = {}
    for each in said:
        item_id, _, category = each.rpartition("=")
        if category not in list(Category) or (item_id and item_id not in case.item_ids):
            raise InputError(
                f"--category: not of this case, expected one of {', '.join(Category)}, or one of its files, = and one of them",
                remedy="`wardline case show` lists the files.",
            )
        graded |= dict.fromkeys([item_id] if item_id else case.item_ids, Category(category))
    return tuple(
        records.Finding(item_id=item_id, category=graded[item_id])
        for item_id in case.item_ids
        if item_id in graded
    )
