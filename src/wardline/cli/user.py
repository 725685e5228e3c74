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

app = group("People: add, list, change, lock out.")

_Name = Annotated[str, typer.Argument(help="Sign-in name.")]
_PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file", help='Read the password from a file of mode 0600; "-" reads standard input.'
    ),
]
_Generate = Annotated[bool, typer.Option("--generate", help="Make a password and print it once.")]


@app.command()
def create(
    name: _Name,
    role: Annotated[Role, typer.Option("--role", help="What the person may do.")],
    password_file: _PasswordFile = None,
    generate: _Generate = False,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Add a person. Without --generate or --password-file the password is asked for."""
    from wardline.pipeline import people

    password = _new_password(name, password_file, generate=generate)
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
def role(
    name: _Name,
    wanted: Annotated[Role, typer.Argument(metavar="ROLE", help="moderator, lead, admin or auditor.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Give a person another role, from their next request on; the last administrator stays one."""
    from wardline.pipeline import changing_people

    with line_of(folder) as line:
        changed = changing_people.change_role(line.parts, name, wanted)
    _tell(changed, f"{changed.name} has the role {changed.role} now.", as_json=as_json)


@app.command()
def skills(
    name: _Name,
    wanted: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SKILL]...", help="All of them, as the settings' queues name them; none takes all away."
        ),
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Say which skills a person has: exactly these. They decide from which queues the person takes cases."""
    from wardline.pipeline import changing_people

    with line_of(folder) as line:
        changed = changing_people.change_skills(line.parts, name, wanted or ())
    _tell(
        changed,
        f"{changed.name} has the skills {', '.join(changed.skills) or 'of the general queue'} now.",
        as_json=as_json,
    )


@app.command("reset-password")
def reset_password(
    name: _Name,
    password_file: _PasswordFile = None,
    generate: _Generate = False,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Give somebody who forgot it a new password. Closes their sessions and ends a lock after failed tries."""
    from wardline.pipeline import changing_people

    password = _new_password(name, password_file, generate=generate)
    with line_of(folder) as line:
        changed = changing_people.reset_password(line.parts, name, password)
    if as_json:
        output.as_json({**_shown(changed), "password": password if generate else None})
        return
    output.line(f"{changed.name} has a new password, and is signed out everywhere.")
    if generate:
        output.line(f"Password (shown this once): {password}")


@app.command()
def unlock(name: _Name, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Let somebody try again who was locked after failed tries."""
    from wardline.pipeline import changing_people

    with line_of(folder) as line:
        unlocked = changing_people.unlock(line.parts, name)
    _tell(unlocked, f"{unlocked.name} may try again.", as_json=as_json)


@app.command()
def accounts(
    name: _Name,
    references: Annotated[
        list[str] | None, typer.Argument(metavar="[REFERENCE...]", help="The person's own accounts; none: forget them.")
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say which accounts on the platforms are a person's own: cases about them are handed to others."""
    from wardline.pipeline import changing_people

    with line_of(folder) as line:
        changed = changing_people.declare_accounts(line.parts, name, references or [])
    _tell(changed, f"{changed.name}: {len(changed.accounts)} own accounts.", as_json=as_json)


@app.command()
def disable(name: _Name, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Lock a person out for good, at once; their keys stop with them. The last administrator stays."""
    from wardline.pipeline import changing_people

    with line_of(folder) as line:
        locked = changing_people.disable_user(line.parts, name)
    _tell(locked, f"{locked.name} is locked out, and so are their keys.", as_json=as_json)


@app.command()
def identities(
    name: _Name,
    unlink: Annotated[
        str | None, typer.Option("--unlink", help="Id of a link to take away; its sessions end.")
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show a person's accounts at providers and security keys, and take a link away."""
    from wardline.pipeline import identities as linking
    from wardline.pipeline import people

    with line_of(folder) as line:
        user = people.named(line.parts, name)
        if unlink is not None:
            linking.unlink(line.parts, user, unlink)
        links = line.parts.store.identities_of(user.id)
        keys = line.parts.store.passkeys_of(user.id)
    if as_json:
        shown = {
            "identities": [output.plain(each) for each in links],
            "passkeys": [output.plain(each, without=("credential_id", "public_key")) for each in keys],
        }
        output.as_json(shown)
        return
    rows = [("account", each.issuer, each.subject, each.linked_at, each.id) for each in links]
    rows += [
        ("key, suspended" if each.suspended else "key", each.name, "", each.added_at, each.id)
        for each in keys
    ]
    output.table(
        ("what", "where or name", "subject", "since", "id"), rows, empty="A password, and nothing else."
    )


@app.command("reset-factors")
def reset_factors(name: _Name, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Take away all security keys of somebody who lost theirs. Closes their sessions; the password stays."""
    from wardline.pipeline import passkeys, people

    with line_of(folder) as line:
        taken = passkeys.reset(line.parts, name)
        user = people.named(line.parts, name)
    said = f"{taken} key{'' if taken == 1 else 's'} of {name} taken away; signed out everywhere."
    _tell(user, said, as_json=as_json)


def _new_password(name: str, file: Path | None, *, generate: bool) -> str:
    if generate and file is not None:
        raise InputError(
            "password: both made and read, expected --generate or --password-file",
            remedy="Give one of the two.",
        )
    if generate:
        return operator.generate_password()
    return operator.read_password(file, f"New password of {name}", repeat=True)


def _tell(user: records.User, said: str, *, as_json: bool) -> None:
    if as_json:
        output.as_json(_shown(user))
    else:
        output.line(said)


def _shown(user: records.User) -> dict[str, Any]:
    shown: dict[str, Any] = output.plain(user, without=("password_hash", "accounts"))
    return shown
