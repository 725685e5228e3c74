"""``wardline vault copy`` and ``leave``: evidence goes to another vault, and then leaves the former one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import operator, output
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.errors import BusyError, ConfigurationError, InputError
from wardline.records import Scope, Verb

if TYPE_CHECKING:
    from wardline import ports
    from wardline.pipeline.vault_copying import Copied
    from wardline.settings import Settings
    from wardline.wiring import Installation


def copy(
    user: As,
    to: Annotated[Path, typer.Option("--to", metavar="PATH", help="A copy of wardline.toml whose [preservation] names the other vault.")],
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Copy all evidence to another vault, as it is sealed, and compare each object there. Nothing is removed here.

    Interrupted, run it again: what is there is compared and left. Run it once more with the service stopped, and put the other settings in the
    place of wardline.toml when it says that all is there. Ends with 1 when files are damaged.
    """
    from wardline import wiring
    from wardline.pipeline import vault_copying

    with _both(folder, to) as (installation, others, target):
        parts = installation.wardline.parts
        person = operator.sign_in(installation.wardline, user, password_file, Scope.MANAGE)
        wiring.begin_closing(installation.settings, others)  # whatever is sealed from now on takes that back
        found = vault_copying.copy_all(parts, _copyable(parts.vault), target)
        is_whole = not found.damaged and wiring.close(installation.settings, others)
        vault_copying.tell(
            parts, Verb.VAULT_COPIED, found, where=f"to {others.preservation.vault}", user=person
        )
    _say(found, as_json, whole=is_whole)
    if not as_json and is_whole:
        output.line(
            f"All is there. Put {to} in the place of wardline.toml, start the service, then: wardline vault leave"
        )
    if not as_json and not is_whole and not found.damaged:
        output.line("Something was sealed meanwhile. Stop the service and run it once more.")
    _end(found)


def leave(
    user: As,
    former: Annotated[Path, typer.Option("--former", metavar="PATH", help="The wardline.toml of before, whose [preservation] names the former vault.")],
    password_file: PasswordFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Destroy the evidence in the former vault, each object after it was compared in the vault that wardline.toml names now.

    Interrupted, run it again. Ends with 1 when files are damaged: those stay in the former vault.
    """
    from wardline import wiring
    from wardline.pipeline import fencing, vault_copying

    with _both(folder, former) as (installation, others, source):
        parts = installation.wardline.parts
        person = operator.sign_in(installation.wardline, user, password_file, Scope.MANAGE)
        if not wiring.is_stated(installation.settings):
            raise ConfigurationError(
                "vault: the evidence is not all in the vault that wardline.toml names, expected it to be copied there",
                remedy="Run wardline vault copy from the former vault first.",
            )
        if fencing.stands(parts):
            raise BusyError(
                "vault: a fence stands, expected none: nothing is destroyed behind it",
                remedy="Lift the fence when the old installation is gone.",
            )
        found = vault_copying.leave(parts, source, _copyable(parts.vault))
        vault_copying.tell(
            parts, Verb.VAULT_LEFT, found, where=f"from {others.preservation.vault}", user=person
        )
    _say(found, as_json, whole=not found.damaged)
    _end(found)


@contextmanager
def _both(folder: Path, other: Path) -> Iterator[tuple[Installation, Settings, ports.SealedVault]]:
    """Open the installation, and the vault that other settings name."""
    from wardline import settings, wiring

    try:
        others = settings.parse(folder, other.read_text("utf-8"))
    except OSError:
        raise InputError(f"{other}: cannot be read, expected a copy of wardline.toml") from None
    chosen = settings.load(folder)
    if others.data != chosen.data or others.keys != chosen.keys or others.store != chosen.store:
        raise InputError(
            f"{other}: of another installation, expected another [preservation] and nothing else"
        )
    here, there = (wiring.place_of(each) for each in (chosen, others))
    if (chosen.preservation.vault, here) == (others.preservation.vault, there):
        raise InputError(f"{other}: names the same vault as wardline.toml, expected another one")
    with wiring.open_installation(chosen, evidence=wiring.anywhere) as installation:
        parts = installation.wardline.parts
        yield installation, others, _copyable(wiring.open_vault(others, parts.reached, parts.clock))


def _copyable(vault: ports.Vault) -> ports.SealedVault:
    from wardline import ports

    inner = getattr(vault, "inner", vault)  # without what says where evidence is
    if not isinstance(inner, ports.SealedVault):
        raise ConfigurationError("vault: cannot be copied as it is sealed, expected directory or s3")
    return inner


def _say(found: Copied, as_json: bool, *, whole: bool) -> None:
    if as_json:
        output.as_json({**output.plain(found), "whole": whole})
        return
    output.line(
        f"{found.copied:,} copied, {found.there:,} were there, {found.removed:,} removed, {found.gone:,} destroyed meanwhile."
    )
    if found.damaged:
        output.line(
            f"{len(found.damaged)} cannot be opened and stay where they are: {', '.join(found.damaged[:5])}."
        )


def _end(found: Copied) -> None:
    if found.damaged:
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Add them to the other verbs about the vault."""
    app.command()(copy)
    app.command()(leave)
