"""``wardline vault``: the keys that evidence is sealed under."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from wardline.cli import operator, output
from wardline.cli.groups import group
from wardline.cli.opening import opened
from wardline.cli.options import HERE, As, AsJson, Folder, PasswordFile
from wardline.records import Scope

if TYPE_CHECKING:
    from wardline import records
    from wardline.pipeline import Wardline
    from wardline.wiring import FileKeys

app = group("The vault: keys, propose-rotation, rotate, copy, leave.")


@app.callback()
def vault() -> None:
    """The vault, and its master keys."""


@app.command()
def keys(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List the master keys by number and name, newest first. Never shows a key."""
    with opened(folder) as installation:
        found = [{"number": each.epoch, "name": each.name} for each in installation.master_keys().all()]
    if as_json:
        output.as_json(found)
    else:
        output.table(("number", "name"), [tuple(each.values()) for each in found], empty="No keys.")


@app.command("propose-rotation")
def propose_rotation(
    user: As, password_file: PasswordFile = None, folder: Folder = HERE, as_json: AsJson = False
) -> None:
    """Propose that a new master key takes the place of the present one; a second person approves it."""
    from wardline.pipeline import rotating

    with opened(folder) as installation:
        line = installation.wardline
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        epoch = installation.master_keys().all()[0].epoch
        made = rotating.propose(line.parts, epoch, user=person)
    if as_json:
        output.as_json(made)
    else:
        output.line(f"Proposed. A second person runs: wardline approval approve {made.id}")


@app.command()
def rotate(
    user: As, password_file: PasswordFile = None, folder: Folder = HERE, as_json: AsJson = False
) -> None:
    """Make the new master key that two people agreed to, wrap every data key with it, and take the old one away.

    Interrupted, run it again: it goes on where it stopped. Uploads go on meanwhile. Ends with 1 when files are damaged: then the old key stays.
    """
    from wardline.pipeline import rotating

    with opened(folder) as installation:
        line, ring = installation.wardline, installation.master_keys()
        person = operator.sign_in(line, user, password_file, Scope.MANAGE)
        _begin(line, ring, person)
        newest = ring.all()[0].epoch  # before the pass, which finds everything under this key, or a newer one
        found = rotating.rewrap_all(line.parts)
        if not found.damaged:
            for old in ring.all():
                if old.epoch < newest:
                    rotating.tell_retired(line.parts, old.epoch, found, user=person)
            with ring.retiring(before=newest):
                pass
    if as_json:
        output.as_json({"key": newest, "retired": not found.damaged, **output.plain(found)})
    elif found.damaged:
        output.line(
            f"{len(found.damaged)} files cannot be opened under any key, so the old one stays: {', '.join(found.damaged[:5])}."
        )
    else:
        output.line(
            f"Key {newest} seals everything; {found.changed} files were wrapped anew, and the old key is gone from this machine."
        )
        output.line(
            "Make a back-up and a copy of keys/vault.key now, then destroy every copy of the old key."
        )
    if found.damaged:
        raise typer.Exit(1)


def _begin(line: Wardline, ring: FileKeys, person: records.User) -> None:
    """Make the new key, unless an interrupted run has made it. Where damaged files keep an old key, the next one may still be made."""
    from wardline.pipeline import rotating

    found = ring.all()
    if len(found) > 1 and not rotating.is_approved(line.parts, found[0].epoch):
        return
    approval = rotating.require_approved(line.parts, found[0].epoch)
    rotating.tell_added(line.parts, found[0].epoch + 1, approval, user=person)
    ring.add(after=found[0].epoch)
