"""``wardline referral``: reports to the authority, and their receipts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.export import require_new
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, Limit, PasswordFile
from wardline.cli.referral_ways import Asked, ids_of, require_instead
from wardline.errors import InputError, NotFoundError
from wardline.records import Scope, require_id
from wardline.referral import ToDo
from wardline.referral import score as completeness

if TYPE_CHECKING:
    from wardline import ports, records
    from wardline.pipeline import ReferralPreview, Wardline

app = group("Reports to the authority: list, show, preview, approve, submit.")


@app.command("list")
def list_(
    after: Annotated[
        str | None, typer.Option("--after", metavar="ID", help="Go on after this referral.")
    ] = None,
    to_do: Annotated[
        ToDo | None,
        typer.Option(
            "--to-do",
            help="Only those that somebody has to approve or check, or whose clock runs; the most urgent first.",
        ),
    ] = None,
    limit: Limit = 100,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List referrals, oldest first."""
    with line_of(folder) as line:
        if to_do is None:
            found = line.parts.store.referrals(after=after, most=limit)
        else:
            found = line.referrals_to_do(to_do, user=None, most=limit)
    if as_json:
        output.as_json(found)
    else:
        rows = [
            (each.id, each.created_at, each.state, each.priority, each.due_at, each.authority, each.environment, each.remote_id)
            for each in found
        ]  # fmt: skip
        columns = ("id", "made", "state", "priority", "due", "authority", "environment", "their id")
        output.table(columns, rows, empty="No referrals.")


@app.command()
def show(
    referral_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline referral list`.")],
    receipt: Annotated[
        Path | None,
        typer.Option("--receipt", metavar="PATH", help="Write the authority's receipt here, byte for byte."),
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show where one referral stands: its state, the authority's id, reports that were given up, and what went wrong last."""
    with line_of(folder) as line:
        found = line.parts.store.referral(require_id("referral", referral_id))
        stored = line.receipt_of(found)
    if receipt is not None:
        if stored is None:
            raise NotFoundError(
                f"{found.id}: has no receipt yet, expected a finished referral",
                remedy="Wait until it is finished.",
            )
        _write(receipt, stored.body)
    if as_json:
        output.as_json({**output.plain(found), "receipt_id": stored.id if stored else None})
        return
    described = sum(file.described for file in found.attached)
    output.facts(
        {
            "id": found.id, "case": found.case_id, "state": found.state, "authority": found.authority,
            "environment": found.environment, "their id": found.remote_id, "files": f"{described} of {len(found.attached)} described" if found.attached or not found.files else "none: an incident in words",
            "given up": found.orphans, "failed calls": found.attempts, "problem": found.problem, "made": found.created_at,
            "batched": found.batched, "reported in": found.joined, "reported with it": tuple(each.referral_id for each in found.bundle),
            "priority": found.priority, "due": found.due_at, "waits until": found.waits_until, "check by": found.check_by,
            "second person": found.second_by, "completeness": found.completeness, "finished": found.finished_at, "receipt": stored.id if stored else None,
        }
    )  # fmt: skip


@app.command()
def preview(
    referral_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline referral list`.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show what one report says now: what police need of it, what keeps it from being filed, and what the authority would get, with its
    account and addresses. Sends nothing."""
    with line_of(folder) as line:
        found = line.preview_referral(require_id("referral", referral_id))
    if as_json:
        output.as_json(found)
    else:
        _tell(found)


@app.command("dry-run")
def dry_run(
    referral_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline referral list`.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Play one report to its end against an authority inside this program: build its documents, check them, and say what was answered. Nothing
    is sent anywhere else, and the referral stays as it is. Ends with 1 if it would be refused."""
    with line_of(folder) as line, _rehearsal(line, require_id("referral", referral_id)) as authority:
        played = line.dry_run_referral(require_id("referral", referral_id), rehearsal=authority)
    if as_json:
        output.as_json({**output.plain(played), "is_accepted": played.is_accepted})
    else:
        for problem in played.problems:
            output.line(f"The documents break a rule: {problem}.")
        rows = [(each.call, each.about, each.answer) for each in played.calls]
        output.table(("call", "file", "answer"), rows, empty="Nothing was played.")
        output.line("\nIt would be taken." if played.is_accepted else "\nIt would be refused.")
    if not played.is_accepted:
        raise typer.Exit(1)


@contextmanager
def _rehearsal(line: Wardline, referral_id: str) -> Iterator[ports.Authority]:
    """Start an authority in memory, or make packs in a folder that goes, with an adapter of its own that knows nobody else."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from wardline import plugins, ports
    from wardline.testing.authority_sandbox import AuthoritySandbox

    now = line.parts.clock.now
    receiver = line.parts.receiver(line.parts.store.referral(referral_id).authority)
    named = receiver.name if receiver is not None else "ncmec"
    if isinstance(receiver, ports.PackMaker):
        with TemporaryDirectory() as folder:  # its packs hold hashes and no file: no receiver's key is given
            yield plugins.load("authorities", named)(
                environment="sandbox", clock_now=now, folder=Path(folder), key=Ed25519PrivateKey.generate(), entropy=secrets.token_bytes
            )  # fmt: skip
        return
    with AuthoritySandbox(clock_now=now) as sandbox:
        authority: ports.Authority = plugins.load("authorities", named)(
            environment="sandbox", username=sandbox.username, password=sandbox.password, clock_now=now,
            sandbox_url=sandbox.url,
        )  # fmt: skip
        try:
            yield authority
        finally:
            if isinstance(authority, ports.Closeable):
                authority.close()


@app.command()
def submit(
    referral_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline referral list`.")],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """File a report that stopped for a person, once what was wrong is put right. A running service or `wardline work` sends it."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        again = line.file_again(require_id("referral", referral_id), user=person)
    if as_json:
        output.as_json(again)
    else:
        output.line(f"{again.id} is filed again.")


@app.command()
def pack(
    referral_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline referral list`.")],
    user: As,
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help="Write the pack here: a new file.")],
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Take the pack of a report that a person files with the receiver. The audit log has who took it."""
    require_new(out)  # the log tells of nothing that did not come out
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        name, content = line.take_pack(require_id("referral", referral_id), user=person)
    _write(out, content, "--out")
    if as_json:
        output.as_json({"name": name, "bytes": len(content), "path": str(out)})
    else:
        output.line(
            f"{out}: {len(content):,} bytes. File it, then: wardline referral record {referral_id} --reference ..."
        )


@app.command()
def record(
    referral_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline referral list`.")],
    user: As,
    reference: Annotated[
        str,
        typer.Option("--reference", metavar="TEXT", help="As the receiver gave it when the pack was filed."),
    ],
    instead_of: Annotated[
        str | None,
        typer.Option(
            "--instead-of", metavar="TEXT", help="The reference that was recorded before and is wrong."
        ),
    ] = None,
    exchange: Annotated[
        bool,
        typer.Option(
            "--exchange",
            help="Another report has the right one, and gets the wrong one for it: they were mixed up.",
        ),
    ] = False,
    within: Annotated[
        str | None,
        typer.Option(
            "--within",
            metavar="ID",
            help="Another report about the account that has this reference: both packs were filed as one.",
        ),
    ] = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Note that a person filed a pack, by the receiver's reference. The report is finished with it, and its holds begin. Or put right what was recorded wrongly."""
    require_instead(instead_of, exchange=exchange)
    with line_of(folder) as line:
        person, found = (
            operator.sign_in(line, user, password_file, Scope.MANAGE),
            require_id("referral", referral_id),
        )
        if exchange and instead_of is not None:
            filed = line.exchange_references(found, user=person, reference=reference, instead_of=instead_of)
        else:
            lead = None if within is None else require_id("referral", within)
            filed = line.record_reference(
                found, user=person, reference=reference, instead_of=instead_of, within=lead
            )
    if as_json:
        output.as_json(filed)
    else:
        output.line(f"{filed.id} is filed, as {filed.remote_id}.")


@app.command("not-filed")
def not_filed(
    referral_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline referral list`.")],
    user: As,
    asked: Asked = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Note that nobody filed a pack: another one is made, or, where its decision was overturned, nothing is reported."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        moved = line.give_up_pack(require_id("referral", referral_id), user=person, asked=ids_of(line, asked))
    if as_json:
        output.as_json(moved)
    else:
        output.line(f"{moved.id}: {moved.state}.")


def _tell(found: ReferralPreview) -> None:
    at = found.referral
    output.line(f"{at.id}, {at.state}" + (f", priority {at.priority}" if at.priority else ""))
    if found.checklist:
        score = completeness(found.checklist)
        output.line(f"{score.words} ({score.percent} of 100 by weight)")
    output.line("")
    needs = [
        (need.name, need.state, need.detail, need.by if need.state == "missing" else "")
        for need in found.checklist
    ]
    output.table(
        ("what police need", "state", "detail", "can be added by"), needs, empty="No report can be built."
    )
    if found.unavailable is not None:
        output.line(f"\nNo preview: {found.unavailable}.")
    if found.preview is None:
        return
    for problem in found.problems:
        output.line(f"\nKeeps it from being filed: {problem}.")
    for section in found.preview.sections:
        _tell_section(section)
    documents = [(each.name, len(each.body), each.awaits) for each in found.preview.documents]
    output.line("")
    output.table(("document", "bytes", "the authority gives"), documents, empty="")


def _tell_section(section: records.PreviewSection) -> None:
    output.line(f"\n{section.title}")
    if section.table is not None:
        columns = ("file", *(column.label for column in section.table.columns))
        output.table(
            columns, [(str(number), *row) for number, row in enumerate(section.table.rows, start=1)], empty=""
        )
    if section.fields:
        output.table(
            ("what", "value", "field"),
            [(each.label, each.value, each.wire) for each in section.fields],
            empty="",
        )


def _write(path: Path, content: bytes, option: str = "--receipt") -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise InputError(
            f"{option}: cannot be written ({error.strerror}), expected a new file",
            remedy="Choose another path.",
        ) from None
