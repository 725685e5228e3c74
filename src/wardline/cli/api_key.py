"""``wardline api-key``: keys for the HTTP interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wardline.cli import output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder
from wardline.errors import InputError
from wardline.records import KeyTrust, Scope

if TYPE_CHECKING:
    from wardline import records
    from wardline.pipeline import Wardline

app = group("Keys for the HTTP interface: make, list, revoke.")


@app.command()
def create(
    label: Annotated[str | None, typer.Option("--label", help="What it is for, in your words.")] = None,
    platform: Annotated[
        str | None, typer.Option("--platform", help="A key for this platform's uploads.")
    ] = None,
    trusted: Annotated[
        bool, typer.Option("--trusted", help="It is told the outcome of its uploads.")
    ] = False,
    requests_per_minute: Annotated[
        int, typer.Option("--requests-per-minute", min=1, help="Of a platform's key.")
    ] = 6000,
    user: Annotated[str | None, typer.Option("--user", help="A key that acts in this person's name.")] = None,
    scope: Annotated[
        list[Scope] | None, typer.Option("--scope", help="Of the role's scopes only these; may be repeated.")
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Make a key, for a platform or for a person. Its secret is printed once."""
    if (platform is None) == (user is None):
        raise InputError(
            "api key: for both or neither, expected --platform or --user", remedy="Give one of the two."
        )
    with line_of(folder) as line:
        if platform is not None:
            key, secret = _for_platform(
                line, platform, label, trusted=trusted, requests_per_minute=requests_per_minute, scope=scope
            )
        else:
            key, secret = _for_person(line, str(user), label, scope or [], trusted=trusted)
    if as_json:
        output.as_json({**_shown(key), "secret": secret})
    else:
        output.line(f"Made {key.id}, {key.trust} trust, for {key.platform or user}: {', '.join(key.scopes)}")
        output.line(f"Key (shown this once): {secret}")


@app.command("list")
def list_(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List the keys, without their secrets: these are kept nowhere."""
    with line_of(folder) as line:
        found = line.parts.store.api_keys()
        names = {each.id: each.name for each in line.parts.store.users()}
    if as_json:
        output.as_json([_shown(each) for each in found])
    else:
        rows = [
            (
                each.label,
                each.platform or names.get(each.user_id or "", "-"),
                each.trust,
                each.scopes,
                each.disabled,
                each.id,
            )
            for each in found
        ]
        output.table(
            ("label", "for", "trust", "scopes", "revoked", "id"),
            rows,
            empty="No keys yet: `wardline api-key create`.",
        )


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="From `wardline api-key list`.")],
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Switch a key off for good."""
    from wardline.pipeline import people

    with line_of(folder) as line:
        revoked = people.revoke_key(line.parts, key_id)
    if as_json:
        output.as_json(_shown(revoked))
    else:
        output.line(f"{revoked.id} is revoked.")


def _for_platform(
    line: Wardline,
    platform: str,
    label: str | None,
    *,
    trusted: bool,
    requests_per_minute: int,
    scope: list[Scope] | None,
) -> tuple[records.ApiKey, str]:
    from wardline.pipeline import people

    if scope:
        raise InputError(
            "api key: scopes for a platform, expected them with --user",
            remedy="A platform's scopes follow from --trusted.",
        )
    if platform not in line.parts.platforms:
        output.note(
            f"Note: wardline.toml has no [[platforms]] named {platform}; actions wait until it has. "
            "docs/how-to/connect-a-platform.md#another-platform-or-one-that-comes-later"
        )
    return people.create_platform_key(
        line.parts, label or f"key of {platform}", platform, trust=KeyTrust.TRUSTED if trusted else KeyTrust.LOW,
        requests_per_minute=requests_per_minute,
    )  # fmt: skip


def _for_person(
    line: Wardline, name: str, label: str | None, scope: list[Scope], *, trusted: bool
) -> tuple[records.ApiKey, str]:
    from wardline.pipeline import people

    if trusted:
        raise InputError(
            "api key: --trusted for a person, expected it with --platform", remedy="Leave it out."
        )
    user = people.named(line.parts, name)
    return people.create_person_key(line.parts, label or f"key of {name}", user, tuple(scope))


def _shown(key: records.ApiKey) -> dict[str, Any]:
    shown: dict[str, Any] = output.plain(key, without=("secret_digest",))
    return shown
