"""``wardline hash-list``: what pictures are matched against. One person adds a list, another activates it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.errors import InputError, NotFoundError
from wardline.records import ApprovalState, ListForm, ListTrust, Scope

if TYPE_CHECKING:
    from wardline import ports, records
    from wardline.pipeline import Wardline
    from wardline.pipeline.lists import AddedList

app = group("Hash lists: add, sync, list, show, activate, disable.")

_Which = Annotated[str, typer.Argument(metavar="LIST", help="Its id or its name.")]
_Form = Annotated[
    ListForm, typer.Option("--format", help="How the file is written; auto goes by its suffix.")
]
_Profile = Annotated[
    str | None,
    typer.Option("--profile", help="VICS: the table in [matching.category_profiles] that it is read by."),
]
_MOST_LINES_SHOWN = 20


@app.command()
def add(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="CSV or JSON: hash_type, hash, perhaps category. Others: --format."
        ),
    ],
    name: Annotated[str, typer.Option("--name", help="Unique.")],
    provenance: Annotated[str, typer.Option("--provenance", help="Who compiled it, and how it came here.")],
    trust: Annotated[ListTrust, typer.Option("--trust", help="Verified: a match restricts at once.")],
    user: As,
    form: _Form = ListForm.AUTO,
    profile: _Profile = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Read a list and propose its activation. Malformed lines are skipped and named, what is not taken is counted."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        source = line.parts.open_list(path, form=form, profile=profile)
        with _reading(source):
            added = line.add_list(source, name=name, provenance=provenance, trust=trust, user=person)
    if as_json:
        output.as_json(
            {
                "hash_list": added.hash_list,
                "approval_id": added.approval.id,
                "skipped": added.malformed,
                "not_taken": _untaken(source),
            }
        )
    else:
        _tell_added(added, _untaken(source))


@app.command("list")
def list_(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List the hash lists. Their entries are never shown."""
    with line_of(folder) as line:
        found = line.parts.store.hash_lists()
    if as_json:
        output.as_json(found)
    else:
        rows = [
            (each.name, each.state, each.trust, each.entries, each.refreshed_at, each.id) for each in found
        ]
        output.table(
            ("name", "state", "trust", "entries", "last news", "id"),
            rows,
            empty="No hash lists: nothing is matched.",
        )


@app.command()
def show(which: _Which, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Show one list, without its entries."""
    with line_of(folder) as line:
        found = _find(line, which)
    if as_json:
        output.as_json(found)
    else:
        output.facts(
            {
                "id": found.id, "name": found.name, "provenance": found.provenance, "trust": found.trust, "state": found.state,
                "entries": found.entries, "added": found.created_at, "added by": found.created_by, "last news": found.refreshed_at,
            }
        )  # fmt: skip


@app.command()
def activate(
    which: _Which,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Approve the open proposal to switch a list on, as the second person; without a proposal, make one."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        found = _find(line, which)
        proposals = [
            each
            for each in line.parts.store.approvals(state=ApprovalState.PROPOSED)
            if each.subject_id == found.id
        ]
        current = [each for each in proposals if each.subject_version == found.revision]
        if current:
            approval = line.approve(current[0].id, user=person)
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
    which: _Which,
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A file that holds all of the list as it is now.")
    ],
    user: As,
    form: _Form = ListForm.AUTO,
    profile: _Profile = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Read a list again. What is new is found from then on, what is gone is not; malformed lines are skipped and named."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        source = line.parts.open_list(path, form=form, profile=profile)
        with _reading(source):
            synced = line.sync_list(_find(line, which).id, source, user=person)
    if as_json:
        output.as_json(
            {
                "hash_list": synced.hash_list, "added": synced.added, "marked": synced.marked, "removed": synced.removed,
                "skipped": synced.malformed, "not_taken": _untaken(source),
            }
        )  # fmt: skip
        return
    output.line(
        f"{synced.hash_list.name} has {synced.hash_list.entries:,} entries: {synced.added:,} are new, {synced.marked:,} have another "
        f"category, {synced.removed:,} are gone."
    )
    _tell_skipped(synced.malformed, _untaken(source))


@app.command()
def disable(
    which: _Which,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Switch a list off at once: one person is enough to stop matching."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        disabled = line.disable_list(_find(line, which).id, user=person)
    if as_json:
        output.as_json(disabled)
    else:
        output.line(f"{disabled.name} is off.")


def _find(line: Wardline, which: str) -> records.HashList:
    for each in line.parts.store.hash_lists():
        if which in (each.id, each.name):
            return each
    raise NotFoundError(
        f"hash list {which}: unknown, expected an id or a name from `wardline hash-list list`"
    )


@contextmanager
def _reading(source: ports.HashListSource) -> Iterator[None]:
    output.note("Reading the list ...")
    try:
        yield
    except InputError:
        for what, count in _untaken(source).items():  # perhaps all of it was
            output.note(f"Not taken: {count:,} {what}")
        raise


def _untaken(source: ports.HashListSource) -> Mapping[str, int]:
    """Give what a source read and did not take, by what it is; a plug-in's may not say."""
    counts: Mapping[str, int] = getattr(source, "untaken", {})
    return counts


def _tell_added(added: AddedList, untaken: Mapping[str, int]) -> None:
    output.line(
        f"Added {added.hash_list.name} with {added.hash_list.entries:,} entries: {added.hash_list.id}"
    )
    _tell_skipped(added.malformed, untaken)
    output.line(
        f"Proposed: {added.approval.id}. A second person activates it: wardline hash-list activate {added.hash_list.id} --as NAME"
    )


def _tell_skipped(malformed: Sequence[records.MalformedLine], untaken: Mapping[str, int]) -> None:
    if malformed:
        output.line(f"Skipped {len(malformed):,} malformed lines:")
    for each in malformed[:_MOST_LINES_SHOWN]:
        output.line(f"  line {each.line}: {each.reason}")
    if len(malformed) > _MOST_LINES_SHOWN:
        output.line(f"  and {len(malformed) - _MOST_LINES_SHOWN:,} more; --json names them all")
    for what, count in untaken.items():
        output.line(f"Not taken: {count:,} {what}")
