"""The verbs for the care of a list: preview, terms, let-change, and its entries: held, hold, release, feedback."""

from __future__ import annotations

from typing import Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.hash_list import telling, terms
from wardline.cli.hash_list.finding import Which, find
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.errors import ConflictError
from wardline.records import ApprovalKind, ApprovalState, ListMeaning, ListRole, ListTrust, Scope, Verdict

_Entry = Annotated[str, typer.Argument(metavar="ENTRY", help="Its id, as a match tells it.")]


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the group."""
    app.command()(preview)
    app.command("terms")(terms_)
    app.command("let-change")(let_change)
    app.command()(held)
    app.command()(hold)
    app.command()(release)
    app.command()(feedback)


def preview(
    which: Which,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Look a list up and count, without any effect on an upload: what would it find?"""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        previewed = line.preview_list(find(line, which).id, user=person)
    if as_json:
        output.as_json(telling.plain(previewed))
    else:
        output.line(
            f"{previewed.name} is in preview: what it would find is counted, and nothing else happens."
        )


def terms_(
    which: Which,
    user: As,
    trust: Annotated[
        ListTrust | None, typer.Option("--trust", help="Verified: a match restricts at once.")
    ] = None,
    meaning: Annotated[
        ListMeaning | None, typer.Option("--meaning", help="What its owner says of the entries.")
    ] = None,
    role: Annotated[ListRole | None, typer.Option("--role", help="Bank, negative or canary.")] = None,
    radius_bits: terms.RadiusBits = None,
    surfaces: terms.Surfaces = None,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="Look it up for every surface.")] = False,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Change the terms of a list that is not active. What is not named stays; a second person then activates it."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        known = find(line, which)
        kept = [] if everywhere else list(known.surfaces)
        changed = line.change_list_terms(
            known.id,
            terms.of(
                trust or known.trust, meaning or known.meaning, role or known.role,
                known.radius_bits if radius_bits is None else radius_bits, surfaces or kept,
            ),
            user=person,
        )  # fmt: skip
        telling.show(line, changed, as_json=as_json)


def let_change(
    which: Which,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Approve, as the second person, that the next sync of a list may change as much as it likes; without a proposal, make one."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        found = find(line, which)
        current = telling.open_proposal(line, found, ApprovalKind.LET_HASH_LIST_CHANGE)
        if current is not None:
            approval = line.approve(current.id, user=person)
        else:
            approval = line.propose_list_change(found.id, user=person)
    may_change = approval.state is ApprovalState.APPROVED
    if as_json:
        output.as_json({"hash_list_id": found.id, "may_change": may_change, "approval": approval})
    elif may_change:
        output.line(f"The next sync of {found.name} may change as much as it likes.")
    else:
        output.line(
            f"Proposed: {approval.id}. A second person runs the same command, or `wardline approval approve`."
        )


def held(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List the entries that restrict nothing until a person found them to be right."""
    with line_of(folder) as line:
        names = {each.id: each.name for each in line.parts.store.hash_lists()}
        found = line.parts.store.held_entries()
    if as_json:
        output.as_json(found)
        return
    rows = [
        (names.get(each.list_id, each.list_id), each.entry_id, each.cause, each.held_at, each.id)
        for each in found
    ]
    output.table(("list", "entry", "why", "since", "id"), rows, empty="No entry is held.")


def hold(
    which: Which,
    entry: _Entry,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Let an entry restrict nothing any more: what it matches goes to a person."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        made = line.hold_entry(find(line, which).id, entry, user=person)
    if not made:
        raise ConflictError(f"entry {entry}: held already, expected one that is not")
    if as_json:
        output.as_json(made[0])
    else:
        output.line(f"Held: {made[0].id}")


def release(
    held_id: Annotated[str, typer.Argument(metavar="HELD", help="From `wardline hash-list held`.")],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Let a held entry count again, because a person found it to be right."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        released = line.release_entry(held_id, user=person)
    if as_json:
        output.as_json(released)
    else:
        output.line(f"{released.entry_id} counts again.")


def feedback(
    which: Which,
    entry: _Entry,
    verdict: Annotated[Verdict, typer.Option("--verdict", help="What people made of its match.")],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Have the owner of a list told about one entry. A running server sends it."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        word = line.give_feedback(find(line, which).id, entry, verdict, user=person)
    if as_json:
        output.as_json(word)
    else:
        output.line(f"To be sent: {word.id}")
