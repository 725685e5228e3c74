"""Back-ups of an installation over SQLite: made while it runs, without keys, and born behind a fence. A vault in a folder is copied; one
that is elsewhere stays where it is, and the copy looks for its evidence there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wardline import audit, records, settings
from wardline.errors import (
    AlreadyExistsError,
    ConfigurationError,
    InputError,
    IntegrityError,
    UnknownMasterKeyError,
)
from wardline.pipeline import fencing
from wardline.records import Verb
from wardline.settings import FILE_NAME, Settings
from wardline.wiring.connecting import Installation, open_installation
from wardline.wiring.layout import KeyFiles, store_door
from wardline.wiring.master_keys import FileKeys

MANIFEST = "manifest.json"
_DATA = "data"
_VAULT = "vault"
_IN_A_FOLDER = "directory"
_AT_ONCE = 1 << 20
_FORM = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BackUp:
    """What a back-up holds."""

    id: str
    files: int
    bytes: int
    keys: tuple[str, ...]
    """Names of the master keys without which it cannot be read."""
    evidence: bool
    """Whether the sealed files are in it."""


def back_up(installation: Installation, to: Path, *, user: records.User) -> BackUp:
    """Copy the database, the sealed files that lie in a folder, and the settings into a new folder. The installation may run.

    The database first: what is sealed afterwards is not in it, and what is destroyed meanwhile is left out.

    Raises:
        AlreadyExistsError: There is something in that folder.
        ConfigurationError: The store is backed up by its own means.
    """
    chosen, parts = installation.settings, installation.wardline.parts
    door = store_door(chosen)
    evidence = chosen.preservation.vault == _IN_A_FOLDER
    if door.many_workers:
        raise ConfigurationError(
            f"back-up of store {chosen.store.adapter}: not by this verb, expected sqlite",
            remedy="docs/how-to/back-up-and-restore.md says how PostgreSQL is backed up, and which fence to raise.",
        )
    if to.exists() and any(to.iterdir()):
        raise AlreadyExistsError(f"back-up {to.name}: not empty, expected a new folder")
    made_id = parts.new_id("backup")
    (to / _DATA).mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = tuple(each.name for each in installation.master_keys().all())
    parts.store.commit(entries=[parts.entry(Verb.BACKUP_MADE, made_id, actor=user.id)])
    door.snapshot(to / _DATA)
    shutil.copyfile(chosen.folder / FILE_NAME, to / FILE_NAME)
    _fence(chosen, to)
    for path in _sealed_files(chosen.data / _VAULT) if evidence else ():
        with suppress(FileNotFoundError):  # destroyed since it was listed
            _copy(path, to / _DATA / _VAULT / path.relative_to(chosen.data / _VAULT))
    files = {str(path.relative_to(to)): _described(path) for path in _files(to)}
    said = {
        "kind": "back-up",
        "form": _FORM,
        "id": made_id,
        "at": parts.now().isoformat(),
        "keys": keys,
        "vault": chosen.preservation.vault,
        "files": files,
    }
    signed = audit.sign_statement(said, parts.log_origin, parts.log_key)
    _write(to / MANIFEST, json.dumps(signed).encode())
    return BackUp(
        id=made_id, files=len(files), bytes=sum(each["size"] for each in files.values()), keys=keys, evidence=evidence
    )  # fmt: skip


def restore(source: Path, folder: Path) -> Settings:
    """Put a back-up into a folder that holds the keys and no data; its fence stands until somebody lifts it.

    Raises:
        InputError: It is no back-up.
        IntegrityError: It is not what was backed up.
        AlreadyExistsError: There is data in that folder.
        UnknownMasterKeyError: The keys are others than it was sealed under.
        ConfigurationError: The settings there name another kind of vault than the one its evidence is in.
    """
    if not (folder / FILE_NAME).exists():
        _copy(source / FILE_NAME, folder / FILE_NAME)
    chosen = settings.load(folder)
    said = _manifest(source, chosen)
    have = {each.name for each in FileKeys(chosen.keys).all()}
    missing = [name for name in said["keys"] if name not in have]
    if missing:
        raise UnknownMasterKeyError(
            f"back-up {said['id']}: sealed under key {missing[0]}, expected it in keys/vault.key"
        )
    if said.get("vault", _IN_A_FOLDER) != chosen.preservation.vault:
        raise ConfigurationError(
            f"back-up {said['id']}: its evidence is in a vault {said.get('vault', _IN_A_FOLDER)}, expected preservation.vault to name it"
        )
    if chosen.data.exists() and any(chosen.data.iterdir()):
        raise AlreadyExistsError(f"installation {folder.name}: holds data already, expected none")
    incoming = chosen.data.with_name(f"{chosen.data.name}.incoming")
    shutil.rmtree(incoming, ignore_errors=True)  # of a restore that was interrupted
    for name, described in said["files"].items():
        if name == FILE_NAME:
            continue
        target = incoming / Path(name).relative_to(_DATA)
        _copy(source / name, target)
        if _described(target) != described:
            raise IntegrityError(
                f"back-up {said['id']}: a file is not what was backed up, expected the same bytes"
            )
    with suppress(FileNotFoundError):
        chosen.data.rmdir()
    incoming.rename(chosen.data)
    with open_installation(chosen) as installation:
        fencing.raise_(installation.wardline.parts)  # it stands already, unless somebody took it away
    return chosen


def _fence(chosen: Settings, to: Path) -> None:
    """Raise the fence in the copy, so that also whoever copies its files by hand has it."""
    section = replace(chosen.installation, data=(to / _DATA).resolve())
    with open_installation(replace(chosen, installation=section)) as copy:
        fencing.raise_(copy.wardline.parts)
    shutil.rmtree(to / _DATA / "indexes", ignore_errors=True)  # made again by whoever starts it


def _manifest(source: Path, chosen: Settings) -> dict[str, Any]:
    try:
        signed = json.loads((source / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise InputError(f"back-up {source.name}: no manifest in it, expected a whole back-up") from None
    key = Ed25519PrivateKey.from_private_bytes(KeyFiles.read(chosen.keys).log).public_key()
    said = audit.open_statement(signed, key)
    if said.get("kind") != "back-up" or said.get("form") != _FORM:
        raise InputError(f"back-up {source.name}: of another form, expected {_FORM}")
    return said


def _sealed_files(vault: Path) -> Iterator[Path]:
    return (path for path in sorted(vault.glob("*/*.sealed")) if path.is_file())


def _files(to: Path) -> Iterator[Path]:
    return (path for path in sorted(to.rglob("*")) if path.is_file())


def _described(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_AT_ONCE):
            digest.update(block)
    return {"sha256": digest.hexdigest(), "size": path.stat().st_size}


def _copy(source: Path, target: Path) -> None:
    content = source.read_bytes()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(target, content)


def _write(target: Path, content: bytes) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
