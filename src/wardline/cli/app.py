"""The program's verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from wardline.cli import (
    alarm,
    api_key,
    appeal,
    approval,
    audit,
    backup,
    bench,
    case,
    certificate,
    certificate_acts,
    check,
    demo,
    destruction,
    export,
    fence,
    flag,
    golden,
    hash_file,
    hash_list,
    hold,
    incident,
    init,
    migrate,
    preservation,
    referral,
    referral_acts,
    referral_ways,
    sandbox,
    scan,
    serve,
    statistics,
    submit,
    user,
    vault,
    vault_moving,
    work,
)  # fmt: skip
from wardline.cli.errors_table import Program

app = typer.Typer(
    name="wardline", cls=Program, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip


def _version(wanted: bool) -> None:
    if wanted:
        from wardline import __version__

        print(f"wardline {__version__}")
        raise typer.Exit


@app.callback()
def wardline(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Child-safety operations: from an uploaded picture to a report filed with the authorities.

    Exit codes: 0 fine, 1 a finding, 2 the caller's mistake, 3 an outside system, 4 integrity.
    """


app.command("demo")(demo.command)
app.command()(init.init)
app.command()(check.check)
app.command()(migrate.migrate)
app.command()(serve.serve)
app.command()(work.work)
app.add_typer(user.app, name="user")
app.add_typer(api_key.app, name="api-key")
app.command()(submit.submit)
app.command("scan")(scan.command)
app.command("hash")(hash_file.hash_)
app.add_typer(hash_list.app, name="hash-list")
app.command()(incident.incident)
app.command()(flag.flag)
app.command()(appeal.appeal)
app.add_typer(approval.app, name="approval")
app.add_typer(certificate.app, name="certificate")
certificate_acts.add_to(certificate.app)
app.add_typer(case.app, name="case")
referral_ways.add_to(referral.app)
app.add_typer(referral.app, name="referral")
referral_acts.add_to(referral.app)
app.add_typer(hold.app, name="hold")
app.add_typer(export.app, name="export")
app.add_typer(preservation.app, name="preservation")
app.add_typer(destruction.app, name="destruction")
vault_moving.add_to(vault.app)
app.add_typer(vault.app, name="vault")
app.command()(backup.backup)
app.command()(backup.restore)
app.add_typer(fence.app, name="fence")
app.add_typer(golden.app, name="golden")
app.add_typer(alarm.app, name="alarm")
app.add_typer(audit.app, name="audit")
app.add_typer(statistics.app, name="statistics")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(bench.app, name="bench")
