"""``wardline referral pass-on``, ``withdraw`` and ``filed-before``: what is done with a report whose receiver is gone from the settings, or that
another installation filed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.errors import InputError
from wardline.records import Scope, require_id

if TYPE_CHECKING:
    from wardline.pipeline import Wardline

_Id = Annotated[str, typer.Argument(metavar="ID", help="From `wardline referral list`.")]
_Report = Annotated[
    str,
    typer.Option("--report", metavar="NUMBER", help="As the authority shows it; with --take-back the one that was told."),
]  # fmt: skip
_InsteadOf = Annotated[
    str | None, typer.Option("--instead-of", metavar="NUMBER", help="The number that was told before and is wrong.")
]  # fmt: skip
_Reason = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help="With --instead-of or --take-back: what was wrong, in a sentence."),
]  # fmt: skip
_Exchange = Annotated[
    bool,
    typer.Option("--exchange", help="Another report has the right one, and gets the wrong one for it: they were mixed up."),
]  # fmt: skip
_TakeBack = Annotated[
    bool,
    typer.Option("--take-back", help="It was not filed at all: what was said of it was a mistake. It waits for a person again."),
]  # fmt: skip
Asked = Annotated[
    list[str] | None,
    typer.Option("--asked", metavar="NAME", help="Somebody else who took the pack and says that they did not file it; once for each."),
]  # fmt: skip


def pass_on(
    referral_id: _Id,
    user: As,
    to: Annotated[str, typer.Option("--to", metavar="RECEIVER", help="As the settings name it.")],
    asked: Asked = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Have a report whose receiver is gone from the settings, and which nobody filed, made for another receiver."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        ids = ids_of(line, asked)
        moved = line.pass_on_report(require_id("referral", referral_id), user=person, to=to, asked=ids)
    if as_json:
        output.as_json(moved)
    else:
        output.line(f"{moved.id} goes to {moved.authority}.")


def withdraw(
    referral_id: _Id,
    user: As,
    asked: Asked = None,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """End a report whose receiver is gone from the settings, and which nobody filed, where another receiver gets that of its decision."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        ids = ids_of(line, asked)
        moved = line.withdraw_report(require_id("referral", referral_id), user=person, asked=ids)
    if as_json:
        output.as_json(moved)
    else:
        output.line(f"{moved.id} is withdrawn.")


def filed_before(
    referral_id: _Id,
    user: As,
    report: _Report,
    instead_of: _InsteadOf = None,
    reason: _Reason = None,
    exchange: _Exchange = False,
    take_back: _TakeBack = False,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Note that the installation from which this one was restored filed a report, after you looked it up at the authority. It is finished with
    your word. Or put right the number that was told, or take all of it back."""
    _require_whole(instead_of, reason, exchange=exchange, take_back=take_back)
    with line_of(folder) as line:
        person, found = (
            operator.sign_in(line, user, password_file, Scope.MANAGE),
            require_id("referral", referral_id),
        )
        if take_back and reason is not None:
            filed = line.take_back_filed_before(found, user=person, number=report, reason=reason)
        elif instead_of is None or reason is None:
            filed = line.record_filed_before(found, user=person, number=report)
        else:
            act = line.exchange_filed_before if exchange else line.correct_filed_before
            filed = act(found, user=person, number=report, instead_of=instead_of, reason=reason)
    if as_json:
        output.as_json(filed)
    elif take_back:
        output.line(
            f"{filed.id} waits for a person again: look it up at the authority, and file it if it is not there."
        )
    else:
        output.line(f"{filed.id} is finished, as report {filed.remote_id}.")


def _require_whole(instead_of: str | None, reason: str | None, *, exchange: bool, take_back: bool) -> None:
    require_instead(instead_of, exchange=exchange)
    if take_back and instead_of is not None:
        raise InputError("--take-back: beside --instead-of, expected one of them")
    if (instead_of is not None or take_back) != (reason is not None):
        raise InputError("--reason: goes with --instead-of or --take-back, expected both or neither")


def take_on(
    referral_id: _Id,
    user: As,
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Take on a report of priority 1 that waits for a person, and is kept from you for an opinion about its case: you file it, and are asked for none. Or one of a case whose appeal you could decide: you read it, and somebody else decides."""
    with line_of(folder) as line:
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        found = line.take_on_report(require_id("referral", referral_id), user=person)
    if as_json:
        output.as_json(found)
    else:
        output.line(f"{found.id} is open to you. You are not asked to judge its case any more.")


def require_instead(instead_of: str | None, *, exchange: bool) -> None:
    """Require that an exchange says what is exchanged."""
    if exchange and instead_of is None:
        raise InputError("--exchange: without --instead-of, expected the number that this report has now")


def ids_of(line: Wardline, names: list[str] | None) -> list[str]:
    """Give the ids of the people of these names; a name that nobody has is left out."""
    return [each.id for each in line.parts.store.users() if each.name in (names or ())]


def add_to(app: typer.Typer) -> None:
    """Add them to the other verbs about reports."""
    app.command("pass-on")(pass_on)
    app.command()(withdraw)
    app.command("filed-before")(filed_before)
    app.command("take-on")(take_on)
