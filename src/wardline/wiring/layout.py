"""A new installation: its folder, keys, settings file and tables."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wardline import plugins, settings
from wardline.errors import AlreadyExistsError, SecretFileError
from wardline.settings import FILE_NAME, Settings
from wardline.wiring.master_keys import FileKeys
from wardline.wiring.secret_files import create_secret, read_secret

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFiles:
    """The three keys of every installation, 32 bytes each."""

    vault: bytes
    """The newest master key, which wraps the data key of every sealed object. Without it the evidence is lost: keep a copy elsewhere."""
    log: bytes
    """Seed of the Ed25519 key that signs the audit log."""
    idempotency: bytes
    """Keys the digests of idempotency keys."""

    @classmethod
    def read(cls, folder: Path) -> KeyFiles:
        """Read the keys.

        Raises:
            SecretFileError: One is missing, readable by others, or no key.
        """
        others = {name: _read_key(folder / f"{name}.key", f"key {name}") for name in ("log", "idempotency")}
        return cls(vault=FileKeys(folder).newest(), **others)

    @staticmethod
    def create(folder: Path) -> None:
        """Make new keys; existing ones stay."""
        for name in ("vault", "log", "idempotency"):
            if not (folder / f"{name}.key").exists():
                create_secret(folder / f"{name}.key", base64.b64encode(secrets.token_bytes(_KEY_BYTES)))


def create_installation(folder: Path, settings_text: str) -> Settings:
    """Make an installation in a folder: settings file, keys, data folder, tables.

    Raises:
        AlreadyExistsError: There is one already; nothing was touched.
    """
    path = folder / FILE_NAME
    if path.exists():
        raise AlreadyExistsError(f"installation: {FILE_NAME} exists already, expected an empty folder")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{FILE_NAME}.new"
    draft.write_text(settings_text, "utf-8")
    # Read before anything is made, so that a faulty file leaves nothing behind; renamed last, so that an interrupted one starts anew.
    draft_settings = _load_draft(folder, draft)
    draft_settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    KeyFiles.create(draft_settings.keys)
    migrate(draft_settings)
    draft.rename(path)
    return settings.load(folder)


def migrate(chosen: Settings) -> None:
    """Bring the store's tables up to date."""
    store_door(chosen).migrate()


def store_door(chosen: Settings) -> Any:
    """Load the store's adapter."""
    url_file = chosen.store.url_file
    url = read_secret(chosen.folder / url_file, "store.url_file").decode() if url_file else None
    return plugins.load("stores", chosen.store.adapter)(chosen.data, url)


def _load_draft(folder: Path, draft: Path) -> Settings:
    return settings.parse(folder, draft.read_text("utf-8"))


def _read_key(path: Path, what: str) -> bytes:
    try:
        key = base64.b64decode(read_secret(path, what), validate=True)
    except ValueError:
        raise SecretFileError(f"{what}: not base64, expected 44 characters of base64") from None
    if len(key) != _KEY_BYTES:
        raise SecretFileError(f"{what}: {len(key)} bytes, expected {_KEY_BYTES}")
    return key
