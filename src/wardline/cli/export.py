"""``wardline export``: what is taken out for law enforcement."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, Limit, PasswordFile
from wardline.errors import InputError
from wardline.records import Export, ExportCause, ExportReason, Scope, require_id

app = group("For law enforcement: vics, list, show, take. Two people decide.")

Reason = Annotated[ExportReason, typer.Option("--reason", help="On whose word; it stands in the audit log.")]
Reference = Annotated[
    str,
    typer.Option(
        "--reference", metavar="TEXT", help="The asking body's number of its request or order. No name."
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="PATH", help="Write it here: a new file.")]


_Id = Annotated[str, typer.Argument(metavar="ID", help="From `wardline export list`.")]


@app.callback()
def export() -> None:
    """For law enforcement."""


@app.command()
def vics(
    user: As,
    reason: Reason,
    reference: Reference,
    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            metavar="NAME",
            help="One of [matching.category_profiles]: what the numbers mean to them.",
        ),
    ],
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="ID", help="A case; may be given again.")
    ] = None,
    referral: Annotated[
        list[str] | None,
        typer.Option("--referral", metavar="ID", help="A referral, for its case; may be given again."),
    ] = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Propose to give out the hashes and categories of what people found to be violations, as VICS 2.0. No file and no account is in it.

    A second person approves that very document; then `wardline export take` writes it.
    """
    from wardline.pipeline import blind_filing, vics_export

    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        cases = [require_id("case", each) for each in case or ()]
        named = [require_id("referral", each) for each in referral or ()]
        cases += [blind_filing.opened(line.parts, each, person).case_id for each in named]
        cause = ExportCause(reason=reason, reference=reference)
        wanted = vics_export.Wanted(case_ids=tuple(cases), profile=profile, cause=cause)
        made, approval = line.propose_export(wanted, user=person)
        without = vics_export.without_files(line.parts, made.case_ids)
    if as_json:
        output.as_json({"export": made, "approval": approval, "without_files": without})
    else:
        output.line(f"Proposed {made.id}: {made.media} media.{_beside(without, made)}")
        output.line(f"A second person runs: wardline approval approve {approval.id}")


@app.command("list")
def list_(
    after: Annotated[str | None, typer.Option("--after", metavar="ID", help="Go on after this one.")] = None,
    limit: Limit = 100,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List what was proposed to be given out, oldest first."""
    with line_of(folder) as line:
        found = line.parts.store.exports(after=after, most=limit)
    if as_json:
        output.as_json(found)
        return
    rows = [
        (
            each.id,
            each.state,
            each.cause.words,
            len(each.case_ids),
            each.media,
            each.proposed_at,
            each.decided_at,
        )
        for each in found
    ]
    columns = ("id", "state", "on whose word", "cases", "media", "proposed", "decided")
    output.table(columns, rows, empty="Nothing was proposed.")


@app.command()
def show(export_id: _Id, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Show one: who asked, who decided, and the digest of the document."""
    from wardline.pipeline import vics_export

    with line_of(folder) as line:
        found = line.parts.store.export(require_id("export", export_id))
        without = vics_export.without_files(line.parts, found.case_ids)
    if as_json:
        output.as_json({**output.plain(found), "without_files": without})
        return
    output.facts({
        "id": found.id, "state": found.state, "on whose word": found.cause.words, "profile": found.profile, "cases": found.case_ids,
        "media": found.media, "without a file in it": without or None, "sha256": found.sha256, "proposed": f"{found.proposed_at:%Y-%m-%d %H:%M:%SZ} by {found.proposed_by}",
        "decided": f"{found.decided_at:%Y-%m-%d %H:%M:%SZ} by {found.decided_by}" if found.decided_at else None,
    })  # fmt: skip


@app.command()
def take(
    export_id: _Id,
    user: As,
    out: Out,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write a document that two people agreed to, within 14 days of that. The audit log has who took it."""
    require_new(out)
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        made = line.take_export(require_id("export", export_id), user=person)
        export = line.parts.store.export(export_id)
    write_new(out, made.content)
    if as_json:
        output.as_json(
            {
                "path": str(out),
                "media": made.media,
                "sha256": made.sha256,
                "without_files": made.without_files,
            }
        )
    else:
        output.line(f"{out}: {made.media} media, SHA-256 {made.sha256}.{_beside(made.without_files, export)}")


def _beside(without: Sequence[str], made: Export) -> str:
    from wardline.pipeline import vics_export

    words = vics_export.without_files_words(len(without), len(made.case_ids))
    return f" {words} `wardline export show {made.id}` names them." if words else ""


def require_new(path: Path) -> None:
    """Refuse a path that is taken, or where nothing can be written, before anything is written into the log."""
    if os.path.lexists(path):
        raise InputError(
            "--out: there is a file of this name, expected a new one", remedy="Choose another path."
        )
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(
            "--out: its folder is not there or cannot be written, expected one to write to",
            remedy="Make the folder, or choose another path.",
        )


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, for its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise InputError(
            f"--out: cannot be written ({error.strerror}), expected a new file", remedy="Choose another path."
        ) from None
