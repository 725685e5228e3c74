"""``wardline init``: from an empty folder to an installation with an administrator and keys."""

from __future__ import annotations

import base64
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wardline.cli import operator, output
from wardline.cli.options import AsJson
from wardline.errors import AlreadyExistsError, InputError

if TYPE_CHECKING:
    from wardline.pipeline.founding import Founding
    from wardline.settings import Settings

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,62}")
_WEBHOOK_SECRET_BYTES = 32
_LATER = "docs/how-to/connect-a-platform.md#another-platform-or-one-that-comes-later"


@dataclass(frozen=True, slots=True)
class _Platform:
    name: str
    url: str

    @property
    def secret_file(self) -> str:
        return f"keys/{self.name}-webhook.secret"


def init(
    folder: Annotated[
        Path, typer.Argument(envvar="WARDLINE_FOLDER", help="Made if it is not there.")
    ] = Path(),
    name: Annotated[
        str, typer.Option("--name", help="Names the installation and its audit log.")
    ] = "wardline",
    admin: Annotated[str, typer.Option("--admin", help="The administrator's name.")] = "admin",
    admin_password_file: Annotated[
        Path | None, typer.Option("--admin-password-file", help="Use this password instead of making one.")
    ] = None,
    platform: Annotated[
        str | None, typer.Option("--platform", help="Name of the platform to connect.")
    ] = None,
    webhook_url: Annotated[
        str | None, typer.Option("--webhook-url", help="Where the platform takes webhooks.")
    ] = None,
    trusted: Annotated[
        bool, typer.Option("--trusted", help="The platform's key is told the outcome of its uploads.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an installation, with an administrator and first keys.

    Settings, keys, tables. Secrets are printed once. When it was interrupted, the same command finishes it.
    """
    from wardline import settings
    from wardline.settings import FILE_NAME

    wanted = _platform(platform, webhook_url)
    _require_name("--name", name)
    password = (
        operator.read_password(admin_password_file, "Password")
        if admin_password_file
        else operator.generate_password()
    )
    if (folder / FILE_NAME).exists():
        chosen = settings.load(folder)  # perhaps an interrupted `init`, which `_found` can finish
        _require_fitting(chosen, wanted)
    else:
        chosen = _create(folder, name, wanted)
    founding = _found(chosen, admin, password, trusted=trusted)
    shown = _result(chosen, founding, None if admin_password_file else password)
    if as_json:
        output.as_json(shown)
    else:
        _tell(shown, folder)


def _platform(name: str | None, url: str | None) -> _Platform | None:
    if name is not None and url is None:
        raise InputError(
            "--platform: without the address of its webhook, expected --webhook-url too",
            remedy="Say where the platform takes webhooks: --webhook-url https://platform.example/wardline. If it takes none yet, leave --platform out and add it "
            f"later: {_LATER}.",
        )
    if name is None and url is not None:
        raise InputError(
            "--webhook-url: without the platform whose it is, expected --platform too",
            remedy="Name the platform: --platform example. Its API keys have that name, too.",
        )
    if name is None or url is None:
        return None
    _require_name("--platform", name)
    return _Platform(name, url)


def _require_name(option: str, value: str) -> None:
    if not _NAME.fullmatch(value):
        raise InputError(
            f"{option}: malformed, expected 1 to 63 letters, digits, dots and dashes",
            remedy="Choose a simpler name.",
        )


def _require_fitting(chosen: Settings, wanted: _Platform | None) -> None:
    """Refuse what a settings file that is there already does not say: it is never changed."""
    from wardline.settings import FILE_NAME

    if not any(chosen.keys.glob("*.key")):
        raise AlreadyExistsError(
            f"installation {chosen.folder}: has a {FILE_NAME} and no keys, expected an empty folder",
            remedy=f"For a new installation move {FILE_NAME} away, run the same command, and then move your settings into the file that it wrote. If there "
            "were keys, restore them from their back-up.",
        )
    if wanted is not None and (wanted.name, wanted.url) not in [
        (each.name, each.url) for each in chosen.platforms
    ]:
        raise AlreadyExistsError(
            f"installation {chosen.folder}: its {FILE_NAME} is there already and has no platform {wanted.name} with this address, expected it there",
            remedy=f"Run the same command without --platform and --webhook-url, unless that was done before; then add the platform: {_LATER}.",
        )


def _create(folder: Path, name: str, platform: _Platform | None) -> Settings:
    from wardline import wiring
    from wardline.cli.settings_text import settings_text

    section = (platform.name, platform.url, platform.secret_file) if platform else None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"installation {folder}: cannot be made ({error.strerror}), expected a folder to write to"
        ) from None
    if platform is not None and not (folder / platform.secret_file).exists():
        secret = base64.urlsafe_b64encode(secrets.token_bytes(_WEBHOOK_SECRET_BYTES))
        wiring.create_secret(folder / platform.secret_file, secret)
    return wiring.create_installation(folder, settings_text(name, section))


def _found(chosen: Settings, admin: str, password: str, *, trusted: bool) -> Founding:
    from wardline import wiring
    from wardline.pipeline.founding import found
    from wardline.records import KeyTrust

    trust = KeyTrust.TRUSTED if trusted else KeyTrust.LOW
    with wiring.open_installation(chosen) as installation:
        parts = installation.wardline.parts
        if parts.store.users():
            raise AlreadyExistsError(
                f"installation {chosen.folder}: exists already, expected an empty folder",
                remedy="Change wardline.toml, `wardline user` and `wardline api-key` instead, or choose another folder.",
            )
        return found(
            parts, name=chosen.installation.name, admin=admin, password=password, platforms=[each.name for each in chosen.platforms],
            trust=trust,
        )  # fmt: skip


def _result(chosen: Settings, founding: Founding, password: str | None) -> dict[str, Any]:
    secret_files = {each.name: each.secret_file for each in chosen.platforms}
    return {
        "folder": str(chosen.folder),
        "administrator": {"id": founding.administrator.id, "name": founding.administrator.name, "password": password},
        "administrator_key": founding.administrator_secret,
        "platforms": [
            {
                "name": key.platform, "api_key": secret, "trust": key.trust.value,
                "webhook_secret_file": os.fspath(chosen.folder / secret_files[str(key.platform)]),
            }
            for key, secret in founding.platform_keys
        ],
    }  # fmt: skip


def _tell(shown: dict[str, Any], folder: Path) -> None:
    administrator = shown["administrator"]
    output.line(f"Made an installation in {shown['folder']}.\n")
    facts = {"administrator": administrator["name"], "password": administrator["password"] or "as in the file",
             "administrator's API key": shown["administrator_key"]}  # fmt: skip
    for each in shown["platforms"]:
        facts[f"API key of {each['name']} ({each['trust']} trust)"] = each["api_key"]
        facts[f"webhook secret of {each['name']}"] = f"in {each['webhook_secret_file']}"
    output.facts(facts)
    output.line(
        "\nPasswords and API keys are shown this once and kept nowhere. Copy the folder keys/ to another place."
    )
    here = "" if folder == Path() else f" --folder {folder}"
    output.line(f"Next: wardline check{here}, then wardline serve{here}.")
    if not shown["platforms"]:
        output.line(f"No platform is connected yet. When you have the address of its webhook: {_LATER}.")
