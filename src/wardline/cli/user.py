"""``wardline user``: people and their roles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wardline.cli import operator, output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder
from wardline.errors import InputError
from wardline.records import Role

if TYPE_CHECKING:
    from wardline import records

app = group("People: add, list, lock out.")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Sign-in name.")],
    role: Annotated[Role, typer.Option("--role", help="What the person may do.")],
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file", help='Read the password from a file of mode 0600; "-" reads standard input.'
        ),
    ] = None,
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it once.")] = False,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Add a person. Without --generate or --password-file the password is asked for."""
    from wardline.pipeline import people

    if generate and password_file is not None:
        raise InputError(
            "password: both made and read, expected --generate or --password-file",
            remedy="Give one of the two.",
        )
    password = (
        operator.generate_password()
        if generate
        else operator.read_password(password_file, f"Password for {name}", repeat=True)
    )
    with line_of(folder) as line:
        made = people.create_user(line.parts, name, role, password)
    if as_json:
        output.as_json({**_shown(made), "password": password if generate else None})
        return
    output.line(f"Added {made.name}, {made.role}: {made.id}")
    if generate:
        output.line(f"Password (shown this once): {password}")


@app.command("list")
def list_(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List the people."""
    with line_of(folder) as line:
        found = line.parts.store.users()
    if as_json:
        output.as_json([_shown(each) for each in found])
    else:
        rows = [(each.name, each.role, each.disabled, each.created_at, each.id) for each in found]
        output.table(
            ("name", "role", "locked out", "added", "id"),
            rows,
            empty="No people yet: `wardline user create`.",
        )


@app.command()
def disable(
    name: Annotated[str, typer.Argument(help="Sign-in name.")], folder: Folder = HERE, as_json: AsJson = False
) -> None:
    """Lock a person out at once; their keys stop with them."""
    from wardline.pipeline import people

    with line_of(folder) as line:
        locked = people.disable_user(line.parts, name)
    if as_json:
        output.as_json(_shown(locked))
    else:
        output.line(f"{locked.name} is locked out, and so are their keys.")


def _shown(user: records.User) -> dict[str, Any]:
    shown: dict[str, Any] = output.plain(user, without=("password_hash",))
    return shown
