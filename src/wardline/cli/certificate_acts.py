"""``wardline certificate propose``, ``list``, ``show`` and ``suspend``. Approving one is ``wardline approval approve``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.records import Arm, Certificate, CertificateState, Scope, require_id

if TYPE_CHECKING:
    from wardline.pipeline.certifying import ArmStanding

_Id = Annotated[str, typer.Argument(metavar="ID", help="From `wardline certificate list`.")]


def propose(
    scope: Annotated[str, typer.Argument(metavar="SCOPE", help="As `[[automation.scopes]]` names it.")],
    arm: Annotated[Arm, typer.Argument(metavar="ARM", help="`clear` or `act`.")],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Look at the evidence once, and propose a certificate to a second person. A try that fails makes the next one harder."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        proposed = line.propose_certificate(scope, arm, user=person)
    made = proposed.certificate
    if as_json:
        output.as_json(proposed)
    elif proposed.approval is None:
        output.line(f"{made.id}: nothing is certified: {made.reason}.")
    else:
        output.line(
            f"{made.id} is proposed. Somebody else approves it with `wardline approval approve {proposed.approval.id}`."
        )
    if proposed.approval is None:
        raise typer.Exit(1)


def list_(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List where each arm of each scope is, and what is missing for the next certificate."""
    with line_of(folder) as line:
        found = line.automation()
    if as_json:
        output.as_json([_plain(each) for each in found])
        return
    rows = [
        (
            each.scope.name,
            each.arm,
            "decides" if each.holds else each.certificate.state if each.certificate else "never tried",
            each.certificate.expires_at if each.certificate and each.holds else None,
            "; ".join(each.counted.missing) or "nothing",
            each.certificate.id if each.certificate else None,
        )
        for each in found
    ]
    columns = ("scope", "arm", "state", "until", "missing for the next", "id")
    output.table(columns, rows, empty="No scopes: people decide everything.")


def show(
    certificate_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="From `wardline certificate list`; none with --public.")
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="What may be published: the promises that stand.")
    ] = False,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show one certificate, or what may be published of those that stand."""
    with line_of(folder) as line:
        if public or certificate_id is None:
            said = line.said_publicly()
            if as_json:
                output.as_json(said)
            else:
                output.line(said.text)
            return
        made = line.parts.store.certificate(require_id("certificate", certificate_id))
        watch = line.parts.store.certificate_watch(made.id)
    if as_json:
        output.as_json({"certificate": made, "watch": watch})
        return
    output.facts(_facts(made))
    if watch is not None:
        output.facts({"watched": f"{watch.seen} items, {watch.harmed} decided wrongly"})


def suspend(
    certificate_id: _Id,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """End a certificate at once and for good: everything goes to people."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        ended = line.suspend_certificate(require_id("certificate", certificate_id), reason, user=person)
    if as_json:
        output.as_json(ended)
    else:
        output.line(f"{ended.id} is suspended. Everything in {ended.scope} that it decided goes to people.")


def add_to(app: typer.Typer) -> None:
    """Add the verbs to their group, which has others too."""
    app.command()(propose)
    app.command("list")(list_)
    app.command()(show)
    app.command()(suspend)


def _facts(made: Certificate) -> dict[str, object]:
    from wardline import assurance

    percent = assurance.percent
    people = assurance.exact_interval(made.human_wrong, made.human_trials) if made.human_trials else None
    wrong = (
        f"{made.human_wrong} of {made.human_trials}, {percent(people.low)} to {percent(people.high)}"
        if people
        else "not known"
    )
    return {
        "state": made.state if made.state is not CertificateState.STANDING else "stands", "arm": made.arm, "scope": made.scope,
        "detector": f"{made.detector}, version {made.detector_version}", "try": made.number,
        "cap": f"{percent(made.cap)}, the policy allows {percent(made.policy_cap)}",
        "people wrong": wrong, "threshold": made.threshold, "limit": percent(made.limit) if made.limit else None,
        "error level": percent(made.error_level), "sample": f"{made.trials} items, {made.harmed} decided wrongly",
        "channels": ", ".join(
            f"{each.channel} {each.trials}{'' if each.carries else ' (left out)'}" for each in made.channels
        ),
        "channels agree": "not compared" if made.channel_p_value is None else f"p = {made.channel_p_value:.3f}",
        "proposed": f"{made.made_at:%Y-%m-%d %H:%M:%SZ} by {made.proposed_by}",
        "approved": f"{made.approved_at:%Y-%m-%d %H:%M:%SZ} by {made.approved_by}" if made.approved_at else None,
        "until": made.expires_at, "ended": made.ended_at, "reason": made.reason, "evidence": made.evidence_digest,
        "conditions": made.conditions,
    }  # fmt: skip


def _plain(standing: ArmStanding) -> dict[str, object]:
    counted = standing.counted
    return {
        "scope": standing.scope.name, "arm": standing.arm, "holds": standing.holds, "certificate": standing.certificate,
        "watch": standing.watch, "tries": standing.tries, "missing": counted.missing, "needed": counted.needed, "cap": counted.cap,
        "human_wrong": counted.human_wrong, "human_trials": counted.human_trials,
        "channels": dict(counted.channels),
    }  # fmt: skip
