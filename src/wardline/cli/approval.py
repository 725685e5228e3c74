"""``wardline approval``: the acts that need two people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from wardline.cli import operator, output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.records import Approval, ApprovalKind, ApprovalState, Scope, require_id

if TYPE_CHECKING:
    from wardline.pipeline import Wardline

app = group("Acts that need two people: list, approve, refuse.")

_Id = Annotated[str, typer.Argument(metavar="ID", help="From `wardline approval list`.")]


@app.command("list")
def list_(
    state: Annotated[ApprovalState | None, typer.Option("--state", help="Only these.")] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List proposals and what became of them."""
    with line_of(folder) as line:
        found = line.parts.store.approvals(state=state)
    if as_json:
        output.as_json(found)
    else:
        rows = [
            (each.id, each.kind, each.subject_id, each.state, each.proposed_by, each.proposed_at)
            for each in found
        ]
        output.table(("id", "act", "about", "state", "proposed by", "at"), rows, empty="No proposals.")


@app.command()
def approve(
    approval_id: _Id,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Approve somebody else's proposal. Says what follows: lists and certificates change at once, files are destroyed by a running service or
    `wardline work`, what is given out is written by `wardline export take`, and a master key is changed by `wardline vault rotate`."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        approved = line.approve(require_id("approval", approval_id), user=person)
        without = _without_files(line, approved)
        beside = _beside(line, approved, len(without))
    if as_json:
        output.as_json({**output.plain(approved), "without_files": without})
    else:
        output.line(f"{approved.id} is approved. {beside}{_what_follows(approved)}")


def _without_files(line: Wardline, approved: Approval) -> tuple[str, ...]:
    from wardline.pipeline import vics_export

    return vics_export.without_files_of(line.parts, [approved]).get(approved.id, ())


def _beside(line: Wardline, approved: Approval, without: int) -> str:
    """Say what is not in what goes out."""
    from wardline.pipeline import vics_export

    if approved.kind is not ApprovalKind.EXPORT:
        return ""
    cases = line.parts.store.export(approved.subject_id).case_ids
    words = vics_export.without_files_words(without, len(cases))
    return f"{words} " if words else ""


def _what_follows(approved: Approval) -> str:
    match approved.kind:
        case ApprovalKind.DESTROY_EVIDENCE:
            found = approved.subject_id
            return f"Nothing is destroyed yet: a running service or `wardline work` does it now, behind a fence once that is lifted. See `wardline destruction show {found}`."
        case ApprovalKind.EXPORT:
            return f"It can be taken for 14 days: wardline export take {approved.subject_id} --out PATH"
        case ApprovalKind.ROTATE_VAULT_KEY:
            return "Nothing has changed yet: whoever runs the machine runs `wardline vault rotate`."
        case ApprovalKind.ACTIVATE_HASH_LIST | ApprovalKind.LET_HASH_LIST_CHANGE | ApprovalKind.CERTIFY:
            return "It is carried out."
        case _:
            assert_never(approved.kind)


@app.command()
def refuse(
    approval_id: _Id,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Refuse somebody else's proposal; nothing else happens."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        refused = line.refuse(require_id("approval", approval_id), user=person)
    if as_json:
        output.as_json(refused)
    else:
        output.line(f"{refused.id} is refused.")
