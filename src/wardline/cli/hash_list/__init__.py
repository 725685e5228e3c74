"""``wardline hash-list``: what pictures are matched against. One person adds a list, another activates it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.groups import group
from wardline.cli.hash_list import care, telling, terms
from wardline.cli.hash_list.finding import Which, find
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.errors import InputError
from wardline.records import (
    ApprovalKind,
    ApprovalState,
    ListForm,
    ListMeaning,
    ListRole,
    ListTrust,
    Scope,
)

if TYPE_CHECKING:
    from wardline import ports
    from wardline.pipeline import Wardline

app = group("Hash lists: add, sync, list, show, activate, preview, disable, and the care of their entries.")

_Form = Annotated[
    ListForm, typer.Option("--format", help="How the file is written; auto goes by its suffix.")
]
_Profile = Annotated[
    str | None,
    typer.Option("--profile", help="VICS: the table in [matching.category_profiles] that it is read by."),
]


_Path = Annotated[
    Path | None,
    typer.Argument(metavar="PATH", help="CSV or JSON: hash_type, hash, perhaps category. Others: --format."),
]
_Exchange = Annotated[
    str | None,
    typer.Option("--exchange", help="Instead of a file: a [[matching.exchanges]] of the settings."),
]
_Pictures = Annotated[
    list[Path] | None,
    typer.Option(
        "--pictures",
        help="Instead of a file: harmless pictures of your own, or a folder of them, to be hashed.",
    ),
]


@app.command()
def add(
    name: Annotated[str, typer.Option("--name", help="Unique.")],
    provenance: Annotated[str, typer.Option("--provenance", help="Who compiled it, and how it came here.")],
    trust: Annotated[ListTrust, typer.Option("--trust", help="Verified: a match restricts at once.")],
    user: As,
    path: _Path = None,
    exchange: _Exchange = None,
    made_of: _Pictures = None,
    form: _Form = ListForm.AUTO,
    profile: _Profile = None,
    meaning: terms.Meaning = ListMeaning.ILLEGAL,
    role: terms.Role = ListRole.BANK,
    radius_bits: terms.RadiusBits = None,
    surfaces: terms.Surfaces = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Read a list and propose its activation. Malformed lines are skipped and named, what is not taken is counted."""
    if sum(map(bool, (path, exchange, made_of))) != 1:
        raise InputError("hash-list add: expected one of a file, --exchange and --pictures")
    if made_of and role is ListRole.BANK:
        raise InputError("--pictures: for a bank, expected --role canary or --role negative")
    used = terms.of(trust, meaning, role, radius_bits, surfaces)
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        if exchange is not None:
            given = line.subscribe(exchange, name=name, provenance=provenance, terms=used, user=person)
            telling.told_subscribed(line, given, as_json=as_json)
            return
        source = _source(line, path, made_of or [], form, profile)
        with telling.reading(source):
            added = line.add_list(
                source, name=name, provenance=provenance, trust=trust, user=person, meaning=used.meaning, role=used.role,
                radius_bits=used.radius_bits, surfaces=used.surfaces,
            )  # fmt: skip
    telling.told_added(added, telling.untaken(source), as_json=as_json)


def _source(
    line: Wardline, path: Path | None, made_of: list[Path], form: ListForm, profile: str | None
) -> ports.HashListSource:
    if path is not None:
        return line.parts.open_list(path, form=form, profile=profile)
    from wardline.cli.hash_list.pictures import PictureSource

    return PictureSource(made_of, line.parts.media)


@app.command("list")
def list_(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List the hash lists. Their entries are never shown."""
    with line_of(folder) as line:
        found = line.parts.store.hash_lists()
    if as_json:
        output.as_json([telling.plain(each) for each in found])
    else:
        rows = [
            (
                each.name,
                each.role,
                each.state,
                each.meaning,
                each.trust,
                each.entries,
                each.refreshed_at,
                each.id,
            )
            for each in found
        ]
        output.table(
            ("name", "role", "state", "meaning", "trust", "entries", "last news", "id"),
            rows,
            empty="No hash lists: nothing is matched.",
        )


@app.command()
def show(which: Which, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Show one list, without its entries."""
    with line_of(folder) as line:
        telling.show(line, find(line, which), as_json=as_json)


@app.command()
def activate(
    which: Which,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Approve the open proposal to switch a list on, as the second person; without a proposal, make one."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        found = find(line, which)
        current = telling.open_proposal(line, found, ApprovalKind.ACTIVATE_HASH_LIST)
        if current is not None:
            approval = line.approve(current.id, user=person)
        else:
            approval = line.propose_activation(found.id, user=person)
    active = approval.state is ApprovalState.APPROVED
    if as_json:
        output.as_json({"hash_list_id": found.id, "active": active, "approval": approval})
    elif active:
        output.line(f"{found.name} is active.")
    else:
        output.line(
            f"Proposed: {approval.id}. A second person runs the same command, or `wardline approval approve`."
        )


@app.command()
def sync(
    which: Which,
    user: As,
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATH",
            help="A file that holds all of the list as it is now; none for a list from an exchange.",
        ),
    ] = None,
    form: _Form = ListForm.AUTO,
    profile: _Profile = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Read a list again. What is new is found from then on, what is gone is not; malformed lines are skipped and named."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        found = find(line, which)
        if path is None:
            asked = line.ask_for_sync(found.id, user=person)
            telling.told_fetched(line, telling.fetched(line, asked), as_json=as_json)
            return
        source = line.parts.open_list(path, form=form, profile=profile)
        with telling.reading(source):
            synced = line.sync_list(found.id, source, user=person)
    telling.told_synced(synced, telling.untaken(source), as_json=as_json)


@app.command()
def disable(
    which: Which,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Switch a list off at once: one person is enough to stop matching."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        disabled = line.disable_list(find(line, which).id, user=person)
    if as_json:
        output.as_json(telling.plain(disabled))
    else:
        output.line(f"{disabled.name} is off.")


care.add_to(app)
